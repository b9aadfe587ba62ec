"""The desk's list of what a channel set aside, for admins: tried again or left, and on record."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from crm_backend.accounts.model import Account
from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from server.app import Parts
from tests.conftest import MakeAgent
from tests.support.site import AgentAtDesk

PATH = "/channels/mail/main/asides"
CURSOR = {
    "folder": "INBOX",
    "uidvalidity": 1,
    "uid": 9,
    "aside": {"7": ["no sender", "2026-11-22T09:30:00+00:00"], "9": "ZeroDivisionError"},
    "aside_count": 2,
}


@pytest.fixture
async def admin(server: Parts, agent: MakeAgent) -> AgentAtDesk:
    async with server.sessions() as session, session.begin():
        session.add(Account(channel="mail", name="main", cursor=CURSOR))
        await session.execute(update(Agent).where(Agent.email == "claire@example.com").values(role="admin"))
    return await agent()


def ids(listed: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(item["id"], item["again"]) for item in listed["items"]]


async def test_what_was_set_aside_is_listed_tried_again_and_left(server: Parts, admin: AgentAtDesk) -> None:
    status, listed = await admin.call("GET", PATH)
    assert (status, ids(listed), listed["count"]) == (200, [("9", False), ("7", False)], 2)
    assert listed["items"][1] == {
        "id": "7",
        "name": "UID 7",
        "why": "Il n’a pas d’expéditeur.",
        "at": "2026-11-22T09:30:00Z",
        "again": False,
    }
    async with server.live.listen("account:mail/main") as woken:
        status, listed = await admin.call("POST", f"{PATH}/9", do="again")
        assert (status, ids(listed), listed["count"]) == (200, [("9", True), ("7", False)], 1)
        assert await anext(woken) == {}
    assert ids((await admin.call("POST", f"{PATH}/7", do="leave"))[1]) == [("9", True)]
    channels = (await admin.call("GET", "/channels"))[1]["channels"]
    (mail,) = [channel for channel in channels if channel["name"] == "mail"]
    assert mail["accounts"][0]["set_aside"] == 0
    async with server.sessions() as session:
        entries = list(await session.scalars(select(AuditEntry).where(AuditEntry.action.like("aside.%"))))
    assert [(entry.action, entry.subject_id, entry.details) for entry in entries] == [
        ("aside.retried", "mail/main", {"id": "9"}),
        ("aside.left", "mail/main", {"id": "7"}),
    ]


async def test_nothing_else_can_be_wished_for(admin: AgentAtDesk) -> None:
    assert (await admin.call("POST", f"{PATH}/8", do="again"))[0] == 404
    assert (await admin.call("POST", f"{PATH}/7", do="burn"))[0] == 400
    assert (await admin.call("GET", "/channels/mail/other/asides"))[0] == 404
    assert (await admin.call("GET", "/channels/webchat/main/asides"))[0] == 404
    admin.csrf = "guessed"
    assert (await admin.call("POST", f"{PATH}/7", do="again"))[0] == 403


async def test_it_is_for_admins_alone(server: Parts, admin: AgentAtDesk, agent: MakeAgent) -> None:
    emma = await agent("emma@example.com")
    assert (await emma.call("GET", PATH))[0] == 403
    assert (await emma.call("POST", f"{PATH}/7", do="leave"))[0] == 403
