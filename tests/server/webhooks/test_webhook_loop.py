"""Webhooks on their way, to a real HTTP server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import select

from crm_backend.access.actor import SYSTEM
from crm_backend.database import Sessions, utc_now
from crm_backend.events import services as events
from crm_backend.webhooks import deliveries, services
from crm_backend.webhooks.model import Subscription, WebhookDelivery
from crm_backend.webhooks.signing import headers
from server.loops.webhooks import WebhookLoop
from server.reaching import Reach
from server.subscribing import sealing
from server.vault import Vault
from tests.support import core
from tests.support.assistant import free_port

VAULT = Vault(b"secret-of-tests")


@dataclass
class Listener:
    """A subscriber that answers what it is told to, then 204."""

    address: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)

    def told(self) -> list[tuple[str, int]]:
        """Kind and place of what came, in the order it came."""
        bodies = [json.loads(body) for _, body in self.got]
        return [(body["type"], body["data"]["object"]["seq"]) for body in bodies]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()

    async def take(request: web.Request) -> web.Response:
        made.got.append((dict(request.headers), await request.read()))
        return made.answers.pop(0) if made.answers else web.Response(status=204)

    app = web.Application()
    app.add_routes([web.post("/{path:.*}", take)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    made.address = f"http://127.0.0.1:{port}"
    yield made
    await runner.cleanup()


@dataclass
class Clock:
    """What time it is for the loop."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass
class World:
    sessions: Sessions
    loop: WebhookLoop
    clock: Clock
    subscription: UUID
    secret: str

    async def happens(self, case: UUID, kind: str = "case.opened") -> None:
        async with self.sessions() as session, session.begin():
            await events.emit(session, kind=kind, subject=("case", case), data={"type": "question"})

    async def until_idle(self) -> None:
        async with asyncio.timeout(20):
            while await self.loop.work():
                pass

    async def later(self, **by: float) -> None:
        self.clock.ahead += timedelta(**by)
        await self.until_idle()

    async def states(self) -> list[tuple[str, int]]:
        async with self.sessions() as session:
            rows = select(WebhookDelivery.state, WebhookDelivery.attempts).order_by(WebhookDelivery.id)
            return list((await session.execute(rows)).tuples())

    async def row(self) -> Subscription:
        async with self.sessions() as session:
            return await session.get_one(Subscription, self.subscription)


@pytest.fixture
async def world(sessions: Sessions, listener: Listener) -> AsyncIterator[World]:
    async with sessions() as session, session.begin():
        made, secret = await services.subscribe(
            session, actor=SYSTEM, url=listener.address + "/in", kinds=["case.*"], seal=sealing(VAULT)
        )
    clock = Clock()
    async with aiohttp.ClientSession(connector=Reach().connector()) as http:
        loop = WebhookLoop(sessions=sessions, http=http, vault=VAULT, now=clock)
        yield World(sessions, loop, clock, made.id, secret)
        await loop.close()


async def test_what_happened_is_told_signed_and_once(world: World, listener: Listener) -> None:
    case = uuid4()
    await world.happens(case)
    await world.until_idle()
    [(sent, body)] = listener.got
    at = datetime.fromtimestamp(int(sent["webhook-timestamp"]), tz=utc_now().tzinfo)
    expected = headers([world.secret], message=UUID(sent["webhook-id"]), at=at, body=body)
    assert sent["webhook-signature"] == expected["webhook-signature"]
    told = json.loads(body)
    assert told["type"] == "case.opened" and told["data"]["type"] == "question"
    assert told["data"]["object"] == {"kind": "case", "id": str(case), "seq": 1}
    await world.later(days=1)
    assert len(listener.got) == 1


async def test_of_one_object_nothing_overtakes_and_others_do_not_wait(world: World, listener: Listener) -> None:
    case, other = uuid4(), uuid4()
    for kind in ("case.opened", "case.status", "case.assigned"):
        await world.happens(case, kind)
    listener.answers = [web.Response(status=500)]
    await world.until_idle()
    await world.happens(other)
    await world.until_idle()
    assert listener.told() == [("case.opened", 1), ("case.opened", 1)]
    await world.later(seconds=10)
    assert listener.told()[2:] == [("case.opened", 1), ("case.status", 2), ("case.assigned", 3)]


