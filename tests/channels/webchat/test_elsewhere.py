"""Taking a conversation from the website to another channel."""

from __future__ import annotations

from uuid import uuid4

from crm_backend.accounts.model import Account
from crm_backend.conversations.receiving import joining
from crm_backend.database import utc_now
from server.app import Parts
from tests.conftest import MakeCustomer

LINK = "https://t.me/maison_bot?start={code}"


async def with_telegram(server: Parts) -> None:
    # The environment's: this server would find accounts of its own without settings, and note that they do not work.
    kept = {"name": "main", "enabled": True, "source": "environment"}
    async with server.sessions.begin() as session:
        session.add(Account(channel="telegram", link=LINK, shown_as="@maison_bot", **kept))
        session.add(Account(channel="whatsapp", link=None, **kept))
        session.add(Account(channel="mail", link="mailto:a@b.example?subject={code}", check_ok=False, **kept))
    await server.board.look()


async def test_what_works_and_can_be_linked_to_is_offered(server: Parts, customer: MakeCustomer) -> None:
    await with_telegram(server)
    visitor = await customer()
    async with visitor.client.get(f"{visitor.address}/chat/config?language=fr") as answer:
        assert (await answer.json())["elsewhere"] == [{"channel": "telegram", "label": "Telegram"}]


async def test_the_link_carries_a_code_of_this_conversation(server: Parts, customer: MakeCustomer) -> None:
    await with_telegram(server)
    visitor = await customer()
    conversation = (await visitor.send("bonjour"))["conversation"]
    headers = {"Authorization": f"Bearer {visitor.visitor}"}
    body = {"conversation": conversation, "channel": "telegram"}
    async with visitor.client.post(f"{visitor.address}/chat/elsewhere", json=body, headers=headers) as answer:
        assert answer.status == 200
        there = await answer.json()
    assert there["link"] == LINK.replace("{code}", there["code"])
    async with server.sessions() as session:
        led = await joining.redeem(session, there["code"], channel="telegram", writer=uuid4(), now=utc_now())
    assert led is not None and str(led.id) == conversation


async def test_nobody_gets_a_code_for_a_strangers_conversation(server: Parts, customer: MakeCustomer) -> None:
    await with_telegram(server)
    visitor, thief = await customer(), await customer()
    conversation = (await visitor.send("bonjour"))["conversation"]
    await thief.send("bonjour")
    headers = {"Authorization": f"Bearer {thief.visitor}"}
    for body, status in (
        ({"conversation": conversation, "channel": "telegram"}, 404),
        ({"conversation": str(uuid4()), "channel": "telegram"}, 404),
        ({"conversation": "x", "channel": "telegram"}, 400),
        ({}, 400),
    ):
        async with thief.client.post(f"{thief.address}/chat/elsewhere", json=body, headers=headers) as answer:
            assert answer.status == status


async def test_a_channel_that_is_not_offered_is_not_found(server: Parts, customer: MakeCustomer) -> None:
    visitor = await customer()
    conversation = (await visitor.send("bonjour"))["conversation"]
    headers = {"Authorization": f"Bearer {visitor.visitor}"}
    body = {"conversation": conversation, "channel": "telegram"}
    async with visitor.client.post(f"{visitor.address}/chat/elsewhere", json=body, headers=headers) as answer:
        assert answer.status == 404
