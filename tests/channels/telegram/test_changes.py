"""What is done to messages afterwards: edits, deletions, reactions; and their order."""

from __future__ import annotations

import random

from tests.channels.telegram.conftest import World
from tests.channels.telegram.updates import payload, text


async def test_an_edit_changes_the_message(world: World) -> None:
    for name in ("message_text", "edited_message", "edited_message"):
        await world.take(payload(name))
    (message,) = await world.messages()
    assert message.text == "Bonjour, où est ma commande 10243 ?"
    assert [edit["text"] for edit in message.content["edits"]] == ["Bonjour, où est ma commande 10234 ?"]


async def test_an_edit_of_a_caption_changes_the_words_of_the_picture(world: World) -> None:
    await world.take(payload("message_photo"))
    await world.take(payload("edited_message_caption"))
    (message,) = await world.messages()
    assert message.text == "Le pied gauche du fauteuil est fendu"


async def test_an_edit_that_overtakes_its_message_is_kept_and_the_message_not_stored_twice(world: World) -> None:
    await world.take(payload("edited_message"))
    await world.take(payload("message_text"))
    (message,) = await world.messages()
    assert message.text == "Bonjour, où est ma commande 10243 ?"


async def test_a_live_location_is_where_it_began(world: World) -> None:
    await world.take(payload("message_live_location"))
    await world.take(payload("edited_live_location"))
    (message,) = await world.messages()
    assert message.content["location"]["latitude"] == 45.7578


async def test_reactions_are_noted_and_taken_back(world: World) -> None:
    await world.take(payload("message_text"))
    await world.take(payload("message_reaction"))
    assert list((await world.messages())[0].content["reactions"].values()) == ["❤"]
    await world.take(payload("message_reaction_custom"))
    assert list((await world.messages())[0].content["reactions"].values()) == ["✨"]
    await world.take(payload("message_reaction_taken_back"))
    assert (await world.messages())[0].content["reactions"] == {}


async def test_a_reaction_to_what_we_sent_finds_our_message(world: World) -> None:
    await world.take(text("bonjour"))
    await world.reply("Bonjour !")
    reaction = payload("message_reaction")
    reaction["message_reaction"]["message_id"] = world.api.sent()[-1].message_id
    await world.take(reaction)
    ours = (await world.messages())[-1]
    assert ours.author == "bot" and list(ours.content["reactions"].values()) == ["❤"]


async def test_messages_deleted_in_business_chats_are_deleted_here(world: World) -> None:
    await world.take(payload("business_message"))
    await world.take(payload("deleted_business_messages"))
    (message,) = await world.messages()
    assert (message.text, message.content) == ("", {"deleted": True})


async def test_an_edit_in_a_business_chat_changes_the_message(world: World) -> None:
    await world.take(payload("business_message"))
    await world.take(payload("edited_business_message"))
    assert (await world.messages())[0].text == "Bonjour à la boutique"


async def test_a_deletion_or_reaction_in_the_private_chat_does_not_touch_the_business_chat(world: World) -> None:
    await world.take(payload("business_message"))
    await world.take(payload("message_reaction"))
    assert "reactions" not in (await world.messages())[0].content


async def test_messages_that_overtake_each_other_are_shown_as_they_were_written(world: World) -> None:
    numbers = list(range(1, 21))
    shuffled = numbers * 2
    random.Random(7).shuffle(shuffled)
    for number in shuffled:
        await world.take(text(f"{number}", number=number))
    stored = sorted(await world.messages(), key=lambda message: (message.place, message.seq))
    assert [int(message.text) for message in stored] == numbers