async def test_who_never_takes_it_is_asked_for_days_then_it_is_a_dead_letter_that_can_be_replayed(
    world: World, listener: Listener
) -> None:
    listener.answers = [web.Response(status=500) for _ in range(11)]
    await world.happens(uuid4())
    await world.until_idle()
    for pause in deliveries.PAUSES:
        await world.later(seconds=1.11 * pause.total_seconds())
    assert await world.states() == [("dead", 11)] and (await world.row()).enabled
    listener.answers = [web.Response(status=500)]
    await world.happens(uuid4())
    await world.later(days=3)
    row = await world.row()
    assert (row.enabled, row.stopped) == (False, "failing")

    async with world.sessions() as session, session.begin():
        await services.change(session, world.subscription, actor=SYSTEM, version=None, enabled=True)
        assert len(await services.replay(session, actor=SYSTEM, subscription_id=world.subscription)) == 1
    await world.later(days=1)
    assert {state for state, _ in await world.states()} == {"delivered"}
    assert len({sent["webhook-id"] for sent, _ in listener.got}) == 2


async def test_gone_ends_the_subscription_and_a_redirect_is_not_followed(world: World, listener: Listener) -> None:
    listener.answers = [web.Response(status=307, headers={"Location": "/elsewhere"}), web.Response(status=410)]
    await world.happens(uuid4())
    await world.until_idle()
    assert len(listener.got) == 1 and await world.states() == [("waiting", 1)]
    await world.later(minutes=1)
    assert await world.states() == [("dead", 2)]
    assert (await world.row()).stopped == "gone"


async def test_it_waits_as_long_as_it_is_asked_to(world: World, listener: Listener) -> None:
    listener.answers = [web.Response(status=429, headers={"Retry-After": "3600"})]
    await world.happens(uuid4())
    await world.until_idle()
    await world.later(minutes=50)
    assert len(listener.got) == 1
    await world.later(minutes=11)
    assert await world.states() == [("delivered", 2)]


async def test_a_subscriber_that_is_down_is_left_alone_for_a_while(world: World, listener: Listener) -> None:
    listener.answers = [web.Response(status=503) for _ in range(5)]
    for _ in range(5):
        await world.happens(uuid4())
    await world.until_idle()
    assert len(listener.got) == 5
    await world.happens(uuid4())
    await world.until_idle()
    assert len(listener.got) == 5
    await world.later(minutes=2)
    assert {state for state, _ in await world.states()} == {"delivered"}
    assert (await world.row()).failures == 0


async def test_one_whose_sender_died_is_sent_again_after_its_lease(world: World, listener: Listener) -> None:
    await world.happens(uuid4())
    async with world.sessions() as session, session.begin():
        assert await deliveries.fan_out(session, now=utc_now())
        [parcel] = await deliveries.claim(session, now=utc_now(), lease=timedelta(seconds=60), limit=5)
    await world.until_idle()
    assert listener.got == []
    await world.later(seconds=61)
    assert await world.states() == [("delivered", 2)]
    async with world.sessions() as session, session.begin():
        assert not await deliveries.delivered(session, parcel, status=200, now=utc_now())


async def test_no_host_that_is_barred_is_connected_to(world: World) -> None:
    async with world.sessions() as session, session.begin():
        url = "http://169.254.169.254/latest"
        await services.change(session, world.subscription, actor=SYSTEM, version=None, url=url)
    await world.happens(uuid4())
    await world.until_idle()
    async with world.sessions() as session:
        [row] = await session.scalars(select(WebhookDelivery))
    assert (row.state, row.error) == ("waiting", "a host that may not be connected to")


async def test_what_ended_long_ago_is_forgotten(world: World, listener: Listener) -> None:
    await world.happens(uuid4())
    await world.until_idle()
    await world.later(days=15)
    assert await world.states() == []


async def test_messages_are_told_of_without_their_words(world: World, listener: Listener) -> None:
    async with world.sessions() as session, session.begin():
        await services.change(session, world.subscription, actor=SYSTEM, version=None, kinds=["message.received"])
    await core.write(world.sessions, "mon secret")
    await world.until_idle()
    assert listener.told() == [("message.received", 1)] and b"secret" not in listener.got[0][1]
