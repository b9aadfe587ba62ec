"""A message left when nobody is there: kept, in a person's queue, and answered by mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from crm_backend.agents.model import AgentSession
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.model import Message
from crm_backend.database import utc_now
from server.app import Parts
from tests.channels.webchat.by_mail import outgoing, with_mailbox
from tests.channels.webchat.conftest import Browser
from tests.conftest import MakeAgent

LEFT = "La lampe Ondine existe-t-elle en bleu ?"


async def leave(browser: Browser, answer_to: Any, **more: Any) -> tuple[int, dict[str, Any]]:
    await browser.hello(language="fr")
    form = {"name": "Paul Petit", "email": answer_to}
    return await browser.send(LEFT, action="leave", answer_to=answer_to, form=form, **more)


async def waits(browser: Browser) -> dict[str, Any]:
    """Who answers, once it is a person's turn."""
    while True:
        _, seen = await browser.poll(wait=5)
        if seen["owner"]["kind"] == "queue":
            owner: dict[str, Any] = seen["owner"]
            return owner


async def test_what_was_left_waits_for_a_person_who_answers_by_mail(
    server: Parts, browser: Browser, agent: MakeAgent
) -> None:
    await with_mailbox(server)
    status, ack = await leave(browser, "Paul@Example.com")
    assert status == 200
    assert (await waits(browser))["by_mail"] == "p…@example.com"
    claire = await agent()
    shown = await claire.conversation(ack["conversation"])
    assert shown["passport"]["goal"] == LEFT
    (first, *_) = shown["messages"]
    assert first["details"]["form"] == {"name": "Paul Petit", "email": "paul@example.com"}
    await claire.take(ack["conversation"])
    await claire.answer(ack["conversation"], "Oui, à partir de lundi.")
    assert await outgoing(server) == [("paul@example.com", "Oui, à partir de lundi.")]
    assert "by_mail" not in (await browser.poll())[1]["owner"]


async def test_left_again_by_a_browser_that_heard_no_answer_it_is_promised_once(
    server: Parts, browser: Browser
) -> None:
    await with_mailbox(server)
    client_id = str(uuid4())
    _, ack = await leave(browser, "paul@example.com", client_id=client_id)
    body = {"conversation": None, "client_id": client_id, "text": LEFT, "action": "leave"}
    again = await browser.call("POST", "/messages", json=body | {"answer_to": "paul@example.com"})
    assert again[1]["conversation"] == ack["conversation"]
    async with server.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Message).where(Message.author == "customer")) == 1
        promised = select(func.count()).where(
            AuditEntry.action == "answer_promised", AuditEntry.subject_kind == "conversation"
        )
        assert await session.scalar(promised) == 1


@pytest.mark.parametrize(("email", "mailbox"), [("paul@", True), ("", True), ("paul@example.com", False)])
async def test_it_is_kept_also_where_nothing_can_be_promised(
    server: Parts, browser: Browser, email: str, mailbox: bool
) -> None:
    if mailbox:
        await with_mailbox(server)
    assert (await leave(browser, email))[0] == 200
    assert "by_mail" not in await waits(browser)


async def test_the_chat_is_told_whether_somebody_is_there(server: Parts, browser: Browser, agent: MakeAgent) -> None:
    await agent()
    async with server.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(AgentSession)) == 1
    object.__setattr__(server.core.company, "opening", None)
    assert (await browser.call("GET", "/config"))[1]["present"] is True
    async with server.sessions.begin() as session:
        await session.execute(update(AgentSession).values(seen_at=utc_now() - timedelta(days=1)))
    assert (await browser.call("GET", "/config"))[1]["present"] is False
