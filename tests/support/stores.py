"""One private PostgreSQL and one Valkey for the whole run, and a fresh database for whoever asks."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import asyncpg
from redis.asyncio import Redis

from crm_backend import migrate
from crm_backend.agents.services import hash_password
from crm_backend.database import connect, sessions_on
from server import demo
from server.embedding import Embedder
from server.settings import Settings
from server.supervise import stores
from server.supervise.children import Supervisor
from tests.support.lending import Lent

PASSWORD = "agents-in-tests"
ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "var" / "vectors"
"""Shared with `./relais up`: the same article is never embedded twice on one machine."""


@dataclass
class Stores:
    """The running stores; `template` and `demo` are databases to copy, and are not changed once they were copied."""

    sockets: Path
    redis_url: str
    supervisor: Supervisor
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _dropping: set[asyncio.Task[None]] = field(default_factory=set)
    _lendable: dict[str, list[Lent]] = field(default_factory=lambda: defaultdict(list))
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://postgres@/{name}?host={quote(str(self.sockets))}"

    @asynccontextmanager
    async def copy(self, template: str) -> AsyncIterator[str]:
        """The address of a fresh copy, dropped at the end. `lend` is ten times quicker to have."""
        name = await self._copied(template)
        try:
            yield self.url(name)
        finally:
            self._drop(name)

    @asynccontextmanager
    async def lend(self, template: str) -> AsyncIterator[Lent]:
        """A database that is as good as a fresh copy of a template; put back as it was for the next test."""
        lent = await self._lendable_copy(template)
        yield lent
        if await lent.put_back():
            self._lendable[template].append(lent)
        else:
            await self._discard(lent)

    async def _lendable_copy(self, template: str) -> Lent:
        while self._lendable[template]:
            lent = self._lendable[template].pop()
            if await lent.is_left_alone():
                return lent
            await self._discard(lent)
        name = await self._copied(template)
        return await Lent.fresh(name, self.url(name))

    async def _discard(self, lent: Lent) -> None:
        await lent.close()
        self._drop(lent.name)

    def _drop(self, name: str) -> None:
        dropping = asyncio.create_task(self._run(f'drop database "{name}" with (force)'))
        self._dropping.add(dropping)
        dropping.add_done_callback(self._dropping.discard)

    async def _copied(self, template: str) -> str:
        name = f"{template}_{next(self._numbers)}"
        async with self._one_at_a_time:
            await self._run(f'create database "{name}" template "{template}" strategy file_copy')
        return name

    async def settle(self) -> None:
        """Ends what is dropped beside the tests."""
        for lent in [one for lendable in self._lendable.values() for one in lendable]:
            await lent.close()
        for dropping in self._dropping:
            dropping.cancel()
        await asyncio.gather(*self._dropping, return_exceptions=True)

    async def make(self, name: str, *, template: str = "template1") -> str:
        """A database of this name."""
        await self._run(f'create database "{name}" template "{template}" strategy file_copy')
        return self.url(name)

    async def forget(self) -> None:
        """Empties Redis: what one test did in a minute limits no other."""
        async with Redis.from_url(self.redis_url) as client:
            await client.flushall()

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def started() -> AsyncIterator[Stores]:
    """Both stores, on sockets of their own; what they hold is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="relais-tests-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        settings = Settings(var=Path(folder), database_url=None, redis_url=None)
        supervisor = Supervisor(Path(folder) / "log", tell=lambda _: None)
        stores.make_passable(settings)
        await stores.initialise(settings, Path(folder) / "initdb.log")
        postgres = stores.postgres(settings)
        # Nothing here outlives the run, so nothing is worth waiting for the disk.
        postgres.argv = [
            *postgres.argv,
            *("-c", "fsync=off"),
            *("-c", "synchronous_commit=off"),
            *("-c", "full_page_writes=off"),
            # No table lives long enough.
            *("-c", "autovacuum=off"),
        ]
        try:
            await supervisor.start(postgres, within=30)
            await supervisor.start(stores.valkey(settings), within=10)
            made = Stores(stores.sockets_of(settings.var), stores.redis_url(settings), supervisor)
            await _migrated(await made.make("template_empty"))
            try:
                yield made
            finally:
                await made.settle()
        finally:
            with contextlib.suppress(Exception):
                await supervisor.stop()


async def _migrated(url: str) -> None:
    engine = connect(url, pool_size=1)
    await migrate.upgrade(engine)
    await engine.dispose()


async def load_demo(url: str) -> None:
    """The demo company in an empty database in the newest shape, its agents with `PASSWORD`."""
    engine = connect(url, pool_size=1)
    async with sessions_on(engine).begin() as session:
        await demo.load(
            session,
            today=datetime.now(ZoneInfo("Europe/Paris")).date(),
            embed=Embedder(VECTORS).many,
            password_hash=hash_password(PASSWORD),
        )
    await engine.dispose()
