"""Agents who do not look at the desk are told by their browser, once; through a running server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.agents import administration
from crm_backend.conversations.desk import reminders
from crm_backend.conversations.notes_model import Reminder
from crm_backend.database import new_id, utc_now
from crm_backend.pushes import services
from crm_backend.pushes.model import Push, PushKeys, PushSubscription
from server.app import Parts
from server.loops.pushes import PushLoop
from server.pushes import endpoints
from server.pushes.endpoints import Endpoints
from server.vault import Vault
from tests.conftest import MakeAgent, MakeCustomer
from tests.support.push_service import Browser, PushService, push_service
from tests.support.site import AgentAtDesk

VAULT = Vault(b"secret-of-tests")
HERE = Endpoints(loopback=True)


@pytest.fixture(autouse=True)
def on_this_machine() -> Iterator[None]:
    with patch.object(endpoints, "PUBLIC", HERE):
        yield


@pytest.fixture
async def service(on_this_machine: None) -> AsyncIterator[PushService]:
    async with push_service() as made:
        yield made


def loop_of(server: Parts, vault: Vault = VAULT, later: timedelta = timedelta()) -> PushLoop:
    return PushLoop(
        sessions=server.sessions,
        vault=vault,
        address="https://help.example.com",
        endpoints=HERE,
        now=lambda: utc_now() + later,
    )


async def work(loop: PushLoop) -> None:
    while await loop.work():
        pass
    await loop.close()


async def told_at(who: AgentAtDesk, service: PushService) -> Browser:
    browser = service.browser()
    assert await who.call("PUT", "/account/push", **browser.given) == (204, None)
    return browser


async def kept(server: Parts) -> int:
    async with server.sessions() as session:
        return await session.scalar(select(func.count()).select_from(PushSubscription)) or 0


async def test_what_concerns_an_agent_is_told_once_and_without_a_word_of_the_customer(
    customer: MakeCustomer, agent: MakeAgent, server: Parts, service: PushService
) -> None:
    marie, claire, emma = await customer("fr"), await agent(), await agent("emma@example.com")
    await marie.say("bonjour, mon secret est un ananas")
    where = str(marie.conversation)
    await claire.take(where)
    assert (await emma.call("GET", "/account/push"))[1]["on"] is False
    for each in (claire, emma):
        await told_at(each, service)
        await told_at(each, service)
    assert (await emma.call("GET", "/account/push"))[1]["on"] is True
    assert await kept(server) == 2

    await marie.send("encore un ananas", client_id=str(uuid4()))
    text = "@emma.wilson l’ananas est un secret"
    await claire.call("POST", f"/conversations/{where}/notes", client_id=str(uuid4()), text=text)
    due = {
        "client_id": str(uuid4()),
        "text": "rappeler l’ananas",
        "due_at": (utc_now() + timedelta(hours=1)).isoformat(),
    }
    await claire.call("POST", f"/conversations/{where}/reminders", **due)
    async with server.sessions() as session, session.begin():
        later = utc_now() + timedelta(hours=2)
        await session.execute(update(Reminder).values(due_at=utc_now() - timedelta(minutes=1)))
        assert await reminders.due(session, now=later)
    await asyncio.gather(work(loop_of(server)), work(loop_of(server)))
    assert sorted(service.told()) == [
        "Claire mentions you in a note.",
        "Un de vos rappels est arrivé à échéance.",
        "Un nouveau message dans une de vos conversations.",
    ]
    assert {told["conversation"] for _, told in service.got} == {where}
    headers = next(headers for headers, told in service.got if told["kind"] == "message")
    assert (headers["Urgency"], headers["Content-Encoding"], len(headers["Topic"])) == ("high", "aes128gcm", 23)
    assert 0 < int(headers["TTL"]) <= 3600
    assert "ananas" not in str(service.got) and "Marie" not in str(service.got)
    await work(loop_of(server))
    assert len(service.got) == 3


async def test_who_looks_at_the_desk_is_not_told_by_a_browser(
    customer: MakeCustomer, agent: MakeAgent, server: Parts, service: PushService
) -> None:
    marie, claire = await customer("fr"), await agent()
    await marie.say("bonjour")
    await claire.take(str(marie.conversation))
    await told_at(claire, service)
    socket = await claire.client.ws_connect(f"{claire.address}/desk/ws", headers={"Origin": claire.address})
    assert (await socket.receive_json())["type"] == "ready"

    async def front(*, yes: bool) -> None:
        await socket.send_str('{"type": "front", "front": [1]}')
        await socket.send_json({"type": "front", "front": yes})
        await socket.send_json({"type": "ping"})
        while (await socket.receive_json())["type"] != "pong":
            pass

    await front(yes=True)
    await marie.send("un")
    await work(loop_of(server))
    assert service.told() == []
    await front(yes=False)
    await marie.send("deux")
    await work(loop_of(server))
    assert len(service.told()) == 1
    await front(yes=True)
    await socket.close()
    await marie.send("trois")
    async with asyncio.timeout(10):
        # Closed, it is not looked at any more, once the server has noticed.
        while len(service.got) < 2:
            await asyncio.sleep(0.05)
            async with server.sessions() as session, session.begin():
                await session.execute(update(Push).values(state="waiting").where(Push.cause == await newest(session)))
            await work(loop_of(server))
    assert service.told()[0] == service.told()[1]


async def newest(session: AsyncSession) -> UUID:
    return (await session.scalars(select(Push.cause).order_by(Push.created_at.desc()).limit(1))).one()


async def ready(server: Parts, who: AgentAtDesk, kind: str = "returned") -> UUID:
    cause = new_id()
    async with server.sessions() as session, session.begin():
        await services.queue(session, agents=[UUID(who.id)], kind=kind, cause=cause, conversation_id=None)
        await services.queue(session, agents=[UUID(who.id)], kind=kind, cause=cause, conversation_id=None)
    return cause


async def test_a_push_service_that_refuses_is_asked_again_when_it_says_and_one_that_knows_nobody_never(
    agent: MakeAgent, server: Parts, service: PushService
) -> None:
    claire = await agent()
    await told_at(claire, service)
    service.answers = [web.Response(status=429, headers={"Retry-After": "120"}), web.Response(status=503)]
    await ready(server, claire)
    await work(loop_of(server))
    await work(loop_of(server, later=timedelta(seconds=100)))
    assert (len(service.answers), service.got) == (1, [])
    await work(loop_of(server, later=timedelta(seconds=130)))
    await work(loop_of(server, later=timedelta(seconds=150)))
    assert (service.answers, service.got) == ([], [])
    await work(loop_of(server, later=timedelta(seconds=200)))
    assert len(service.got) == 1

    # Killed between the taking and the sending: not sent a second time.
    await ready(server, claire)
    with patch.object(PushLoop, "_posted", side_effect=asyncio.CancelledError):
        await work(loop_of(server, later=timedelta(minutes=10)))
    await work(loop_of(server, later=timedelta(minutes=30)))
    assert len(service.got) == 1

    await ready(server, claire)
    await work(loop_of(server, later=timedelta(days=1)))
    assert len(service.got) == 1

    # One that does not answer keeps the others waiting: it is left alone for a while.
    for at in (40, 42):
        await ready(server, claire)
        with patch.object(PushLoop, "_posted", side_effect=TimeoutError) as asked:
            await work(loop_of(server, later=timedelta(minutes=at)))
        assert asked.call_count == (1 if at == 40 else 0)
    await work(loop_of(server, later=timedelta(minutes=50)))
    assert len(service.got) == 2

    service.answers = [web.Response(status=410)]
    await ready(server, claire)
    await work(loop_of(server, later=timedelta(minutes=60)))
    assert await kept(server) == 0


async def test_a_subscription_goes_with_the_session_and_the_keys_stay_sealed(
    agent: MakeAgent, server: Parts, service: PushService
) -> None:
    claire, emma = await agent(), await agent("emma@example.com")
    browser = await told_at(claire, service)
    # The same browser, somebody else: one of them is told.
    assert (await emma.call("PUT", "/account/push", **browser.given))[0] == 204
    assert await kept(server) == 1
    assert (await claire.call("GET", "/account/push"))[1]["on"] is False
    await told_at(claire, service)
    await claire.call("DELETE", "/account/push")
    await emma.call("DELETE", "/session")
    assert await kept(server) == 0
    await told_at(claire, service)
    async with server.sessions() as session, session.begin():
        # Two things at one moment: she is told of both.
        one = {"kind": "returned", "cause": new_id(), "conversation_id": None}
        await services.queue(session, agents=[UUID(claire.id)], **one)
        await ready(server, claire)
    async with server.sessions() as session, session.begin():
        assert await session.scalar(select(func.count()).select_from(Push)) == 2
        # Who signs out at the moment that something happens: it happens all the same.
        await session.execute(delete(PushSubscription))
        await ready(server, claire)
        await session.rollback()
    async with server.sessions() as session, session.begin():
        await administration.deactivate(session, UUID(claire.id), actor=SYSTEM)
    assert await kept(server) == 0

    thomas = await agent("thomas@example.com")
    await told_at(thomas, service)
    _, before = await thomas.call("GET", "/account/push")
    async with server.sessions() as session:
        row = await session.get_one(PushKeys, 1)
        assert row.public == before["key"] and b"PRIVATE KEY" not in row.private
    await ready(server, thomas)
    await work(loop_of(server, Vault(b"another", [b"secret-of-tests"])))
    assert len(service.got) == 1
    # The secret of the installation was lost: there are other keys, and the browser is asked anew.
    await ready(server, thomas)
    await work(loop_of(server, Vault(b"a third")))
    assert await kept(server) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://10.0.0.7/1"},
        {"endpoint": "http://push.example.com/1"},
        {"endpoint": "gopher://127.0.0.1/"},
        {"p256dh": "BCVx"},
        {"p256dh": "B" + "A" * 86},
        {"auth": "é"},
        {"auth": ""},
    ],
)
async def test_what_no_browser_gives_is_refused(
    agent: MakeAgent, server: Parts, service: PushService, wrong: dict[str, str]
) -> None:
    claire = await agent()
    status, told = await claire.call("PUT", "/account/push", **(service.browser().given | wrong))
    assert (status, told["code"]) == (422, "invalid") and await kept(server) == 0
