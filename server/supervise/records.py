"""The database's set-up: its shape, and the demo company with its logins."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from crm_backend import migrate
from crm_backend.agents.model import Agent
from crm_backend.agents.services import hash_password
from crm_backend.database import Sessions, connect, sessions_on
from server.settings import Settings
from server.supervise import stores

_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Login:
    """An agent who may sign in."""

    email: str
    name: str
    role: str


@dataclass(frozen=True)
class DemoLogins:
    """The demo's agents and the password they were all just given; it is known nowhere else."""

    agents: list[Login]
    password: str


@asynccontextmanager
async def open_sessions(settings: Settings) -> AsyncIterator[Sessions]:
    """Sessions on the database in its newest shape, started for the while if nothing runs."""
    async with stores.database(settings) as url:
        engine = connect(url, pool_size=2)
        try:
            await migrate.upgrade(engine)
            yield sessions_on(engine)
        finally:
            await engine.dispose()


async def upgrade(url: str) -> bool:
    """Brings the database to the newest shape; true if it was not."""
    engine = connect(url, pool_size=1)
    try:
        return await migrate.upgrade(engine)
    finally:
        await engine.dispose()


async def demo_agents(url: str) -> int:
    """How many of the demo's logins work."""
    engine = connect(url, pool_size=1)
    try:
        async with sessions_on(engine)() as session:
            counted = select(func.count()).select_from(Agent).where(Agent.demo, Agent.active)
            return await session.scalar(counted) or 0
    finally:
        await engine.dispose()


async def load_demo(settings: Settings, url: str) -> DemoLogins | None:
    """Loads the demo company into a database without agents and customers; None if there are any.

    In a thread with a loop of its own: the articles' sentence vectors take the processor for seconds.
    """
    return await asyncio.to_thread(asyncio.run, _load_demo(settings, url))


async def _load_demo(settings: Settings, url: str) -> DemoLogins | None:
    engine = connect(url, pool_size=2)
    try:
        async with sessions_on(engine).begin() as session:
            if await session.scalar(select(func.count()).select_from(Agent)):
                return None
            from server import demo
            from server.demo.company import load
            from server.embedding import Embedder

            password = legible_password()
            now = datetime.now(ZoneInfo(settings.timezone))
            loaded = await load(
                session,
                today=now.date(),
                now=now,
                embed=Embedder(settings.var / "vectors").many,
                password_hash=hash_password(password),
                articles=Path(demo.__file__).parent / "articles",
                past=True,
            )
            if not loaded:
                return None
            agents = await session.scalars(select(Agent).where(Agent.demo).order_by(Agent.email))
            return DemoLogins([Login(agent.email, agent.name, agent.role) for agent in agents], password)
    finally:
        await engine.dispose()


async def renew_demo(settings: Settings, url: str) -> int:
    """Brings the articles of a demo company that was loaded before to what they say now, but for those that people have
    changed; how many. Nothing where there is no demo."""
    return await asyncio.to_thread(asyncio.run, _renew_demo(settings, url))


async def _renew_demo(settings: Settings, url: str) -> int:
    engine = connect(url, pool_size=2)
    try:
        async with sessions_on(engine).begin() as session:
            if not await session.scalar(select(Agent.id).where(Agent.demo).limit(1)):
                return 0
            from server import demo
            from server.demo.articles import renew_articles
            from server.embedding import Embedder

            articles = Path(demo.__file__).parent / "articles"
            return await renew_articles(session, articles, Embedder(settings.var / "vectors").many)
    finally:
        await engine.dispose()


def legible_password() -> str:
    """Three groups of four letters and digits that nobody confuses: 59 bits."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(4)) for _ in range(3))
