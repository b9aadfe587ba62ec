"""Replies on their way out: what Meta gets, what is sent again and what is not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from channels.port import Rejected, Retry
from crm_backend.conversations.model import OutboxItem
from crm_backend.conversations.sending import outbox
from tests.channels.whatsapp.case import signed, webhook
from tests.channels.whatsapp.conftest import MARIE, Line, claimed, item, payload, to_marie
from tests.channels.whatsapp.graph_server import cut, failing, plain
from tests.support import core
from tests.support.channels import FilesInMemory

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
LONG = "mot " * 1500


def files(line: Line) -> FilesInMemory:
    assert isinstance(line.core.files, FilesInMemory)
    return line.core.files


async def test_a_reply_goes_to_the_number_under_the_identifier_that_comes_back(line: Line) -> None:
    await line.wrote()
    reply = to_marie("Elle est partie hier.")
    assert await line.channel.send(reply) == line.graph.sent[0]["wamid"]
    [sent] = line.graph.sent
    assert (sent["to"], sent["text"]["body"]) == (MARIE, "Elle est partie hier.")
    assert sent["biz_opaque_callback_data"] == f"{reply.message_id}:1/1"
    assert line.graph.asked[-1].headers["Authorization"] == "Bearer token-of-the-main-number"


async def test_a_long_text_goes_in_parts_that_are_noted_one_by_one(line: Line) -> None:
    await line.wrote()
    stored = await line.say(LONG)
    last = await line.channel.send(await claimed(line))
    wamids = [each["wamid"] for each in line.graph.sent]
    assert len(wamids) == 2 and last == wamids[-1]
    async with line.core.sessions() as session:
        assert await outbox.parts_sent(session, [stored]) == {stored: wamids[:-1]}
    assert " ".join(each["text"]["body"] for each in line.graph.sent).split() == LONG.split()


async def test_a_broken_off_reply_goes_on_from_its_known_parts(line: Line) -> None:
    await line.wrote()
    reply = to_marie(LONG, parts=("wamid.FIRST",), attempts=2)
    await line.channel.send(reply)
    [sent] = line.graph.sent
    assert sent["biz_opaque_callback_data"].endswith(":2/2")


async def test_files_are_uploaded_and_sent_by_identifier(line: Line) -> None:
    await line.wrote()
    photo = files(line).put(PNG, name="vase.png")
    await line.channel.send(to_marie("Comme ceci ?", files=[photo]))
    [sent] = line.graph.sent
    assert sent["type"] == "image" and sent["image"]["caption"] == "Comme ceci ?"
    assert line.graph.uploads[sent["image"]["id"]] == ("image/png", "vase.png", PNG)


async def test_several_files_come_after_the_words(line: Line) -> None:
    await line.wrote()
    photo, invoice = files(line).put(PNG, name="a.png"), files(line).put(b"%PDF-1.7", name="facture.pdf")
    await line.channel.send(to_marie("Voici.", files=[photo, invoice]))
    assert [each["type"] for each in line.graph.sent] == ["text", "image", "document"]
    assert line.graph.sent[2]["document"]["filename"] == "facture.pdf"


async def test_a_file_that_whatsapp_does_not_take_goes_as_a_link(line: Line) -> None:
    await line.wrote()
    animation = files(line).put(b"GIF89a", name="vase.gif")
    await line.channel.send(to_marie("Voyez.", files=[animation]))
    [sent] = line.graph.sent
    assert "vase.gif" in sent["text"]["body"] and "https://help.example.com/files/" in sent["text"]["body"]


async def test_a_file_that_is_gone_is_not_sent(line: Line) -> None:
    await line.wrote()
    photo = files(line).put(PNG)
    files(line).kept.clear()
    with pytest.raises(Rejected) as refused:
        await line.channel.send(to_marie("", files=[photo]))
    assert refused.value.reason == "content"


@pytest.mark.parametrize(
    ("answer", "after", "whole"),
    [
        (failing(429, 130429, "Rate limit hit", **{"Retry-After": "12"}), 12, True),
        (failing(400, 130429, "Rate limit hit"), 5, True),
        (failing(400, 80007, "Rate limit issues"), 60, True),
        (failing(400, 4, "API Too Many Calls"), 60, True),
        (failing(400, 131056, "Pair rate limit hit"), 6, False),
        (failing(500, 131000, "Something went wrong"), None, False),
        (failing(503, 131016, "Service unavailable"), 10, True),
        (failing(500, 2, "API Service"), None, False),
        (plain(502), None, False),
        (plain(503, **{"Retry-After": "3"}), 3, True),
        (plain(429), 30, True),
        (
            failing(
                400,
                80007,
                "Rate limit issues",
                **{
                    "X-Business-Use-Case-Usage": '{"102290129340398": [{"type": "whatsapp", "call_count": 100, '
                    '"estimated_time_to_regain_access": 4}]}'
                },
            ),
            240,
            True,
        ),
    ],
)
async def test_what_meta_cannot_take_now_is_for_later(line: Line, answer: Any, after: float, whole: bool) -> None:
    await line.wrote()
    line.graph.next.append(answer)
    with pytest.raises(Retry) as later:
        await line.channel.send(to_marie())
    assert (later.value.after, later.value.whole_account) == (after, whole)
    assert later.value.__cause__ is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (failing(400, 131026, "Message undeliverable"), "unreachable"),
        (failing(400, 131047, "Re-engagement message"), "window"),
        (failing(400, 470, "Message failed to send"), "window"),
        (failing(400, 131049, "Not delivered to maintain healthy ecosystem"), "content"),
        (failing(400, 131050, "User has stopped marketing messages"), "content"),
        (failing(400, 100, "Invalid parameter"), "content"),
        (failing(400, 131053, "Media upload error"), "content"),
        (failing(404, 132001, "Template does not exist"), "content"),
        (failing(400, 131062, "BSUID recipients not supported"), "content"),
        (failing(400, 999_999, "Something new"), "content"),
        (failing(401, 190, "Access token has expired"), "settings"),
        (failing(401, 0, "AuthException"), "settings"),
        (failing(403, 10, "Permission denied"), "settings"),
        (failing(403, 294, "Permission"), "settings"),
        (failing(403, 131031, "Account locked"), "settings"),
        (failing(400, 133010, "Phone number not registered"), "settings"),
        (plain(401), "settings"),
        (plain(404), "content"),
    ],
)
async def test_what_meta_never_takes_is_refused_for_its_reason(line: Line, answer: Any, reason: str) -> None:
    await line.wrote()
    line.graph.next.append(answer)
    with pytest.raises(Rejected) as refused:
        await line.channel.send(to_marie())
    assert refused.value.reason == reason
    assert MARIE not in str(refused.value) and "token" not in str(refused.value).replace("the access token", "")


async def test_a_meta_that_cannot_be_reached_has_taken_nothing(line: Line) -> None:
    await line.wrote()
    await line.graph.stop()
    with pytest.raises(Retry) as later:
        await line.channel.send(to_marie())
    assert later.value.__cause__ is None


async def test_a_connection_that_breaks_leaves_it_open_whether_it_was_taken(line: Line) -> None:
    await line.wrote()
    line.graph.next.append(cut)
    with pytest.raises(Retry) as unknown:
        await line.channel.send(to_marie())
    assert unknown.value.__cause__ is not None and unknown.value.after is None


async def told(line: Line, sent: dict[str, Any]) -> None:
    """Meta tells that it has sent a message."""
    status = {**item(payload("status_sent", ago=1), "statuses"), "id": sent["wamid"]}
    status["biz_opaque_callback_data"] = sent["biz_opaque_callback_data"]
    assert await line.call(signed(webhook({"statuses": [status]}))) == 200


async def test_what_was_taken_without_an_answer_is_not_sent_again(line: Line) -> None:
    await line.wrote()
    await line.say("Votre colis est parti.")
    first = await claimed(line)
    line.graph.lost_answers = 1
    with pytest.raises(Retry):
        await line.channel.send(first)
    line.channel.settle = 5.0
    again = asyncio.create_task(line.channel.send(first.model_copy(update={"again": True, "attempts": 2})))
    await asyncio.sleep(0.1)
    await told(line, line.graph.sent[0])
    assert await again == line.graph.sent[0]["wamid"]
    assert len(line.graph.sent) == 1


async def test_only_the_parts_that_meta_does_not_have_are_sent_again(line: Line) -> None:
    await line.wrote()
    await line.say(LONG)
    first = await claimed(line)
    line.graph.lost_answers = 1
    with pytest.raises(Retry):
        await line.channel.send(first)
    await told(line, line.graph.sent[0])
    await line.channel.send(first.model_copy(update={"again": True, "attempts": 2}))
    assert [each["biz_opaque_callback_data"].rsplit(":", 1)[1] for each in line.graph.sent] == ["1/2", "2/2"]


async def test_without_any_word_of_it_the_message_is_sent_again(line: Line) -> None:
    await line.wrote()
    await line.say()
    first = await claimed(line)
    line.graph.next.append(cut)
    with pytest.raises(Retry):
        await line.channel.send(first)
    await line.channel.send(first.model_copy(update={"again": True, "attempts": 2}))
    assert len(line.graph.sent) == 1


async def test_an_answer_points_at_its_message_when_others_came_in_between(line: Line) -> None:
    await line.wrote("où est ma commande ?")
    await line.wrote("et vos horaires ?", number=2)
    for text in ("Elle est partie hier." + " Bonne journée." * 300, "De 9 h à 18 h."):
        assert await core.answered(line.core.sessions, core.saying(text))
        await line.channel.send(await claimed(line))
        async with line.core.sessions() as session, session.begin():
            await session.execute(update(OutboxItem).values(state="sent"))
    asked = [message.external_id for message in await line.messages() if message.author == "customer"]
    # The first part alone, and not the answer that follows its question.
    assert [each.get("context") for each in line.graph.sent] == [{"message_id": asked[0]}, None, None]
