"""Tags, macros and many conversations at once, through a running server."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from crm_backend.access.actor import SYSTEM
from crm_backend.macros import services as macros
from crm_backend.tags import services as tags
from server.app import Parts
from tests.conftest import MakeAgent, MakeCustomer

SCRIPT = "<script>alert(1)</script>"


async def test_tags_macros_and_many_at_once(customer: MakeCustomer, agent: MakeAgent, server: Parts) -> None:
    async with server.sessions.begin() as session:
        tag = str((await tags.add(session, actor=SYSTEM, name="Colis perdu", colour="late")).id)
        steps = [
            {"do": "insert", "texts": {"fr": "Ici {agent.first_name}."}},
            {"do": "add_tag", "tag": tag},
            {"do": "close"},
        ]
        macro = str((await macros.add(session, actor=SYSTEM, name="Perdu", steps=steps, shared=True)).id)
    claire, talks = await agent(), []
    for _ in range(2):
        marie = await customer("fr")
        await marie.say("bonjour")
        await marie.say("Parler à une personne", action="person")
        talks.append(str(marie.conversation))
    first, second = talks
    status, done = await claire.call("POST", f"/conversations/{first}/tags", add=[tag])
    shown = {"id": tag, "name": "Colis perdu", "colour": "late"}
    assert (status, done["conversation"]["tags"]) == (200, [shown])
    _, found = await claire.call("GET", f"/conversations?view=waiting&tag={tag}")
    assert [each["id"] for each in found["items"]] == [first]
    assert (await claire.call("GET", "/tags"))[1] == {"items": [shown | {"retired": False}]}
    assert (await claire.call("GET", "/filters"))[1]["tags"] == [shown]

    _, listed = await claire.call("GET", "/conversations?view=waiting")
    chosen = [{"id": each["id"], "version": each["version"]} for each in listed["items"]]
    status, came = await claire.call(
        "POST", "/bulk", conversations=[*chosen, {"id": str(uuid4()), "version": 1}], do="take"
    )
    assert (status, sorted(came["done"]), len(came["left"])) == (200, sorted(talks), 1)
    assert came["left"][0]["why"]

    _, found = await claire.call("GET", "/macros?q=PERDU")
    (told,) = found["items"]
    assert [each["do"] for each in told["steps"]] == ["insert", "add_tag", "close"]
    assert told["steps"][1]["what"] == "Colis perdu"
    body: dict[str, Any] = {"version": 3, "client_id": str(uuid4())}
    where = f"/conversations/{second}/macros/{macro}"
    status, seen = await claire.call("POST", f"{where}/preview", **body)
    assert (status, [each["done"] for each in seen["steps"]]) == (200, [True, True, True])
    assert seen["steps"][0]["text"] == "Ici Claire."
    assert (await claire.conversation(second))["conversation"]["owner"]["kind"] == "agent"
    status, late = await claire.call("POST", where, **(body | {"version": 1}))
    assert (status, late["done"], [bool(each["why"]) for each in late["steps"]]) == (200, False, [False, False, True])
    assert (await claire.conversation(second))["conversation"]["tags"] == []
    status, ran = await claire.call("POST", where, **body)
    assert (status, ran["done"], ran["insert"]) == (200, True, "Ici Claire.")
    assert ran["conversation"]["owner"]["kind"] == "nobody" and ran["conversation"]["tags"] == [shown]
    choices = (await claire.call("GET", "/macro-choices"))[1]
    assert [each["name"] for each in choices["tags"]] == ["Colis perdu"] and choices["teams"]


async def test_what_was_written_meanwhile_is_read_before_it_is_closed(
    customer: MakeCustomer, agent: MakeAgent, server: Parts
) -> None:
    async with server.sessions.begin() as session:
        macro = str((await macros.add(session, actor=SYSTEM, name="Fin", steps=[{"do": "close"}], shared=True)).id)
    claire, marie = await agent(), await customer("fr")
    await marie.say("bonjour")
    await marie.say("Parler à une personne", action="person")
    where = f"/conversations/{marie.conversation}"
    one = (await claire.conversation(str(marie.conversation)))["conversation"]
    one = (await claire.call("POST", f"{where}/take", version=one["version"]))[1]["conversation"]
    seen = {"version": one["version"], "seen": one["last"]["seq"]}
    await marie.send("et ma facture ?")
    why = "Le client a écrit entre-temps. Lisez son message d’abord."
    for path, body in (("/close", seen), ("/snooze", seen | {"until": None})):
        status, refused = await claire.call("POST", where + path, **body)
        assert (status, refused["detail"]) == (409, why)
    _, came = await claire.call("POST", "/bulk", conversations=[{"id": one["id"], **seen}], do="close")
    assert came == {"done": [], "left": [{"id": one["id"], "why": why}]}
    _, ran = await claire.call("POST", f"{where}/macros/{macro}", client_id=str(uuid4()), **seen)
    assert (ran["done"], ran["steps"][0]["why"]) == (False, why)
    one = (await claire.conversation(one["id"]))["conversation"]
    now = {"version": one["version"], "seen": one["last"]["seq"]}
    assert (await claire.call("POST", f"{where}/close", **now))[0] == 200


BAD: list[tuple[str, dict[str, Any]]] = [
    ("/bulk", {"conversations": "all", "do": "take"}),
    ("/bulk", {"conversations": [], "do": "take"}),
    ("/bulk", {"conversations": [{"id": "x", "version": 1}], "do": "take"}),
    ("/bulk", {"conversations": [{"id": str(uuid4()), "version": 1}], "do": SCRIPT}),
    ("/bulk", {"conversations": [{"id": str(uuid4()), "version": 10**30}], "do": "take"}),
    ("/bulk", {"conversations": [{"id": str(uuid4()), "version": 1}], "do": "assign"}),
    ("/bulk", {"conversations": [{"id": str(uuid4()), "version": 1, "seen": -1}], "do": "close"}),
    ("/conversations/{talk}/close", {"version": 1, "seen": 10**30}),
    ("/bulk", {"conversations": [{"id": str(uuid4()), "version": 1}] * 1001, "do": "take"}),
    ("/bulk", {"conversations": [{"id": str(uuid4()), "version": 1}], "do": "snooze", "until": "tomorrow"}),
    ("/conversations/{talk}/tags", {"add": [SCRIPT]}),
    ("/conversations/{talk}/tags", {"add": [str(uuid4())]}),
    ("/conversations/{talk}/tags", {"add": "x" * 100}),
    ("/conversations/{talk}/macros/x", {"version": 1, "client_id": str(uuid4())}),
    ("/conversations/{talk}/macros/{none}", {"version": 1, "client_id": str(uuid4())}),
    ("/conversations/{talk}/macros/{none}/preview", {"version": None}),
]


async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    customer: MakeCustomer, agent: MakeAgent, server: Parts
) -> None:
    claire, marie = await agent(), await customer("fr")
    await marie.say("bonjour")
    talk, none = str(marie.conversation), str(uuid4())
    before = (await claire.conversation(talk))["conversation"]
    for path, body in BAD:
        status, refused = await claire.call("POST", path.format(talk=talk, none=none), **body)
        assert status in (400, 404, 422) and refused["detail"], (path, body, status)
    assert (await claire.conversation(talk))["conversation"] == before
