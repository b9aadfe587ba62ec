"""Transcripts by e-mail, and who may have them sent where."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import select, text, update

from channels.mail.hook import HEADER, sign
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.model import Conversation, Message
from server.app import Parts
from tests.channels.mail.mails import mail
from tests.channels.mail.servers import PASSWORD, USER, SmtpServer, smtp_server
from tests.channels.webchat.by_mail import ask, began, known, outgoing, with_mailbox
from tests.channels.webchat.conftest import Browser
from tests.support import site
from tests.support.assistant import ScriptedBot
from tests.support.stores import Stores


async def test_a_stranger_has_a_transcript_sent_where_they_say(server: Parts, browser: Browser) -> None:
    await with_mailbox(server)
    conversation = await began(browser, "voir https://evil.example/x et www.evil.example")
    status, answer = await ask(browser, " Paul@Example.com ")
    assert (status, answer) == (200, {"email": "p…@example.com"})
    ((to, text),) = await outgoing(server)
    assert to == "paul@example.com"
    assert text.startswith("Votre conversation avec Maison Tilleul, ")
    assert "Vous (" in text and "voir [lien] et [lien]" in text and "Maison Tilleul (" in text
    async with server.sessions() as session:
        sent = await session.scalar(select(Conversation).where(Conversation.channel == "mail"))
        assert sent is not None
        assert (str(sent.continues_id), sent.owner, sent.proof, sent.customer_id) == (
            conversation,
            "nobody",
            "anonymous",
            None,
        )
    assert (await browser.hello(visitor=browser.token))["conversation"] == conversation


async def test_what_is_personal_goes_to_an_address_on_file_alone(server: Parts, browser: Browser) -> None:
    await with_mailbox(server)
    await began(browser)
    await known(server, browser.conversation)
    status, refused = await ask(browser, "paul@example.com")
    assert (status, refused["code"]) == (403, "not_on_file")
    assert (await ask(browser, "marie@example.com"))[0] == 200
    assert (await ask(browser))[1] == {"email": "m…@example.com"}
    assert {to for to, _ in await outgoing(server)} == {"marie@example.com"}


async def test_once_it_was_a_customers_it_takes_their_proof_again(server: Parts, browser: Browser) -> None:
    await with_mailbox(server)
    await began(browser)
    await known(server, browser.conversation, proof="anonymous")
    for email in ("paul@example.com", "marie@example.com", None):
        assert (await ask(browser, email))[1]["code"] == "not_on_file"
    assert await outgoing(server) == []


@pytest.mark.parametrize(
    "odd",
    [
        *(
            "",
            "paul",
            "paul@",
            "paul@localhost",
            "@example.com",
            "paul@example.com, x@y.example",
            "Paul <paul@example.com>",
        ),
        *("paul@example.com\r\nBcc: x@y.example", "pa\nul@example.com", "paul@exa\u202emple.com", "paul@example..com"),
        *("p" * 65 + "@example.com", "paul@" + "x" * 300 + ".com", "paul@-example.com", None),
    ],
)
async def test_what_is_no_address_is_refused(server: Parts, browser: Browser, odd: Any) -> None:
    await with_mailbox(server)
    await began(browser)
    status, refused = await ask(browser, odd)
    assert (status, refused["code"] in ("bad_email", "bad_frame")) == (400, True)
    assert await outgoing(server) == []


async def test_three_a_day_for_a_visitor_and_for_an_address(server: Parts, browser: Browser) -> None:
    await with_mailbox(server)
    await began(browser)
    for number in range(3):
        assert (await ask(browser, f"paul{number}@example.com"))[0] == 200
    status, refused = await ask(browser, "paul4@example.com")
    assert (status, refused["code"]) == (429, "enough_today")
    async with site.browser_session() as client:
        for number in range(4):
            other = Browser(client, server.settings.address)
            await began(other)
            status, _ = await ask(other, "victim@example.com")
            assert status == (200 if number < 3 else 429)
    async with server.sessions.begin() as session:
        await session.execute(text("set local session_replication_role = replica"))  # the log is append-only
        await session.execute(update(AuditEntry).values(created_at=AuditEntry.created_at - timedelta(hours=25)))
    await server.core.live.publish("nothing", {})
    assert len(await outgoing(server)) == 6


async def test_nobody_has_a_strangers_conversation_sent(server: Parts, browser: Browser) -> None:
    await with_mailbox(server)
    conversation = await began(browser)
    async with site.browser_session() as client:
        thief = Browser(client, server.settings.address)
        await began(thief)
        assert (await ask(thief, "thief@example.com", conversation=conversation))[0] == 404
        assert (await ask(thief, "thief@example.com", conversation="x"))[0] == 400
    assert await outgoing(server) == []


async def test_without_a_mailbox_it_is_neither_offered_nor_done(server: Parts, browser: Browser) -> None:
    _, told = await browser.call("GET", "/config")
    assert (told["transcript"], told["answer_by_mail"], told["sign_in"], told["form"]) == (False, False, False, [])
    await began(browser)
    assert (await ask(browser, "paul@example.com"))[1]["code"] == "no_mail"
    await with_mailbox(server)
    _, told = await browser.call("GET", "/config")
    assert (told["transcript"], told["answer_by_mail"]) == (True, True)


# The whole way, with a real mailbox.


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with smtp_server() as running:
        yield running


async def test_the_transcript_arrives_as_a_mail_and_its_answer_opens_a_conversation(
    database_url: str, stores: Stores, scripted: ScriptedBot, smtp: SmtpServer, stack: AsyncExitStack
) -> None:
    await stores.forget()
    given = {
        "RELAIS_MAIL_ADDRESS": USER,
        "RELAIS_MAIL_WEBHOOK_SECRET": "a secret of the provider",
        "RELAIS_MAIL_SMTP_HOST": "127.0.0.1",
        "RELAIS_MAIL_SMTP_PORT": str(smtp.port),
        "RELAIS_MAIL_SMTP_SECURITY": "none",
        "RELAIS_MAIL_SMTP_PASSWORD": PASSWORD,
        "RELAIS_WEBCHAT_ASK_BEFORE": "name,email,order_number",
        "RELAIS_WEBCHAT_GREETINGS": '[{"path": "/fr/*", "after": 5, "fr": "Une question ?", "en": "Any question?"}]',
    }
    options = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, given=given)
    async with site.serving(options) as server:
        client = await stack.enter_async_context(site.browser_session())
        browser = Browser(client, server.settings.address)
        _, told = await browser.call("GET", "/config?language=fr&page=/fr/panier")
        assert told["form"] == ["name", "email", "order_number"]
        assert told["greets"] and told["greeting"] == {"text": "Une question ?", "after": 5}
        await browser.hello(language="fr")
        form = {"name": "Paul\r\nX", "email": "PAUL@example.com", "order_number": "10234", "password": "x"}
        await browser.send("où en est-elle ?", form=form, greeted=True, page=f"{server.settings.address}/fr/panier")
        while not any(message["from"] == "bot" for message in (await browser.poll(wait=5))[1]["messages"]):
            continue
        async with server.sessions() as session:
            first = await session.scalar(select(Message).where(Message.author == "customer"))
            assert first is not None
            assert first.details["form"] == {"name": "Paul X", "email": "paul@example.com", "order_number": "10234"}
            assert first.details["greeting"] == "Une question ?"
        assert (await ask(browser, "paul@example.com"))[0] == 200
        while not smtp.taken:
            await browser.poll(wait=1, after=99)
        sent = message_from_bytes(smtp.taken[0].raw, policy=default)
        assert (smtp.taken[0].recipients, sent["Auto-Submitted"]) == (["paul@example.com"], "auto-generated")
        assert sent["Subject"].startswith("Votre conversation avec Maison Tilleul, ")
        text = sent.get_body(("plain",)).get_content()
        assert "où en est-elle ?" in text and "echo: où en est-elle ?" in text
        answer = mail("Merci, et la facture ?", sender="paul@example.com", in_reply_to=sent["Message-ID"].strip("<>"))
        signature = sign(answer, given["RELAIS_MAIL_WEBHOOK_SECRET"].encode(), at=int(time.time()))
        headers = {"Content-Type": "message/rfc822", HEADER: signature}
        async with client.post(f"{server.settings.address}/hooks/mail/main", data=answer, headers=headers) as response:
            assert response.status == 200
        async with server.sessions() as session:
            found = await session.scalar(select(Conversation).where(Conversation.channel == "mail"))
            assert found is not None and str(found.id) != browser.conversation
            assert (found.owner, found.proof, found.last_seq >= 2) == ("bot", "anonymous", True)
