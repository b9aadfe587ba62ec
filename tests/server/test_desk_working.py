"""The desk's working surface through a running server: finding, tabs, what came before, who else is there."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.model import Conversation
from crm_backend.routing.model import QueueEntry, RoutingOffer
from crm_backend.routing.settings_model import AgentSkill, Skill
from server.app import Parts
from tests.conftest import MakeAgent, MakeCustomer
from tests.server.test_desk_reading import known
from tests.support.feed import connect, until
from tests.support.site import AgentAtDesk, Customer


async def talking(customer: MakeCustomer, *words: str) -> tuple[Customer, str]:
    marie = await customer("fr")
    for each in words or ("bonjour",):
        await marie.say(each)
    return marie, str(marie.conversation)


async def taken(who: AgentAtDesk, conversation: str) -> int:
    """The version, once the agent has it."""
    at = (await who.conversation(conversation))["conversation"]["version"]
    status, found = await who.call("POST", f"/conversations/{conversation}/take", version=at)
    assert status == 200
    return int(found["conversation"]["version"])


async def test_anything_is_found_by_a_few_words_with_the_conversation_to_open(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    _, conversation = await talking(customer, "mon grille-pain fume")
    claire = await agent()
    await known(server, conversation, "Marie", "Dupont", "W1042")
    by_name = (await claire.call("GET", "/find?q=dupon"))[1]
    assert [(one["name"], one["conversation"]) for one in by_name["customers"]] == [("Marie Dupont", conversation)]
    assert [one["id"] for one in by_name["conversations"]] == [conversation]
    by_order = (await claire.call("GET", "/find?q=w104"))[1]
    assert [(one["number"], one["conversation"]) for one in by_order["orders"]] == [("W1042", conversation)]
    by_words = (await claire.call("GET", "/find?q=GRILLE-pain"))[1]
    assert [one["id"] for one in by_words["conversations"]] == [conversation] and not by_words["customers"]
    for nothing in ("x", "", "%25%25", "zzzzqqq"):
        status, found = await claire.call("GET", f"/find?q={nothing}")
        assert (status, list(found.values())) == (200, [[], [], [], [], []]), nothing


async def test_tabs_show_what_is_still_there(customer: MakeCustomer, agent: MakeAgent) -> None:
    (_, conversation), claire = await talking(customer), await agent()
    status, found = await claire.call("GET", f"/tabs?ids={conversation},{uuid4()}")
    assert (status, [one["id"] for one in found["items"]]) == (200, [conversation])
    assert (await claire.call("GET", "/tabs"))[1] == {"items": []}
    assert (await claire.call("GET", "/tabs?ids=nobody"))[0] == 400
    assert (await claire.call("GET", "/tabs?ids=" + ",".join([str(uuid4())] * 31)))[0] == 400


async def test_what_came_before_is_read_a_page_at_a_time(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    (_, conversation), claire = await talking(customer, "un", "deux", "trois"), await agent()
    whole = [one["seq"] for one in (await claire.conversation(conversation))["messages"]]
    found = (await claire.call("GET", f"/conversations/{conversation}/before?seq={whole[-1]}&limit=2"))[1]
    assert ([one["seq"] for one in found["messages"]], found["more"]) == (whole[-3:-1], True)
    found = (await claire.call("GET", f"/conversations/{conversation}/before?seq=3&limit=1000"))[1]
    assert ([one["seq"] for one in found["messages"]], found["more"]) == ([1, 2], False)
    for wrong in ("seq=x", "limit=-1", "seq=99999999999"):
        assert (await claire.call("GET", f"/conversations/{conversation}/before?{wrong}"))[0] == 400


async def test_the_persons_earlier_conversations_and_nobody_elses(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    _, first = await talking(customer)
    _, second = await talking(customer)
    _, other = await talking(customer)
    claire = await agent()
    assert (await claire.call("GET", f"/conversations/{second}/earlier"))[1] == {"items": [], "next": None}
    await known(server, first, "Marie", "Dupont", "W1")
    await known(server, other, "Karim", "Haddad", "W2")
    async with server.sessions.begin() as session:
        marie = (await session.get_one(Conversation, UUID(first))).customer_id
        await session.execute(update(Conversation).where(Conversation.id == UUID(second)).values(customer_id=marie))
    found = (await claire.call("GET", f"/conversations/{second}/earlier"))[1]
    assert ([one["id"] for one in found["items"]], found["next"]) == ([first], None)
    assert (await claire.call("GET", f"/conversations/{first}/earlier"))[1]["items"] == []
    assert (await claire.call("GET", f"/conversations/{uuid4()}/earlier"))[0] == 404


async def test_colleagues_see_each_other_look_and_write_and_nobody_sees_themselves(
    customer: MakeCustomer, agent: MakeAgent
) -> None:
    (_, conversation), claire, emma = await talking(customer), await agent(), await agent("emma@example.com")
    hers, emmas, again = await connect(claire), await connect(emma), await connect(emma)
    for socket in (hers, emmas, again):
        await socket.send_json({"type": "viewing", "conversation": conversation})
    names = {"type": "viewing", "conversation": conversation}
    seen = await until(hers, lambda frame: frame["type"] == "viewing" and bool(frame["agents"]))
    assert seen == names | {"agents": [{"id": emma.id, "name": "Emma"}]}
    await until(again, lambda frame: frame["type"] == "viewing" and len(frame["agents"]) == 1)
    assert (await emma.call("POST", f"/conversations/{conversation}/typing"))[0] == 204
    typing = await until(hers, lambda frame: frame["type"] == "typing")
    assert (typing["from"], typing["name"]) == ("agent", "Emma")
    # One of two tabs goes: she is still there.
    await again.close()
    await emmas.send_json({"type": "viewing", "conversation": "no conversation"})
    gone = await until(hers, lambda frame: frame["type"] == "viewing")
    assert gone == names | {"agents": []}


async def test_a_conversation_is_passed_on_for_a_skill(server: Parts, customer: MakeCustomer, agent: MakeAgent) -> None:
    (_, conversation), claire, emma = await talking(customer), await agent(), await agent("emma@example.com")
    async with server.sessions.begin() as session:
        skill = Skill(kind="topic", value="returns", level=2)
        session.add(skill)
        await session.flush()
        session.add(AgentSkill(agent_id=UUID(emma.id), skill_id=skill.id, level=3))
    feed = await connect(emma)
    choices = (await claire.call("GET", "/routing/colleagues"))[1]
    (one,) = [each for each in choices["agents"] if each["id"] == emma.id]
    assert (one["presence"], one["takes"], one["load"], one["holds"]) == (
        "available", ["case", "chat", "mail", "messaging"], 0, 0,
    )  # fmt: skip
    assert [(each["kind"], each["present"]) for each in choices["skills"]] == [("topic", 1)]
    passed = {"version": await taken(claire, conversation), "note": "Elle attend son retour"}
    for wrong in ({"skill": str(uuid4())}, {"skill": str(skill.id), "agent": emma.id}, {}):
        assert (await claire.call("POST", f"/conversations/{conversation}/transfer", **passed | wrong))[0] in (400, 422)
    status, found = await claire.call("POST", f"/conversations/{conversation}/transfer", **passed, skill=str(skill.id))
    assert (status, found["conversation"]["owner"]["kind"]) == (200, "queue")
    async with server.sessions() as session:
        entry = await session.scalar(select(QueueEntry).where(QueueEntry.left_at.is_(None)))
        assert entry is not None and entry.needs == [{"kind": "topic", "value": "returns", "level": 2}]
    await feed.close()


async def test_joining_is_seen_and_a_refusal_says_why(server: Parts, customer: MakeCustomer, agent: MakeAgent) -> None:
    (_, conversation), claire, emma = await talking(customer), await agent(), await agent("emma@example.com")
    feed = await connect(emma)
    await taken(claire, conversation)
    company = f"/conversations/{conversation}/company"
    for answer in ("decline", "accept"):
        status, asked = await claire.call("POST", f"/conversations/{conversation}/invite", agent=emma.id)
        assert status == 201
        assert (await claire.call("GET", company))[1] == {"joined": [], "asked": [{"id": emma.id, "name": "Emma"}]}
        given = {"why": "not_mine"} if answer == "decline" else {}
        assert (await emma.call("POST", f"/routing/offers/{asked['id']}/decline", why="just so"))[0] == 422
        assert (await emma.call("POST", f"/routing/offers/{asked['id']}/{answer}", **given))[0] == 200
    assert (await claire.call("GET", company))[1] == {"joined": [{"id": emma.id, "name": "Emma"}], "asked": []}
    async with server.sessions() as session:
        declined = await session.scalar(select(AuditEntry).where(AuditEntry.action == "offer_declined"))
        states = list(await session.scalars(select(RoutingOffer.state).order_by(RoutingOffer.offered_at)))
    assert declined is not None and declined.details["why"] == "not_mine"
    assert states == ["declined", "accepted"]
    await feed.close()


async def test_the_agent_sees_what_they_hold_and_can_hold(customer: MakeCustomer, agent: MakeAgent) -> None:
    (_, conversation), claire = await talking(customer), await agent()
    assert (await claire.call("GET", "/presence"))[1]["load"] == 0
    await taken(claire, conversation)
    held = (await claire.call("GET", "/presence"))[1]
    assert (held["load"], held["capacity"], held["kinds"]) == (100, 300, {"chat": 1})
    given = {"presence": "available", "channels": {"mail": "away"}}
    assert (await claire.call("PUT", "/presence", **given))[1]["channels"] == {"mail": "away"}


@pytest.mark.parametrize("held", [False, True])
async def test_two_who_answer_at_once_are_not_both_heard(customer: MakeCustomer, agent: MakeAgent, held: bool) -> None:
    (_, conversation), claire, emma = await talking(customer), await agent(), await agent("emma@example.com")
    feed = await connect(emma)
    await taken(claire, conversation)
    _, asked = await claire.call("POST", f"/conversations/{conversation}/invite", agent=emma.id)
    await emma.call("POST", f"/routing/offers/{asked['id']}/accept")
    seen = (await claire.conversation(conversation))["conversation"]["last"]["seq"]
    said = {"text": "Je regarde.", "seen": seen}
    address = f"/conversations/{conversation}/{'held' if held else 'messages'}"
    first = await claire.call("POST", f"/conversations/{conversation}/messages", **said, client_id=str(uuid4()))
    again = {"client_id": str(uuid4())}
    second = await emma.call("POST", address, **said | again)
    assert (first[0], second[0]) == (201, 409)
    assert "Claire" in second[1]["detail"]
    # Once they have seen it they may add to it.
    meanwhile = first[1]["message"]["seq"]
    assert (await emma.call("POST", address, **said | again | {"seen": meanwhile}))[0] in (201, 202)
    await feed.close()
