"""`./relais key`: keys by which programs use the API."""

from __future__ import annotations

import contextlib
import sys
from datetime import timedelta
from uuid import UUID

from rich.console import Console
from rich.table import Column, Table
from sqlalchemy import or_, select

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, RelaisError
from crm_backend.keys import services
from crm_backend.keys.model import ApiKey
from server.problems import sentence
from server.settings import Settings
from server.supervise.records import open_sessions


async def add(settings: Settings, *, name: str, scopes: list[str], days: int | None, per_minute: int) -> int:
    """Makes a key and prints it, this once."""
    until = utc_now() + timedelta(days=days) if days is not None else None
    try:
        async with open_sessions(settings) as sessions, sessions.begin() as session:
            made = await services.make(
                session, actor=COMMAND_LINE, name=name, scopes=scopes, expires_at=until, per_minute=per_minute
            )
    except RelaisError as error:
        return _refuse(error)
    print(made.token)
    print(f"Key {made.key.id} ({made.key.name}) is shown this once; only its hash is kept.", file=sys.stderr)
    return 0


async def show(settings: Settings) -> int:
    """Lists the keys."""
    columns = ("Id", "Name", "Begins", "May", "Last used", "State")
    table = Table(*(Column(name, no_wrap=name not in ("Name", "May")) for name in columns), box=None)
    async with open_sessions(settings) as sessions, sessions() as session:
        for key in await session.scalars(services.listing(COMMAND_LINE).order_by(ApiKey.created_at)):
            used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
            table.add_row(str(key.id), key.name, key.prefix + "…", ", ".join(key.scopes), used, _state(key))
    Console(width=max(Console().width, 140)).print(table)
    return 0


async def revoke(settings: Settings, which: str) -> int:
    """Ends the key with this id, or with this visible beginning if only one has it."""
    try:
        async with open_sessions(settings) as sessions, sessions.begin() as session:
            wanted = [ApiKey.prefix == which.rstrip("…")]
            with contextlib.suppress(ValueError):
                wanted.append(ApiKey.id == UUID(which))
            found = list(await session.scalars(select(ApiKey.id).where(or_(*wanted)).limit(2)))
            if len(found) != 1:
                print(f"relais: {'several keys begin' if found else 'no key is called or begins'} so", file=sys.stderr)
                return 1
            key = await services.revoke(session, found[0], actor=COMMAND_LINE)
    except RelaisError as error:
        return _refuse(error)
    print(f"{key.name} ({key.prefix}…) is revoked.")
    return 0


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at is None:
        return "good"
    return f"{'expired' if key.expires_at <= utc_now() else 'good until'} {key.expires_at:%Y-%m-%d}"


def _refuse(error: RelaisError) -> int:
    field = f"{error.field}: " if isinstance(error, Invalid) else ""
    print(f"relais: {field}{sentence(error, 'en')}", file=sys.stderr)
    return 1
