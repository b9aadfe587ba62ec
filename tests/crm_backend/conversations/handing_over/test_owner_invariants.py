"""Whatever happens in whatever order: one owner, one answer, nothing lost. Two servers share one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import product
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from crm_backend.agents.model import Agent
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message, Turn
from crm_backend.conversations.schema import ClaimedTurn, Reply
from crm_backend.conversations.thinking import turns
from crm_backend.database import Sessions, connect, new_id, sessions_on, utc_now
from crm_backend.errors import NotOwner, OwnerChanged
from crm_backend.routing.model import QueueEntry, RoutingOffer
from tests.support import core

EXAMPLES = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
EXPIRED, LIVE = 0.0, 60.0
DEEDS = ["write", "claim", "claim_briefly", "finish", "put_back", "give_up", "take", "answer", "release", "close"]
DEEDS += ["offer", "let_pass"]
# Drawn more often, so that an example gets somewhere.
COMMON = ["write", "claim", "finish", "finish", "take"]
steps = st.lists(st.tuples(st.sampled_from(DEEDS + COMMON), st.booleans()), min_size=3, max_size=14)


@dataclass
class World:
    """Two servers, two agents, one conversation, and the leases that workers believe they hold."""

    servers: tuple[Sessions, Sessions]
    agents: tuple[Agent, Agent]
    visitor: str = field(default_factory=lambda: str(new_id()))
    conversation: UUID | None = None
    held: list[ClaimedTurn] = field(default_factory=list)
    versions: list[tuple[int, str]] = field(default_factory=list)
    answers: dict[UUID, int] = field(default_factory=dict)
    rights: dict[str, int] = field(default_factory=dict)

    async def do(self, deed: str, second: bool) -> None:
        """One deed by the first or second server, worker or agent; a refusal is an outcome like any other."""
        sessions, who = self.servers[second], self.agents[second]
        try:
            await getattr(self, deed)(sessions, who, second)
        except (NotOwner, OwnerChanged):
            return

    async def write(self, sessions: Sessions, who: Agent, second: bool) -> None:
        received = await core.write(
            sessions, "bonjour", visitor=self.visitor, conversation_id=self.conversation, external_id=str(new_id())
        )
        self.conversation = received.conversation_id

    async def claim(self, sessions: Sessions, who: Agent, second: bool, lease: float = LIVE) -> None:
        claimed = await core.claim(sessions, lease_seconds=lease)
        if claimed is not None:
            self.held.append(claimed)

    async def claim_briefly(self, sessions: Sessions, who: Agent, second: bool) -> None:
        await self.claim(sessions, who, second, lease=EXPIRED)

    async def finish(self, sessions: Sessions, who: Agent, second: bool) -> None:
        if claimed := self._one_of_held(second):
            do = "hand_over" if claimed.seq % 3 == 0 else "close" if claimed.seq % 5 == 0 else None
            if await core.finish(sessions, claimed, core.saying(f"answer to {claimed.id}", do=do)):
                self.answers[claimed.id] = self.answers.get(claimed.id, 0) + 1

    async def put_back(self, sessions: Sessions, who: Agent, second: bool) -> None:
        if claimed := self._one_of_held(second):
            async with sessions() as session, session.begin():
                await turns.put_back(session, claimed, seconds=EXPIRED)

    async def give_up(self, sessions: Sessions, who: Agent, second: bool) -> None:
        if claimed := self._one_of_held(second):
            async with sessions() as session, session.begin():
                if await turns.give_up(session, claimed, apology=Reply(text=f"answer to {claimed.id}")):
                    self.answers[claimed.id] = self.answers.get(claimed.id, 0) + 1

    async def take(self, sessions: Sessions, who: Agent, second: bool) -> None:
        await self._change("take", sessions, who)

    async def release(self, sessions: Sessions, who: Agent, second: bool) -> None:
        await self._change("release", sessions, who)

    async def close(self, sessions: Sessions, who: Agent, second: bool) -> None:
        await self._change("close", sessions, who)

    async def answer(self, sessions: Sessions, who: Agent, second: bool) -> None:
        if self.conversation:
            await core.reply_as(sessions, self.conversation, who, "agent")

    async def offer(self, sessions: Sessions, who: Agent, second: bool) -> None:
        """What waits is offered to somebody, as a round does it."""
        async with sessions() as session, session.begin():
            found = select(Conversation).where(Conversation.id == self.conversation, Conversation.owner.like("queue:%"))
            waits = select(QueueEntry.id).where(
                QueueEntry.conversation_id == self.conversation, QueueEntry.left_at.is_(None)
            )
            if await session.scalar(found.with_for_update(key_share=True)) is None:
                return
            offer = {"entry_id": await session.scalar(waits), "conversation_id": self.conversation, "agent_id": who.id}
            now = utc_now()
            made = insert(RoutingOffer).values(id=new_id(), offered_at=now, expires_at=now, **offer)
            await session.execute(made.on_conflict_do_nothing())

    async def let_pass(self, sessions: Sessions, who: Agent, second: bool) -> None:
        async with sessions() as session, session.begin():
            await stream.locked(session, self.conversation)
            over = {"state": "timed_out", "ended_at": utc_now()}
            await session.execute(update(RoutingOffer).where(RoutingOffer.state == "offered").values(**over))

    async def _change(self, what: str, sessions: Sessions, who: Agent) -> None:
        if self.conversation:
            changed = await core.change(sessions, what, self.conversation, who)
            self.versions.append((changed.version, changed.owner))

    def _one_of_held(self, second: bool) -> ClaimedTurn | None:
        # Kept after use: late and repeated deeds of a worker are what this is about.
        return self.held[-1 - second] if len(self.held) > second else None

    async def check(self) -> None:
        """What must hold after any history."""
        if self.conversation is None:
            return
        async with self.servers[0]() as session:
            found = await session.get_one(Conversation, self.conversation)
            query = select(Message).where(Message.conversation_id == self.conversation).order_by(Message.seq)
            messages = list(await session.scalars(query))
            queued = list(await session.scalars(select(Turn).where(Turn.conversation_id == self.conversation)))
            offers = list(
                await session.scalars(select(RoutingOffer).where(RoutingOffer.conversation_id == self.conversation))
            )
        assert [m.seq for m in messages] == list(range(1, found.last_seq + 1))
        said = [m.text for m in messages if m.author == "bot"]
        assert len(said) == len(set(said)), "a turn was answered twice"
        assert set(self.answers.values()) <= {1} and len(said) == len(self.answers)
        by_version: dict[int, str] = {}
        for version, owner in self.versions:
            assert by_version.setdefault(version, owner) == owner, "two owners under one version"
        assert all(version <= found.version for version in by_version)
        self._nobody_speaks_out_of_turn(messages)
        for offer, message in product(offers, (m for m in messages if m.author == "bot")):
            over = offer.ended_at or utc_now()
            assert not offer.offered_at < message.created_at < over, "the assistant spoke while a person was offered it"
        self._nothing_is_lost(messages, queued)

    def _nobody_speaks_out_of_turn(self, messages: list[Message]) -> None:
        """Notices tell who came and went: the assistant is silent in between, and only the one who came speaks."""
        holder: str | None = None
        for message in messages:
            if message.author == "system":
                holder = message.text.split()[0] if "rejoint" in message.text else None
            elif message.author == "bot":
                assert holder is None, "the assistant spoke while a person owned"
            elif message.author == "agent":
                assert holder == message.content["name"], "somebody spoke who did not own"

    def _nothing_is_lost(self, messages: list[Message], queued: list[Turn]) -> None:
        by_message = {turn.message_id: turn for turn in queued}
        people = [m.seq for m in messages if m.author == "system" or m.content.get("name")]
        for message in (m for m in messages if m.author == "customer"):
            turn = by_message[message.id]
            if turn.state in ("done", "failed"):
                assert self.answers.get(turn.id) == 1 or turn.state == "failed"
            elif turn.state == "skipped":
                handed = any(turn.seq % 3 == 0 or turn.state == "failed" for turn in queued)
                assert people or handed, "skipped although no person ever had it"


@pytest.fixture
async def servers(database_url: str) -> AsyncIterator[tuple[Sessions, Sessions]]:
    engines = [connect(database_url, pool_size=6) for _ in range(2)]
    yield sessions_on(engines[0]), sessions_on(engines[1])
    for engine in engines:
        await engine.dispose()


@pytest.fixture
async def agents(servers: tuple[Sessions, Sessions]) -> tuple[Agent, Agent]:
    return await core.agent(servers[0], "Claire Martin"), await core.agent(servers[0], "Thomas Bernard")


@EXAMPLES
@given(history=steps)
async def test_one_after_the_other(servers: tuple[Sessions, Sessions], agents: tuple[Agent, Agent], history) -> None:
    world = World(servers, agents)
    await world.do("write", False)
    for deed, second in history:
        before = await core.conversation(servers[0], world.conversation)
        await world.do(deed, second)
        after = await core.conversation(servers[0], world.conversation)
        assert after.version == before.version + (after.owner != before.owner)
    await drained(world)


@EXAMPLES
@given(history=st.lists(steps, min_size=2, max_size=4))
async def test_at_the_same_time(servers: tuple[Sessions, Sessions], agents: tuple[Agent, Agent], history) -> None:
    world = World(servers, agents)
    await world.do("write", False)

    async def actor(deeds: list[tuple[str, bool]]) -> None:
        for deed, second in deeds:
            await world.do(deed, second)

    async with asyncio.timeout(20):
        await asyncio.gather(*(actor(deeds[:6]) for deeds in history))
    await drained(world)


async def drained(world: World) -> None:
    """The history holds; and once every worker has had its way, so does the end, with no turn left over."""
    await world.check()
    for _ in range(60):
        claimed = await core.claim(world.servers[0])
        if claimed is None:
            await expire(world)
            claimed = await core.claim(world.servers[0])
        if claimed is None:
            break
        world.held.append(claimed)
        if await core.finish(world.servers[0], claimed, core.saying(f"answer to {claimed.id}")):
            world.answers[claimed.id] = world.answers.get(claimed.id, 0) + 1
    await world.check()
    if world.conversation:
        states = await core.turn_states(world.servers[0], world.conversation)
        assert set(states) <= {"done", "skipped", "failed"}, "a turn never ran"


async def expire(world: World) -> None:
    """Every worker that still holds a lease has died."""
    async with world.servers[0]() as session, session.begin():
        for turn in await session.scalars(select(Turn).where(Turn.state == "running")):
            turn.lease_until = turn.created_at


@EXAMPLES
@given(
    deliveries=st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=20),
    at_once=st.integers(1, 6),
)
async def test_redelivered_in_any_order_each_message_is_stored_once(
    servers: tuple[Sessions, Sessions], deliveries: list[tuple[int, bool]], at_once: int
) -> None:
    visitor = str(new_id())

    async def deliver(number: int, second: bool) -> tuple[int, UUID, int, bool]:
        external_id = f"{visitor}:{number}"
        got = await core.write(servers[second], f"n° {number}", visitor=visitor, external_id=external_id)
        return number, got.message_id, got.seq, got.duplicate

    results = []
    for start in range(0, len(deliveries), at_once):
        results += await asyncio.gather(*(deliver(*one) for one in deliveries[start : start + at_once]))
    numbers = {number for number, _ in deliveries}
    assert len({message for _, message, _, _ in results}) == len(numbers)
    assert len({(number, message, seq) for number, message, seq, _ in results}) == len(numbers)
    assert sum(not duplicate for *_, duplicate in results) == len(numbers)
    assert sorted({seq for _, _, seq, _ in results}) == list(range(1, len(numbers) + 1))
