"""Private notes, mentions and reminders through a running server: seen by colleagues at once, by customers never."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from channels.port import Rejected, Retry
from crm_backend.conversations.notes_model import Mention
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import utc_now
from crm_backend.notifications.schema import Start
from server import starting
from server.app import Parts
from server.loops.inbox import InboxLoop
from server.loops.mentions import MentionMailLoop
from tests.conftest import MakeAgent, MakeCustomer
from tests.support.site import AgentAtDesk, Customer

SECRET = "Elle a **déjà** appelé @emma.wilson <script>alert(1)</script>"


async def talk(marie: Customer) -> str:
    await marie.say("bonjour")
    return str(marie.conversation)


async def note(who: AgentAtDesk, where: str, text: str = SECRET, **more: Any) -> tuple[int, Any]:
    return await who.call("POST", f"/conversations/{where}/notes", **({"client_id": str(uuid4()), "text": text} | more))


async def test_words_of_a_note_are_found_and_shown_to_be_of_a_note(customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, paul = await customer("fr"), await customer("fr")
    claire, emma = await agent(), await agent("emma@example.com")
    where, other = await talk(marie), await talk(paul)
    _, made = await note(claire, where, "Elle a rappelé. " * 20 + "Demander le code du portillon au gardien.")
    await note(claire, other, "rien")
    for sought in ("PORTILLON", "gard code"):
        _, found = await emma.call("GET", f"/find?q={sought}")
        assert [(each["id"], each["conversation"]) for each in found["notes"]] == [(made["note"]["id"], where)]
        assert found["conversations"] == []
        _, listed = await emma.call("GET", f"/conversations?view=assistant&q={sought}")
        assert [(each["id"], each["note"]["author"]) for each in listed["items"]] == [(where, "Claire Martin")]
    assert "portillon" in listed["items"][0]["note"]["text"] and listed["items"][0]["note"]["text"].startswith("…")
    _, listed = await emma.call("GET", "/conversations?view=assistant&q=bonjour")
    assert {each["id"]: each.get("note") for each in listed["items"]} == {where: None, other: None}
    assert (await claire.call("DELETE", f"/notes/{made['note']['id']}"))[0] == 204
    assert (await emma.call("GET", "/find?q=portillon"))[1]["notes"] == []


async def counted(who: AgentAtDesk) -> tuple[int, int]:
    _, found = await who.call("GET", "/conversations?view=mentioned")
    return found["counts"]["mentioned"], len(found["items"])


async def test_a_note_is_for_colleagues_and_never_for_the_customer(
    customer: MakeCustomer, agent: MakeAgent, server: Parts
) -> None:
    marie, (claire, emma) = await customer("fr"), (await agent(), await agent("emma@example.com"))
    where, key = await talk(marie), str(uuid4())
    status, made = await note(claire, where, client_id=key)
    assert (status, made["note"]["text"], made["note"]["handles"]) == (201, SECRET, ["emma.wilson"])
    assert (await note(claire, where, client_id=key))[0] == 200
    found = {"notes": [made["note"]], "unread": 1}
    assert (await emma.call("GET", f"/conversations/{where}/notes"))[1] == found
    assert await counted(emma) == (1, 1)
    assert (await emma.call("POST", f"/conversations/{where}/notes/read"))[1] == {"read": 1}
    assert await counted(emma) == (0, 0)
    _, people = await claire.call("GET", "/mentionable")
    assert [each["handle"] for each in people["items"]][:2] == ["emma.wilson", "thomas.bernard"]

    path = f"/notes/{made['note']['id']}"
    assert (await emma.call("PUT", path, text="autre"))[0] == 403
    _, changed = await claire.call("PUT", path, text="autre", version=made["note"]["version"])
    assert changed["note"]["edited_at"] is not None
    assert (await claire.call("PUT", path, text="encore", version=made["note"]["version"]))[0] == 412
    await note(claire, where, "reste")
    assert (await claire.call("DELETE", path))[0] == 204
    assert (await claire.call("DELETE", path))[0] == 404

    # Nothing of it was said, before and after the customer goes on and looks again.
    await marie.say("toujours là ?")
    whole = json.dumps([marie.frames, await claire.conversation(where)], default=str, ensure_ascii=False)
    for never in ("reste", "autre", "déjà"):
        assert never not in whole


SENSELESS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "conversations/{where}/notes", {"text": "sans clé"}),
    ("POST", "conversations/{where}/notes", {"client_id": "x", "text": "a"}),
    ("POST", "conversations/{where}/notes", {"client_id": str(uuid4()), "text": ["a"]}),
    ("POST", "conversations/{where}/notes", {"client_id": str(uuid4()), "text": "\x00 "}),
    ("POST", "conversations/{where}/notes", {"client_id": str(uuid4()), "text": "x" * 5001}),
    ("POST", "conversations/x/notes", {"client_id": str(uuid4()), "text": "a"}),
    ("PUT", "notes/{where}", {"text": "a", "version": 2**40}),
    ("PUT", "account/mentions", {"mail": "often", "minutes": 5}),
    ("PUT", "account/mentions", {"mail": True, "minutes": 0}),
    ("PUT", "account/mentions", {"mail": True, "minutes": 10**40}),
    ("POST", "conversations/{where}/reminders", {"client_id": str(uuid4()), "due_at": "2026-02-30T09:00:00Z"}),
    ("POST", "conversations/{where}/reminders", {"client_id": str(uuid4()), "due_at": "2030-01-01T09:00:00"}),
    ("POST", "conversations/{where}/reminders", {"client_id": str(uuid4()), "due_at": "2001-01-01T09:00:00Z"}),
    ("POST", "conversations/{where}/reminders", {"client_id": str(uuid4()), "due_at": "9999-12-31T23:59:59-12:00"}),
    ("GET", "reminders?conversation=x", {}),
]


async def test_what_makes_no_sense_is_refused(agent: MakeAgent) -> None:
    claire = await agent()
    for method, path, body in SENSELESS:
        status, _ = await claire.call(method, "/" + path.format(where=uuid4()), **body)
        assert status in (400, 422), (path, body)


async def test_a_reminder_comes_at_its_time_also_after_a_restart(
    customer: MakeCustomer, agent: MakeAgent, server: Parts
) -> None:
    marie, (claire, emma) = await customer("fr"), (await agent(), await agent("emma@example.com"))
    where, key = await talk(marie), str(uuid4())
    due = utc_now() + timedelta(hours=1)
    given = {"client_id": key, "text": "Appeler le transporteur", "due_at": due.isoformat()}
    path = f"/conversations/{where}/reminders"
    assert [(await claire.call("POST", path, **given))[0] for _ in range(2)] == [201, 200]
    (listed,) = (await claire.call("GET", f"/reminders?conversation={where}"))[1]["items"]
    assert (listed["text"], listed["channel"]) == ("Appeler le transporteur", "webchat")
    assert (await emma.call("GET", "/reminders"))[1]["items"] == []
    assert (await emma.call("PATCH", f"/reminders/{listed['id']}", done=True))[0] == 404
    loops = [
        InboxLoop(sessions=server.sessions, live=server.live, wakes=server.wakes, now=lambda: due) for _ in range(2)
    ]
    assert [await each.work() for each in loops] == [True, False]
    later = (due + timedelta(days=1)).isoformat()
    status, put_off = await claire.call("PATCH", f"/reminders/{listed['id']}", due_at=later, version=listed["version"])
    assert status == 412, "told meanwhile, it is another version"
    status, put_off = await claire.call("PATCH", f"/reminders/{listed['id']}", due_at=later)
    assert (status, put_off["reminder"]["done"]) == (200, False)
    assert (await claire.call("PATCH", f"/reminders/{listed['id']}", done=True))[1]["reminder"]["done"]
    assert (await claire.call("GET", "/reminders"))[1]["items"] == []


class Post:
    """A mailbox that takes what it is given, once it has refused as often as it was told to."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals, self.taken = list(refusals), list[Delivery]()

    async def send(self, delivery: Delivery) -> str:
        if self.refusals:
            raise self.refusals.pop(0)
        self.taken.append(delivery)
        return "x"


