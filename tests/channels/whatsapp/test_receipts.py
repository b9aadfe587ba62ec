"""What Meta tells of messages after it took them, and of people whose number changes."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import update

from crm_backend.conversations.model import Message
from crm_backend.customers.model import Identity
from tests.channels.whatsapp.case import signed, webhook
from tests.channels.whatsapp.conftest import MARIE, Line, claimed, item, payload


async def delivery_of(line: Line, message: UUID) -> str | None:
    async with line.core.sessions() as session:
        return (await session.get_one(Message, message)).delivery


async def test_receipts_bring_a_message_forward_and_never_back(line: Line) -> None:
    await line.wrote()
    stored = await line.say()
    await line.channel.send(await claimed(line))
    for name, state in (("read", "read"), ("sent", "read"), ("delivered", "read")):
        status = {**item(payload(f"status_{name}", ago=1), "statuses"), "id": line.graph.sent[0]["wamid"]}
        status["biz_opaque_callback_data"] = f"{stored}:1/1"
        assert await line.call(signed(webhook({"statuses": [status]}))) == 200
        assert await delivery_of(line, stored) == state


@pytest.mark.parametrize(
    ("name", "unreachable"),
    [("status_failed_unreachable", True), ("status_failed_window", False), ("status_failed_marketing", False)],
)
async def test_a_failure_that_comes_later_is_told_with_its_cause(line: Line, name: str, unreachable: bool) -> None:
    await line.wrote()
    stored = await line.say()
    await line.channel.send(await claimed(line))
    document = payload(name, ago=1)
    item(document, "statuses")["biz_opaque_callback_data"] = f"{stored}:1/1"
    assert await line.hear(document) == 200
    assert await delivery_of(line, stored) == "failed"
    [row] = await line.outbox()
    code = item(document, "statuses")["errors"][0]["code"]
    assert row.state == "failed" and (row.last_error or "").startswith(f"{code}: ")
    assert ((await line.identities())[MARIE].unreachable_since is not None) == unreachable


async def test_a_status_of_a_message_that_is_not_ours_is_left(line: Line) -> None:
    for name in ("status_sent", "status_played", "status_failed_unreachable"):
        assert await line.hear(payload(name)) == 200


async def test_a_number_that_changed_is_followed_with_what_is_on_its_way(line: Line) -> None:
    await line.wrote()
    await line.say()
    assert await line.hear(payload("number_changed", ago=-60)) == 200
    [conversation] = await line.conversations()
    assert conversation.address == "33755555555"
    assert set(await line.identities()) == {"33755555555"}
    found = await claimed(line)
    assert found.address == "33755555555"
    await line.channel.send(found)
    assert line.graph.sent[0]["to"] == "33755555555"
    assert await line.hear(payload("number_changed", ago=-60)) == 200
    assert set(await line.identities()) == {"33755555555"}


async def test_an_identifier_that_changed_is_followed(line: Line) -> None:
    await line.hear(payload("text_without_number"))
    assert await line.hear(payload("identifier_changed", ago=-60)) == 200
    [conversation] = await line.conversations()
    assert conversation.address == "FR.88881208655302748888"


async def test_the_next_holder_of_a_number_is_not_taken_along_by_a_replay(line: Line) -> None:
    await line.wrote()
    change = payload("number_changed", ago=-1)
    await line.hear(change)
    async with line.core.sessions() as session, session.begin():
        session.add(Identity(kind="whatsapp", value=MARIE))
        # She has moved on once more, so that her number is free for the replay.
        await session.execute(update(Identity).where(Identity.value == "33755555555").values(value="33700000000"))
    item(change)["timestamp"] = str(int(item(change)["timestamp"]) - 3600)
    await line.hear(change)
    assert set(await line.identities()) == {MARIE, "33700000000"}
