"""Closing, wrapping up and suggestions through a running server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from crm_backend.access.actor import SYSTEM
from crm_backend.agents.model import Agent
from crm_backend.canned import services as canned
from crm_backend.database import utc_now
from crm_backend.suggesting import learning
from crm_backend.suggesting.model import SolvedConversation
from crm_backend.wrap_up import reasons, rules
from server.app import Parts
from server.desk import passports
from server.loops.satisfaction import SatisfactionLoop
from server.loops.suggesting import SuggestingLoop
from server.schedule import notification_rules
from tests.conftest import MakeAgent, MakeCustomer
from tests.server.test_desk_inbox import version

NAMES = {"fr": "Colis en retard", "en": "Late parcel"}
ASKED = "Ma théière est arrivée cassée, que faire ?"


async def test_a_conversation_is_closed_and_wrapped_up(server: Parts, customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, claire, emma = await customer("fr"), await agent(), await agent("emma@example.com")
    await marie.say("Mon colis n’est pas arrivé lundi.")
    talk = str(marie.conversation)
    async with server.sessions.begin() as session:
        late = await reasons.add(session, actor=SYSTEM, fields={"names": NAMES})
        await rules.put(session, "*", actor=SYSTEM, given={"mode": "required", "seconds": 60})
    await claire.take(talk)
    await claire.answer(talk, "Votre colis est retrouvé. Vous le recevrez demain.")
    await claire.call("POST", f"/conversations/{talk}/close", version=await version(claire, talk))
    (one,) = (await claire.call("GET", "/wrap-ups"))[1]["items"]
    assert (one["conversation"], one["required"], 50 < one["seconds_left"] <= 60) == (talk, True, True)
    assert "Mon colis n’est pas arrivé lundi." in one["summary"]
    assert one["reasons"] == [{"id": str(late.id), "path": ["Colis en retard"]}]
    assert (await emma.call("GET", "/wrap-ups"))[1]["items"] == []

    path = f"/wrap-ups/{one['id']}"
    assert (await emma.call("PUT", path, version=1, summary="x"))[0] == 404
    assert (await claire.call("POST", path + "/skip"))[0] == 409
    status, told = await claire.call("PUT", path, version=1, summary="x")
    assert (status, told["errors"][0]["field"]) == (422, "reason_id")
    due = (utc_now() + timedelta(days=2)).isoformat()
    given: dict[str, Any] = {"version": 1, "summary": "Colis retrouvé.", "reason_id": str(late.id)}
    follow = {"kind": "reminder", "subject": "Vérifier la livraison", "due_at": due}
    status, found = await claire.call("PUT", path, **given, follow_up=follow)
    (done,) = found["items"]
    assert (status, done["ended_by"], done["reason"]) == (200, "done", ["Colis en retard"])
    assert (done["reminder_at"] is None, done["agent"]) == (False, "Claire")
    assert (await claire.call("PUT", path, **given))[0] == 412
    assert (await claire.call("GET", "/wrap-ups"))[1]["items"] == []
    (noted,) = (await emma.call("GET", f"/conversations/{talk}/wrap-ups"))[1]["items"]
    assert (noted["summary"], noted["mine"], noted["reasons"]) == ("Colis retrouvé.", False, [])


@pytest.mark.parametrize(
    "given",
    [
        {"version": -1},
        {"version": 1, "summary": 7},
        {"version": 1, "summary": "x" * 4_001},
        {"version": 1, "reason_id": "me"},
        {"version": 1, "follow_up": {"kind": "wish", "subject": "x", "due_at": "2030-01-01T00:00:00Z"}},
        {"version": 1, "follow_up": {"subject": "x", "due_at": "2030-02-31T00:00:00Z"}},
        {"version": 1, "follow_up": {"subject": "x", "due_at": "2030-01-01T00:00:00"}},
    ],
)
async def test_a_wrap_up_that_cannot_be_is_refused(agent: MakeAgent, given: dict[str, Any]) -> None:
    claire = await agent()
    assert (await claire.call("PUT", f"/wrap-ups/{uuid4()}", **given))[0] == 400


async def test_suggestions_come_once_a_conversation_is_open_and_their_use_is_kept(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, claire = await customer("fr"), await agent()
    await marie.say("bonjour")
    talk = str(marie.conversation)
    path = f"/conversations/{talk}/suggestions"
    assert (await claire.call("GET", path))[1] == {"seq": None, "items": []}
    await marie.say(ASKED)
    async with server.sessions.begin() as session:
        fields = {"shortcut": "broken", "titles": NAMES, "texts": {"fr": "La théière cassée est remplacée."}}
        made = await canned.add(session, actor=SYSTEM, fields=fields)
        # It has the question's words; what it means is for the model to tell.
        await learning.know_reply(session, made.id, "fr", version=1, vector=[0.1] * 384)
    found = (await claire.call("GET", path))[1]
    assert found["seq"] is not None
    (one,) = [each for each in found["items"] if each["kind"] == "canned"]
    assert (one["subject"], one["place"], one["shortcut"]) == (str(made.id), 1, "broken")
    told = {"kind": "canned", "subject": one["subject"], "place": 1, "seq": found["seq"]}
    assert (await claire.call("POST", path, **told, outcome="loved"))[0] == 400
    assert (await claire.call("POST", path, **told, outcome="dismissed"))[0] == 204
    assert not [each for each in (await claire.call("GET", path))[1]["items"] if each["kind"] == "canned"]
    assert (await claire.call("GET", "/suggestions/outcomes"))[0] == 403
    chief = await agent("emma@example.com")
    async with server.sessions.begin() as session:
        await session.execute(update(Agent).where(Agent.email == "emma@example.com").values(role="supervisor"))
    counted = (await chief.call("GET", "/suggestions/outcomes?days=7"))[1]["items"]
    assert {"kind": "canned", "subject": None, "used": 0, "dismissed": 1} in counted
    assert (await chief.call("GET", "/suggestions/outcomes?days=0"))[0] == 400


def test_the_passport_tells_what_was_noted_last_time() -> None:
    known = {"goal": {"code": "person"}, "facts": [], "tried": [], "reason": "asked", "at": "2026-11-22T09:00:00+00:00"}
    before = {"at": "2026-11-20T09:00:00+00:00", "channel": "mail", "summary": "Remboursée.", "reason": NAMES}
    told = passports.passport_out({**known, "before": before}, "fr", zone=ZoneInfo("Europe/Paris"))
    assert told is not None and told["before"] == ["20 nov. 2026 · Colis en retard", "Remboursée."]
    told = passports.passport_out({**known, "before": {**before, "reason": None}}, "en")
    assert told is not None and told["before"] == ["20 Nov 2026", "Remboursée."]
    assert "before" not in (passports.passport_out(known, "en") or {})


async def test_the_loop_that_asks_rests_while_nobody_is_to_be_asked(server: Parts) -> None:
    loop = SatisfactionLoop(
        sessions=server.sessions, wakes=server.wakes, rules=notification_rules(server.settings), ask_in=["telegram"]
    )
    assert not await loop.work()


async def test_what_was_closed_and_written_is_learnt_in_the_background(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, claire = await customer("fr"), await agent()
    await marie.say(ASKED)
    talk = str(marie.conversation)
    async with server.sessions.begin() as session:
        fields = {"shortcut": "broken", "titles": NAMES, "texts": {"fr": "La théière cassée est remplacée."}}
        await canned.add(session, actor=SYSTEM, fields=fields)
    await claire.take(talk)
    await claire.answer(talk, "La théière cassée sera remplacée par une théière neuve cette semaine.")
    await claire.call("POST", f"/conversations/{talk}/close", version=await version(claire, talk))
    loop = SuggestingLoop(sessions=server.sessions, embedder=Alike())  # type: ignore[arg-type]
    assert not await loop.work()
    async with server.sessions() as session:
        row = await session.get_one(SolvedConversation, UUID(talk))
        assert (row.looked_at is None, "théière neuve" in row.answer) == (False, True)
        assert await learning.changed_replies(session) == []


class Alike:
    """Takes all texts for the same."""

    async def one(self, _: str) -> list[float]:
        return [0.1] * 384
