"""After a notice that came unasked, "when will it come?" is about the order of that notice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crm_backend.accounts.model import Account
from crm_backend.conversations.model import Message, Turn
from crm_backend.conversations.schema import Received
from crm_backend.customers.model import Identity
from crm_backend.notifications import services
from crm_backend.notifications.schema import Planned, Rules
from server.app import Parts
from server.demo.showcase import MARIE
from server.notifications import words
from tests.support import core

NOON = datetime.now(UTC).replace(hour=12)
ON_WHATSAPP: dict[str, Any] = {
    "channel": "whatsapp",
    "identity_kind": "whatsapp",
    "identity_value": MARIE.phone.lstrip("+"),
    "address": MARIE.phone.lstrip("+"),
    "vouched": {"kind": "phone", "value": MARIE.phone},
}


async def say(company: Parts, text: str) -> tuple[Received, str]:
    """Writes, and waits for all that is said to it."""
    heard = await company.core.accept(core.inbound(text, **ON_WHATSAPP))
    async with asyncio.timeout(30):
        while True:
            async with company.sessions() as session:
                state = await session.scalar(select(Turn.state).where(Turn.message_id == heard.message_id))
            if state in ("done", "failed", "skipped"):
                break
            await asyncio.sleep(0.02)
    async with company.sessions() as session:
        said = await session.scalars(
            select(Message).where(Message.conversation_id == heard.conversation_id, Message.seq > heard.seq)
        )
        return heard, "\n".join(
            "\n".join([one.text, *(card["title"] for card in one.content.get("cards", []))]) for one in said
        )


async def tell(company: Parts, customer: UUID, number: str) -> None:
    async with company.sessions.begin() as session:
        session.add(Account(channel="whatsapp", name="main"))
        await services.notify(
            session, customer_id=customer, kind="order_shipped", subject="test", facts={"number": number}, now=NOON
        )
    async with company.sessions.begin() as session:
        planned: Any = True
        while planned is True:
            planned = await services.plan(session, rules=Rules(zone=ZoneInfo("UTC")), starts=[], now=NOON)
        assert isinstance(planned, Planned)
        reply = words.reply(planned.kind, planned.facts, "fr", today=NOON.date(), unsubscribe="")
        await services.send(session, planned, reply, now=NOON)


async def test_the_assistant_knows_which_order_it_is_about(company: Parts, facts: dict[str, dict[str, Any]]) -> None:
    number = facts["shipped_fr"]["number"]
    await say(company, "bonjour")
    async with company.sessions() as session:
        customer = await session.scalar(select(Identity.customer_id).where(Identity.value == MARIE.phone))
    assert customer is not None
    await tell(company, customer, number)
    heard, answer = await say(company, "elle arrive quand ?")
    assert heard.seq > 3, "it is said under the notice"
    assert number in answer
