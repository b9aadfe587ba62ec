"""While a visitor waits: what is passed on is theirs to correct, the place is told, and a call may take its place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from crm_backend.access.actor import SYSTEM
from crm_backend.calendars import services as calendars
from crm_backend.call_backs import schedules
from crm_backend.call_backs.model import Booking
from crm_backend.conversations.model import Conversation
from server.app import Parts
from tests.channels.webchat.conftest import Browser
from tests.conftest import MakeAgent

LEFT = {"action": "leave", "form": {"name": "Léa Martin", "email": "lea@example.com"}}
ALL_DAY = [["00:00", "24:00"]]


async def waits(browser: Browser) -> str:
    """Leaves a message for a person, and is in the queue."""
    await browser.hello(language="fr")
    await browser.send("il me manque un bol", **LEFT)
    _, seen = await browser.poll(after=1, wait=10)
    while seen["owner"]["kind"] != "queue":
        _, seen = await browser.poll(after=seen["last"], wait=5)
    assert browser.conversation is not None
    return browser.conversation


async def passed_on(browser: Browser, **more: str) -> tuple[int, dict[str, Any]]:
    return await browser.call("GET", "/passport", params={"conversation": str(browser.conversation), **more})


async def correct(browser: Browser, name: str, value: str, to: Any, **more: Any) -> tuple[int, dict[str, Any]]:
    body = {"conversation": browser.conversation, "name": name, "value": value, "to": to, **more}
    return await browser.call("POST", "/passport", json=body)


def values(told: dict[str, Any]) -> dict[str, str]:
    return {fact["name"]: fact["value"] for fact in told["facts"]}


async def test_what_is_passed_on_is_corrected_and_the_agent_sees_by_whom(
    server: Parts, browser: Browser, agent: MakeAgent
) -> None:
    conversation, claire = await waits(browser), await agent()
    _, told = await passed_on(browser)
    assert values(told) == {"goal": "il me manque un bol", "name": "Léa Martin", "email": "lea@example.com"}
    assert told["call_back"] is False
    _, told = await correct(browser, "name", "Léa Martin", "Léa Martinez")
    assert next(fact for fact in told["facts"] if fact["name"] == "name") == {
        "name": "name", "label": "Nom", "value": "Léa Martinez", "corrected": True,
    }  # fmt: skip
    _, told = await correct(browser, "email", "lea@example.com", None, language="en")
    assert [fact["label"] for fact in told["facts"]] == ["Your request", "Name"]
    passport = (await claire.conversation(conversation))["passport"]
    shown = {fact["name"]: (fact["value"], fact["corrected"], fact["was"]) for fact in passport["facts"]}
    assert shown == {"name": ("Léa Martinez", True, "Léa Martin")}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"name": "email", "value": "lea@example.com", "to": "lea@"}, 422, "bad_value"),
        ({"name": "email", "value": "lea@example.com", "to": "a\x00@b.fr"}, 422, "bad_value"),
        ({"name": "email", "value": "lea@example.com", "to": "x" * 401}, 400, "bad_frame"),
        ({"name": "email", "value": "lea@example.com", "to": 7}, 400, "bad_frame"),
        ({"name": "mood", "value": "calm", "to": "upset"}, 409, "not_now"),
        ({"name": "name", "value": "Paul", "to": "Paula"}, 409, "not_now"),
        ({"conversation": "7"}, 400, "bad_frame"),
    ],
)
async def test_what_cannot_be_taken_is_said_and_changes_nothing(
    browser: Browser, change: dict[str, Any], status: int, code: str
) -> None:
    await waits(browser)
    asked = {"conversation": browser.conversation, "name": "name", "value": "Léa Martin", "to": "x", **change}
    found, frame = await browser.call("POST", "/passport", json=asked)
    assert (found, frame["code"]) == (status, code) and frame["message"]
    assert values((await passed_on(browser))[1])["email"] == "lea@example.com"


async def test_it_is_nobody_else_s(server: Parts, browser: Browser) -> None:
    conversation = await waits(browser)
    stranger = Browser(browser.client, browser.address)
    await stranger.hello()
    stranger.conversation = conversation
    for path in ("/passport", "/call-back"):
        status, _ = await stranger.call("GET", path, params={"conversation": conversation})
        assert status == 404
    assert (await correct(stranger, "name", "Léa Martin", "Paul"))[0] == 404
    status, _ = await browser.call("GET", "/passport", params={"conversation": "nothing"})
    assert status == 400
    async with server.sessions() as session:
        found = await session.get_one(Conversation, UUID(conversation))
    assert found.passport is not None and not found.passport["corrections"]


async def test_once_nobody_is_waited_for_nothing_is_shown(browser: Browser) -> None:
    await browser.hello()
    await browser.send("bonjour")
    assert await passed_on(browser) == (200, {"facts": [], "call_back": False})


async def test_a_call_takes_the_place_of_the_wait_and_is_booked_once(server: Parts, browser: Browser) -> None:
    conversation = await waits(browser)
    status, frame = await browser.call("GET", "/call-back", params={"conversation": conversation})
    assert (status, frame["code"]) == (409, "not_now")
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ALL_DAY)
    async with server.sessions.begin() as session:
        made = await calendars.add(session, actor=SYSTEM, name="C", zone="Europe/Paris", place="FR", week=week)
        offered = {"calendar_id": made.id, "team": "support", "capacity": 1, "lead_minutes": 15}
        await schedules.add(session, actor=SYSTEM, kind="call_back", **offered)
    assert (await passed_on(browser))[1]["call_back"] is True
    _, calls = await browser.call("GET", "/call-back", params={"conversation": conversation, "language": "fr"})
    assert len(calls["windows"]) == 24 and calls["phone"] is None
    asked = {"conversation": conversation, "starts_at": calls["windows"][0]["starts_at"], "language": "fr"}
    status, frame = await browser.call("POST", "/call-back", json=asked)
    assert (status, frame["message"]) == (422, "Ce numéro de téléphone ne semble pas complet.")
    status, frame = await browser.call("POST", "/call-back", json={**asked, "starts_at": "2026-01-01T00:00:00"})
    assert (status, frame["code"]) == (422, "bad_value")
    answers = [await browser.call("POST", "/call-back", json={**asked, "phone": "06 39 98 12 34"}) for _ in range(2)]
    assert [status for status, _ in answers] == [200, 200] and answers[0] == answers[1]
    assert answers[0][1]["when"] == calls["windows"][0]["label"]
    _, seen = await browser.poll(after=1)
    assert seen["owner"]["kind"] == "bot"
    assert [one["text"] for one in seen["messages"]][-1].endswith(f"Votre référence est {answers[0][1]['reference']}.")
    async with server.sessions() as session:
        (booking,) = await session.scalars(select(Booking))
    assert (booking.phone, booking.topic, str(booking.conversation_id)) == (
        "+33639981234", "il me manque un bol", conversation,
    )  # fmt: skip
