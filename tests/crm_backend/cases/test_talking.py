"""What is said about a case, through it, and in its conversations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.cases import discussion, following, links, opening, queries, workflow
from crm_backend.cases.model import Case, CaseEvent
from crm_backend.cases.schema import NewCase
from crm_backend.conversations.desk import written
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Turn
from crm_backend.conversations.notices import notice
from crm_backend.errors import Invalid, NotAllowed, NotNow, NotOwner
from tests.crm_backend.cases.conftest import NOON, World

LATER = NOON + timedelta(hours=1)


async def linked(world: World, **given: Any) -> tuple[Case, Conversation]:
    case, conversation = await world.open(), await world.conversation(**given)
    await links.link_conversation(world.session, case.id, actor=world.actor, conversation_id=conversation.id)
    return case, conversation


async def actions(world: World, case: Case) -> list[str]:
    query = select(CaseEvent.action).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq)
    return list(await world.session.scalars(query))


async def test_a_comment_stays_inside_and_is_its_writers(world: World) -> None:
    session, case = world.session, await world.open()
    made = await discussion.comment(session, case.id, actor=world.actor, body="À voir avec l’entrepôt")
    await discussion.edit(session, made.id, case_id=case.id, actor=world.actor, body="Vu avec l’entrepôt")
    other = Actor("agent:other", world.actor.permissions)
    with pytest.raises(NotAllowed):
        await discussion.edit(session, made.id, case_id=case.id, actor=other, body="x")
    assert await session.scalar(select(func.count()).select_from(Message)) == 0
    await discussion.remove(session, made.id, case_id=case.id, actor=world.actor)
    assert await actions(world, case) == ["opened", "commented", "comment_edited", "comment_deleted"]


@pytest.mark.parametrize("owner", ["bot", "queue:support", "nobody"])
async def test_a_reply_goes_out_through_the_conversation_which_the_agent_takes(world: World, owner: str) -> None:
    case, conversation = await linked(world, owner=owner, closed_at=NOON if owner == "nobody" else None)
    made = await discussion.reply(
        world.session, case.id, actor=world.actor, text="Bonjour, c’est remplacé.", then="waiting_on_customer"
    )
    message = await world.session.get_one(Message, made.message_id)
    assert (message.author, message.text, message.conversation_id) == (
        "agent",
        "Bonjour, c’est remplacé.",
        conversation.id,
    )
    assert await world.session.scalar(select(OutboxItem.id).where(OutboxItem.message_id == message.id)) is not None
    assert conversation.owner == f"agent:{world.agent.id}" and conversation.closed_at is None
    taken = AuditEntry.subject_id == str(conversation.id), AuditEntry.actor == conversation.owner
    assert list(await world.session.scalars(select(AuditEntry.action).where(*taken))) == ["taken"]
    told = select(Message.text).where(Message.conversation_id == conversation.id, Message.author == "system")
    assert list(await world.session.scalars(told)) == [notice("joined", "fr", name="Claire")]
    assert case.status == "waiting_on_customer"
    rows = (await world.session.execute(queries.comments(case.id, actor=world.actor))).all()
    assert [body for _, body in rows] == ["Bonjour, c’est remplacé."]
    await following.look(world.session, now=LATER)
    assert (await actions(world, case)).count("answered") == 0
    with pytest.raises(NotNow, match="case_reply_sent"):
        await discussion.edit(world.session, made.id, case_id=case.id, actor=world.actor, body="x")


@pytest.mark.parametrize("owner", ["bot", "queue:support", "nobody", "theirs"])
async def test_nothing_is_said_in_the_name_of_who_may_not_answer(world: World, owner: str) -> None:
    world.agent.role = "auditor"
    conversation = await world.conversation(owner=f"agent:{world.agent.id}" if owner == "theirs" else owner)
    before = conversation.owner, conversation.version
    with pytest.raises(NotAllowed):
        await written.write(world.session, conversation.id, actor=SYSTEM, text="x", agent_id=world.agent.id)
    assert (conversation.owner, conversation.version) == before


async def test_a_reply_needs_a_conversation_that_is_still_the_customers_and_no_other_agents(world: World) -> None:
    case = await world.open()
    with pytest.raises(NotNow, match="case_no_conversation"):
        await discussion.reply(world.session, case.id, actor=world.actor, text="x")
    case, conversation = await linked(world)
    stranger = await world.conversation()
    with pytest.raises(Invalid, match="conversation_id"):
        await discussion.reply(world.session, case.id, actor=world.actor, text="x", conversation_id=stranger.id)
    other = Agent(email="thomas@example.com", name="Thomas Bernard", password_hash="!")
    world.session.add(other)
    await world.session.flush()
    conversation.owner = f"agent:{other.id}"
    with pytest.raises(NotOwner):
        await discussion.reply(world.session, case.id, actor=world.actor, text="x")
    conversation.customer_id = (await world.someone_else()).id
    await world.session.flush()
    with pytest.raises(NotNow, match="case_other_customer"):
        await discussion.reply(world.session, case.id, actor=world.actor, text="x")


async def test_a_reply_said_twice_is_sent_once(world: World) -> None:
    case, conversation = await linked(world)
    first, again = [
        await discussion.reply(world.session, case.id, actor=world.actor, text="x", client_id=conversation.id)
        for _ in range(2)
    ]
    assert first.id == again.id


async def test_what_the_product_says_through_a_case_takes_no_conversation(world: World) -> None:
    case, conversation = await linked(world)
    await discussion.reply(world.session, case.id, actor=SYSTEM, text="Nous revenons vers vous demain.")
    assert conversation.owner == "bot"


async def test_a_customer_who_writes_again_brings_a_resolved_case_back(world: World) -> None:
    case, conversation = await linked(world)
    await workflow.move(world.session, case.id, actor=world.actor, to="resolved", resolution="solved", now=NOON)
    await world.says(conversation, "Ça ne marche toujours pas", now=LATER)
    assert await following.look(world.session, now=LATER) == [case.id]
    assert (case.status, case.reopened) == ("reopened", 1)
    assert (await actions(world, case))[-2:] == ["customer_wrote", "status_changed"]
    assert await following.look(world.session, now=LATER) == []


@pytest.mark.parametrize(
    ("said", "understanding"),
    [({"automatic": "auto_reply"}, None), ({}, {"intent": "thanks"})],
)
async def test_a_machine_or_a_thank_you_brings_nothing_back(
    world: World, said: dict[str, Any], understanding: dict[str, Any] | None
) -> None:
    case, conversation = await linked(world)
    await workflow.move(world.session, case.id, actor=world.actor, to="resolved", resolution="solved", now=NOON)
    message = await world.says(conversation, "Merci", now=LATER, **said)
    message.understanding = understanding
    await following.look(world.session, now=LATER)
    assert case.stage == "resolved"


async def test_a_word_that_is_being_thought_about_is_waited_for_a_minute(world: World) -> None:
    case, conversation = await linked(world)
    message = await world.says(conversation, "Et alors ?", now=LATER)
    turn = Turn(conversation_id=conversation.id, message_id=message.id, seq=message.seq)
    world.session.add(turn)
    await world.session.flush()
    assert await following.look(world.session, now=LATER + timedelta(seconds=30)) == []
    assert await following.look(world.session, now=LATER + timedelta(seconds=61)) == [case.id]


async def test_what_waits_for_the_customer_goes_on_and_an_agents_answer_is_noted(world: World) -> None:
    case, conversation = await linked(world)
    await workflow.move(world.session, case.id, actor=world.actor, to="waiting_on_customer")
    await world.says(conversation, "Voici la photo", now=LATER)
    await world.says(conversation, "Merci, je regarde", author="agent", now=LATER)
    await following.look(world.session, now=LATER)
    assert case.status == "open"
    assert (await actions(world, case))[-3:] == ["customer_wrote", "status_changed", "answered"]


async def test_a_closed_case_hears_nothing_until_it_is_opened_again(world: World) -> None:
    case, conversation = await linked(world)
    await workflow.move(world.session, case.id, actor=world.actor, to="closed", reason="Erreur")
    await world.says(conversation, "Autre chose", now=LATER)
    assert await following.look(world.session, now=LATER) == []
    await workflow.move(world.session, case.id, actor=world.actor, to="reopened", reason="x")
    assert await following.look(world.session, now=LATER) == []
    await world.says(conversation, "Encore", now=LATER)
    assert await following.look(world.session, now=LATER) == [case.id]


async def test_a_conversation_gives_its_case_what_is_known_there(world: World) -> None:
    order = await world.order("FR-1001")
    foreign = await world.order("FR-2002", customer=await world.someone_else())
    conversation = await world.conversation(proof="verified", mood="upset", language="en", team="orders")
    conversation.owner = f"agent:{world.agent.id}"
    message = await world.says(conversation, "My lamp from FR-1001 arrived broken, and FR-2002 too")
    message.understanding = {
        "intent": "complain",
        "entities": [{"entity": "order_number", "value": number} for number in ("FR-1001", "FR-2002")],
    }
    await world.session.flush()
    case = await opening.open_from_conversation(
        world.session, conversation.id, actor=world.actor, new=NewCase(type_key="complaint"), now=NOON
    )
    assert (case.subject, case.language, case.team, case.agent_id) == (message.text, "en", "orders", world.agent.id)
    assert (case.urgency, case.priority, case.channel, case.customer_id) == (
        "high",
        "high",
        "webchat",
        world.customer.id,
    )
    assert "Order: FR-1001" in case.description
    hangs = await queries.hanging(world.session, case, actor=world.actor)
    assert [each.id for each in hangs.orders] == [order.id]
    assert foreign.id not in {each.id for each in hangs.orders}
    assert [each.id for each in hangs.conversations] == [conversation.id]
    again = await opening.open_from_conversation(
        world.session, conversation.id, actor=world.actor, new=NewCase(type_key="complaint"), once=True
    )
    assert again.id == case.id
