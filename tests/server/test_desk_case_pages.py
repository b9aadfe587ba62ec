"""The desk's pages of cases through a running server: lists, the board, one case, and news of what happens to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from crm_backend.access.model import CustomRole
from crm_backend.agents.model import Agent
from crm_backend.cases.model import Case, CaseItem
from crm_backend.database import utc_now
from server.app import Parts
from server.loops.rules import RuleLoop
from tests.conftest import MakeAgent
from tests.crm_backend.service_levels import house
from tests.support import shop
from tests.support.site import AgentAtDesk


@dataclass
class Three:
    """Three cases of one customer: late, nearly so with a step that waits, and without any promise left."""

    late: Case
    risk: Case
    over: Case
    customer: UUID


@pytest.fixture
async def three(server: Parts) -> Three:
    """Against a policy that answers within an hour and ends within eight."""
    now = utc_now()
    async with server.sessions.begin() as session:
        calendar = await house.calendar(session)
        await house.policy(session, calendar.id)
        customer = await house.customer(session)
        made = [
            await house.case(session, now - ago, subject=subject, customer_id=customer.id)
            for ago, subject in ((timedelta(hours=2), "Colis perdu"), (timedelta(minutes=55), "Facture"))
        ]
        ended = await house.case(session, now - timedelta(hours=3), subject="Vase ébréché", customer_id=customer.id)
        await house.move(session, ended, "closed", now)
        session.add(CaseItem(case_id=made[1].id, position=1, texts={"fr": "Relire", "en": "Read"}, required=True))
    return Three(*made, ended, customer.id)


def numbers(answer: dict[str, Any]) -> list[str]:
    return [row["subject"] for row in answer["items"]]


async def test_the_list_and_the_board_show_clocks_names_and_what_is_done(
    server: Parts, agent: MakeAgent, three: Three
) -> None:
    claire = await agent("claire@example.com")
    status, found = await claire.call("GET", "/cases?open=true&sort=promise")
    assert (status, numbers(found)) == (200, ["Colis perdu", "Facture"])
    late, risk = found["items"]
    assert late["clock"]["kind"] == "first_response" and late["clock"]["due_at"] < found["now"]
    assert risk["clock"]["warn_at"] < found["now"] < risk["clock"]["due_at"]
    assert late["customer"] == {"id": str(three.customer), "name": "Marie Dupont"}
    assert risk["items"] == {"done": 0, "all": 1} and late["items"] is None

    assert numbers((await claire.call("GET", "/cases?promise=late"))[1]) == ["Colis perdu"]
    assert len((await claire.call("GET", "/cases?promise=risk"))[1]["items"]) == 2
    status, page = await claire.call("GET", "/cases?sort=created_at&limit=2")
    following = await claire.call("GET", f"/cases?sort=created_at&limit=2&cursor={page['next']}")
    assert [*numbers(page), *numbers(following[1])] == ["Vase ébréché", "Colis perdu", "Facture"]
    status, refused = await claire.call("GET", f"/cases?sort=updated_at&cursor={page['next']}")
    assert status == 422 and refused["errors"][0]["field"] == "cursor"

    status, counted = await claire.call("GET", "/cases/counts?open=true")
    assert counted["total"] == 2 and counted["by_status"] == {"new": 2}
    assert counted["views"] == {"open": 2, "mine": 0, "unassigned": 2, "risk": 2, "late": 1}

    # What narrows the status leaves the columns as they are: each is one.
    status, board = await claire.call("GET", "/cases/board?open=true&text=vase")
    assert {each["status"]: numbers(each) for each in board["columns"] if each["count"]} == {"closed": ["Vase ébréché"]}
    assert len(board["columns"]) == 7
    status, settings = await claire.call("GET", "/cases/settings")
    assert [each["key"] for each in settings["statuses"]][:2] == ["new", "open"]
    assert settings["matrix"]["high"]["high"] == "urgent" and settings["agents"]


async def test_one_case_comes_whole_and_what_happens_to_it_or_to_an_order_is_told_to_who_may_see_it(
    server: Parts, agent: MakeAgent, three: Three
) -> None:
    claire, emma = await agent("claire@example.com"), await agent("emma@example.com")
    async with server.sessions.begin() as session:
        session.add(CustomRole(key="talker", name={"fr": "x", "en": "x"}, permissions=["conversations.read"]))
        await session.execute(update(Agent).where(Agent.email == "emma@example.com").values(role="talker"))
    assert (await emma.call("GET", "/cases"))[0] == 403
    at = {"headers": {"Origin": server.settings.address}}
    feed = server.settings.address + "/desk/ws"
    async with claire.client.ws_connect(feed, **at) as sees, emma.client.ws_connect(feed, **at) as not_:
        assert (await sees.receive_json())["type"] == (await not_.receive_json())["type"] == "ready"
        assert await comment(claire, three.risk, "Vu avec la comptabilité.") == 201
        assert await heard(sees, three.risk)
        async with server.sessions.begin() as session:
            order = await shop.order(session, of=three.customer)
            changed = {"type": "order", "order": str(order.id), "customer": str(three.customer)}
        rules = RuleLoop(sessions=server.sessions, live=server.live, wakes=server.wakes)
        while await rules.work():
            pass
        while (frame := await sees.receive_json(timeout=20))["type"] != "order":
            pass
        assert frame == changed
        # What everybody is told next has come, and nothing of the case before it.
        await server.live.publish("desk", {"kind": "last"})
        while (frame := await not_.receive_json())["type"] != "last":
            assert frame["type"] not in ("case", "order")

    status, whole = await claire.call("GET", f"/cases/{three.risk.id}")
    assert status == 200 and whole["case"]["number"] == three.risk.number
    assert {clock["kind"] for clock in whole["clocks"]} == {"first_response", "resolution"}
    assert [(each["body"], each["reply"]) for each in whole["said"]] == [("Vu avec la comptabilité.", False)]
    assert whole["names"][whole["said"][0]["author"]] == await name(server, "claire@example.com")
    assert [each["action"] for each in whole["history"]] == ["commented", "opened"]
    steps = {each["to"]: each for each in whole["steps"]}
    assert steps["resolved"]["missing"] == ["checklist"] and steps["waiting_on_third_party"]["needs"] == ["reason"]
    assert whole["links"] == {
        **{kind: [] for kind in ("conversations", "orders", "related", "children", "duplicates", "watchers")},
        **dict.fromkeys(("parent", "original")),
    }
    assert (await claire.call("GET", "/cases/00000000-0000-7000-8000-000000000000"))[0] == 404


async def comment(who: AgentAtDesk, case: Case, body: str) -> int:
    """Through the API, as the page does it."""
    url = f"{who.address}/api/v1/cases/{case.id}/comments"
    async with who.client.post(url, json={"body": body}, headers={"X-CSRF-Token": who.csrf}) as answer:
        return answer.status


async def heard(socket: Any, case: Case) -> bool:
    while (frame := await socket.receive_json(timeout=20))["type"] != "case":
        pass
    return bool(frame["case"] == str(case.id))


async def name(server: Parts, email: str) -> str | None:
    async with server.sessions() as session:
        return await session.scalar(select(Agent.name).where(Agent.email == email))


async def test_who_writes_rules_is_told_what_they_can_ask_about_and_name(
    server: Parts, agent: MakeAgent, three: Three
) -> None:
    claire = await agent("claire@example.com")
    assert (await claire.call("GET", "/rule-choices"))[0] == 403
    async with server.sessions.begin() as session:
        await session.execute(update(Agent).where(Agent.email == "claire@example.com").values(role="admin"))
    status, told = await claire.call("GET", "/rule-choices")
    assert status == 200 and "case.opened" in told["events"]
    fields = {each["field"]: each for each in told["fields"]}
    assert fields["case.type"]["list"] == "types" and "urgent" in fields["case.priority"]["choices"]
    named = {list_: {each["key"]: each["name"] for each in some} for list_, some in told["lists"].items()}
    assert named["types"]["complaint"] == "Réclamation" and named["statuses"]["new"] == "Nouveau"
    assert {each["list"] for each in told["fields"]} - {None} <= set(named)
