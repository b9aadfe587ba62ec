"""Fixtures: real stores, a server, customers and agents."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from unittest.mock import patch

import hypothesis
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from crm_backend.agents import services as agents
from crm_backend.agents.model import Agent
from crm_backend.database import Sessions, connect, sessions_on
from server.app import Parts
from tests.support import assistant, site
from tests.support.assistant import ScriptedBot
from tests.support.lending import Lent
from tests.support.site import AgentAtDesk, Customer
from tests.support.stores import PASSWORD, Stores, load_demo, started

pytest_plugins = ["tests.hanging"]
# How long an example takes says something about the machine only.
hypothesis.settings.register_profile(
    "tests", deadline=None, max_examples=60, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("tests")

MakeCustomer = Callable[..., Awaitable[Customer]]
MakeAgent = Callable[..., Awaitable[AgentAtDesk]]


def pytest_collection_finish() -> None:
    """What is there by now stays to the end. Looking through it for garbage took a sixth of the tests' time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
async def stores() -> AsyncIterator[Stores]:
    """PostgreSQL and Valkey, for the whole run."""
    async with started() as running:
        yield running


@pytest.fixture(scope="session")
async def demo_template(stores: Stores) -> str:
    """The name of a database that holds the demo company, to be copied."""
    await load_demo(await stores.make("template_demo", template="template_empty"))
    return "template_demo"


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are hashed the same way with less effort: as in earnest, each sign-in would take a third of a test."""
    with patch.object(agents, "_hasher", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))):
        yield


@pytest.fixture(scope="session")
def password_hash(quick_passwords: None) -> str:
    """The hash of every agent's password."""
    return agents.hash_password(PASSWORD)


@pytest.fixture
async def database(stores: Stores) -> AsyncIterator[Lent]:
    """An empty database in the newest shape, with connections to it."""
    async with stores.lend("template_empty") as lent:
        yield lent


@pytest.fixture
def database_url(database: Lent) -> str:
    """The address of an empty database in the newest shape."""
    return database.url


@pytest.fixture
async def demo_url(stores: Stores, demo_template: str) -> AsyncIterator[str]:
    """The address of a database with the demo company."""
    async with stores.lend(demo_template) as lent:
        yield lent.url


@pytest.fixture
def sessions(database: Lent) -> Sessions:
    """Sessions on an empty database."""
    return sessions_on(database.engine)


@pytest.fixture
async def session(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """One session on an empty database, rolled back at the end."""
    async with sessions() as opened:
        yield opened
        await opened.rollback()


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedBot]:
    """An assistant that repeats what it hears, or says what the test scripts."""
    bot = ScriptedBot()
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture
def keeping() -> bool:
    """Whether servers run the loops that keep the CRM in order too; see `site.serving`."""
    return False


@pytest.fixture
async def server(
    database_url: str, stores: Stores, scripted: ScriptedBot, password_hash: str, keeping: bool
) -> AsyncIterator[Parts]:
    """A server with the scripted assistant and three agents: claire, thomas and emma @example.com."""
    await stores.forget()
    settings = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port)
    async with site.serving(settings, keeping=keeping) as parts:
        async with parts.sessions.begin() as session:
            for name, language in (("Claire Martin", "fr"), ("Thomas Bernard", "fr"), ("Emma Wilson", "en")):
                email = f"{name.split()[0].lower()}@example.com"
                session.add(Agent(email=email, name=name, language=language, password_hash=password_hash))
        yield parts


@pytest.fixture(scope="session")
async def common_engine(stores: Stores) -> AsyncIterator[AsyncEngine]:
    """One database for all tests that keep nothing."""
    async with stores.copy("template_empty") as url:
        engine = connect(url, pool_size=1)
        yield engine
        await engine.dispose()


@pytest.fixture
async def crm(common_engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session on an empty database that is never committed, whatever the test commits: ten times quicker to have
    than a database of one's own, for tests that need one session only."""
    async with common_engine.connect() as connection:
        kept = await connection.begin()
        async with AsyncSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as opened:
            yield opened
        await kept.rollback()


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """What a test opens and need not close."""
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
def customer(server: Parts, stack: AsyncExitStack) -> MakeCustomer:
    """Makes connected customers of `server`."""

    async def make(language: str = "fr", address: str | None = None) -> Customer:
        client = await stack.enter_async_context(site.browser_session())
        made = Customer(client, address or server.settings.address, language)
        await made.connect()
        return made

    return make


@pytest.fixture
def agent(server: Parts, stack: AsyncExitStack) -> MakeAgent:
    """Makes signed-in agents of `server`."""

    async def make(email: str = "claire@example.com", address: str | None = None) -> AgentAtDesk:
        client = await stack.enter_async_context(site.browser_session())
        made = AgentAtDesk(client, address or server.settings.address)
        await made.sign_in(email)
        return made

    return make


@pytest.fixture(scope="session")
async def real_assistant(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[assistant.Settings]:
    """The trained assistant, loaded once for the run."""
    async with assistant.real(tmp_path_factory.mktemp("assistant")) as (settings, _):
        yield settings


@pytest.fixture
async def company(
    demo_url: str, stores: Stores, real_assistant: assistant.Settings, keeping: bool
) -> AsyncIterator[Parts]:
    """The whole product: the demo company, the real assistant, a server."""
    settings = site.settings_for(demo_url, stores.redis_url, bot_port=real_assistant.bot_port)
    async with site.serving(settings, keeping=keeping) as parts:
        yield parts
