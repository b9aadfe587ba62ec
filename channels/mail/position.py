"""How far a mailbox has been read, kept in its account: what is done, what is tried again, what was set aside."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert

from crm_backend.accounts.model import Account
from crm_backend.database import Sessions, new_id, utc_now

TRIES = 5
"""After so many failures a mail is set aside."""
PAUSE = 15.0
"""Seconds, doubled with every try, before a mail that failed is tried again."""
WISHES, AGAIN, LEAVE = "wishes", "again", "leave"
"""Beside the position: what people want done about mails set aside, by UID."""
SHOWN_ASIDE = 100
"""Mails set aside that are remembered by UID; beyond that only how many."""


@dataclass(frozen=True)
class Failing:
    """A mail that could not be taken in so far."""

    times: int
    again: datetime


@dataclass(frozen=True)
class Aside:
    """A mail that was given up, and when; earlier versions did not note that."""

    why: str
    at: datetime | None = None


@dataclass(frozen=True)
class Position:
    """Everything up to `uid` is done, but for what is `failing`.

    `since` is when reading began, where older mails are left alone. After a change of UIDVALIDITY it is all that tells
    old from new among the mails below UID `below`; above it even a mail that came long ago is news: somebody moved it
    here.
    """

    folder: str
    validity: int
    uid: int
    since: datetime | None = None
    below: int = 0
    failing: dict[int, Failing] = field(default_factory=dict)
    aside: dict[int, Aside] = field(default_factory=dict)
    aside_count: int = 0

    def done(self, uid: int) -> Position:
        """The mail is stored."""
        failing = {key: value for key, value in self.failing.items() if key != uid}
        return replace(self, uid=max(self.uid, uid), failing=failing)

    def failed(self, uid: int, why: str, *, now: datetime, for_good: bool = False) -> Position:
        """The mail could not be stored: tried again later, and set aside after the last try."""
        times = self.failing[uid].times + 1 if uid in self.failing else 1
        if for_good or times >= TRIES:
            aside = {**self.aside, uid: Aside(why, now)}
            kept = dict(list(aside.items())[-SHOWN_ASIDE:])
            return replace(self.done(uid), aside=kept, aside_count=self.aside_count + 1)
        failing = {**self.failing, uid: Failing(times, now + timedelta(seconds=PAUSE * 2**times))}
        return replace(self, uid=max(self.uid, uid), failing=failing)

    def wished(self, wishes: dict[str, Any], *, now: datetime) -> Position:
        """With what a person wants done about mails set aside: one more try, or nothing more."""
        asked = {int(uid): wish for uid, wish in wishes.items() if int(uid) in self.aside}
        failing = {uid: Failing(TRIES - 1, now) for uid, wish in asked.items() if wish == AGAIN}
        return replace(
            self,
            failing={**self.failing, **failing},
            aside={uid: aside for uid, aside in self.aside.items() if uid not in asked},
            aside_count=self.aside_count - len(asked),
        )

    def leaves(self, uid: int, arrived: datetime | None) -> bool:
        """Whether the mail is one of those that were there before reading began."""
        if self.since is None or arrived is None or uid >= self.below:
            return False
        return arrived < self.since.replace(microsecond=0)

    def due(self, now: datetime) -> list[int]:
        """The failing mails that are to be tried again by now."""
        return sorted(uid for uid, failing in self.failing.items() if failing.again <= now)

    def kept(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "folder": self.folder,
            "uidvalidity": self.validity,
            "uid": self.uid,
            "since": self.since.isoformat() if self.since else None,
            "below": self.below,
            "failing": {str(uid): [one.times, one.again.isoformat()] for uid, one in self.failing.items()},
            "aside": {str(uid): [one.why, one.at and one.at.isoformat()] for uid, one in self.aside.items()},
            "aside_count": self.aside_count,
        }


def of(kept: dict[str, Any] | None) -> Position | None:
    """The position as it was stored; None when there is none."""
    if not kept or "uidvalidity" not in kept:
        return None
    return Position(
        folder=str(kept.get("folder", "INBOX")),
        validity=int(kept["uidvalidity"]),
        uid=int(kept["uid"]),
        since=datetime.fromisoformat(kept["since"]) if kept.get("since") else None,
        below=int(kept.get("below", 0)),
        failing={
            int(uid): Failing(int(times), datetime.fromisoformat(again))
            for uid, (times, again) in kept.get("failing", {}).items()
        },
        aside={int(uid): _aside(one) for uid, one in kept.get("aside", {}).items()},
        aside_count=int(kept.get("aside_count", 0)),
    )


def _aside(kept: Any) -> Aside:
    if isinstance(kept, str):
        return Aside(kept)
    why, at = kept
    return Aside(str(why), datetime.fromisoformat(at) if at else None)


async def load(sessions: Sessions, account: str) -> Position | None:
    """Where reading goes on."""
    async with sessions() as session:
        return of(
            await session.scalar(select(Account.cursor).where(Account.channel == "mail", Account.name == account))
        )


async def obeyed(sessions: Sessions, account: str, position: Position) -> Position:
    """The position with what people wished since (`channels.mail.asides`), committed; the wishes are done with."""
    async with sessions() as session, session.begin():
        whose = (Account.channel == "mail", Account.name == account)
        cursor = await session.scalar(select(Account.cursor).where(*whose).with_for_update())
        if not cursor or not cursor.get(WISHES):
            return position
        position = position.wished(cursor[WISHES], now=utc_now())
        await session.execute(update(Account).where(*whose).values(cursor=position.kept()))
    return position


async def save(sessions: Sessions, account: str, position: Position) -> None:
    """Commits the position. What it counts as done must be committed before. Wishes stay until they are obeyed."""
    async with sessions() as session, session.begin():
        await session.execute(_SAVE, {"made": new_id(), "account": account, "position": position.kept()})


def _saving() -> Insert:
    table = Account.metadata.tables[Account.__tablename__]
    wishes = table.c.cursor[WISHES]
    kept = bindparam("position", type_=JSONB)
    beside = case((wishes.is_not(None), func.jsonb_build_object(WISHES, wishes)), else_=literal({}, JSONB))
    return (
        insert(table)
        .values(id=bindparam("made"), channel="mail", name=bindparam("account"), source="environment", cursor=kept)
        .on_conflict_do_update(index_elements=["channel", "name"], set_={"cursor": kept.concat(beside)})
    )


# Made once: after every mail, putting it together took longer than running it.
_SAVE = _saving()
