"""While nobody is there the assistant goes on helping who waits; once somebody is, it is silent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent, AgentSession
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, Message, Turn
from crm_backend.conversations.notices import notice
from crm_backend.conversations.receiving.receive import receive
from crm_backend.conversations.schema import BotAnswer, ClaimedTurn, Reply
from crm_backend.conversations.thinking import turns
from crm_backend.conversations.waiting.away import Back
from crm_backend.database import utc_now
from crm_backend.routing.model import QueueEntry, RoutingOffer
from tests.crm_backend.conversations.handing_over.test_passport import TELEGRAM, claire, handed, last, say
from tests.support import core

KEPT = notice("meanwhile", "fr")


async def asks(crm: AsyncSession, text: str = "vos horaires ?") -> ClaimedTurn | None:
    await say(crm, text, **TELEGRAM)
    return await turns.claim(crm, lease_seconds=60)


async def helped(crm: AsyncSession, answer: BotAnswer, text: str = "vos horaires ?") -> bool:
    claimed = await asks(crm, text)
    assert claimed is not None and claimed.waits
    return await turns.finish(crm, claimed, answer, confirm_in=("telegram",))


async def row(crm: AsyncSession, conversation: Conversation) -> Conversation:
    return await crm.get_one(Conversation, conversation.id, populate_existing=True)


async def there(crm: AsyncSession) -> Agent:
    """An agent with a desk open."""
    agent = await claire(crm)
    agent.presence = "available"
    now = utc_now()
    hour = {"created_at": now, "seen_at": now, "expires_at": now + timedelta(hours=1)}
    crm.add(AgentSession(agent_id=agent.id, token_hash="t", csrf="c", **hour))
    await crm.flush()
    return agent


async def offered(crm: AsyncSession, conversation: Conversation) -> RoutingOffer:
    entry = (await crm.scalars(select(QueueEntry).where(QueueEntry.conversation_id == conversation.id))).one()
    agent = await claire(crm)
    offer = RoutingOffer(
        entry_id=entry.id, conversation_id=conversation.id, agent_id=agent.id, offered_at=utc_now(),
        expires_at=utc_now() + timedelta(seconds=30),
    )  # fmt: skip
    crm.add(offer)
    await crm.flush()
    return offer


async def state_of(crm: AsyncSession, claimed: ClaimedTurn) -> str:
    return str(await crm.scalar(select(Turn.state).where(Turn.id == claimed.id)))


async def test_the_assistant_helps_and_says_once_that_the_request_is_kept(crm: AsyncSession) -> None:
    conversation = await handed(crm, **TELEGRAM)
    before = await row(crm, conversation)
    goal, kept = (before.passport or {})["goal"], (before.owner, before.version, before.waiting_since, before.topic)
    state = {"slots": {"topic": "opening_hours"}}
    entities = [{"entity": "order_number", "value": "10777"}]
    answer = core.saying("De 9 h à 18 h.", "Autre chose ?", intent="ask_knowledge", entities=entities, state=state)
    assert await helped(crm, answer)
    said = list(await crm.scalars(select(Message.text).where(Message.author == "bot").order_by(Message.seq)))[1:]
    assert said == [f"{KEPT}\n\nDe 9 h à 18 h.", "Autre chose ?"]
    assert await helped(crm, core.saying("De 9 h à 18 h.", intent="ask_knowledge"))
    assert (await last(crm, conversation.id)).text == "De 9 h à 18 h."
    after = await row(crm, conversation)
    assert (after.owner, after.version, after.waiting_since, after.topic) == kept
    # Whoever comes sees all of it, and what is waited for is still that.
    assert after.passport is not None and after.passport["goal"] == goal
    assert "10777" in after.passport["orders"] and after.passport["reason"] == "asked"
    waits = select(func.count()).where(QueueEntry.left_at.is_(None))
    assert await crm.scalar(waits) == 1


async def test_thanks_are_answered_plainly_and_nothing_that_the_assistant_does_ends_the_wait(crm: AsyncSession) -> None:
    conversation = await handed(crm, **TELEGRAM)
    assert await helped(crm, core.saying("Avec plaisir.", intent="thanks"))
    assert (await last(crm, conversation.id)).text == "Avec plaisir."
    assert await helped(crm, core.saying("Au revoir.", do="close", intent="goodbye"))
    assert await helped(crm, core.saying("Toujours gardée.", do="hand_over", intent="ask_person"))
    told = await last(crm, conversation.id)
    assert told.text == "Toujours gardée.", "what is passed on was shown already"
    assert await helped(crm, core.saying(do="leave", intent="nlu_fallback"), "c’est le bleu")
    assert (await last(crm, conversation.id)).author == "customer"
    assert (await row(crm, conversation)).owner == "queue:support"
    assert await crm.scalar(select(func.count()).select_from(QueueEntry)) == 1


async def test_once_somebody_is_offered_it_the_assistant_is_silent(crm: AsyncSession) -> None:
    conversation = await handed(crm, **TELEGRAM)
    thought = await asks(crm)
    assert thought is not None
    offer = await offered(crm, conversation)
    assert not await turns.finish(crm, thought, core.saying("De 9 h à 18 h."))
    assert await state_of(crm, thought) == "skipped" and (await last(crm, conversation.id)).author == "customer"
    assert await asks(crm) is None
    offer.state, offer.ended_at = "timed_out", utc_now()
    await crm.flush()
    again = await asks(crm)
    assert again is not None
    agent = await claire(crm)
    found = await row(crm, conversation)
    await owners.take(crm, conversation_id=found.id, agent=agent, version=found.version)
    assert not await turns.finish(crm, again, core.saying("De 9 h à 18 h."))
    assert await asks(crm) is None


async def test_while_an_agent_is_there_and_for_what_somebody_had_before_nothing_is_thought(crm: AsyncSession) -> None:
    conversation = await handed(crm, **TELEGRAM)
    agent = await there(crm)
    assert await asks(crm) is None
    found = await row(crm, conversation)
    await owners.take(crm, conversation_id=found.id, agent=agent, version=found.version)
    await owners.put_back(crm, await row(crm, conversation), actor="system", reason="vanished", now=utc_now())
    agent.presence = "offline"
    await crm.flush()
    assert await asks(crm, "oui, le bleu") is None, "it was asked by a person"


async def test_who_was_just_told_when_people_are_back_is_not_told_that_the_request_is_kept(crm: AsyncSession) -> None:
    conversation = await handed(crm, **TELEGRAM)
    closed = utc_now()

    def away(at: datetime, language: str) -> Back | None:
        return Back(at=closed + timedelta(hours=9), spoken="demain à 9 h") if at >= closed else None

    await receive(crm, core.inbound("vos horaires ?", **TELEGRAM), away=away)
    assert (await last(crm, conversation.id)).text == notice("away", "fr", back="demain à 9 h")
    claimed = await turns.claim(crm, lease_seconds=60)
    assert claimed is not None
    assert await turns.finish(crm, claimed, core.saying("De 9 h à 18 h.", intent="ask_knowledge"))
    assert (await last(crm, conversation.id)).text == "De 9 h à 18 h."


async def test_an_assistant_that_fails_says_nothing_to_who_waits(crm: AsyncSession) -> None:
    conversation = await handed(crm, **TELEGRAM)
    claimed = await asks(crm)
    assert claimed is not None
    assert not await turns.give_up(crm, claimed, apology=Reply(text="pardon"))
    assert (await last(crm, conversation.id)).author == "customer" and await state_of(crm, claimed) == "failed"