async def test_who_did_not_read_a_mention_is_mailed_once(
    customer: MakeCustomer, agent: MakeAgent, server: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    marie, (claire, emma) = await customer("fr"), (await agent(), await agent("emma@example.com"))
    where, post = await talk(marie), Post(Retry("busy"))
    monkeypatch.setattr(starting, "may_begin", lambda _: [Start(kind="email", channel="mail", account="main")])
    monkeypatch.setattr(server.board, "find", lambda *_: post)
    assert (await emma.call("PUT", "/account/mentions", mail=True, minutes=5))[1] == {"mail": True, "minutes": 5}
    assert (await claire.call("GET", "/account/mentions"))[1] == {"mail": True, "minutes": 15}
    await note(claire, where)
    await note(claire, where, "et @emma.wilson encore")

    now = utc_now()
    loop = MentionMailLoop(sessions=server.sessions, board=server.board, address="https://x.test", now=lambda: now)
    assert not await loop.work()
    now += timedelta(minutes=6)
    assert (await loop.work(), await loop.work()) == (True, False)
    now += timedelta(minutes=6)
    assert (await loop.work(), await loop.work()) == (True, False)
    (mail,) = post.taken
    assert (mail.address, mail.reply.text.splitlines()[0]) == ("emma@example.com", "Claire Martin mentions you")
    assert f"https://x.test/desk/#/mentioned/{where}" in mail.reply.text and "appelé" not in mail.reply.text

    await note(claire, where, "@emma.wilson refusé")
    post.refusals = [Rejected("no such mailbox")]
    now += timedelta(days=1)
    assert (await loop.work(), await loop.work()) == (True, False)
    async with server.sessions() as session:
        assert set(await session.scalars(select(Mention.mail_at))) == {None}


async def test_colleagues_hear_of_a_note_and_its_end_while_they_look(
    customer: MakeCustomer, agent: MakeAgent, server: Parts
) -> None:
    marie, (claire, emma) = await customer("fr"), (await agent(), await agent("emma@example.com"))
    where = await talk(marie)
    async with emma.client.ws_connect(emma.address + "/desk/ws", headers={"Origin": emma.address}) as feed:

        async def until(kind: str, **more: Any) -> dict[str, Any]:
            while True:
                frame = await feed.receive_json(timeout=10)
                if frame["type"] == kind and all(frame.get(name) == value for name, value in more.items()):
                    return dict(frame)

        await until("ready")
        _, made = await note(claire, where)
        heard = await until("note")
        assert (heard["conversation"], heard["note"]) == (where, made["note"])
        told = await until("notice")
        assert (told["kind"], told["conversation"]) == ("note.mention", where)
        while (await until("counts"))["counts"]["mentioned"] != 1:
            pass
        await emma.call("POST", f"/conversations/{where}/notes/read")
        while (await until("counts"))["counts"]["mentioned"] != 0:
            pass
        await claire.call("DELETE", f"/notes/{made['note']['id']}")
        assert (await until("note"))["note"] is None
