"""The desk's page of what could not be delivered, and sending it again."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.sending import undelivered
from crm_backend.customers.model import Customer
from crm_backend.database import new_id, utc_now
from crm_backend.notifications.model import Notification
from server.app import Parts
from tests.conftest import MakeAgent, MakeCustomer
from tests.support.site import AgentAtDesk


async def failed(server: Parts, conversation: str) -> dict[int, UUID]:
    """Makes everything said in this conversation a dead letter; its items by sequence number."""
    where = OutboxItem.conversation_id == UUID(conversation)
    async with server.sessions() as session, session.begin():
        gone = (
            update(OutboxItem)
            .where(where)
            .values(state="failed", failed_at=utc_now(), last_error="blocked", reason="content")
        )
        items = (await session.execute(gone.returning(OutboxItem.seq, OutboxItem.id))).all()
        said = update(Message).where(Message.conversation_id == UUID(conversation), Message.author != "customer")
        await session.execute(said.values(delivery="failed"))
    return dict(row._tuple() for row in items)


async def promoted(server: Parts, agent: MakeAgent, role: str = "supervisor") -> AgentAtDesk:
    async with server.sessions() as session, session.begin():
        emma = update(Agent).where(Agent.email == "emma@example.com")
        await session.execute(emma.values(role=role))
    return await agent("emma@example.com")


async def until_sent(server: Parts, conversation: str) -> None:
    query = select(Message.delivery).where(Message.conversation_id == UUID(conversation), Message.author != "customer")
    async with asyncio.timeout(10):
        while True:
            async with server.sessions() as session:
                if set(await session.scalars(query)) <= {"sent", "read"}:
                    return
            await asyncio.sleep(0.05)


@pytest.fixture
async def conversation(server: Parts, customer: MakeCustomer) -> str:
    marie = await customer()
    await marie.say("un")
    await marie.say("deux")
    await until_sent(server, str(marie.conversation))
    return str(marie.conversation)


async def test_supervisors_see_what_failed_and_send_one_again(
    server: Parts, agent: MakeAgent, conversation: str
) -> None:
    emma = await promoted(server, agent)
    items = await failed(server, conversation)
    status, page = await emma.call("GET", "/deliveries?channel=webchat&account=main")
    assert status == 200 and page["next"] is None
    by_seq: dict[int, Any] = {letter["seq"]: letter for letter in page["items"]}
    assert set(by_seq) == set(items)
    letter = by_seq[2]
    assert letter["conversation"] == conversation and letter["id"] == str(items[2])
    assert (letter["channel"], letter["account"], letter["error"]) == (
        "webchat",
        "main",
        "This message was not accepted. Detail: blocked",
    )
    assert letter["text"] == "echo: un" and letter["failed_at"].endswith("Z") and letter["to"]
    assert (await emma.call("GET", "/deliveries?account=other"))[1]["items"] == []
    assert (await emma.call("POST", f"/deliveries/{items[2]}/replay"))[0] == 200
    assert (await emma.call("POST", f"/deliveries/{items[2]}/replay"))[0] == 404
    left = (await emma.call("GET", "/deliveries"))[1]["items"]
    assert [letter["seq"] for letter in left] == [4]


async def test_all_of_an_account_are_sent_again_and_it_is_on_record(
    server: Parts, agent: MakeAgent, conversation: str
) -> None:
    emma = await promoted(server, agent, "admin")
    await failed(server, conversation)
    assert (await emma.call("POST", "/deliveries/replay", channel="webchat", account="other"))[1] == {
        "count": 0,
        "left": 0,
    }
    assert (await emma.call("POST", "/deliveries/replay", channel="webchat", account="main"))[1] == {
        "count": 2,
        "left": 0,
    }
    await until_sent(server, conversation)
    async with server.sessions() as session:
        (entry,) = await session.scalars(select(AuditEntry).where(AuditEntry.action == "delivery.replayed"))
        assert entry.actor == f"agent:{emma.id}" and entry.details == {"count": 2}


async def test_agents_may_send_one_message_again_but_not_see_the_list(
    server: Parts, agent: MakeAgent, conversation: str
) -> None:
    claire = await agent()
    items = await failed(server, conversation)
    for method, path in (
        ("GET", "/deliveries"),
        ("POST", f"/deliveries/{items[2]}/replay"),
        ("POST", "/deliveries/replay"),
    ):
        assert (await claire.call(method, path))[0] == 403
    shown = (await claire.conversation(conversation))["messages"][1]
    assert (shown["delivery"], shown["error"]) == (
        "failed",
        "Ce message n’a pas été accepté. Détail\u00a0: blocked",
    )
    status, answer = await claire.call("POST", f"/conversations/{conversation}/messages/2/resend")
    assert status == 200 and answer["message"]["seq"] == 2 and answer["message"]["delivery"] == "queued"
    assert (await claire.call("POST", f"/conversations/{conversation}/messages/2/resend"))[0] == 200
    await claire.call("POST", f"/conversations/{conversation}/messages/4/resend")
    await until_sent(server, conversation)


async def test_every_desk_and_the_customer_hear_that_it_is_on_its_way_again(
    server: Parts, agent: MakeAgent, conversation: str
) -> None:
    claire = await agent()
    await failed(server, conversation)
    async with server.live.listen("desk") as desks, server.live.listen(f"conversation:{conversation}") as browsers:
        await claire.call("POST", f"/conversations/{conversation}/messages/2/resend")
        heard = {"desk": [], "browser": []}  # type: dict[str, list[str]]
        async with asyncio.timeout(10):
            for name, notes in (("desk", desks), ("browser", browsers)):
                while heard[name][-1:] != ["sent"]:
                    note = await anext(notes)
                    if note and note["kind"] == "delivery" and note["seq"] == 2:
                        heard[name].append(note["delivery"])
    assert heard == {"desk": ["queued", "sent"], "browser": ["queued", "sent"]}


@pytest.mark.parametrize(
    "path", ["messages/1/resend", "messages/99/resend", "messages/²/resend", "messages/99999999999/resend"]
)
async def test_only_what_we_sent_can_be_sent_again(agent: MakeAgent, conversation: str, path: str) -> None:
    claire = await agent()
    status, _ = await claire.call("POST", f"/conversations/{conversation}/{path}")
    assert status == (404 if path.split("/")[1] in ("1", "99") else 400)


async def test_nonsense_is_refused(server: Parts, agent: MakeAgent) -> None:
    emma = await promoted(server, agent)
    assert (await emma.call("POST", f"/deliveries/{uuid4()}/replay"))[0] == 404
    assert (await emma.call("POST", "/deliveries/x/replay"))[0] == 400
    assert (await emma.call("POST", "/deliveries/replay", channel="webchat"))[0] == 400
    assert (await emma.call("GET", "/deliveries?before=x"))[0] == 400
    emma.csrf = "forged"
    assert (await emma.call("POST", "/deliveries/replay", channel="webchat", account="main"))[0] == 403


async def test_one_is_set_aside_with_a_reason_and_no_longer_counted(
    server: Parts, agent: MakeAgent, conversation: str
) -> None:
    emma = await promoted(server, agent)
    items = await failed(server, conversation)
    assert (await emma.call("POST", f"/deliveries/{items[2]}/aside", why=" "))[0] == 400
    assert (await emma.call("POST", f"/deliveries/{items[2]}/aside", why="Told by phone"))[0] == 204
    assert (await emma.call("POST", f"/deliveries/{items[2]}/aside", why="Again"))[0] == 404
    [left] = (await emma.call("GET", "/deliveries"))[1]["items"]
    [aside] = (await emma.call("GET", "/deliveries?aside=1"))[1]["items"]
    assert (left["seq"], left["aside"]) == (4, None)
    assert (aside["seq"], aside["aside"]["why"]) == (2, "Told by phone")
    async with server.sessions() as session:
        assert await undelivered.counts(session) == {("webchat", "main"): 1}
        [entry] = await session.scalars(select(AuditEntry).where(AuditEntry.action == "delivery.set_aside"))
        assert entry.actor == f"agent:{emma.id}" and "phone" not in str(entry.details)
    # All of an account is what is on the list; one by one it may still be sent.
    assert (await emma.call("POST", "/deliveries/replay", channel="webchat", account="main"))[1]["count"] == 1
    assert (await emma.call("POST", f"/deliveries/{items[2]}/replay"))[0] == 200
    await until_sent(server, conversation)
    assert (await emma.call("GET", "/deliveries?aside=1"))[1]["items"] == []


async def test_an_agent_sets_aside_what_went_out_in_a_conversation_of_theirs(
    server: Parts, agent: MakeAgent, conversation: str
) -> None:
    claire, emma = await agent(), await agent("emma@example.com")
    await failed(server, conversation)
    status, answer = await claire.call("POST", f"/conversations/{conversation}/messages/2/aside", why="Vue en magasin")
    assert status == 200 and answer["message"]["aside"]["why"] == "Vue en magasin"
    async with server.sessions() as session, session.begin():
        owned = update(Conversation).where(Conversation.id == UUID(conversation))
        await session.execute(owned.values(owner=f"agent:{claire.id}"))
    assert (await emma.call("POST", f"/conversations/{conversation}/messages/4/aside", why="Non"))[0] == 409


async def test_all_at_once_leaves_out_what_was_said_unasked_and_is_no_news_any_more(
    server: Parts, agent: MakeAgent, conversation: str
) -> None:
    emma = await promoted(server, agent)
    await failed(server, conversation)
    async with server.sessions() as session, session.begin():
        customer = Customer(id=new_id(), first_name="Marie", last_name="Dupont")
        session.add(customer)
        await session.flush()
        said = select(Message.id).where(Message.conversation_id == UUID(conversation), Message.seq == 2)
        told = {"facts": {}, "expires_at": utc_now(), "message_id": (await session.scalars(said)).one()}
        session.add(Notification(customer_id=customer.id, kind="toy", subject="1", state="dropped", **told))
        old = {"content": {"template": "toy"}, "created_at": utc_now() - undelivered.USEFUL_FOR}
        await session.execute(update(Message).where(Message.id == told["message_id"]).values(**old))
    answer = await emma.call("POST", "/deliveries/replay", channel="webchat", account="main")
    assert answer[1] == {"count": 1, "left": 1}
