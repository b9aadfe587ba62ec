"""A customer hears once, by mail and in their language, that their case was opened; a machine never does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crm_backend.access.actor import SYSTEM
from crm_backend.cases import acknowledging, following, opening, queries, rows
from crm_backend.cases.acknowledging import Opened
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.customers.model import Identity
from crm_backend.notifications import services as notifications
from crm_backend.notifications.schema import Start
from tests.crm_backend.cases.conftest import NOON, World

MAILBOX = [Start(kind="email", channel="mail", account="main")]


def wording(opened: Opened) -> str:
    return f"{opened.language} {opened.number} {opened.due_at:%d.%m.}" if opened.due_at else f"{opened.language} new"


async def acknowledge(world: World, starts: list[Start] | None = None, **later: Any) -> Any:
    given = MAILBOX if starts is None else starts
    return await acknowledging.next_one(world.session, starts=given, wording=wording, now=NOON + timedelta(**later))


async def mails(world: World) -> list[tuple[str, str, str]]:
    rows = await world.session.execute(
        select(OutboxItem.address, Message.author, Message.text).join(Message).order_by(Message.created_at)
    )
    return list(rows.tuples())


async def on_file(world: World, address: str = "lea@example.com") -> None:
    world.session.add(Identity(kind="email", value=address, customer_id=world.customer.id))
    await world.session.flush()


async def test_it_goes_to_the_address_on_file_once_in_the_cases_language(world: World) -> None:
    await on_file(world)
    case = await world.open(language="en")
    conversation_id = await acknowledge(world)
    assert await mails(world) == [("lea@example.com", "system", "en new")]
    assert (case.acknowledge, case.acknowledged_at) == ("sent", NOON)
    assert await acknowledge(world) is False
    conversation = await world.session.get_one(Conversation, conversation_id)
    assert (conversation.owner, conversation.customer_id) == ("nobody", world.customer.id)


async def test_the_answer_to_it_belongs_to_the_case(world: World) -> None:
    await on_file(world)
    case = await world.open()
    conversation = await world.session.get_one(Conversation, await acknowledge(world))
    assert await following.look(world.session, now=NOON) == []
    await world.says(conversation, "Une précision", now=NOON)
    assert await following.look(world.session, now=NOON) == [case.id]
    hangs = await queries.hanging(world.session, case, actor=world.actor)
    assert [each.id for each in hangs.conversations] == [conversation.id]


async def test_a_mail_is_answered_where_it_is(world: World) -> None:
    conversation = await world.conversation("email")
    await world.says(conversation, "Mon colis est abîmé")
    await opening.open_from_conversation(world.session, conversation.id, actor=world.actor, now=NOON)
    assert await acknowledge(world) == conversation.id
    message = await world.session.scalar(select(Message).where(Message.author == "system"))
    assert message is not None
    assert "template" not in message.content


async def test_the_term_set_by_law_is_told(world: World) -> None:
    await on_file(world)
    case = await world.open(type_key="privacy_request")
    await acknowledge(world)
    assert (await mails(world))[0][2] == f"fr {case.number} 02.04."


@pytest.mark.parametrize(
    ("kind", "actor", "asked", "said", "owed"),
    [
        ("browser", "agent", None, {}, None),
        ("browser", "agent", True, {}, "due"),
        ("browser", "system", None, {}, "due"),
        ("email", "agent", None, {}, "due"),
        ("email", "agent", False, {}, None),
        ("email", "system", True, {"automatic": "auto_reply"}, None),
    ],
)
async def test_nobody_who_is_spoken_to_and_no_machine_is_written_to(
    world: World, kind: str, actor: str, asked: bool | None, said: dict[str, Any], owed: str | None
) -> None:
    conversation = await world.conversation(kind)
    await world.says(conversation, "Bonjour", **said)
    case = await opening.open_from_conversation(
        world.session,
        conversation.id,
        actor=world.actor if actor == "agent" else SYSTEM,
        new=NewCase(type_key="request", acknowledge=asked),
    )
    assert case.acknowledge == owed


async def test_a_machine_that_wrote_meanwhile_is_not_answered_in_its_thread(world: World) -> None:
    conversation = await world.conversation("email")
    await world.says(conversation, "Bonjour")
    case = await opening.open_from_conversation(world.session, conversation.id, actor=SYSTEM, now=NOON)
    await world.says(conversation, "Je suis absent", automatic="auto_reply")
    assert await acknowledge(world) is True
    assert case.acknowledge == "no_way"
    assert await mails(world) == []


async def test_who_ended_unasked_messages_is_told_all_the_same(world: World) -> None:
    await on_file(world)
    await notifications.choose(world.session, customer_id=world.customer.id, unasked=False, actor="customer")
    await world.open()
    await acknowledge(world)
    assert len(await mails(world)) == 1


async def test_five_in_a_day_are_enough(world: World) -> None:
    await on_file(world)
    for _ in range(acknowledging.A_DAY + 2):
        await world.open()
    while await acknowledge(world):
        pass
    assert len(await mails(world)) == acknowledging.A_DAY


async def test_without_a_mailbox_it_waits_for_a_day(world: World) -> None:
    await on_file(world)
    case = await world.open()
    assert await acknowledge(world, starts=[]) is False
    assert case.acknowledge == "due"
    assert await acknowledge(world, hours=25) is True
    assert case.acknowledge == "no_way"
    other = await world.open()
    assert await acknowledge(world, starts=[], hours=25) is False
    await world.session.refresh(other)
    assert other.acknowledge == "no_way"
    assert await mails(world) == []


async def test_nobody_is_written_to_without_an_address_or_a_name(world: World) -> None:
    case, nobodys = await world.open(), await world.open(customer_id=None)
    assert nobodys.acknowledge is None
    assert await acknowledge(world) is True
    assert case.acknowledge == "no_way"


async def test_the_type_says_whether(world: World) -> None:
    of_type = await rows.case_type(world.session, "request")
    of_type.acknowledge = False
    await world.session.flush()
    assert (await world.open()).acknowledge is None
    assert (await world.open(acknowledge=True)).acknowledge == "due"
    assert await world.session.scalar(select(Case.id).where(Case.acknowledge == "due")) is not None
