"""The board over HTTP and over the desk's socket: one look for all who watch, listening in, whispering, moving."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import ClientWebSocketResponse

from crm_backend.agents.model import Agent
from crm_backend.routing.settings_model import Team
from server.app import Parts
from server.desk import board as board_pages
from server.desk import board_feed
from tests.conftest import MakeAgent, MakeCustomer
from tests.support.feed import connect, until
from tests.support.site import AgentAtDesk

WATCH = {"type": "board", "watch": True}


async def supervisor(server: Parts, agent: MakeAgent, email: str = "thomas@example.com") -> AgentAtDesk:
    found = await agent(email)
    async with server.sessions.begin() as session:
        (await session.get_one(Agent, UUID(found.id))).role = "supervisor"
    return found


async def waiting(customer: MakeCustomer, text: str = "bonjour") -> str:
    marie = await customer("fr")
    await marie.say(text)
    await marie.say("Parler à une personne", action="person")
    return str(marie.conversation)


def board(waits: int) -> Callable[[dict[str, Any]], bool]:
    return lambda frame: frame["type"] == "board" and sum(each["waiting"] for each in frame["queues"]) == waits


async def heard_until_pong(socket: ClientWebSocketResponse) -> list[str]:
    """What kinds of frames came before the answer to a question asked now."""
    await socket.send_json({"type": "ping"})
    kinds = []
    while (kind := (await socket.receive_json(timeout=20))["type"]) != "pong":
        kinds.append(kind)
    return kinds


async def test_all_who_look_share_one_look_and_it_follows_what_happens(
    server: Parts, customer: MakeCustomer, agent: MakeAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    frame_of = board_feed.BoardFeed.frame

    async def counted(feed: board_feed.BoardFeed, session: Any) -> dict[str, Any]:
        nonlocal looks
        looks += 1
        return await frame_of(feed, session)

    monkeypatch.setattr(board_feed, "EVERY", 0.05)
    monkeypatch.setattr(board_feed.BoardFeed, "frame", counted)
    thomas, claire = await supervisor(server, agent), await agent("claire@example.com")
    feeds = [await connect(thomas) for _ in range(4)]
    outsider = await connect(claire)
    for feed in (*feeds, outsider):
        await feed.send_json(WATCH)
    for odd in ("{", '{"type": "board"}', '{"board": 1}', '["board"]', '{"type":"board","watch":"yes"}'):
        await feeds[0].send_str(odd)
    frames = await asyncio.gather(*(until(feed, board(0)) for feed in feeds))
    assert all(frame == frames[0] for frame in frames)
    assert looks <= 4, "not one for each who looks"
    conversation = await waiting(customer)
    frame = await until(feeds[1], board(1))
    (queue,) = (each for each in frame["queues"] if each["waiting"])
    assert queue["team"] == "support" and queue["since"] and frame["targets"]["answered_percent"] == 80
    assert {each["name"] for each in frame["agents"]} == {"Thomas Bernard", "Claire Martin"}
    assert (await claire.take(conversation))[0] == 200
    frame = await until(feeds[2], lambda each: each["type"] == "board" and any(one["held"] for one in each["agents"]))
    (hers,) = (each for each in frame["agents"] if each["held"])
    assert (hers["name"], hers["conversations"], hers["held"]) == ("Claire Martin", 1, {"webchat": 1})
    assert "board" not in await heard_until_pong(outsider), "who does not supervise is told nothing"
    for feed in feeds:
        await feed.send_json({"type": "board", "watch": False})
        await heard_until_pong(feed)
    # The last look may be under way; after it nobody looks and nothing is counted.
    await asyncio.sleep(0.5)
    before = looks
    await asyncio.sleep(0.3)
    assert looks == before


async def test_listening_and_whispering_are_for_two_pairs_of_eyes(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    thomas, claire, emma = (
        await supervisor(server, agent),
        await agent("claire@example.com"),
        await agent("emma@example.com"),
    )
    conversation = await waiting(customer, "Où est ma commande 10234 ?")
    await claire.take(conversation)
    before = await claire.conversation(conversation)
    status, heard = await thomas.call("POST", f"/conversations/{conversation}/listen")
    assert status == 200
    assert [each["text"] for each in heard["messages"]] == [each["text"] for each in before["messages"]]
    assert (await claire.conversation(conversation))["conversation"]["version"] == before["conversation"]["version"]
    feed, others = await connect(claire), await connect(emma)
    where, said = f"/conversations/{conversation}/whispers", {"client_id": str(uuid4()), "text": "Propose l’échange."}
    assert [(await thomas.call("POST", where, **said))[0] for _ in range(2)] == [201, 200]
    frame = await until(feed, lambda each: each["type"] == "whisper")
    assert frame == {"type": "whisper", "conversation": conversation, "read": False}, "no words go over the wire to all"
    assert "whisper" not in await heard_until_pong(others)
    _, mine = await claire.call("GET", where)
    assert [(each["text"], each["from"], each["mine"]) for each in mine["whispers"]] == [
        ("Propose l’échange.", "Thomas Bernard", False)
    ]
    assert (await emma.call("GET", where))[1] == {"whispers": []}
    theirs = await connect(thomas)
    assert (await claire.call("POST", where + "/read"))[0] == 204
    frame = await until(theirs, lambda each: each["type"] == "whisper")
    assert frame["read"] is True
    assert (await thomas.call("GET", where))[1]["whispers"][0]["read_at"]
    shown = await claire.conversation(conversation)
    assert "Propose" not in str(shown["messages"]), "the customer’s conversation knows nothing of it"
    refused = [await emma.call("POST", path) for path in (f"/conversations/{conversation}/listen", where)]
    assert [status for status, _ in refused] == [403, 403]


async def test_what_is_known_is_told_before_it_is_asked(
    customer: MakeCustomer, agent: MakeAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    claire = await agent("claire@example.com")
    conversation = await waiting(customer, "Où est ma commande n° 10234 ?")
    await claire.take(conversation)

    def asks(text: str) -> Awaitable[tuple[int, Any]]:
        return claire.call("POST", f"/conversations/{conversation}/known", text=text)

    status, found = await asks("Quel est votre numéro de commande ?")
    assert (status, found["known"][0]["label"], found["known"][0]["value"]) == (200, "Numéro de commande", "10234")
    assert (await asks("La commande 10234 est partie."))[1] == {"known": []}
    assert (await asks("x" * 20_001))[0] == 400
    assert (await claire.answer(conversation, "Quel est votre numéro de commande ?"))[0] == 201
    monkeypatch.setattr(board_pages, "ASKED_PER_MINUTE", 1)
    assert [(await asks("Votre e-mail ?"))[0] for _ in range(2)] == [200, 429]


async def test_moving_targets_and_definitions(server: Parts, customer: MakeCustomer, agent: MakeAgent) -> None:
    thomas, claire = await supervisor(server, agent), await agent("claire@example.com")
    async with server.sessions.begin() as session:
        session.add(Team(key="returns", names={"fr": "Retours", "en": "Returns"}))
    first, second = await waiting(customer), await waiting(customer)
    _, listed = await thomas.call("GET", "/board/queues/support/conversations")
    assert [each["id"] for each in listed["items"]] == [first, second]
    status, found = await thomas.call("POST", "/board/queues/support/move", to="returns", conversations=[second])
    assert (status, found) == (200, {"moved": [second]})
    assert (await thomas.conversation(second))["conversation"]["owner"]["kind"] == "queue"
    _, whole = await thomas.call("GET", "/board")
    assert {each["team"]: each["waiting"] for each in whole["queues"]} == {"support": 1, "returns": 1}
    await claire.take(first)
    _, theirs = await thomas.call("GET", f"/board/agents/{claire.id}/conversations")
    assert [each["id"] for each in theirs["items"]] == [first]
    status, aims = await thomas.call("PUT", "/board/targets", answered_seconds=20, version=1)
    assert (status, aims["answered_seconds"], aims["version"]) == (200, 20, 2)
    assert (await thomas.call("GET", "/board"))[1]["targets"]["answered_seconds"] == 20
    assert (await thomas.call("PUT", "/board/targets", answered_seconds=30, version=1))[0] == 412
    status, problem = await thomas.call("PUT", "/board/targets", answered_seconds=1, version=2)
    assert status == 422 and problem["errors"][0]["field"] == "answered_seconds"
    _, definitions = await thomas.call("GET", "/board/definitions")
    assert {"service_level", "waiting", "repeat_yourself"} <= {each["key"] for each in definitions["items"]}
    assert (await thomas.call("GET", "/board/repeats"))[1] == {"items": []}
    bad: list[tuple[str, str, dict[str, Any], int]] = [
        ("POST", "/board/queues/support/move", {"to": "nowhere"}, 422),
        ("POST", "/board/queues/a%00b/move", {"to": "returns"}, 400),
        ("POST", "/board/queues/support/move", {"to": "returns", "conversations": ["x"]}, 400),
        ("GET", "/board/agents/x/conversations", {}, 400),
        ("PUT", "/board/targets", {"satisfaction": "much"}, 400),
    ]
    for method, path, body, expected in bad:
        assert (await thomas.call(method, path, **body))[0] == expected, path
