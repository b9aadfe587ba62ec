"""A person's answer after the 24 hours: the customer is told that it is ready, and has it once they write."""

from __future__ import annotations

from typing import cast
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from channels.port import Channel
from crm_backend.accounts.model import Account
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.reading import queries
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.sending import held
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.notifications.schema import Start
from server.loops.outbox import OutboxLoop
from tests.channels.whatsapp.case import signed, webhook
from tests.channels.whatsapp.conftest import Line, payload
from tests.channels.whatsapp.graph_server import failing
from tests.support.channels import Notes
from tests.support.outbox import ready
from tests.support.sending import until_idle

WEEKEND = 64 * 3600
READY = "answer_ready.fr=reponse_prete name"
MAIL = [Start(kind="email", channel="mail", account="main")]


class Mailbox:
    """Stands for the mail channel: `got` holds what it was given."""

    def __init__(self) -> None:
        self.got: list[Delivery] = []

    async def send(self, delivery: Delivery) -> str:
        self.got.append(delivery)
        return f"<{delivery.message_id}@maison.example>"


@pytest.fixture
async def friday(line: Line) -> Line:
    """Marie, who is on file, wrote on Friday; a template says that an answer is ready."""
    line.channel._settings.templates = [READY]
    async with line.core.sessions() as session, session.begin():
        customer = Customer(id=new_id(), first_name="Marie", last_name="Dupont")
        session.add_all([customer, Account(channel="mail", name="main", settings={})])
        await session.flush()
        addresses = [("phone", "+33612345678"), ("email", "Marie@example.fr")]
        session.add_all(Identity(customer_id=customer.id, kind=kind, value=value) for kind, value in addresses)
    assert await line.hear(payload("text", ago=WEEKEND)) == 200
    return line


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def loop(friday: Line, mailbox: Mailbox) -> OutboxLoop:
    def find(channel: str, account: str) -> Channel | None:
        return cast("Channel", {"whatsapp": friday.channel, "mail": mailbox}[channel])

    return OutboxLoop(sessions=friday.core.sessions, find=find, live=Notes(), starts=lambda: MAIL)


async def says(line: Line, text: str, author: str = "agent") -> UUID:
    async with line.core.sessions() as session, session.begin():
        conversation = await stream.locked(session, (await line.conversations())[0].id)
        content = {"name": "Emma"} if author == "agent" else {}
        stored = stream.send(
            session, conversation, author=author, reply=Reply(text=text), now=utc_now(), content=content
        )
        await session.flush()
        return stored.id


async def standing(line: Line, message: UUID) -> tuple[str | None, dict[str, object]]:
    async with line.core.sessions() as session:
        found = await session.get_one(Message, message)
        return found.delivery, found.content


def kinds(line: Line) -> list[str]:
    return [each["text"]["body"] if each["type"] == "text" else each["type"] for each in line.graph.sent]


async def test_they_are_told_once_and_have_every_answer_in_order_once_they_write(
    friday: Line, loop: OutboxLoop
) -> None:
    await says(friday, "Emma a rejoint la conversation.", "system")
    first, second = await says(friday, "Votre colis est retrouvé."), await says(friday, "Il part ce soir.")
    closed = await says(friday, "Cette conversation est close.", "system")
    await until_idle(loop)
    assert kinds(friday) == ["template"]
    template = friday.graph.sent[0]["template"]
    assert template["name"] == "reponse_prete" and template["components"][0]["parameters"][0]["text"] == "Emma"
    for _ in range(2):
        await ready(friday.core.sessions)
        await until_idle(loop)
    assert kinds(friday) == ["template"]
    async with friday.core.sessions() as session:
        conversation = (await friday.conversations())[0].id
        shown = await queries.messages_after(session, conversation_id=conversation, after=0)
    assert [each.waits for each in shown if each.author == "agent"] == [True, True]

    await friday.wrote("oui")
    await until_idle(loop)
    await friday.wrote("merci", number=2)
    await until_idle(loop)
    assert kinds(friday) == ["template", "Votre colis est retrouvé.", "Il part ce soir."]
    assert [(await standing(friday, each))[0] for each in (first, second, closed)] == ["sent", "sent", None]


async def test_an_answer_is_had_although_its_conversation_was_closed_meanwhile(friday: Line, loop: OutboxLoop) -> None:
    await says(friday, "Votre colis est retrouvé.")
    await until_idle(loop)
    async with friday.core.sessions() as session, session.begin():
        await session.execute(update(Conversation).values(owner="nobody", closed_at=utc_now()))
    await friday.wrote("oui")
    await until_idle(loop)
    assert len(await friday.conversations()) == 2
    assert kinds(friday) == ["template", "Votre colis est retrouvé."]


async def test_notices_of_ours_are_left_out_and_no_dead_letters(friday: Line, loop: OutboxLoop) -> None:
    notice = await says(friday, "Emma a rejoint la conversation.", "system")
    await until_idle(loop)
    assert friday.graph.sent == [] and await friday.outbox() == []
    assert (await standing(friday, notice))[0] is None


@pytest.mark.parametrize("why", ["no template", "refused", "refused later", "did not come"])
async def test_where_they_cannot_be_told_the_answer_itself_goes_by_mail(
    friday: Line, loop: OutboxLoop, mailbox: Mailbox, why: str
) -> None:
    if why == "no template":
        friday.channel._settings.templates = []
    if why == "refused":
        friday.graph.next.append(failing(404, 132001, "Template name does not exist in the translation"))
    answer = await says(friday, "Votre colis est retrouvé.")
    await until_idle(loop)
    if why == "refused later":
        status = {"id": friday.graph.sent[0]["wamid"], "status": "failed", "timestamp": str(int(utc_now().timestamp()))}
        status["errors"] = [{"code": 132015, "title": "Template is paused"}]  # type: ignore[assignment]
        assert await friday.call(signed(webhook({"statuses": [status]}))) == 200
        await until_idle(loop)
    if why == "did not come":
        async with friday.core.sessions() as session, session.begin():
            await session.execute(update(OutboxItem).values(created_at=utc_now() - held.KEPT_FOR))
        await ready(friday.core.sessions)
        await until_idle(loop)
    [mail] = mailbox.got
    assert (mail.address, mail.reply.text, mail.message_id) == ("Marie@example.fr", "Votre colis est retrouvé.", answer)
    state, noted = await standing(friday, answer)
    assert state == "sent" and noted["instead"] == {"channel": "mail", "to": "Marie@example.fr"}
    await friday.wrote("alors ?")
    await until_idle(loop)
    assert "Votre colis est retrouvé." not in kinds(friday) and len(mailbox.got) == 1


@pytest.mark.parametrize("lacking", ["proof", "address"])
async def test_nothing_goes_to_an_address_that_is_not_proved_to_be_theirs(
    friday: Line, loop: OutboxLoop, mailbox: Mailbox, lacking: str
) -> None:
    friday.channel._settings.templates = []
    async with friday.core.sessions() as session, session.begin():
        if lacking == "proof":
            await session.execute(update(Conversation).values(proof="anonymous"))
        else:
            await session.execute(delete(Identity).where(Identity.kind == "email"))
    answer = await says(friday, "Votre colis est retrouvé.")
    await until_idle(loop)
    assert mailbox.got == [] and (await standing(friday, answer))[0] == "failed"
    async with friday.core.sessions() as session:
        assert await session.scalar(select(OutboxItem.reason)) == "window"
