"""What the desk shows: lists, search, pages, passports and the live feed."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote
from uuid import UUID

import aiohttp
from aiohttp import web
from sqlalchemy import func, select, update

from crm_backend.conversations.model import Conversation, Turn
from crm_backend.customers.model import Customer
from crm_backend.database import new_id, utc_now
from crm_backend.orders.model import Order
from server.app import Parts
from tests.conftest import MakeAgent, MakeCustomer
from tests.support import core, site
from tests.support.assistant import ScriptedBot, said
from tests.support.site import AgentAtDesk


async def listed(who: AgentAtDesk, **query: Any) -> tuple[list[str], dict[str, Any]]:
    """Identifiers of a list, and its whole body."""
    url = f"{who.address}/desk/api/conversations"
    async with who.client.get(url, params={key: str(value) for key, value in query.items()}) as response:
        body = await response.json(content_type=None)
        assert response.status == 200, body
        return [item["id"] for item in body["items"]], body


async def known(server: Parts, conversation: str, first: str, last: str, *orders: str) -> None:
    """Somebody the company knows is behind this conversation."""
    async with server.sessions() as session, session.begin():
        someone = Customer(id=new_id(), first_name=first, last_name=last)
        session.add(someone)
        await session.flush()
        for number in orders:
            key = "".join(filter(str.isalnum, number)).upper()
            session.add(
                Order(
                    customer_id=someone.id, number=number, number_key=key, status="shipped", placed_at=utc_now(),
                    total_minor=8990, currency="EUR",
                )
            )  # fmt: skip
        found = await session.get_one(Conversation, UUID(conversation))
        found.customer_id, found.proof = someone.id, "verified"


def holds(counts: dict[str, int], **expected: int) -> bool:
    """Whether these views hold so many."""
    return all(counts[view] == count for view, count in expected.items())


async def test_each_conversation_is_in_one_view_and_counted_there(customer: MakeCustomer, agent: MakeAgent) -> None:
    claire, emma = await agent(), await agent("emma@example.com")
    made = {}
    for name in ("assistant", "waiting", "mine", "closed"):
        marie = await customer()
        await marie.say("bonjour")
        made[name] = str(marie.conversation)
        if name == "waiting":
            await marie.say("Parler à une personne", action="person")
        if name in ("mine", "closed"):
            await claire.take(made[name])
        if name == "closed":
            version = (await claire.conversation(made[name]))["conversation"]["version"]
            await claire.call("POST", f"/conversations/{made[name]}/close", version=version)
    for view, conversation in made.items():
        identifiers, body = await listed(claire, view=view)
        assert identifiers == [conversation]
        assert holds(body["counts"], waiting=1, mine=1, assistant=1, team=2, longest=1, risk=0, snoozed=0)
    assert (await listed(emma, view="mine"))[0] == []
    assert holds((await listed(emma))[1]["counts"], waiting=1, mine=0, assistant=1)
    status, _ = await claire.call("GET", "/conversations?view=everything")
    assert status == 400


async def test_search_finds_names_orders_and_words_and_takes_no_wildcards(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    claire = await agent()
    marie, paul = await customer(), await customer()
    await marie.say("une rémise de 100% sur le vase_bleu \\ ?")
    await paul.say("mon colis est perdu")
    await known(server, str(marie.conversation), "Marie", "Dupont", "#W10234")
    await known(server, str(paul.conversation), "Paul", "O'Brien%")
    expected = {
        "marie dup": [marie], "DUPONT": [marie], "w10234": [marie], "#W 10-234": [marie], "colis": [paul],
        "100%": [marie], "%": [paul], "vase_bleu": [marie], "vase_bleuet": [], "mar_e": [], "co%s": [], "perd": [paul],
        "REMISE vas": [marie], "\\": [], "O'Brien": [paul], "'; drop table": [], "W1023": [], "zzz": [],
    }  # fmt: skip
    for words, people in expected.items():
        identifiers, _ = await listed(claire, view="assistant", q=words)
        assert set(identifiers) == {one.conversation for one in people}, words


async def test_words_are_found_inside_a_conversation_as_they_stand(customer: MakeCustomer, agent: MakeAgent) -> None:
    claire, marie = await agent(), await customer()
    await marie.say("Mon vase ébréché coûte 100 %")
    await marie.say("Et le second VASE ?")
    found = f"/conversations/{marie.conversation}/found"

    async def places(words: str) -> list[int]:
        return list((await claire.call("GET", f"{found}?words={quote(words)}"))[1]["seqs"])

    vase = await places("vase")
    # Each was said, and echoed.
    assert vase == [1, 2, 3, 4]
    assert await places("EBRECHE vase") == [1, 2] == await places("100 %")
    assert await places("v") == await places("") == await places("v_se") == await places("\\") == []


async def test_odd_queries_are_refused_or_empty_never_an_error(agent: MakeAgent) -> None:
    claire = await agent()
    for query, status in {
        "q=%00": 400,
        "q=a%00b": 400,
        "before=x": 400,
        "before=" + "A" * 40: 400,
        "before=WyIyMDI2LTAxLTAxIiwgIjAxOTNhMGI4LTdjYjYtN2QzNC04ZGU4LWQ2M2M4ZTU5ZGI0YSJd": 200,
        "limit=x": 400,
        "limit=-5": 200,
        "limit=0": 200,
        "limit=99999999999": 200,
        "q=" + "a" * 5000: 200,
    }.items():
        assert (await claire.call("GET", f"/conversations?{query}"))[0] == status, query
    received = await claire.call("GET", f"/conversations/{claire.id}/messages?after=99999999999")
    assert received[0] == 404


async def left_to_answer(server: Parts) -> int:
    async with server.sessions() as session:
        return await session.scalar(select(func.count()).where(Turn.finished_at.is_(None))) or 0


async def test_pages_follow_each_other_without_gap_or_repeat(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    for number in range(7):
        await core.write(server.sessions, "bonjour", visitor=str(number))
    async with asyncio.timeout(20):
        # The assistant's answers come first: they move a conversation to the top.
        while await left_to_answer(server):
            await asyncio.sleep(0.05)
    async with server.sessions() as session, session.begin():
        # Several at the very same instant: the identifier decides.
        await session.execute(update(Conversation).values(last_message_at=utc_now()))
    for view in ("assistant", "waiting"):
        whole, _ = await listed(claire, view=view)
        assert len(whole) == 7
        pages: list[str] = []
        cursor = ""
        for size in (1, 3, 2, 3):
            identifiers, body = await listed(claire, view=view, limit=size, before=cursor)
            pages += identifiers
            cursor = body["next"] or ""
        assert pages == whole and not cursor
        async with server.sessions() as session, session.begin():
            await session.execute(update(Conversation).values(owner="queue:support", waiting_since=utc_now()))


async def test_who_waits_longest_comes_first_and_the_newest_closed(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    for owner, view in (("queue:support", "waiting"), ("nobody", "closed")):
        made = [str((await core.write(server.sessions, visitor=f"{view} {n}")).conversation_id) for n in range(3)]
        async with server.sessions() as session, session.begin():
            for identifier in made:
                found = await session.get_one(Conversation, UUID(identifier))
                found.owner, found.waiting_since = owner, utc_now() if view == "waiting" else None
        assert (await listed(claire, view=view))[0] == (made if view == "waiting" else made[::-1])


async def test_the_passport_tells_the_agent_what_is_known_in_their_language(
    server: Parts, customer: MakeCustomer, agent: MakeAgent, scripted: ScriptedBot
) -> None:
    async def script(turn: dict[str, Any]) -> web.Response:
        if turn["text"].startswith("/"):
            return await scripted.echo(turn)
        entities = [{"entity": "order_number", "value": "W10234"}] if "10234" in turn["text"] else []
        heard = {"intent": "order_status", "confidence": 0.97, "entities": entities}
        card = {"kind": "order", "title": "W10234 : expédiée", "text": "", "lines": ["1 bol"]}
        return web.json_response(
            said("Voici.", state={"slots": {"topic": "order_status"}})
            | {"replies": [{"text": "Voici.", "cards": [card]}], "understanding": heard}
        )

    scripted.script = script
    marie, claire, emma = await customer(), await agent(), await agent("emma@example.com")
    await marie.say("où est mon colis ?")
    await marie.say("c’est la commande W10234")
    await marie.say("Parler à une personne", action="person")
    await known(server, str(marie.conversation), "Marie", "Dupont", "W20000", "W10234")
    for who, goal, label, tried in (
        (claire, "Savoir où en est sa commande W10234", "Commande", "A donné l’état\u00a0: W10234 : expédiée"),
        (emma, "Find out where order W10234 is", "Order", "Gave the status: W10234 : expédiée"),
    ):
        found = await who.conversation(str(marie.conversation))
        passport = found["passport"]
        assert (passport["goal"], passport["tried"]) == (goal, [tried])
        assert passport["facts"] == [{"name": "order_number", "value": "W10234", "seq": 3, "label": label}]
        assert (passport["reason"], passport["language"], passport["orders"]) == ("asked", "fr", ["W10234"])
        assert found["conversation"]["goal"] == goal
        assert found["customer"]["name"] == "Marie Dupont" and found["customer"]["orders_count"] == 2
        assert [order["number"] for order in found["orders"]] == ["W10234", "W20000"]
        allowed = found["orders"][0]["allowed"]
        assert set(allowed) == {"cancel", "change_address", "return", "warranty", "refund"}
        assert all(each["allowed"] or each["why"] for each in allowed.values())
        assert found["messages"][2]["intent"] == "order_status" and found["messages"][2]["confidence"] == 0.97


async def test_unread_counts_what_the_owner_has_not_had_on_the_screen(customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, claire, emma = await customer(), await agent(), await agent("emma@example.com")
    await marie.say("bonjour")
    conversation = str(marie.conversation)
    await claire.take(conversation)
    assert (await emma.conversation(conversation))["conversation"]["unread"] == 3
    await claire.conversation(conversation)
    assert (await emma.conversation(conversation))["conversation"]["unread"] == 0
    await marie.send("une question")
    assert (await emma.conversation(conversation))["conversation"]["unread"] == 1
    _, body = await claire.call("GET", f"/conversations/{conversation}/messages?after=3")
    assert [message["text"] for message in body["messages"]] == ["une question"]
    assert (await emma.conversation(conversation))["conversation"]["unread"] == 0


async def feed(who: AgentAtDesk) -> aiohttp.ClientWebSocketResponse:
    socket = await who.client.ws_connect(f"{who.address}/desk/ws", headers={"Origin": who.address})
    assert (await socket.receive_json(timeout=5))["type"] == "ready"
    return socket


async def hear(socket: aiohttp.ClientWebSocketResponse, kind: str, **values: Any) -> dict[str, Any]:
    """The next frame of this kind with these values."""
    async with asyncio.timeout(8):
        while True:
            frame = await socket.receive_json()
            if frame["type"] == kind and frame.items() >= values.items():
                return dict(frame)


async def test_every_open_desk_hears_everything_live(customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, claire, emma = await customer(), await agent(), await agent("emma@example.com")
    desks = [await feed(claire), await feed(emma)]
    await marie.say("bonjour")
    conversation = str(marie.conversation)
    for desk in desks:
        texts = [(await hear(desk, "message", conversation=conversation))["message"]["text"] for _ in range(2)]
        assert texts == ["bonjour", "echo: bonjour"]
    await marie.socket.send_json({"type": "typing"})
    await marie.socket.send_json({"type": "seen", "seq": 2})
    for desk in desks:
        await hear(desk, "typing", conversation=conversation)
        assert (await hear(desk, "delivery", conversation=conversation))["seq"] == 2
    await claire.take(conversation)
    for desk, mine in zip(desks, (1, 0), strict=True):
        while (await hear(desk, "conversation"))["conversation"]["owner"]["kind"] != "agent":
            pass
        while not holds((await hear(desk, "counts"))["counts"], waiting=0, mine=mine, assistant=0):
            pass
        await desk.send_json({"type": "ping"})
        await hear(desk, "pong")
        await desk.close()


async def test_a_desk_that_closes_is_no_longer_present(server: Parts, customer: MakeCustomer, agent: MakeAgent) -> None:
    from crm_backend.routing import services as routing

    async def present() -> int:
        async with server.sessions() as session:
            return (await routing.wait_estimate(session)).agents_present

    claire = await agent()
    desk = await feed(claire)
    assert await present() == 1
    await desk.close()
    async with asyncio.timeout(5):
        while await present():
            await asyncio.sleep(0.05)


async def test_nothing_of_the_desk_is_shown_to_strangers(server: Parts) -> None:
    async with site.browser_session() as client:
        stranger = AgentAtDesk(client, server.settings.address)
        for path in ("/conversations", f"/conversations/{new_id()}", f"/conversations/{new_id()}/messages"):
            status, problem = await stranger.call("GET", path)
            assert (status, problem["code"]) == (401, "not_authenticated")
