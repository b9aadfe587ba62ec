"""A customer who talks to the whole product, and the demo's orders to talk about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from crm_backend.conversations.model import Conversation, Turn
from server.app import Parts
from server.demo.showcase import SHOWCASE
from tests.support.site import Customer, browser_session

Talk = Callable[..., Awaitable[list[Any]]]


@pytest.fixture(scope="session")
def facts() -> dict[str, dict[str, Any]]:
    """The showcase orders, as `shipped_fr`, `delivered_en` and so on."""
    found: dict[str, dict[str, Any]] = {}
    for order in SHOWCASE:
        shown = {"number": order.number, "email": order.email, "postcode": order.postcode}
        found.setdefault(f"{order.status}_{order.language}", shown)
    # The English one under way is out for delivery: on a dialogue's page both are on the road.
    found.setdefault("shipped_en", found["out_for_delivery_en"])
    return found


@pytest.fixture
async def talk(company: Parts, stack: AsyncExitStack, dialogue: dict[str, Any]) -> Talk:
    """Says something in a fresh conversation and returns everything the assistant answered."""
    client = await stack.enter_async_context(browser_session())
    customer = Customer(client, company.settings.address, dialogue["language"])
    await customer.connect()

    async def say(text: str, button: Any = None) -> list[Any]:
        ack = await (customer.press(text) if button is not None else customer.send(text))
        assert ack["type"] == "ack", ack
        await answered(company, customer)
        return [
            reply(message) for message in customer.messages if message["seq"] > ack["seq"] and message["from"] == "bot"
        ]

    return say


async def answered(company: Parts, customer: Customer) -> None:
    """Waits until every turn of the conversation is over and the customer has read all of it."""
    async with asyncio.timeout(30):
        while True:
            async with company.sessions() as session:
                waiting = await session.scalar(
                    select(Turn.id).where(
                        Turn.conversation_id == customer.conversation, Turn.state.in_(("queued", "running"))
                    )
                )
                last = await session.scalar(
                    select(Conversation.last_seq).where(Conversation.id == customer.conversation)
                )
            if waiting is None and last is not None and customer.last >= last:
                return
            await customer.settle(0.02)


def reply(message: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(
        text=message["text"],
        buttons=[SimpleNamespace(**button) for button in message["buttons"]],
        cards=[SimpleNamespace(**{"url": None, "text": "", "lines": [], **card}) for card in message["cards"]],
    )
