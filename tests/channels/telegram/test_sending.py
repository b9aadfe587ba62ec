"""Replies on their way out: what arrives, and what each refusal of Telegram's means."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from sqlalchemy import select, update

from channels.port import Rejected, Retry
from channels.telegram.rendering import fitting, units
from crm_backend.conversations.model import OutboxItem, SentPart
from crm_backend.conversations.schema import Card
from crm_backend.conversations.sending import outbox
from tests.channels.telegram.bot_api import Refused
from tests.channels.telegram.conftest import World
from tests.channels.telegram.updates import MARIE, text
from tests.support import core
from tests.support.channels import ARTICLE, ORDER, delivery

PNG, OGG, PDF = b"\x89PNG\r\n\x1a\nrest", b"OggSrest", b"%PDF-1.7 rest"


def to_marie(words: str = "bonjour", **more: Any):
    return delivery(words, to=str(MARIE), channel="telegram", **more)


async def test_a_text_goes_out_as_it_is(world: World) -> None:
    words = "*5 < 6* & <b>non</b> _tout_ [lien](https://example.com) `rm`"
    name = await world.channel.send(to_marie(words))
    (call,) = world.api.sent()
    assert call.parameters["text"] == words and "parse_mode" not in call.parameters
    assert call.parameters["link_preview_options"] == {"is_disabled": True}
    assert name == f"main:{MARIE}:{call.message_id}"


async def test_buttons_carry_the_message_and_their_place(world: World) -> None:
    sent = to_marie("On y va ?", buttons=["Oui", "Non", "Parler à une personne"])
    await world.channel.send(sent)
    rows = world.api.sent()[0].parameters["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [["Oui", "Non"], ["Parler à une personne"]]
    assert rows[1][0]["callback_data"] == f"{sent.message_id}:2"


async def test_titles_too_long_for_a_button_are_cut_at_a_word(world: World) -> None:
    await world.channel.send(to_marie("?", buttons=["mot " * 40]))
    (row,) = world.api.sent()[0].parameters["reply_markup"]["inline_keyboard"]
    assert row[0]["text"].endswith("mot…") and len(row[0]["text"]) <= 60


async def test_more_buttons_than_a_message_may_have_become_a_list(world: World) -> None:
    await world.channel.send(to_marie("Laquelle ?", buttons=[f"Commande {n}" for n in range(1, 121)]))
    (call,) = world.api.sent()
    assert "120. Commande 120" in call.parameters["text"] and "reply_markup" not in call.parameters


async def test_cards_are_words_and_their_pages_buttons(world: World) -> None:
    tracking = Card(kind="order", title="Suivi", url="http://localhost:8080/suivi")
    await world.channel.send(to_marie("Voici :", cards=[ORDER, ARTICLE, tracking], buttons=["Merci"]))
    (call,) = world.api.sent()
    assert "Commande 10234\nEn route\n2 × Bougie figuier" in call.parameters["text"]
    assert "http://localhost:8080/suivi" in call.parameters["text"], "Telegram takes no button with this address"
    rows = call.parameters["reply_markup"]["inline_keyboard"]
    assert rows[0] == [{"text": "Délais de livraison", "url": "https://help.example.com/fr/aide/delais"}]
    assert rows[1][0]["text"] == "Merci"


@pytest.mark.parametrize("letter", ["a", "é", "😀", "👩‍👩‍👧 "])
async def test_long_texts_come_in_pieces_that_telegram_takes(world: World, letter: str) -> None:
    words = letter * 6000
    await world.channel.send(to_marie(words, buttons=["Oui"]))
    calls = world.api.sent()
    assert len(calls) > 1 and all(units(call.parameters["text"]) <= 4096 for call in calls)
    assert "".join(call.parameters["text"] for call in calls).replace(" ", "") == words.replace(" ", "")
    assert ["reply_markup" in call.parameters for call in calls] == [False] * (len(calls) - 1) + [True]


def test_units_are_those_of_utf_16() -> None:
    assert (units("aé"), units("😀")) == (2, 2)
    assert [units(piece) for piece in fitting("😀" * 10, 8)] == [8, 8, 4]


@pytest.mark.parametrize(
    ("content", "declared", "method", "field"),
    [
        (PNG, "", "sendPhoto", "photo"),
        (OGG, "", "sendVoice", "voice"),
        (b"ID3rest", "", "sendAudio", "audio"),
        (PDF, "", "sendDocument", "document"),
        (b"GIF8rest", "", "sendDocument", "document"),
        (b"....ftyp", "video/mp4", "sendVideo", "video"),
    ],
)
async def test_a_file_goes_by_its_method_with_the_words_under_it(
    world: World, content: bytes, declared: str, method: str, field: str
) -> None:
    file = world.core.files.put(content, name="pièce jointe", declared_type=declared)
    await world.channel.send(to_marie("Voici", files=[file]))
    (call,) = world.api.sent()
    assert (call.method, call.parameters["caption"]) == (method, "Voici")
    assert call.files[field][0] == "pièce jointe" and call.files[field][2] == content


async def test_several_files_or_long_words_come_as_messages_of_their_own(world: World) -> None:
    files = [world.core.files.put(PNG), world.core.files.put(PDF)]
    await world.channel.send(to_marie("Voici", files=files, buttons=["Merci"]))
    assert [call.method for call in world.api.sent()] == ["sendPhoto", "sendDocument", "sendMessage"]
    assert "reply_markup" in world.api.sent()[2].parameters
    world.api.calls.clear()
    await world.channel.send(to_marie("mot " * 300, files=files[:1]))
    assert [call.method for call in world.api.sent()] == ["sendPhoto", "sendMessage"]


async def test_a_picture_that_is_no_photo_to_telegram_is_sent_as_a_document(world: World) -> None:
    world.api.refused_photos = True
    await world.channel.send(to_marie("Voici", files=[world.core.files.put(PNG)]))
    (call,) = world.api.sent()
    assert call.method == "sendDocument" and call.files["document"][2] == PNG


async def test_a_file_too_large_to_upload_is_a_link(world: World) -> None:
    file = world.core.files.put(PDF).model_copy(update={"size": 60 * 1024 * 1024})
    await world.channel.send(to_marie("Voici", files=[file]))
    (call,) = world.api.sent()
    assert call.method == "sendMessage" and f"/files/{file.id}" in call.parameters["text"]


async def test_sending_goes_on_after_the_parts_that_are_known_to_be_sent(world: World) -> None:
    await world.take(text("bonjour"))
    files = [world.core.files.put(PNG), world.core.files.put(PDF)]
    world.api.failing, world.api.skip = ["cut"], 1
    cut = None
    with contextlib.suppress(Retry):
        cut = await world.reply("Voici", files=files)
    assert cut is None and [call.method for call in world.api.sent()] == ["sendPhoto"]
    async with world.sessions() as session:
        (part,) = await session.scalars(select(SentPart))
    again = to_marie("Voici", files=files, message_id=part.message_id, parts=(part.platform_id,), again=True)
    last = await world.channel.send(again)
    assert [call.method for call in world.api.sent()] == ["sendPhoto", "sendDocument", "sendMessage"]
    assert last == f"main:{MARIE}:{world.api.sent()[-1].message_id}"
    complete = again.model_copy(update={"parts": (part.platform_id, "main:1:2", last)})
    assert await world.channel.send(complete) == last
    assert len(world.api.sent()) == 3


async def test_a_message_whose_answer_cannot_be_understood_counts_as_sent(world: World, monkeypatch) -> None:
    async def odd(said):
        return {"message_id": 7, "date": "tomorrow", "chat": None}

    monkeypatch.setattr(world.api, "_do_send_message", odd)
    assert await world.channel.send(to_marie()) == f"main:{MARIE}:7"


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (Refused(403, "Forbidden: bot was blocked by the user"), "unreachable"),
        (Refused(403, "Forbidden: user is deactivated"), "unreachable"),
        (Refused(403, "Forbidden: bot was kicked from the supergroup chat"), "unreachable"),
        (Refused(400, "Bad Request: chat not found"), "unreachable"),
        (Refused(400, "Bad Request: not enough rights to send text messages to the chat"), "unreachable"),
        (Refused(400, "Bad Request: message is too long"), "content"),
        (Refused(401, "Unauthorized"), "settings"),
        (Refused(404, "Not Found"), "settings"),
    ],
)
async def test_what_telegram_will_never_take_is_rejected(world: World, refused: Refused, reason: str) -> None:
    world.api.failing = [refused]
    with pytest.raises(Rejected) as caught:
        await world.channel.send(to_marie())
    assert caught.value.reason == reason


async def test_flood_control_holds_up_the_chat_and_then_the_bot(world: World) -> None:
    flood = Refused(429, "Too Many Requests: retry after 9", retry_after=9)
    world.api.failing = [flood, flood, flood]
    outcomes = []
    for chat in (MARIE, MARIE, 412000002):
        with pytest.raises(Retry) as caught:
            await world.channel.send(delivery("bonjour", to=str(chat), channel="telegram"))
        outcomes.append((caught.value.after, caught.value.whole_account))
    assert outcomes == [(9.0, False), (9.0, False), (9.0, True)]


async def test_when_telegram_is_away_the_whole_account_waits(world: World) -> None:
    world.api.failing = [Refused(502, "Bad Gateway")]
    with pytest.raises(Retry) as caught:
        await world.channel.send(to_marie())
    assert caught.value.whole_account
    await world.api.stop()
    with pytest.raises(Retry) as caught:
        await world.channel.send(to_marie())
    assert caught.value.whole_account


async def test_a_cut_connection_is_tried_again(world: World) -> None:
    world.api.failing = ["cut"]
    with pytest.raises(Retry):
        await world.channel.send(to_marie())


@pytest.mark.parametrize("address", ["", "marie", "12;13", "1/2/3", "9" * 30])
async def test_an_address_that_is_none_is_rejected(world: World, address: str) -> None:
    with pytest.raises(Rejected):
        await world.channel.send(delivery("bonjour", to=address, channel="telegram"))


async def test_a_reply_with_nothing_in_it_is_rejected(world: World) -> None:
    with pytest.raises(Rejected):
        await world.channel.send(to_marie(""))


async def test_typing_is_shown_while_the_assistant_thinks_and_not_for_repeats(world: World) -> None:
    for _ in range(2):
        await world.take(text("bonjour"))
    await world.channel.close()
    (call,) = world.api.sent("sendChatAction")
    assert call.parameters == {"chat_id": MARIE, "action": "typing"}


async def test_a_topic_that_is_gone_does_not_keep_the_answer(world: World) -> None:
    world.api.failing = [Refused(400, "Bad Request: message thread not found")]
    await world.channel.send(delivery("bonjour", to="-100123/55#70", channel="telegram"))
    (call,) = world.api.sent()
    assert "message_thread_id" not in call.parameters


async def fetched(world: World, **remote: Any) -> bytes:
    return b"".join([chunk async for chunk in world.channel.fetch(remote)])


async def test_files_are_fetched_in_two_steps(world: World) -> None:
    world.api.stored["documents/abcd.bin"] = b"x" * 200_000
    assert await fetched(world, file_id="abcd", size=200_000) == b"x" * 200_000


async def test_files_that_cannot_be_had_are_said_to_be_so(world: World) -> None:
    with pytest.raises(Rejected):
        await fetched(world, file_id="too-big")
    with pytest.raises(Retry):
        await fetched(world, file_id="gone-for-now")


async def test_more_than_bots_may_have_is_not_asked_for(world: World) -> None:
    object.__setattr__(world.channel._settings, "api_url", "https://api.telegram.org")
    with pytest.raises(Rejected, match="20 MB"):
        await fetched(world, file_id="abcd", size=21 * 1024 * 1024)


async def test_an_answer_points_at_its_message_when_others_came_in_between(world: World) -> None:
    await world.take(text("où est ma commande ?", number=41))
    await world.take(text("et vos horaires ?", number=42))
    for words in ("Elle est partie hier." + " Bonne journée." * 300, "De 9 h à 18 h."):
        assert await core.answered(world.sessions, core.saying(words))
        async with world.sessions() as session, session.begin():
            [found] = await outbox.claim(session, lease_seconds=60)
        await world.channel.send(found)
        async with world.sessions() as session, session.begin():
            await session.execute(update(OutboxItem).values(state="sent"))
    told = [call.parameters.get("reply_parameters") for call in world.api.sent()]
    assert told == [{"message_id": 41, "allow_sending_without_reply": True}, None, None]
