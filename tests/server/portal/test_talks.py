"""Conversations and requests at the portal: read over all channels, answered there, nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID, uuid4

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.accounts.model import Account
from crm_backend.cases import by_message, following
from crm_backend.cases import services as cases
from crm_backend.cases.model import Case, CaseComment, CaseEvent, CaseFile
from crm_backend.cases.schema import NewCase
from crm_backend.conversations.model import Conversation, Message, Rating
from crm_backend.conversations.receiving.receive import receive
from crm_backend.conversations.schema import InboundMessage, Vouched
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import utc_now
from crm_backend.orders.model import Order
from server.app import Parts
from tests.conftest import MakeAgent
from tests.server.portal.conftest import Portal
from tests.support import assistant, site
from tests.support.assistant import ScriptedBot
from tests.support.portal import Answer, AtPortal
from tests.support.signed_in import Page

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
_KEY = re.compile(r'name="key" value="([^"]+)"')


async def marie(server: Parts) -> UUID:
    async with server.sessions.begin() as session:
        session.add(customer := Customer(first_name="Marie", last_name="Durand"))
        await session.flush()
        session.add(Identity(customer_id=customer.id, kind="phone", value="+33612345678"))
    return customer.id


async def on_whatsapp(server: Parts, text: str, phone: str = "+33612345678") -> UUID:
    inbound = InboundMessage(
        channel="whatsapp",
        external_id=uuid4().hex,
        identity_kind="whatsapp",
        identity_value=phone,
        address=phone,
        text=text,
        vouched=Vouched(kind="phone", value=phone),
    )
    async with server.sessions.begin() as session:
        return (await receive(session, inbound)).conversation_id


async def write(browser: AtPortal, page: Answer, path: str, text: str, *files: tuple[str, bytes]) -> Answer:
    """The form of a page, as a browser sends it."""
    form = aiohttp.FormData()
    found = _KEY.search(page.text)
    assert found
    for name, value in (("csrf", browser.csrf), ("key", found[1]), ("before", ""), ("text", text)):
        form.add_field(name, value)
    for name, content in files or (("", b""),):
        form.add_field("files", content, filename=name, content_type="application/octet-stream")
    return await browser._call("POST", path, data=form)


async def put_order(session: AsyncSession, customer_id: UUID, number: str = "10234") -> UUID:
    values: dict[str, Any] = {"status": "delivered", "placed_at": utc_now(), "total_minor": 1, "currency": "EUR"}
    session.add(order := Order(customer_id=customer_id, number=number, number_key=number, **values))
    await session.flush()
    return order.id


async def said(server: Parts, conversation: UUID) -> list[Any]:
    async with server.sessions() as session:
        rows = await session.scalars(
            select(Message).where(Message.conversation_id == conversation).order_by(Message.seq)
        )
        return list(rows)


async def test_a_conversation_begun_elsewhere_goes_on_here_once(server: Parts, portal: Portal) -> None:
    browser = await portal(await marie(server))
    talk = await on_whatsapp(server, "Bonjour, où est <b>mon colis</b> ?")
    listed = (await browser.get("conversations")).text
    assert str(talk) in listed and "WhatsApp" in listed and "<b>mon" not in listed
    page = await browser.get(f"conversations/{talk}")
    assert "Bonjour, où est &lt;b&gt;mon colis&lt;/b&gt; ?" in page.text
    sent = [await write(browser, page, f"conversations/{talk}/reply", "Toujours rien.") for _ in range(2)]
    assert {each.status for each in sent} == {303}
    after = await browser.follow(sent[0])
    assert "Toujours rien." in after.text and "Votre message est bien arrivé" in after.text
    stored = await said(server, talk)
    assert [(each.author, each.text) for each in stored if each.author == "customer"] == [
        ("customer", "Bonjour, où est <b>mon colis</b> ?"),
        ("customer", "Toujours rien."),
    ]
    mine = next(each for each in stored if each.text == "Toujours rien.")
    assert mine.details["portal"] and mine.details["page"]["title"] == "Espace client – conversation"
    async with server.sessions() as session:
        conversation = await session.get_one(Conversation, talk)
        assert (conversation.channel, conversation.proof) == ("webchat", "signed_in")


async def test_a_new_conversation_is_answered_on_the_page_that_follows_and_rated_at_its_end(
    server: Parts, portal: Portal, scripted: ScriptedBot
) -> None:
    browser = await portal(await marie(server))

    async def offers(turn: dict[str, Any]) -> web.Response:
        buttons = [{"title": "Non merci", "payload": "/deny"}]
        told = [{"text": f"Entendu : {turn['text']}", "buttons": buttons}]
        return web.json_response(assistant.said("") | {"replies": told})

    scripted.script = offers
    page = await browser.get("conversations/new")
    after = await browser.follow(await write(browser, page, "conversations/new", "Une question"))
    assert "Une question" in after.text and "Entendu : Une question" in after.text
    found = re.search(r'name="press" value="([^"]+)"[^>]*>Non merci', after.text)
    key = _KEY.search(after.text)
    assert found and key
    there = re.search(r"/fr/compte/(conversations/[0-9a-f-]+)/repondre", after.text)
    assert there
    pressed = await browser.post(f"{there[1]}/reply", key=key[1], press=found[1])
    assert "Non merci" in (await browser.follow(pressed)).text
    assert scripted.asked[-1]["text"] == "/deny"
    assert (await browser.post(f"{there[1]}/reply", key=str(uuid4()), press="1:9:x")).status == 400
    assert (await browser.get(f"{there[1]}/reply")).to == f"/fr/compte/{there[1]}"

    assert (await browser.post(f"{there[1]}/rate", score="5")).status == 303
    async with server.sessions.begin() as session:
        assert await session.scalar(select(Rating)) is None, "not yet"
        await session.execute(update(Conversation).values(owner="nobody", closed_at=utc_now()))
    assert "Comment s’est passée" in (await browser.get(there[1])).text
    assert (await browser.post(f"{there[1]}/rate", score="9")).status == 400
    assert "Votre avis" in (await browser.follow(await browser.post(f"{there[1]}/rate", score="4"))).text
    async with server.sessions() as session:
        assert await session.scalar(select(Rating.score)) == 4


async def test_what_is_somebody_elses_is_not_there(server: Parts, portal: Portal) -> None:
    talk = await on_whatsapp(server, "secret", "+33687654321")
    browser = await portal(await marie(server))
    other = await on_whatsapp(server, "rien")
    async with server.sessions.begin() as session:
        session.add(paul := Customer(first_name="Paul"))
        await session.flush()
        case = await cases.open_case(
            session, NewCase(type_key="request", customer_id=paul.id, subject="x"), actor=COMMAND_LINE
        )
    page = await browser.get(f"conversations/{other}")
    for path in (f"conversations/{talk}", f"requests/{case.id}", "conversations/1", f"conversations/{uuid4()}"):
        assert (await browser.get(path)).status == 404, path
    assert (await write(browser, page, f"conversations/{talk}/reply", "moi")).status == 404
    assert (await write(browser, page, f"requests/{case.id}/reply", "moi")).status == 404
    assert [each.text for each in await said(server, talk)][:1] == ["secret"]


async def test_what_cannot_be_taken_is_kept_on_the_page(server: Parts, portal: Portal) -> None:
    browser = await portal(await marie(server))
    page = await browser.get("conversations/new")
    for text, files, why in (
        ("", (), "Écrivez d’abord quelques mots"),
        ("mot " * 3000, (), "trop long"),
        ("Voici", (("facture.pdf", b"<html><script>alert(1)</script>"),), "Il s’agit de «\u00a0facture.pdf\u00a0»"),
    ):
        refused = await write(browser, page, "conversations/new", text, *files)
        assert refused.status == 400 and why in refused.text and text.strip()[:100] in refused.text
    browser.csrf = "forged"
    assert (await write(browser, page, "conversations/new", "Bonjour")).status == 403
    async with server.sessions() as session:
        assert await session.scalar(select(Message)) is None


async def test_a_case_is_answered_with_a_file_and_its_people_answer_back(
    server: Parts, portal: Portal, agent: MakeAgent
) -> None:
    who = await marie(server)
    async with server.sessions.begin() as session:
        new = NewCase(type_key="complaint", customer_id=who, subject="Cliente pénible", acknowledge=False)
        case = await cases.open_case(session, new, actor=COMMAND_LINE)
        session.add(CaseComment(case_id=case.id, author="agent:x", body="entre nous"))
        new = NewCase(type_key="request", customer_id=who, subject="y", acknowledge=False)
        await cases.open_case(session, new, actor=COMMAND_LINE)
        session.add(Account(channel="mail", name="main", source="environment"))
    browser = await portal(who)
    listed = (await browser.get("requests")).text
    assert case.number in listed and "Réclamation" in listed and "Cliente pénible" not in listed
    page = await browser.get(f"requests/{case.id}")
    assert "entre nous" not in page.text and "Nous nous en occupons" in page.text
    sent = [
        await write(browser, page, f"requests/{case.id}/reply", "Voici la photo", ("photo.png", PNG)) for _ in range(2)
    ]
    after = await browser.follow(sent[1])
    assert "Voici la photo" in after.text and "/files/" in after.text
    async with server.sessions() as session:
        talk = await session.scalar(select(Conversation))
        assert talk is not None and talk.answer_by is not None
        assert talk.answer_by["address"] == f"{who}@example.com"
        assert await session.scalar(select(CaseFile.added_by)) == f"customer:{who}"
        comments = list(await session.scalars(select(CaseComment.body).where(CaseComment.case_id == case.id)))
        assert sorted(comments) == ["Voici la photo", "entre nous"]
    claire = await agent()
    async with claire.client.post(
        f"{claire.address}/api/v1/cases/{case.id}/replies",
        json={"text": "Merci, nous remboursons."},
        headers={"X-CSRF-Token": claire.csrf},
    ) as answer:
        assert answer.status < 300, await answer.text()
    assert "Merci, nous remboursons." in (await browser.get(f"requests/{case.id}")).text
    assert "nouveau message" in (await browser.get("")).text
    assert "Claire" in (await browser.get(f"conversations/{talk.id}")).text
    assert "nouveau message" not in (await browser.get("")).text


async def test_a_word_on_a_case_that_was_cut_off_is_taken_down_once(
    server: Parts, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await marie(server)
    async with server.sessions.begin() as session:
        new = NewCase(type_key="complaint", customer_id=who, subject="x", acknowledge=False)
        mine, over = [await cases.open_case(session, new, actor=COMMAND_LINE) for _ in range(2)]
    browser = await portal(who)
    pages = {each.id: await browser.get(f"requests/{each.id}") for each in (mine, over)}

    async def send(case: UUID) -> int:
        return (await write(browser, pages[case], f"requests/{case}/reply", "", ("photo.png", PNG))).status

    with monkeypatch.context() as broken:
        broken.setattr(by_message, "take_down", AsyncMock(side_effect=RuntimeError("the power went")))
        assert [await send(mine.id), await send(over.id)] == [500, 500]
    async with server.sessions.begin() as session:
        await session.execute(update(Case).where(Case.id == over.id).values(stage="closed"))
        assert await following.look(session, now=utc_now()) == [], "it may be on its way"
        later = utc_now() + timedelta(minutes=2)
        assert await following.look(session, now=later) == sorted((mine.id, over.id))
        assert await following.look(session, now=later) == []
    assert await send(mine.id) == 303
    async with server.sessions() as session:
        [comment] = await session.scalars(select(CaseComment))
        assert (comment.case_id, comment.author) == (mine.id, f"customer:{who}") and comment.body
        assert list(await session.scalars(select(CaseFile.case_id))) == [mine.id]
        told = select(CaseEvent.action).where(CaseEvent.action == "customer_wrote")
        assert len((await session.scalars(told)).all()) == 1


async def test_the_chat_knows_who_is_there_as_long_as_the_visit_goes_on(server: Parts, portal: Portal) -> None:
    who = await marie(server)
    browser = await portal(who)
    page = await browser.get("conversations/new")
    await write(browser, page, "conversations/new", "Bonjour du portail")
    found = re.search(r'data-user="([^"]+)"', page.text)
    assert found
    widget = Page(site.Customer(browser.client, browser.address), found[1])
    welcome = await widget.hello()
    assert welcome["signed_in"] and "Bonjour du portail" in widget.texts()
    stranger = Page(site.Customer(browser.client, browser.address), None)
    await browser.get("")
    await browser.post("sign-out")
    assert (await widget.browser.send("encore moi"))["code"] == "token_expired"
    assert (await widget.hello())["code"] == "token_expired"
    assert (await widget.http("GET", "/conversations"))[0] == 401
    stranger.browser.visitor, stranger.browser.conversation = widget.browser.visitor, widget.browser.conversation
    assert (await stranger.hello())["messages"] == []
    after = await browser.get("")
    assert "data-user" not in (await browser.follow(after)).text


async def test_a_guest_sees_where_cases_of_the_order_stand_and_no_word_of_them(server: Parts, portal: Portal) -> None:
    who = await marie(server)
    await on_whatsapp(server, "Bonjour")
    async with server.sessions.begin() as session:
        order, another = await put_order(session, who), await put_order(session, who, "10999")
        told: dict[str, Any] = {"type_key": "return", "customer_id": who, "subject": "x", "acknowledge": False}
        mine = await cases.open_case(session, NewCase(**told, order_ids=[order, another]), actor=COMMAND_LINE)
        other = await cases.open_case(session, NewCase(**told), actor=COMMAND_LINE)
        session.add(CaseComment(case_id=mine.id, author=f"customer:{who}", body="ma photo"))
    browser = await portal(who, order_id=order)
    listed = (await browser.get("requests")).text
    assert mine.number in listed and other.number not in listed and "data-user" not in listed
    assert "10234" in listed and "10999" not in listed, "of the other order it is about a guest knows nothing"
    page = await browser.get(f"requests/{mine.id}")
    assert "Nous nous en occupons" in page.text and "ma photo" not in page.text and "<textarea" not in page.text
    assert (await browser.get(f"requests/{other.id}")).status == 404
    for path in ("conversations", "conversations/new"):
        assert (await browser.get(path)).status == 303
