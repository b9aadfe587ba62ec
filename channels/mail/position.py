"""How far a mailbox has been read, kept in its account: what is done, what is tried again, what was set aside."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from crm_backend.accounts.model import Account
from crm_backend.database import Sessions, new_id

TRIES = 5
"""After so many failures a mail is set aside."""
PAUSE = 15.0
"""Seconds, doubled with every try, before a mail that failed is tried again."""
SHOWN_ASIDE = 100
"""Mails set aside that are remembered by UID; beyond that only how many."""


@dataclass(frozen=True)
class Failing:
    """A mail that could not be taken in so far."""

    times: int
    again: datetime


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
    aside: dict[int, str] = field(default_factory=dict)
    aside_count: int = 0

    def done(self, uid: int) -> Position:
        """The mail is stored."""
        failing = {key: value for key, value in self.failing.items() if key != uid}
        return replace(self, uid=max(self.uid, uid), failing=failing)

    def failed(self, uid: int, why: str, *, now: datetime, for_good: bool = False) -> Position:
        """The mail could not be stored: tried again later, and set aside after the last try."""
        times = self.failing[uid].times + 1 if uid in self.failing else 1
        if for_good or times >= TRIES:
            aside = {**self.aside, uid: why}
            kept = dict(list(aside.items())[-SHOWN_ASIDE:])
            return replace(self.done(uid), aside=kept, aside_count=self.aside_count + 1)
        failing = {**self.failing, uid: Failing(times, now + timedelta(seconds=PAUSE * 2**times))}
        return replace(self, uid=max(self.uid, uid), failing=failing)

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
            "aside": {str(uid): why for uid, why in self.aside.items()},
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
        aside={int(uid): str(why) for uid, why in kept.get("aside", {}).items()},
        aside_count=int(kept.get("aside_count", 0)),
    )


async def load(sessions: Sessions, account: str) -> Position | None:
    """Where reading goes on."""
    async with sessions() as session:
        return of(
            await session.scalar(select(Account.cursor).where(Account.channel == "mail", Account.name == account))
        )


async def save(sessions: Sessions, account: str, position: Position) -> None:
    """Commits the position. What it counts as done must be committed before."""
    async with sessions() as session, session.begin():
        await session.execute(
            insert(Account)
            .values(id=new_id(), channel="mail", name=account, source="environment", cursor=position.kept())
            .on_conflict_do_update(index_elements=["channel", "name"], set_={"cursor": position.kept()})
        )
