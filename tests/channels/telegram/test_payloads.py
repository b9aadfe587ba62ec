"""What each kind of update becomes."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from crm_backend.attachments.model import Attachment
from tests.channels.telegram.conftest import World
from tests.channels.telegram.updates import GROUP, MARIE, names, payload

IGNORED = {
    "business_connection",
    "business_message_of_owner",
    "callback_query",
    "callback_query_inaccessible",
    "callback_query_used_button",
    "channel_post",
    "deleted_business_messages",
    "edited_live_location",
    "group_anonymous_admin",
    "group_code",
    "group_command",
    "group_command_for_another",
    "group_mention",
    "group_mention_in_caption",
    "group_mention_of_another",
    "group_migrated_from",
    "group_migrated_to",
    "group_new_members",
    "group_old_mention",
    "group_reply_to_bot",
    "group_topic",
    "group_unaddressed",
    "inline_query",
    "message_from_bot",
    "message_pinned",
    "message_reaction",
    "message_reaction_custom",
    "message_reaction_taken_back",
    "my_chat_member_blocked",
    "my_chat_member_group_added",
    "my_chat_member_unblocked",
    "unknown_content",
    "unknown_kind",
}
"""Kinds that store no message of their own, as a bot is set when nobody sets it otherwise."""


@pytest.mark.parametrize("name", names())
async def test_every_kind_of_update_is_taken_in_or_let_pass(world: World, name: str) -> None:
    await world.take(payload(name))
    assert len(await world.messages()) == (0 if name in IGNORED else 1)


async def one(world: World, name: str):
    """The message that a payload becomes."""
    await world.take(payload(name))
    return (await world.messages())[-1]


async def test_a_text_carries_who_wrote_it_and_where(world: World) -> None:
    message = await one(world, "message_text")
    assert message.text == "Bonjour, où est ma commande 10234 ?"
    assert message.external_id == f"main:{MARIE}:11"
    assert message.platform_order == 11
    assert message.content["sender_name"] == "Marie Dupont"
    assert message.details == {"username": "@marie_dpt"}
    assert message.language == "fr"


async def test_the_language_of_the_app_is_taken_as_a_hint(world: World) -> None:
    assert (await one(world, "message_text_english")).language == "en"


async def test_formatting_is_let_go_and_links_stay(world: World) -> None:
    assert (await one(world, "message_text_formatted")).text == "C’est très urgent : https://example.com/suivi"


@pytest.mark.parametrize(
    ("name", "file_id", "kind", "file_name", "media_type", "text"),
    [
        (
            "message_photo",
            "AgACAgQAAxkBAAIBphotoY",
            "image",
            "photo.jpg",
            "image/jpeg",
            "Le pied du fauteuil est fendu",
        ),
        ("message_document", "BQACAgQAAxkBAAIBdoc", "document", "facture 10234.pdf", "application/pdf", "La facture"),
        ("message_voice", "AwACAgQAAxkBAAIBvoice", "audio", "voice.ogg", "audio/ogg", ""),
        ("message_audio", "CQACAgQAAxkBAAIBaudio", "audio", "tiroir.mp3", "audio/mpeg", ""),
        ("message_video", "BAACAgQAAxkBAAIBvideo", "video", "video.mp4", "video/mp4", "La lampe clignote"),
        ("message_video_note", "DQACAgQAAxkBAAIBnote", "video", "video.mp4", "video/mp4", ""),
        ("message_animation", "CgACAgQAAxkBAAIBanim", "video", "giphy.mp4", "video/mp4", ""),
    ],
)
async def test_files_are_named_to_be_fetched(
    world: World, name: str, file_id: str, kind: str, file_name: str, media_type: str, text: str
) -> None:
    message = await one(world, name)
    async with world.sessions() as session:
        (file,) = await session.scalars(select(Attachment).where(Attachment.message_id == message.id))
    assert (file.remote["file_id"], file.kind, file.name, file.media_type) == (file_id, kind, file_name, media_type)
    assert file.state == "pending" and message.text == text


async def test_a_sticker_is_its_emoji_and_a_die_its_number(world: World) -> None:
    assert (await one(world, "message_sticker")).text == "👍"
    assert (await one(world, "message_dice")).text == "🎲 4"


async def test_places_carry_their_name_and_address(world: World) -> None:
    assert (await one(world, "message_location")).content["location"]["latitude"] == 45.7578
    venue = (await one(world, "message_venue")).content["location"]
    assert (venue["name"], venue["address"]) == ("Point relais des Terreaux", "1 place des Terreaux, 69001 Lyon")


async def test_a_poll_is_read_and_a_story_is_said_to_be_unreadable(world: World) -> None:
    assert (await one(world, "message_poll")).text == "Quelle couleur ?\n- Tilleul\n- Figue"
    assert "ne peut pas être lu" in (await one(world, "message_story")).text


async def test_what_the_library_cannot_read_is_kept_by_its_words(world: World) -> None:
    assert (await one(world, "message_of_another_version")).text == "Regardez"
    assert "[Contenu Telegram" in (await one(world, "message_of_another_version_without_words")).text


async def test_commands_are_controls(world: World) -> None:
    for name, action in (("command_start", "greet"), ("command_help", "greet"), ("command_person", "person")):
        assert (await one(world, name)).content["action"] == action
    person = [message for message in await world.messages() if message.content.get("action") == "person"]
    assert person[0].text == "Parler à une personne"


async def test_a_link_that_brings_no_code_greets(world: World) -> None:
    assert (await one(world, "command_start_campaign")).content == {"action": "greet", **_common()}


async def test_a_code_that_is_not_good_greets_and_says_so(world: World) -> None:
    content = (await one(world, "command_start_code")).content
    assert (content["action"], content["joined"]) == ("greet", "expired")


async def test_a_command_that_was_passed_on_is_not_obeyed(world: World) -> None:
    message = await one(world, "message_forwarded_hidden_user")
    assert "action" not in message.content
    assert message.details["forwarded_from"] == "Quelqu’un"


async def test_an_unknown_command_is_words(world: World) -> None:
    message = await one(world, "command_unknown")
    assert message.text == "/settings now" and "action" not in message.content


@pytest.mark.parametrize(
    ("name", "origin"), [("message_forwarded_user", "Luc Morel"), ("message_forwarded_channel", "Bons plans")]
)
async def test_what_is_passed_on_says_from_whom(world: World, name: str, origin: str) -> None:
    assert (await one(world, name)).details["forwarded_from"] == origin


async def test_an_answer_names_the_message_it_answers(world: World) -> None:
    to_bot = await one(world, "message_reply_to_bot")
    assert (to_bot.content["reply_to"], to_bot.details["quote"]) == (f"main:{MARIE}:43", "10234")
    assert (await one(world, "message_reply_to_own")).content["reply_to"] == f"main:{MARIE}:11"


async def test_an_album_is_answered_once_even_when_its_pictures_come_at_the_same_time(world: World) -> None:
    pictures = [payload("message_album_2") for _ in range(4)]
    for number, picture in enumerate(pictures):
        picture["message"]["message_id"] += number
    await asyncio.gather(*(world.take(picture) for picture in pictures))
    answered = [message for message in await world.messages() if "automatic" not in message.content]
    assert (len(answered), len(await world.messages())) == (1, 4)


async def test_an_album_is_answered_once(world: World) -> None:
    await world.take(payload("message_album_1"))
    await world.take(payload("message_album_2"))
    first, second = await world.messages()
    assert "automatic" not in first.content and second.content["automatic"] == "album"


async def test_business_chats_are_kept_apart_and_owners_are_not_customers(world: World) -> None:
    await world.take(payload("business_message_of_owner"))
    message = await one(world, "business_message")
    assert message.external_id == f"main:{MARIE}@kJ8sPq2aYUrnAQAAtilleul:11"
    await world.reply("Bonjour !")
    (call,) = world.api.sent()
    assert call.parameters["business_connection_id"] == "kJ8sPq2aYUrnAQAAtilleul"
    assert call.parameters["chat_id"] == MARIE


def _common() -> dict[str, object]:
    return {"sender_name": "Marie Dupont", "said_at": "2025-11-22T08:10:03Z"}


def test_groups_have_negative_identifiers() -> None:
    assert GROUP < 0 < MARIE
