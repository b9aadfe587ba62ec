"""`./relais user`: accounts of the agent desk."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass

from rich.console import Console
from rich.table import Column, Table
from sqlalchemy import select

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.agents import second_factor
from crm_backend.agents.model import Agent
from crm_backend.agents.services import SHORTEST_PASSWORD, account_at, add_agent, set_password
from crm_backend.errors import Invalid, NotNow, RelaisError
from server.settings import Settings
from server.supervise.records import legible_password, open_sessions


@dataclass(frozen=True)
class NewUser:
    """Whom to add."""

    email: str
    name: str
    role: str
    language: str


async def add(settings: Settings, user: NewUser) -> int:
    """Adds an agent."""
    password = _password()
    try:
        async with open_sessions(settings) as sessions, sessions.begin() as session:
            agent = await add_agent(
                session,
                email=user.email,
                name=user.name,
                role=user.role,
                language=user.language,
                password=password.text,
            )
    except RelaisError as error:
        return _refuse(error)
    print(f"{agent.name} may sign in at {settings.address}/desk/ as {agent.email}.{password.told}")
    return 0


async def change_password(settings: Settings, email: str) -> int:
    """Gives an agent a new password."""
    password = _password()
    try:
        async with open_sessions(settings) as sessions, sessions.begin() as session:
            agent = await set_password(session, email=email, password=password.text)
    except RelaisError as error:
        return _refuse(error)
    print(f"{agent.name} has a new password and is signed out everywhere.{password.told}")
    return 0


async def remove_second_factor(settings: Settings, email: str) -> int:
    """Removes what an agent, perhaps the only administrator, has lost."""
    try:
        async with open_sessions(settings) as sessions, sessions.begin() as session:
            agent = await account_at(session, email)
            await second_factor.reset(session, agent.id, actor=COMMAND_LINE)
    except RelaisError as error:
        return _refuse(error)
    print(f"{agent.name} signs in with the password alone, and is signed out everywhere.")
    return 0


async def show(settings: Settings) -> int:
    """Lists the agents."""
    table = Table(
        *(Column(name, no_wrap=True) for name in ("E-mail", "Name", "Role", "Language", "May sign in")), box=None
    )
    async with open_sessions(settings) as sessions, sessions() as session:
        for agent in await session.scalars(select(Agent).order_by(Agent.email)):
            state = "yes (demo)" if agent.demo else "yes"
            table.add_row(agent.email, agent.name, agent.role, agent.language, state if agent.active else "no")
    Console(width=max(Console().width, 120)).print(table)
    return 0


@dataclass(frozen=True)
class _Password:
    text: str
    told: str = ""


def _password() -> _Password:
    if not sys.stdin.isatty():
        given = sys.stdin.readline().strip()
        if given:
            return _Password(given)
    elif given := getpass.getpass(f"Password ({SHORTEST_PASSWORD} characters or more; empty: one is made): "):
        return _Password(given)
    made = legible_password()
    return _Password(made, f" The password is {made} (shown this once).")


def _refuse(error: RelaisError) -> int:
    from server.problems import sentence

    why = sentence(error, "en") if isinstance(error, Invalid | NotNow) else error
    print(f"relais: {error.field}: {why}" if isinstance(error, Invalid) else f"relais: {why}", file=sys.stderr)
    return 1
