"""Asking ports and addresses whether somebody is there."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Awaitable, Callable

import aiohttp
import psutil

from server.settings import Settings


async def status_of(url: str, *, seconds: float = 2.0) -> int | None:
    """The HTTP status at `url`, None when nobody answers."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            return response.status
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None


async def is_up(url: str) -> bool:
    """Whether `url` answers 200."""
    return await status_of(url) == 200


async def is_answering(url: str) -> bool:
    """Whether `url` answers anything at all."""
    return await status_of(url) is not None


async def until(probe: Callable[[], Awaitable[bool]], *, seconds: float) -> bool:
    """Asks again and again until the answer is yes; false when the time is over."""
    deadline = time.monotonic() + seconds
    while not await probe():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.2)
    return True


def port_is_free(host: str, port: int) -> bool:
    """Whether we could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def listens(pid: int, port: int) -> bool:
    """Whether a process, or one it started, takes connections on a port; false when it is gone."""
    try:
        top = psutil.Process(pid)
        return any(
            held.status == psutil.CONN_LISTEN and held.laddr.port == port
            for process in (top, *top.children(recursive=True))
            for held in process.net_connections("tcp")
        )
    except psutil.Error:
        return False


def used_ports(settings: Settings) -> list[str]:
    """One sentence for every port we need that somebody else holds."""
    wanted = [(settings.host, settings.port, "RELAIS_PORT")]
    if settings.bot_url is None:
        wanted.append(("127.0.0.1", settings.bot_port, "RELAIS_BOT_PORT"))
    return [
        f"port {port} is in use: stop what holds it, or choose another with {name}"
        for host, port, name in wanted
        if not port_is_free(host, port)
    ]


def local_address(settings: Settings) -> str:
    """The public site as seen from this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{host}:{settings.port}"
