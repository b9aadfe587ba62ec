"""Accounts as they are kept: settings in the open, secrets only as the sealed bytes that come in and go out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.accounts.model import Account
from crm_backend.database import utc_now
from crm_backend.errors import Conflict, NotFound

LONGEST_DETAIL = 300
State = Literal["ok", "failing", "paused", "unchecked"]


class Key(NamedTuple):
    """What an account is called: its channel, and its name there."""

    channel: str
    name: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.name}"


class Standing(NamedTuple):
    """How an account fares: `failing` when its platform says so or cannot be asked, `paused` while nothing is sent
    after failures. `detail` is the latest that went wrong, in one line; `cursor` is where its reading goes on."""

    key: Key
    state: State
    detail: str | None
    cursor: dict[str, Any] | None = None


async def listing(session: AsyncSession) -> list[Account]:
    """Every account, by channel and name."""
    return list(await session.scalars(select(Account).order_by(Account.channel, Account.name)))


async def find(session: AsyncSession, key: Key, *, lock: bool = False) -> Account:
    """One account; with `lock` nobody else changes it until the transaction ends. Raises NotFound."""
    query = select(Account).where(Account.channel == key.channel, Account.name == key.name)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("no such account")
    return found


async def save(
    session: AsyncSession, key: Key, *, enabled: bool, settings: Mapping[str, Any], secrets: bytes | None
) -> tuple[Account, bool]:
    """Stores what an admin set, and whether the account is new; what was known of its health is forgotten.

    Raises Conflict when the environment gives this account.
    """
    made = await session.scalar(
        insert(Account)
        .values(channel=key.channel, name=key.name, source="desk", settings={}, version=0)
        .on_conflict_do_nothing()
        .returning(Account.id)
    )
    account = await find(session, key, lock=True)
    if account.source != "desk":
        raise Conflict("given by the environment")
    account.enabled, account.settings, account.secrets = enabled, dict(settings), secrets
    account.version += 1
    account.updated_at = utc_now()
    account.checked_at = account.check_ok = account.check_detail = None
    account.failures, account.open_until = 0, None
    await session.flush()
    return account, made is not None


async def mirror(session: AsyncSession, key: Key, *, enabled: bool, settings: Mapping[str, Any]) -> bool:
    """Shows an account that the environment gives, without its secrets; whether that took the place of another.

    Nothing changes when it is shown already.
    """
    statement = insert(Account).values(
        channel=key.channel, name=key.name, source="environment", settings=dict(settings), enabled=enabled
    )
    before = await session.scalar(
        select(Account.source).where(Account.channel == key.channel, Account.name == key.name)
    )
    changed = {"source": "environment", "settings": dict(settings), "enabled": enabled}
    differs = or_(
        Account.source != "environment", Account.settings != dict(settings), Account.enabled.is_distinct_from(enabled)
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["channel", "name"],
            set_={**changed, "secrets": _RENEWED, "version": Account.version + 1, "updated_at": utc_now()},
            where=differs,
        )
    )
    return before == "desk"


async def ensure(session: AsyncSession, key: Key) -> None:
    """Shows an account of a channel that is there without any settings; one that the environment gave and gives no
    longer is there still, without them."""
    kept = {"source": "desk", "settings": {}, "enabled": True}
    await session.execute(
        insert(Account)
        .values(channel=key.channel, name=key.name, **kept)
        .on_conflict_do_update(
            index_elements=["channel", "name"],
            set_={**kept, "version": Account.version + 1, "updated_at": utc_now()},
            where=Account.source == "environment",
        )
    )


async def gone(session: AsyncSession, given: Iterable[Key]) -> list[Key]:
    """Switches off what an environment gave once and gives no longer; what was."""
    here = set(given)
    rows = await session.scalars(select(Account).where(Account.source == "environment").with_for_update())
    left = [account for account in rows if Key(account.channel, account.name) not in here and account.enabled]
    for account in left:
        account.enabled = False
        account.version += 1
        account.updated_at = utc_now()
    await session.flush()
    return [Key(account.channel, account.name) for account in left]


async def remove(session: AsyncSession, key: Key, *, given: bool) -> None:
    """Forgets an account and its secrets. Raises NotFound, and Conflict when the environment still gives it."""
    account = await find(session, key, lock=True)
    if given:
        raise Conflict("given by the environment")
    await session.delete(account)
    await session.flush()


async def checked(
    session: AsyncSession,
    key: Key,
    *,
    ok: bool,
    detail: str = "",
    shown_as: str | None = None,
    link: str | None = None,
) -> None:
    """Notes what was found about an account. What it is shown as and its link stay when nothing newer is known."""
    values: dict[str, Any] = {
        "checked_at": utc_now(),
        "check_ok": ok,
        "check_detail": detail[:LONGEST_DETAIL] or None,
        "shown_as": func.coalesce(shown_as, Account.shown_as),
        "link": func.coalesce(link, Account.link),
    }
    await session.execute(_row(key).values(**values))


async def failed(session: AsyncSession, key: Key, *, error: str) -> None:
    """Notes what went wrong with an account, in one line without secrets."""
    await session.execute(_row(key).values(last_error=error[:LONGEST_DETAIL], last_error_at=utc_now()))


async def standings(session: AsyncSession) -> list[Standing]:
    """How every enabled account fares, by channel and name."""
    now = utc_now()
    return [
        Standing(
            key=Key(row.channel, row.name),
            state="failing" if row.check_ok is False else "paused" if _is_after(row.open_until, now) else _well(row),
            detail=row.check_detail if row.check_ok is False else row.last_error,
            cursor=row.cursor,
        )
        for row in await listing(session)
        if row.enabled
    ]


def _well(row: Account) -> State:
    return "ok" if row.check_ok else "unchecked"


def _is_after(at: datetime | None, now: datetime) -> bool:
    return at is not None and at > now


_RENEWED = case((Account.source == "environment", Account.secrets), else_=None)
"""What stays of an account's secrets where the environment gives it: those that its platform renewed."""


def _row(key: Key) -> Any:
    return update(Account).where(Account.channel == key.channel, Account.name == key.name)
