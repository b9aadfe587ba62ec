"""Handing out, through a running server: offers on the desk's live feed, presence, transfer, conference, override."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from crm_backend.agents.model import Agent
from crm_backend.routing.services import hold_agent
from server.app import Parts
from server.loops.routing import RoutingLoop
from server.loops.wake import Workers
from tests.conftest import MakeAgent, MakeCustomer
from tests.support.feed import connect, until
from tests.support.site import AgentAtDesk, Customer


@pytest.fixture
async def handing(server: Parts) -> AsyncIterator[None]:
    """The loop that hands out, and no other of those that keep the CRM in order."""
    loop = RoutingLoop(sessions=server.sessions, live=server.live, wakes=server.wakes, apart=0)
    workers = Workers(name="routing", topic="routing", count=1, work=loop.work, live=server.live, rest=1)
    workers.start()
    yield
    await workers.stop()


async def handed_over(customer: MakeCustomer) -> tuple[Customer, str]:
    marie = await customer("fr")
    await marie.say("bonjour")
    await marie.say("Parler à une personne", action="person")
    return marie, str(marie.conversation)


async def version(who: AgentAtDesk, conversation: str) -> int:
    return int((await who.conversation(conversation))["conversation"]["version"])


async def only_offer(who: AgentAtDesk) -> dict[str, object]:
    status, found = await who.call("GET", "/routing/offers")
    assert status == 200 and len(found["offers"]) == 1
    return dict(found["offers"][0])


@pytest.mark.usefixtures("handing")
async def test_who_is_available_is_offered_a_customer_at_once_and_takes_them(
    customer: MakeCustomer, agent: MakeAgent
) -> None:
    claire = await agent()
    feed = await connect(claire)
    marie, conversation = await handed_over(customer)
    frame = await until(feed, lambda each: each["type"] == "offers" and bool(each["offers"]))
    (offer,) = frame["offers"]
    assert (offer["kind"], offer["conversation"]["id"], offer["seconds"]) == ("work", conversation, 30.0)
    assert 20 < offer["seconds_left"] <= 30
    status, found = await claire.call("POST", f"/routing/offers/{offer['id']}/accept")
    assert (status, found["conversation"]["owner"]["id"]) == (200, claire.id)
    assert "Claire" in (await marie.until("system"))["text"]
    assert (await claire.call("POST", f"/routing/offers/{offer['id']}/accept"))[0] == 200
    assert (await claire.call("GET", "/routing/offers"))[1] == {"offers": []}


@pytest.mark.usefixtures("handing")
async def test_it_drains_by_itself_when_a_slot_frees(server: Parts, customer: MakeCustomer, agent: MakeAgent) -> None:
    claire = await agent()
    async with server.sessions.begin() as session:
        (await hold_agent(session, UUID(claire.id))).capacity = 100
    feed = await connect(claire)
    _, first = await handed_over(customer)
    frame = await until(feed, lambda each: each["type"] == "offers" and bool(each["offers"]))
    await claire.call("POST", f"/routing/offers/{frame['offers'][0]['id']}/accept")
    _, second = await handed_over(customer)
    assert (await claire.call("GET", "/routing/offers"))[1] == {"offers": []}
    await claire.call("POST", f"/conversations/{first}/close", version=await version(claire, first))
    frame = await until(
        feed,
        lambda each: each["type"] == "offers" and any(one["conversation"]["id"] == second for one in each["offers"]),
    )
    status, _ = await claire.call("POST", f"/routing/offers/{frame['offers'][0]['id']}/decline")
    assert status == 200


async def test_presence_is_chosen_with_a_reason_and_by_kind(agent: MakeAgent) -> None:
    claire = await agent()
    chosen = {"presence": "away", "reason": "Pause déjeuner", "channels": {"mail": "available"}}
    status, found = await claire.call("PUT", "/presence", **chosen)
    assert status == 200 and {name: found[name] for name in chosen} == chosen
    assert (await claire.call("GET", "/presence"))[1] == found
    away = {"presence": "away"}
    for wrong in ({"presence": "gone"}, away | {"channels": {"fax": "away"}}, away | {"reason": "x\x00"}):
        assert (await claire.call("PUT", "/presence", **wrong))[0] == 400
    assert (await claire.call("PUT", "/presence", presence="away", reason="x" * 81))[0] == 422


@pytest.mark.usefixtures("handing")
async def test_an_offer_is_its_agent_s_alone(customer: MakeCustomer, agent: MakeAgent) -> None:
    claire = await agent()
    feed = await connect(claire)
    await handed_over(customer)
    await until(feed, lambda each: each["type"] == "offers" and bool(each["offers"]))
    offer = await only_offer(claire)
    emma = await agent("emma@example.com")
    for what in ("accept", "decline"):
        assert (await emma.call("POST", f"/routing/offers/{offer['id']}/{what}"))[0] == 404
        assert (await emma.call("POST", f"/routing/offers/{uuid4()}/{what}"))[0] == 404
        assert (await emma.call("POST", f"/routing/offers/x/{what}"))[0] == 400
    await claire.call("POST", f"/routing/offers/{offer['id']}/decline")
    status, found = await claire.call("POST", f"/routing/offers/{offer['id']}/accept")
    assert status == 409 and found["detail"].startswith("Ce n’est plus à prendre")


async def test_a_conversation_is_passed_to_a_colleague_and_two_may_be_in_it(
    customer: MakeCustomer, agent: MakeAgent
) -> None:
    claire, emma = await agent(), await agent("emma@example.com")
    marie, conversation = await handed_over(customer)
    await claire.take(conversation)
    at = f"/conversations/{conversation}"
    await emma.call("PUT", "/presence", presence="offline")
    status, found = await claire.call("POST", f"{at}/invite", agent=emma.id)
    assert (status, found["detail"]) == (409, "Cette personne n’est pas là en ce moment.")
    await emma.call("PUT", "/presence", presence="available")
    assert (await claire.call("POST", f"{at}/invite", agent=claire.id))[0] == 422
    assert (await claire.call("POST", f"{at}/invite", agent=emma.id, note="Un avis ?"))[0] == 201
    invitation = await only_offer(emma)
    assert (invitation["kind"], invitation["from"], invitation["note"]) == ("join", "Claire", "Un avis ?")
    assert (await emma.answer(conversation, "Bonjour"))[0] == 409
    assert (await emma.call("POST", f"/routing/offers/{invitation['id']}/accept"))[0] == 200
    assert (await emma.answer(conversation, "Bonjour Marie"))[0] == 201
    assert (await marie.until("agent"))["name"] == "Emma"
    assert (await emma.call("POST", f"{at}/step-out"))[0] == 200
    assert (await emma.call("POST", f"{at}/step-out"))[0] == 409
    assert (await emma.answer(conversation, "Encore"))[0] == 409
    passed = {"version": await version(claire, conversation), "agent": emma.id, "note": "Veut un remboursement."}
    feed = await connect(emma)
    assert (await claire.call("POST", f"{at}/transfer", **passed))[0] == 200
    told = await until(feed, lambda each: each["type"] == "offers" and bool(each["offers"]))
    assert told["offers"][0]["kind"] == "transfer"
    offer = await only_offer(emma)
    assert offer["kind"] == "transfer"
    await emma.call("POST", f"/routing/offers/{offer['id']}/accept")
    whole = await emma.conversation(conversation)
    assert whole["conversation"]["owner"]["id"] == emma.id and "Veut un remboursement." in str(whole["passport"])
    assert (await claire.answer(conversation, "Bonjour"))[0] == 409


async def test_a_transfer_needs_a_team_or_a_colleague_and_the_right_version(
    customer: MakeCustomer, agent: MakeAgent
) -> None:
    claire = await agent()
    _, conversation = await handed_over(customer)
    at = f"/conversations/{conversation}/transfer"
    assert (await claire.call("POST", at, version=1, team="support"))[0] == 409
    await claire.take(conversation)
    now = await version(claire, conversation)
    for wrong, status in (
        ({"version": now}, 400),
        ({"version": now, "team": "support", "agent": claire.id}, 400),
        ({"version": now, "team": "x\x00"}, 400),
        ({"version": now, "team": "nobody"}, 422),
        ({"version": now, "agent": str(uuid4())}, 422),
        ({"version": now - 1, "team": "support"}, 409),
        ({"version": 2**40, "team": "support"}, 400),
    ):
        assert (await claire.call("POST", at, **wrong))[0] == status, wrong
    assert (await claire.call("POST", at, version=now, team="support"))[0] == 200
    assert (await claire.conversation(conversation))["conversation"]["owner"]["kind"] == "queue"


async def test_a_supervisor_gives_it_to_whom_they_say_and_it_is_told(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    claire, emma = await agent(), await agent("emma@example.com")
    _, conversation = await handed_over(customer)
    await claire.take(conversation)
    given = {"version": await version(claire, conversation), "agent": emma.id, "reason": "Parle anglais"}
    assert (await claire.call("POST", f"/conversations/{conversation}/assign", **given))[0] == 403
    assert (await claire.call("GET", "/routing/forecasts"))[0] == 403
    async with server.sessions.begin() as session:
        (await session.get_one(Agent, UUID(claire.id))).role = "supervisor"
    await emma.call("PUT", "/presence", presence="offline")
    assert (await claire.call("POST", f"/conversations/{conversation}/assign", **given))[0] == 409
    await emma.call("PUT", "/presence", presence="busy")
    assert (await claire.call("POST", f"/conversations/{conversation}/assign", **(given | {"reason": " "})))[0] == 422
    status, found = await claire.call("POST", f"/conversations/{conversation}/assign", **given)
    assert (status, found["conversation"]["owner"]["id"]) == (200, emma.id)
    assert (await claire.call("PUT", f"/routing/agents/{emma.id}/presence", presence="away", reason="Partie"))[0] == 200
    assert (await claire.call("GET", "/routing/forecasts"))[1]["items"][0]["waits"] == 0
    assert (await claire.call("GET", "/routing/forecasts?days=x"))[0] == 400
