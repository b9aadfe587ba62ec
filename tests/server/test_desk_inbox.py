"""The inbox through a running server: views and counts, putting off, filters, canned replies, drafts, taking back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from crm_backend.access.actor import SYSTEM
from crm_backend.canned import services as canned
from crm_backend.database import utc_now
from server.app import Parts
from server.loops.inbox import InboxLoop
from tests.conftest import MakeAgent, MakeCustomer
from tests.support.site import AgentAtDesk

SCRIPT = "<script>alert(1)</script>"


async def version(who: AgentAtDesk, conversation: str) -> int:
    return int((await who.conversation(conversation))["conversation"]["version"])


async def rows(who: AgentAtDesk, view: str, more: str = "") -> list[str]:
    status, found = await who.call("GET", f"/conversations?view={view}{more}")
    assert status == 200
    return [each["id"] for each in found["items"]]


async def test_a_day_with_the_inbox(customer: MakeCustomer, agent: MakeAgent, server: Parts) -> None:
    marie = await customer("fr")
    await marie.say("bonjour")
    await marie.say("Parler à une personne", action="person")
    talk = str(marie.conversation)
    claire, emma = await agent(), await agent("emma@example.com")
    assert await rows(claire, "team") == [talk] == await rows(claire, "longest", "&channel=webchat&language=fr")
    assert await rows(claire, "waiting", "&language=en") == [] == await rows(claire, "waiting", "&topic=%3Cb%3E")
    assert (await claire.call("GET", "/conversations?view=everything"))[0] == 400
    await claire.take(talk)

    at = await version(claire, talk)
    until = (utc_now() + timedelta(hours=1)).isoformat()
    status, put_off = await claire.call("POST", f"/conversations/{talk}/snooze", version=at, until=until)
    assert (status, put_off["conversation"]["snoozed"] is None) == (200, False)
    assert (await rows(claire, "mine"), await rows(claire, "snoozed")) == ([], [talk])
    assert (await emma.call("POST", f"/conversations/{talk}/wake", version=at))[1]["code"] == "not_owner"
    await marie.send("encore moi")
    await marie.until("customer")
    await marie.settle(0.2)
    status, found = await claire.call("GET", "/conversations?view=mine")
    assert [each["returned_at"] is None for each in found["items"]] == [False]
    assert (found["counts"]["mine"], found["counts"]["snoozed"]) == (1, 0)

    await claire.call("PUT", f"/conversations/{talk}/draft", text=SCRIPT)
    assert (await claire.conversation(talk))["draft"]["text"] == SCRIPT
    assert (await emma.conversation(talk))["draft"] is None
    client_id = str(uuid4())
    held = {"client_id": client_id, "text": "Avec une fote", "hold": 5}
    for _ in range(2):
        status, told = await claire.call("POST", f"/conversations/{talk}/held", **held)
        assert (await claire.conversation(talk))["draft"] is None
        assert (status, 4 < told["seconds_left"] <= 5) == (202, True)
    assert (await emma.call("DELETE", f"/held/{client_id}"))[0] == 409
    assert (await claire.call("DELETE", f"/held/{client_id}"))[1] == {"text": "Avec une fote"}
    assert (await claire.call("DELETE", f"/held/{client_id}"))[1]["detail"].startswith(("Too late", "Trop tard"))
    await claire.call("POST", f"/conversations/{talk}/held", client_id=str(uuid4()), text="Sans faute", hold=5)
    later = InboxLoop(
        sessions=server.sessions,
        live=server.live,
        wakes=server.wakes,
        now=lambda: utc_now() + timedelta(seconds=6),
    )
    assert await later.work()
    assert not await later.work()
    assert (await marie.until("agent"))["text"] == "Sans faute"

    await claire.call("POST", f"/conversations/{talk}/held", client_id=str(uuid4()), text="Au revoir", hold=5)
    place = {"latitude": 45.76, "longitude": 4.83}
    path = f"/conversations/{talk}/messages"
    assert (await claire.call("POST", path, client_id=str(uuid4()), text="", location=place))[0] == 201
    await claire.call("POST", f"/conversations/{talk}/held", client_id=str(uuid4()), text="Merci", hold=5)
    at = await version(claire, talk)
    assert (await claire.call("POST", f"/conversations/{talk}/close", version=at))[0] == 200
    assert not await later.work()
    said = (await claire.conversation(talk))["messages"]
    ours = [each["text"] for each in said if each["from"] == "agent"]
    assert (ours[:2], ours[3:]) == (["Sans faute", "Au revoir"], ["Merci"]), "a place waits for what was said before it"


async def test_canned_replies_are_found_filled_in_and_never_sent_with_something_missing(
    customer: MakeCustomer, agent: MakeAgent, server: Parts
) -> None:
    async with server.sessions.begin() as session:
        texts = {"fr": "Bonjour {customer.first_name}, ici {agent.first_name}.", "en": "Hello {customer.first_name}."}
        titles = {"fr": "Accueil", "en": "Welcome"}
        fields = {"shortcut": "accueil", "titles": titles, "texts": texts}
        await canned.add(session, actor=SYSTEM, fields=fields)
    marie, claire = await customer("fr"), await agent()
    await marie.say("bonjour")
    talk = str(marie.conversation)
    await claire.take(talk)
    _, found = await claire.call("GET", f"/conversations/{talk}/canned?q=ACCU")
    (reply,) = found["items"]
    assert (reply["title"], reply["shortcut"]) == ("Accueil", "accueil")
    assert reply["preview"].endswith("ici Claire.")
    assert (await claire.call("GET", f"/conversations/{talk}/canned?q=%25"))[1] == {"items": []}
    _, filled = await claire.call("GET", f"/conversations/{talk}/canned/{reply['id']}")
    assert filled["text"] == "Bonjour {customer.first_name}, ici Claire."
    assert [each["name"] for each in filled["missing"]] == ["customer.first_name"]
    status, refused = await claire.answer(talk, filled["text"])
    assert (status, "customer.first_name" in str(refused)) == (422, True)
    for path in (f"/conversations/{talk}/canned/x", f"/conversations/{talk}/canned/{uuid4()}"):
        assert (await claire.call("GET", path))[0] in (400, 404)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("snooze", {"version": 1, "until": "tomorrow"}),
        ("snooze", {"version": 1, "until": "2026-01-01T09:00:00"}),
        ("held", {"client_id": "x", "text": "a"}),
        ("held", {"client_id": str(uuid4()), "text": "a", "hold": 3600}),
        ("held", {"client_id": str(uuid4()), "text": ["a"]}),
    ],
)
async def test_what_makes_no_sense_is_refused(agent: MakeAgent, path: str, body: dict[str, object]) -> None:
    claire = await agent()
    status, _ = await claire.call("POST", f"/conversations/{uuid4()}/{path}", **body)
    assert status == 400


async def test_filters_are_kept_by_name_with_script_as_plain_text(agent: MakeAgent) -> None:
    claire, emma = await agent(), await agent("emma@example.com")
    given = {"name": SCRIPT, "view": "team", "criteria": {"words": SCRIPT, "channel": "mail"}}
    status, made = await claire.call("POST", "/filters", **given)
    assert (status, made["filter"]["name"], made["filter"]["criteria"]["words"]) == (201, SCRIPT, SCRIPT)
    assert (await claire.call("POST", "/filters", **given))[0] == 422
    assert (await claire.call("POST", "/filters", **{**given, "name": "x", "shared": True}))[0] == 403
    assert (await claire.call("POST", "/filters", **{**given, "name": "x", "criteria": {"owner": "bot"}}))[0] == 422
    assert (await emma.call("GET", "/filters"))[1]["items"] == []
    assert (await emma.call("DELETE", f"/filters/{made['filter']['id']}"))[0] == 404
    changed = {**given, "name": "Mails", "version": made["filter"]["version"]}
    assert (await claire.call("PUT", f"/filters/{made['filter']['id']}", **changed))[0] == 200
    assert (await claire.call("PUT", f"/filters/{made['filter']['id']}", **changed))[0] == 412
    assert (await claire.call("DELETE", f"/filters/{made['filter']['id']}"))[0] == 204
