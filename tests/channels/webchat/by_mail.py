"""What tests of going out by e-mail share: a mailbox, a customer on file, what is to be mailed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from crm_backend.accounts.model import Account
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from server.app import Parts
from tests.channels.webchat.conftest import Browser


async def with_mailbox(server: Parts) -> None:
    """A mailbox that is set up, on another server: what is sent stays in the outbox."""
    async with server.sessions.begin() as session:
        session.add(Account(channel="mail", name="main", enabled=True, settings={}, source="environment"))


async def known(
    server: Parts, conversation: str | None, proof: str = "verified", email: str = "Marie@Example.com"
) -> None:
    """Makes the conversation one with Marie, proved so far."""
    async with server.sessions.begin() as session:
        marie = Customer(id=new_id(), first_name="Marie", last_name="Durand")
        session.add(marie)
        await session.flush()
        session.add(Identity(customer_id=marie.id, kind="email", value=email))
        changed = update(Conversation).where(Conversation.id == UUID(conversation))
        await session.execute(changed.values(customer_id=marie.id, proof=proof))


async def outgoing(server: Parts) -> list[tuple[str, str]]:
    """What is to be mailed: to whom, and the text."""
    async with server.sessions() as session:
        rows = await session.execute(
            select(OutboxItem.address, Message.text)
            .join(Message, Message.id == OutboxItem.message_id)
            .where(OutboxItem.channel == "mail")
            .order_by(OutboxItem.created_at)
        )
        return list(rows.tuples())


async def began(browser: Browser, text: str = "bonjour") -> str:
    await browser.hello(language="fr")
    await browser.send(text)
    while not any(message["from"] == "bot" for message in (await browser.poll(wait=5))[1]["messages"]):
        continue
    return str(browser.conversation)


async def ask(
    browser: Browser, email: Any = None, path: str = "/transcript", **more: Any
) -> tuple[int, dict[str, Any]]:
    return await browser.call("POST", path, json={"conversation": browser.conversation, "email": email} | more)
