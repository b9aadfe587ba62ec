"""Setting up how work is handed out, over the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from server.app import Parts
from tests.server.api.conftest import MakeProgram
from tests.support.api import Program

NAMES = {"fr": "Retours", "en": "Returns"}


async def test_a_team_is_made_changed_given_members_and_deleted(program: Program, house: Parts) -> None:
    async with house.sessions() as session:
        claire = str(await session.scalar(select(Agent.id).where(Agent.email == "claire@example.com")))
    made = await program("POST", "/teams", {"key": "returns", "names": NAMES, "everyone": False})
    assert (made.status, made.body["mode"], made.body["offer_seconds"]) == (201, "offer", 30), made.body
    assert (await program("POST", "/teams", {"key": "returns", "names": NAMES})).status == 409
    changed = {"mode": "assign", "overflow_team": "support", "overflow_after": 60, "relax_after": None}
    told = await program("PATCH", "/teams/returns", changed, If_Match='"1"')
    assert told.status == 200 and {name: told.body[name] for name in changed} == changed
    assert (await program("PATCH", "/teams/returns", {"mode": "offer"}, If_Match='"1"')).status == 412
    members = await program("PUT", "/teams/returns/members", {"agents": [claire]})
    assert members.body["items"] == [{"id": claire, "name": "Claire Martin"}]
    assert (await program("GET", "/teams/returns/members")).body == members.body
    async with house.sessions() as session:
        asked = select(AuditEntry.action).where(AuditEntry.subject_kind == "team", AuditEntry.subject_id == "returns")
        assert list(await session.scalars(asked.order_by(AuditEntry.created_at))) == ["added", "changed", "changed"]
    assert (await program("DELETE", "/teams/returns", If_Match='"2"')).status == 204
    assert (await program("GET", "/teams/returns")).status == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"overflow_team": "billing"}, "overflow_team"),
        ({"overflow_team": "support"}, "overflow_team"),
        ({"calendar_id": str(uuid4())}, "calendar_id"),
        ({"offer_seconds": 1}, "offer_seconds"),
        ({"mode": "loud"}, "mode"),
        ({"names": {"fr": "x" * 101, "en": "x"}}, "names"),
    ],
)
async def test_a_setting_that_cannot_be_is_told_and_changes_nothing(
    program: Program, wrong: dict[str, Any], field: str
) -> None:
    before = (await program("GET", "/teams/support")).body
    told = await program("PATCH", "/teams/support", wrong, If_Match=f'"{before["version"]}"')
    assert told.status == 422 and told.body["errors"][0]["field"].startswith(field), told.body
    assert (await program("GET", "/teams/support")).body == before


async def test_skills_capacity_and_weights_are_set(program: Program, house: Parts) -> None:
    async with house.sessions() as session:
        claire = await session.scalar(select(Agent.id).where(Agent.email == "claire@example.com"))
    skill = (await program("POST", "/skills", {"kind": "language", "value": "EN", "firm": True})).body
    assert (skill["value"], skill["level"]) == ("en", 1)
    assert (await program("POST", "/skills", {"kind": "language", "value": "en"})).status == 409
    mine = {"capacity": 250, "skills": [{"skill_id": skill["id"], "level": 4}]}
    assert (await program("PUT", f"/agents/{claire}/routing", mine)).body == mine
    assert (await program("PUT", f"/agents/{claire}/routing", {"capacity": 100})).body == mine | {"capacity": 100}
    unknown = {"skills": [{"skill_id": str(uuid4()), "level": 1}]}
    assert (await program("PUT", f"/agents/{claire}/routing", unknown)).status == 422
    changed = await program("PATCH", f"/skills/{skill['id']}", {"level": 2}, If_Match='"1"')
    assert (changed.body["level"], changed.body["firm"]) == (2, True)
    weight = {"kind": "messaging", "weight": 40, "points": 1.5, "returns": True}
    assert (await program("PUT", "/channel-weights/telegram", weight)).body == {"channel": "telegram"} | weight
    listed = {one["channel"]: one["weight"] for one in await program.every("/channel-weights")}
    assert listed == {"webchat": 100, "console": 100, "*": 50, "mail": 25, "case": 10, "telegram": 40}
    assert (await program("DELETE", f"/skills/{skill['id']}", If_Match='"2"')).status == 204


async def test_setting_up_takes_the_right_to(make_program: MakeProgram) -> None:
    reader = await make_program(["agents.read"])
    assert (await reader("GET", "/teams")).status == 200
    assert (await reader("POST", "/teams", {"key": "x", "names": NAMES})).status == 403
    assert (await reader("PUT", "/channel-weights/mail", {"kind": "mail", "weight": 1})).status == 403
    assert (await reader("GET", "/wait-forecasts")).status == 403
