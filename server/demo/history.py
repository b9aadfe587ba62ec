"""The past weeks of the demo company: conversations that are over, with their waits and what was said of them, so that
reports have something to tell."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation, Message, Rating
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Base
from crm_backend.routing.model import QueueEntry
from server.demo.chance import Chance, instant
from server.demo.history_words import COMMENTS, STORIES, THANKS, Story
from server.demo.showcase import EMMA, MARIE

Row = dict[str, Any]
WEEKS = 9
A_DAY = (11, 10, 9, 10, 12, 6, 3)
"""Conversations that begin on each day of the week, about."""
CHANNELS = (("webchat", 52), ("mail", 24), ("whatsapp", 16), ("telegram", 8))
HOURS = (9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18, 19, 20, 21, 22)
OPEN = range(9, 18)
COMES_BACK = 0.07
"""Of those who were helped, how many write again within the week."""


async def tell(session: AsyncSession, today: date) -> int:
    """Stores them in the caller's transaction; how many conversations. The same day gives the same ones."""
    agents = list(await session.scalars(select(Agent.id).where(Agent.demo, Agent.role == "agent").order_by(Agent.id)))
    rows = await session.execute(
        select(Customer.id, Customer.language, Identity.id, Identity.value)
        .join(Identity, Identity.customer_id == Customer.id)
        .where(Customer.demo, Identity.kind == "email", Identity.value.not_in((MARIE.email, EMMA.email)))
        .order_by(Customer.id)
    )
    past = _Past(agents, [tuple(row) for row in rows])
    for day in range(WEEKS * 7, 0, -1):
        past.day(today - timedelta(days=day))
    for model, found in past.tables.items():
        if found:
            await session.execute(insert(model), found)
    return len(past.tables[Conversation])


class _Past:
    def __init__(self, agents: list[UUID], people: list[tuple[Any, ...]]) -> None:
        self._chance, self._agents, self._people = Chance("history"), agents, people
        self.tables: dict[type[Base], list[Row]] = {Conversation: [], Message: [], QueueEntry: [], Rating: []}
        self._back: list[tuple[date, tuple[Any, ...], Story]] = []

    def day(self, day: date) -> None:
        """The conversations that begin on a day: new ones, and of those who come back."""
        again = [one for one in self._back if one[0] == day]
        for _, person, story in again:
            self._talk(day, person, story)
        weights = [story.weight for story in STORIES]
        for _ in range(max(1, round(A_DAY[day.weekday()] + self._chance.uniform(-3, 3)))):
            story = self._chance.choices(STORIES, weights)[0]
            self._talk(day, self._chance.choice(self._people), story)

    def _talk(self, day: date, person: tuple[Any, ...], story: Story) -> None:
        chance = self._chance
        customer, language, identity, address = person
        clock = (chance.choice(HOURS), chance.randrange(60))
        at = instant(day, clock, "FR") + timedelta(seconds=chance.randrange(60))
        channel = chance.choices([name for name, _ in CHANNELS], [many for _, many in CHANNELS])[0]
        talk: Row = {
            "id": chance.identifier(at), "created_at": at, "channel": channel, "address": address, "team": "support",
            "identity_id": identity, "customer_id": customer, "proof": "channel", "owner": "nobody", "version": 2,
            "language": language, "topic": story.topic, "last_seq": 0,
            "mood": "upset" if story.reason == "upset" else "calm",
        }  # fmt: skip
        self._say(talk, "customer", at, story.asks[language], intent=story.topic or "nlu_fallback")
        at += timedelta(seconds=chance.uniform(1, 4))
        self._say(talk, "bot", at, story.answer[language])
        ended, agent = at + timedelta(minutes=chance.uniform(1, 4)), None
        if chance.randrange(100) >= story.alone:
            ended, agent = self._person(talk, at + timedelta(seconds=20), story, opened=clock[0] in OPEN)
        gave_up = agent is None and any(one["conversation_id"] == talk["id"] for one in self.tables[QueueEntry][-1:])
        if not gave_up and (agent is not None or chance.random() < 0.7):
            self._say(talk, "customer", ended - timedelta(seconds=15), THANKS[language], intent="thanks")
        talk["closed_at"] = ended
        talk["agent_seen_seq"] = talk["customer_seen_seq"] = talk["last_seq"]
        self.tables[Conversation].append(talk)
        self._rate(talk, ended, agent)
        if chance.random() < COMES_BACK:
            self._back.append((day + timedelta(days=chance.randrange(1, 6)), person, story))

    def _person(self, talk: Row, at: datetime, story: Story, *, opened: bool) -> tuple[datetime, UUID | None]:
        """Somebody is asked for, and comes, or does not in time: when that ended, and who it was."""
        chance = self._chance
        chat = talk["channel"] == "webchat"
        wait = chance.lognormvariate(3.4, 0.9) if chat and opened else chance.lognormvariate(5.5, 1.0)
        stay: Row = {
            "id": chance.identifier(at), "created_at": at, "conversation_id": talk["id"], "team": "support",
            "reason": story.reason, "entered_at": at, "taken_at": None, "agent_id": None, "ended_at": None,
        }  # fmt: skip
        self.tables[QueueEntry].append(stay)
        if chat and wait > 150 and chance.random() < 0.5:
            stay["left_at"] = at + timedelta(seconds=150)
            return stay["left_at"], None
        agent, taken = chance.choice(self._agents), at + timedelta(seconds=wait)
        ended = taken + timedelta(minutes=chance.lognormvariate(1.7, 0.6))
        self._say(talk, "agent", taken + (ended - taken) * 0.4, story.agent[talk["language"]], agent=agent)
        stay.update(taken_at=taken, left_at=taken, agent_id=agent, ended_at=ended)
        return ended, agent

    def _say(
        self, talk: Row, author: str, at: datetime, text: str, *, intent: str | None = None, agent: UUID | None = None
    ) -> None:
        talk["last_seq"] += 1
        talk["last_message_at"] = at
        understood = {"intent": intent, "confidence": 0.93, "entities": [], "ranking": []} if intent else None
        self.tables[Message].append({
            "id": self._chance.identifier(at), "created_at": at, "conversation_id": talk["id"], "seq": talk["last_seq"],
            "place": talk["last_seq"], "author": author, "agent_id": agent, "channel": talk["channel"], "text": text,
            "identity_id": talk["identity_id"] if author == "customer" else None, "language": talk["language"],
            "content": {}, "understanding": understood, "delivery": None if author == "customer" else "delivered",
        })  # fmt: skip

    def _rate(self, talk: Row, ended: datetime, agent: UUID | None) -> None:
        chance = self._chance
        if chance.random() > (0.42 if agent else 0.2):
            return
        score = chance.choices((5, 4, 3, 2, 1), (46, 30, 12, 7, 5) if agent else (36, 34, 16, 8, 6))[0]
        comment = chance.choice(COMMENTS[score][talk["language"]]) if chance.random() < 0.35 else ""
        at = ended + timedelta(minutes=chance.uniform(1, 30))
        self.tables[Rating].append({
            "id": chance.identifier(at), "created_at": at, "changed_at": at, "conversation_id": talk["id"],
            "score": score, "comment": comment, "author": "agent" if agent else "bot", "agent_id": agent,
            "channel": talk["channel"], "language": talk["language"], "team": talk["team"], "topic": talk["topic"],
        })  # fmt: skip
