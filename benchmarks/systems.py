"""What is measured, started as separate processes on loopback: Relais with stores of its own, and stock Rasa."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from pydantic import SecretStr

from benchmarks.customers import ROOT
from benchmarks.stock.project import stock_child, trained
from server import secrets
from server.settings import Settings
from server.supervise import assistant, records, stores
from server.supervise.children import Child, Supervisor
from server.supervise.probes import is_up
from tests.support.assistant import free_port
from tests.support.stores import load_demo

NO_LIMIT = "1000000"


@dataclass
class Running:
    """A started system: where it answers and which processes it is made of."""

    supervisor: Supervisor
    parts: tuple[str, ...]
    address: str
    bot_address: str = ""
    bot_token: str = ""
    database_url: str = ""
    loading: dict[str, float] = field(default_factory=dict)

    def processes(self, part: str) -> list[psutil.Process]:
        """A part's process and all below it: `uv run`, PostgreSQL's one for each connection."""
        pid = self.supervisor.pid_of(part)
        top = psutil.Process(pid) if pid else None
        return [top, *top.children(recursive=True)] if top else []

    def cpu(self) -> dict[str, float]:
        """Processor seconds that each part has used, those of its ended children included."""
        return {part: sum(map(_used, self.processes(part))) for part in self.parts}

    def memory(self) -> dict[str, float]:
        """Resident megabytes of each part; pages shared between PostgreSQL's processes count each time."""
        return {part: sum(p.memory_info().rss for p in self.processes(part)) / 2**20 for part in self.parts}


def _used(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system


async def _listens(running: Running, part: str) -> bool:
    """Whether a part has taken its port, where another answers on the same."""
    ports = {held.laddr.port for each in running.processes(part) for held in each.net_connections("tcp")}
    return urlsplit(running.address).port in ports


async def _start(running: Running, child: Child, within: float) -> None:
    began = time.perf_counter()
    await running.supervisor.start(child, within=within)
    running.loading[child.name] = time.perf_counter() - began


@asynccontextmanager
async def relais(
    folder: Path, *, sites: int = 0, company: Callable[[str], Awaitable[object]] = load_demo, **environment: str
) -> AsyncIterator[Running]:
    """PostgreSQL and Valkey as `./relais up` starts them, the demo company or what `company` loads, the trained
    assistant, `relais serve` with the `environment` given on top; with `sites`, as so many processes for the sites, on
    one port, and one for the loops."""
    at_home = Settings(
        var=folder / "var", database_url=None, redis_url=None, port=free_port(), bot_port=free_port(),
        public_url=None, bot_url=None, production=False,
        bot_token=SecretStr("bot-token-of-benchmarks"),
        secret_key=SecretStr("secret-of-benchmarks"),
    )  # fmt: skip
    with_model = at_home.model_copy(update={"var": ROOT / "var"})
    if not assistant.model(with_model).exists():
        raise SystemExit("the assistant is not trained: run ./relais train")
    supervisor = Supervisor(folder / "log", tell=print)
    parts = ("server", "bot", "postgres", "valkey")
    token = at_home.bot_token.get_secret_value()
    running = Running(
        supervisor, parts, at_home.address, at_home.bot_address, token, database_url=stores.database_url(at_home)
    )
    stores.make_passable(at_home)
    await stores.initialise(at_home, folder / "log" / "initdb.log")
    try:
        await _start(running, stores.postgres(at_home), 30)
        await _start(running, stores.valkey(at_home), 10)
        await stores.make_database(at_home)
        await records.upgrade(stores.database_url(at_home))
        await company(stores.database_url(at_home))
        await _start(running, assistant.child(with_model), assistant.LOADING)
        if sites:
            apart = at_home.model_copy(update={"port": free_port()})
            worker = server_child(apart, **environment, RELAIS_ROLES="worker")
            await _start(running, replace(worker, name="worker"), 30)
            running.parts = (*running.parts, "worker")
            environment |= {"RELAIS_ROLES": "web", "RELAIS_SHARE_PORT": "true"}
        await _start(running, server_child(at_home, **environment), 30)
        for number in range(2, sites + 1):
            another = replace(server_child(at_home, **environment), name=f"server {number}")
            running.parts = (*running.parts, another.name)
            await _start(running, replace(another, ready=lambda name=another.name: _listens(running, name)), 30)
        yield running
    finally:
        with contextlib.suppress(Exception):
            await supervisor.stop()


def server_child(settings: Settings, **more: str) -> Child:
    """The server, as `./relais serve` runs it; one network address may here send as much as it likes."""
    environment = {
        "DATABASE_URL": stores.database_url(settings),
        "REDIS_URL": stores.redis_url(settings),
        "RELAIS_VAR": str(ROOT / "var"),
        "RELAIS_HOST": "127.0.0.1",
        "RELAIS_PORT": str(settings.port),
        "RELAIS_BOT_PORT": str(settings.bot_port),
        "RELAIS_MESSAGES_PER_MINUTE": NO_LIMIT,
        "RELAIS_SEARCHES_PER_MINUTE": NO_LIMIT,
        **secrets.revealed(settings),
        **more,
    }
    return Child(
        name="server",
        argv=[sys.executable, "-m", "server", "serve"],
        ready=lambda: is_up(f"{settings.address}/readyz"),
        environment=environment,
        folder=ROOT,
    )


@asynccontextmanager
async def stock(folder: Path, *, epochs: int | None) -> AsyncIterator[Running]:
    """Stock Rasa with its default pipeline, taught the same sentences, trackers in memory."""
    model = await trained(folder, epochs=epochs)
    supervisor = Supervisor(folder / "log", tell=print)
    port = free_port()
    running = Running(supervisor, ("stock",), f"http://127.0.0.1:{port}")
    try:
        await _start(running, stock_child(folder, model, port), 240)
        yield running
    finally:
        await supervisor.stop()


def machine() -> str:
    """One line on the machine and how busy it is."""
    load = "  ".join(f"{value:.2f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores, {os.uname().machine}, Python {sys.version.split()[0]}; load {load}"
