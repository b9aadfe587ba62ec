"""A month of contacts, generated: every kind of ending, the day the clocks change, midnight, transfers, returns."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.model import Conversation, Message, Rating
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from crm_backend.repeats.model import RepeatedFact
from crm_backend.routing.model import QueueEntry

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Row = dict[str, Any]


def paris(month: int, day: int, hour: int = 0, minute: int = 0, fold: int = 0) -> datetime:
    """An instant of 2026 by the clock of Paris."""
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS, fold=fold).astimezone(UTC)


@dataclass
class Month:
    """Rows as they are stored; reckoned from them again in `by_hand`."""

    agents: list[Row] = field(default_factory=list)
    customers: list[Row] = field(default_factory=list)
    identities: list[Row] = field(default_factory=list)
    conversations: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    ratings: list[Row] = field(default_factory=list)
    audit: list[Row] = field(default_factory=list)
    repeated: list[Row] = field(default_factory=list)

    async def store(self, session: AsyncSession) -> None:
        """Stores all of it."""
        for model, rows in (
            (Agent, self.agents), (Customer, self.customers), (Identity, self.identities),
            (Conversation, self.conversations), (Message, self.messages), (QueueEntry, self.entries),
            (Rating, self.ratings), (AuditEntry, self.audit), (RepeatedFact, self.repeated),
        ):  # fmt: skip
            if rows:
                await session.execute(insert(model), rows)

    def agent(self, name: str) -> UUID:
        """Somebody who answers."""
        self.agents.append({
            "id": new_id(), "email": f"{name.lower()}@example.com", "name": name, "language": "fr", "password_hash": "",
        })  # fmt: skip
        return UUID(str(self.agents[-1]["id"]))

    def person(self, *, known: bool = True) -> tuple[UUID | None, UUID]:
        """A customer with an identity, or an identity of nobody."""
        customer = None
        if known:
            customer = new_id()
            self.customers.append({"id": customer, "first_name": "Marie", "last_name": "Durand", "language": "fr"})
        self.identities.append({
            "id": new_id(), "kind": "console", "value": str(len(self.identities)), "customer_id": customer,
        })  # fmt: skip
        return customer, UUID(str(self.identities[-1]["id"]))

    def conversation(self, who: tuple[UUID | None, UUID], **more: Any) -> Talk:
        """A conversation with somebody, in which nothing has been said."""
        row = {
            "id": new_id(), "channel": "webchat", "address": "a", "customer_id": who[0], "identity_id": who[1],
            "team": "support", "owner": "bot", "language": "fr", "topic": "order_status", "last_seq": 0,
            "last_message_at": NOW, "created_at": NOW, "closed_at": None, **more,
        }  # fmt: skip
        self.conversations.append(row)
        return Talk(self, row)


@dataclass
class Talk:
    """What happens in a conversation."""

    month: Month
    row: Row

    def say(
        self, author: str, at: datetime, *, agent: UUID | None = None, intent: str | None = None, **content: Any
    ) -> Row:
        """Something is said."""
        self.row["last_seq"] += 1
        self.row["last_message_at"] = at
        message = {
            "id": new_id(), "created_at": at, "conversation_id": self.row["id"], "seq": self.row["last_seq"],
            "place": self.row["last_seq"], "author": author, "agent_id": agent, "channel": self.row["channel"],
            "text": "…", "content": content, "understanding": {"intent": intent} if intent else None,
        }  # fmt: skip
        self.month.messages.append(message)
        return message

    def queue(
        self,
        at: datetime,
        *,
        taken: datetime | None = None,
        agent: UUID | None = None,
        left: datetime | None = None,
        ended: datetime | None = None,
        team: str = "support",
        reason: str = "asked",
        since: datetime | None = None,
    ) -> Row:
        """It waits in a queue, perhaps until somebody takes it; `since` where the customer has waited for longer."""
        entry = {
            "id": new_id(), "created_at": at, "conversation_id": self.row["id"], "team": team, "reason": reason,
            "entered_at": since or at, "taken_at": taken, "agent_id": agent, "left_at": taken or left,
            "ended_at": ended,
        }  # fmt: skip
        self.month.entries.append(entry)
        self.row["team"] = team
        self.row["owner"] = "bot" if entry["left_at"] else f"queue:{team}"
        if taken and not ended:
            self.row["owner"] = f"agent:{agent}"
        return entry

    def close(self, at: datetime, *, reopened: bool = False) -> None:
        """Somebody closes it; where it was `reopened` since, only the audit log says so."""
        self.month.audit.append({
            "id": new_id(), "created_at": at, "actor": "bot", "action": "closed", "subject_kind": "conversation",
            "subject_id": str(self.row["id"]), "details": {},
        })  # fmt: skip
        if not reopened:
            self.row["owner"], self.row["closed_at"] = "nobody", at

    def rate(self, at: datetime, score: int, *, agent: UUID | None = None) -> None:
        """The customer says how it was, by a message that opens nothing."""
        self.say("customer", at)
        self.month.ratings.append({
            "id": new_id(), "created_at": at, "changed_at": at, "conversation_id": self.row["id"], "score": score,
            "comment": "=cmd()", "author": "agent" if agent else "bot", "agent_id": agent,
            "channel": self.row["channel"], "language": self.row["language"], "team": self.row["team"],
            "topic": self.row["topic"],
        })  # fmt: skip


def minutes(count: float) -> timedelta:
    """So many."""
    return timedelta(minutes=count)


def a_month(seed: int = 1, people: int = 40) -> Month:
    """From 20 October to 20 November 2026, over the end of summer time, and what edge cases there are."""
    month, chance = Month(), random.Random(seed)
    agents = [month.agent(name) for name in ("Claire", "Thomas", "Emma")]
    edges(month, agents)
    for index in range(people):
        who = month.person(known=index % 4 != 0)
        for _ in range(chance.choice((1, 1, 2, 3))):
            talk = month.conversation(
                who,
                channel=chance.choice(("webchat", "mail", "telegram")),
                language=chance.choice(("fr", "fr", "en")),
                topic=chance.choice(("order_status", "return_order", None)),
            )
            at = paris(10, 20) + minutes(chance.randrange(31 * 24 * 60))
            _some_talk(talk, at, agents, chance)
    return month


def _some_talk(talk: Talk, at: datetime, agents: list[UUID], chance: random.Random) -> None:
    talk.say("customer", at, intent="order_status")
    at += minutes(chance.choice((0.05, 0.1, 4)))
    talk.say("bot", at)
    kind = chance.choice(("bot", "bot", "silent", "agent", "agent", "transfer", "gone", "waits"))
    if kind == "bot":
        talk.close(at + minutes(3))
    elif kind in ("agent", "transfer"):
        first = chance.choice(agents)
        taken = at + minutes(chance.choice((0.5, 1, 2, 45)))
        done = taken + minutes(chance.randrange(1, 30))
        talk.queue(at, taken=taken, agent=first, ended=done, reason=chance.choice(("asked", "upset")))
        talk.say("agent", taken + minutes(0.5), agent=first)
        if kind == "transfer":
            second = chance.choice(agents)
            talk.queue(done, taken=done + minutes(1), agent=second, ended=done + minutes(9), team="returns",
                       reason="transferred")  # fmt: skip
            talk.say("agent", done + minutes(2), agent=second)
            done += minutes(9)
        talk.close(done)
        if chance.random() < 0.5:
            talk.rate(done + minutes(2), chance.randrange(1, 6), agent=first)
    elif kind == "gone":
        talk.queue(at, left=at + minutes(chance.choice((0.5, 20))))
    elif kind == "waits":
        talk.queue(at)


def edges(month: Month, agents: list[UUID]) -> None:
    """Each case of its own."""
    claire, thomas, _ = agents
    # The hour that comes twice, and the end of the longest day.
    for when in (paris(10, 25, 2, 30), paris(10, 25, 2, 30, fold=1), paris(10, 25, 23, 59), paris(10, 26, 0, 0)):
        talk = month.conversation(month.person())
        talk.say("customer", when)
        talk.say("bot", when + minutes(0.1))
        talk.close(when + minutes(5))
    # Over midnight, and over the change of the clocks.
    night = month.conversation(month.person(), channel="mail")
    night.say("customer", paris(10, 24, 23, 50))
    night.queue(paris(10, 24, 23, 51), taken=paris(10, 25, 3, 10), agent=claire, ended=paris(10, 25, 3, 20))
    asked = night.say("agent", paris(10, 25, 3, 15), agent=claire)
    month.repeated.append({"id": new_id(), "created_at": asked["created_at"], "message_id": asked["id"],
                           "kind": "asked", "fact": "order_number", "agent_id": claire})  # fmt: skip
    night.close(paris(10, 25, 3, 20))
    # Never answered at all.
    month.conversation(month.person(known=False)).say("customer", paris(11, 2, 9))
    # Moved between teams while it waited: one wait, no abandonment.
    moved = month.conversation(month.person())
    moved.say("customer", paris(11, 3, 9))
    moved.queue(paris(11, 3, 9, 1), left=paris(11, 3, 9, 5))
    moved.queue(paris(11, 3, 9, 5), since=paris(11, 3, 9, 1), taken=paris(11, 3, 9, 7), agent=thomas,
                ended=paris(11, 3, 9, 30), team="returns", reason="transferred")  # fmt: skip
    moved.say("agent", paris(11, 3, 9, 8), agent=thomas)
    moved.close(paris(11, 3, 9, 30))
    # Three contacts in one conversation: closed, then silence, then still open; notices begin and answer nothing.
    several = month.conversation(month.person(), channel="telegram")
    several.say("bot", paris(10, 27, 8), template="order_shipped")
    several.say("customer", paris(10, 27, 9))
    several.say("bot", paris(10, 27, 9, 1))
    several.close(paris(10, 27, 9, 5), reopened=True)
    several.say("customer", paris(10, 29, 9), intent="order_status")
    several.say("bot", paris(10, 29, 9, 1))
    several.say("bot", paris(11, 4, 9), template="order_arrived")
    several.say("customer", paris(11, 4, 10))
    several.say("bot", paris(11, 4, 10, 1))
    several.say("customer", NOW - minutes(30))
    several.say("bot", NOW - minutes(29))
    # Thanks are no contact and no return; the same person writes elsewhere about something else.
    polite = month.person()
    thanks = month.conversation(polite)
    thanks.say("customer", paris(10, 30, 9))
    thanks.say("bot", paris(10, 30, 9, 1))
    thanks.close(paris(10, 30, 9, 2), reopened=True)
    thanks.say("customer", paris(10, 30, 9, 3), intent="thanks")
    thanks.say("bot", paris(10, 30, 9, 4))
    other = month.conversation(polite, channel="mail", topic="invoice")
    other.say("customer", paris(11, 5, 9))
    other.say("bot", paris(11, 5, 9, 1))
    # A person has had the conversation for two days: that is no silence of the assistant's.
    slow = month.conversation(month.person())
    slow.say("customer", paris(11, 9, 9))
    slow.say("bot", paris(11, 9, 9, 1))
    slow.queue(paris(11, 9, 9, 1), taken=paris(11, 9, 9, 2), agent=claire)
    slow.say("customer", paris(11, 12, 9))
    # Just so much, and a bit more, than the minute of the service level.
    for seconds in (60, 61):
        just = month.conversation(month.person())
        just.say("customer", paris(11, 6, 9))
        entered = paris(11, 6, 9, 1)
        just.queue(entered, taken=entered + timedelta(seconds=seconds), agent=claire, ended=entered + minutes(5))
        just.close(entered + minutes(5))
