"""Programs that use the API of one server, which these tests share: starting one takes longer than a test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import Any

import pytest

from crm_backend.access.permissions import ALL
from crm_backend.agents.model import Agent
from server.app import Parts
from tests.support import api, site
from tests.support.api import Program
from tests.support.stores import Stores

MakeProgram = Callable[..., Awaitable[Program]]


@pytest.fixture(scope="module")
async def house(stores: Stores, password_hash: str) -> AsyncIterator[Parts]:
    """A server with an empty database, for one module: its tests tell their rows apart by names of their own."""
    await stores.forget()
    async with stores.copy("template_empty") as url:
        settings = site.settings_for(url, stores.redis_url, bot_port=site.free_port(), roles=["web"])
        async with site.serving(settings) as parts:
            async with parts.sessions.begin() as session:
                for name, role in (
                    ("Claire Martin", "agent"),
                    ("Sofia Supervisor", "supervisor"),
                    ("Ada Admin", "admin"),
                ):
                    email = f"{name.split()[0].lower()}@example.com"
                    session.add(Agent(email=email, name=name, role=role, language="fr", password_hash=password_hash))
            yield parts


@pytest.fixture(scope="module")
async def program(house: Parts) -> AsyncIterator[Program]:
    """A program with every scope: `await program("POST", "/products", {...})`."""
    async with site.browser_session() as client:
        yield Program(client, house.settings.address, await api.key(house.sessions))


@pytest.fixture(scope="module")
async def make_program(house: Parts) -> AsyncIterator[MakeProgram]:
    """Makes programs whose keys have only these scopes."""
    async with site.browser_session() as client:

        async def make(scopes: Collection[str] = ALL, **more: Any) -> Program:
            return Program(client, house.settings.address, await api.key(house.sessions, scopes, **more))

        yield make
