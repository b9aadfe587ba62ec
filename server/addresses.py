"""Who asks: the address of a request's sender, also behind proxies that are trusted to tell it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HEADER = "X-Forwarded-For"
FORWARDED = (HEADER, "Forwarded", "X-Real-IP", "Via")
ONE_LINE = 64
"""Bits of an IPv6 address that one connection is given: the rest its owner chooses freely."""


def sender(peer: str, forwarded: str, trusted: Iterable[str]) -> str:
    """The nearest address that is no trusted proxy, as limits count it; what is no address stays as it came."""
    networks = [ip_network(each, strict=False) for each in trusted]
    before = [part.strip() for part in forwarded.split(",") if part.strip()]
    current = peer
    while True:
        address = _read(current)
        if address is None:
            return current[:64]
        if not (before and any(address in network for network in networks)):
            return _counted(address)
        current = before.pop()


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.split("%", 1)[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _counted(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address) or address.is_loopback:
        return str(address)
    return str(ip_network((address, ONE_LINE), strict=False))


def telling(trusted: Iterable[str]) -> Any:
    """A middleware that makes `request.remote` the sender's address."""
    proxies = list(trusted)

    @web.middleware
    async def tell(request: web.Request, handler: Handler) -> web.StreamResponse:
        remote = sender(request.remote or "", ",".join(request.headers.getall(HEADER, [])), proxies)
        if remote == request.remote:
            return await handler(request)
        told = request.clone(remote=remote)
        try:
            return await handler(told)
        finally:
            # What handlers note on their request is read when the answer's headers are set, from the first one.
            request.update(told)

    return tell


def is_local(request: web.Request) -> bool:
    """Whether a process of this machine asks, and no proxy on behalf of another."""
    return request.remote in ("127.0.0.1", "::1") and not any(name in request.headers for name in FORWARDED)
