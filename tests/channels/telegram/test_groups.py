"""In groups: to whom the bot answers, where, and that groups move."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Identity
from tests.channels.telegram.conftest import OpenWorld, World
from tests.channels.telegram.updates import GROUP, MARIE, OLD_GROUP, payload, text
from tests.support.channels import delivery

ADDRESSED = ["group_mention", "group_reply_to_bot", "group_command", "group_mention_in_caption", "group_topic"]
NOT_ADDRESSED = ["group_unaddressed", "group_mention_of_another", "group_command_for_another", "group_anonymous_admin"]


@pytest.fixture
async def answering(open_world: OpenWorld) -> World:
    """A bot that answers in groups."""
    return await open_world(groups="answer")


@pytest.mark.parametrize("name", ADDRESSED)
async def test_it_answers_when_addressed(answering: World, name: str) -> None:
    await answering.take(payload(name))
    assert len(await answering.messages()) == 1


@pytest.mark.parametrize("name", NOT_ADDRESSED)
async def test_it_says_nothing_when_not_addressed(answering: World, name: str) -> None:
    await answering.take(payload(name))
    await answering.channel.close()
    assert not await answering.messages() and not answering.api.sent()


async def test_its_own_name_is_no_part_of_the_words(answering: World) -> None:
    for name, words in (("group_mention", "où est mon colis ?"), ("group_mention_in_caption", "regardez")):
        await answering.take(payload(name))
        assert (await answering.messages())[-1].text == words


async def test_the_answer_points_at_the_message_and_stays_in_its_topic(answering: World) -> None:
    await answering.take(payload("group_topic"))
    await answering.reply("Bonjour !")
    call = answering.api.sent()[-1]
    assert (call.parameters["chat_id"], call.parameters["message_thread_id"]) == (GROUP, 55)
    assert call.parameters["reply_parameters"] == {"message_id": 70, "allow_sending_without_reply": True}


async def test_what_is_said_in_private_is_another_conversation(answering: World) -> None:
    await answering.take(text("en privé", number=1))
    await answering.take(payload("group_mention"))
    private, group = await answering.messages()
    assert private.conversation_id != group.conversation_id
    async with answering.sessions() as session:
        kinds = {(row.kind, row.value) for row in await session.scalars(select(Identity))}
    assert kinds == {("telegram", str(MARIE)), ("telegram_group", f"{GROUP}:{MARIE}")}


async def test_a_code_is_not_used_where_all_can_read_it(answering: World) -> None:
    await answering.take(payload("group_code"))
    (declined,) = await answering.api.until("sendMessage")
    assert "privé" in declined.parameters["text"] and not await answering.messages()


async def test_otherwise_it_declines_once_a_day_with_a_link(world: World, open_world: OpenWorld) -> None:
    for name in ("group_mention", "group_command", "group_reply_to_bot"):
        await world.take(payload(name))
    again = await open_world()
    await again.take(payload("group_mention"))
    await world.channel.close()
    await again.channel.close()
    (declined,) = world.api.sent()
    assert declined.parameters["chat_id"] == GROUP and "en privé" in declined.parameters["text"]
    ((button,),) = declined.parameters["reply_markup"]["inline_keyboard"]
    assert button["url"] == "https://t.me/maison_tilleul_bot"
    tomorrow = payload("group_mention")
    tomorrow["message"]["date"] += 24 * 3600
    await world.take(tomorrow)
    await world.channel.close()
    assert len(world.api.sent()) == 2 and not await world.messages()


async def test_it_can_be_told_to_say_nothing(open_world: OpenWorld) -> None:
    silent = await open_world(groups="ignore")
    for name in ADDRESSED:
        await silent.take(payload(name))
    await silent.channel.close()
    assert not silent.api.sent() and not await silent.messages()


async def addresses(world: World) -> set[str]:
    async with world.sessions() as session:
        return set(await session.scalars(select(Conversation.address)))


@pytest.mark.parametrize("told", [["group_migrated_to"], ["group_migrated_from"], ["group_migrated_to"] * 2])
async def test_a_group_that_becomes_a_supergroup_keeps_its_conversation(answering: World, told: list[str]) -> None:
    await answering.take(payload("group_old_mention"))
    assert await addresses(answering) == {f"{OLD_GROUP}#71"}
    for name in told:
        await answering.take(payload(name))
    assert await addresses(answering) == {str(GROUP)}
    await answering.take(payload("group_mention"))
    first, second = await answering.messages()
    assert first.conversation_id == second.conversation_id


async def test_a_reply_to_a_group_that_moved_is_sent_to_where_it_is_now(answering: World) -> None:
    await answering.take(payload("group_old_mention"))
    answering.api.moved[OLD_GROUP] = GROUP
    name = await answering.channel.send(delivery("Bonjour", to=f"{OLD_GROUP}#71", channel="telegram"))
    (call,) = answering.api.sent()
    assert call.parameters["chat_id"] == GROUP and name == f"main:{GROUP}:{call.message_id}"
    assert await addresses(answering) == {str(GROUP)}
