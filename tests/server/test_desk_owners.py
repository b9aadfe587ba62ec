"""Taking, answering, giving back and closing: exactly one owner, and the other is told who."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web

from tests.conftest import MakeAgent, MakeCustomer
from tests.support.assistant import ScriptedBot, said
from tests.support.site import AgentAtDesk, Customer


async def version(claire: AgentAtDesk, conversation: str) -> int:
    return int((await claire.conversation(conversation))["conversation"]["version"])


async def handed_over(customer: MakeCustomer, language: str = "fr") -> tuple[Customer, str]:
    marie = await customer(language)
    await marie.say("bonjour")
    await marie.say("Parler à une personne", action="person")
    return marie, str(marie.conversation)


def understood(scripted: ScriptedBot) -> None:
    """From now on what is said counts as a wish, not as a greeting."""

    async def script(turn: dict[str, Any]) -> web.Response:
        if turn["text"].startswith("/"):
            return await scripted.echo(turn)
        return web.json_response(said("Je vois.", intent="change_order"))

    scripted.script = script


async def test_of_two_who_take_at_once_exactly_one_does(customer: MakeCustomer, agent: MakeAgent) -> None:
    claire, emma = await agent(), await agent("emma@example.com")
    for _ in range(3):
        _, conversation = await handed_over(customer)
        at = await version(claire, conversation)
        answers = await asyncio.gather(
            *(one.call("POST", f"/conversations/{conversation}/take", version=at) for one in (claire, emma))
        )
        assert sorted(status for status, _ in answers) == [200, 409]
        won = claire if answers[0][0] == 200 else emma
        lost = next(body for status, body in answers if status == 409)
        assert lost["code"] == "owner_changed"
        assert lost["detail"] == ("Claire already has it." if won is claire else "Emma s’en occupe déjà.")
        assert (await claire.conversation(conversation))["conversation"]["owner"]["id"] == won.id


async def test_taking_again_what_one_has_changes_nothing(customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, conversation = await handed_over(customer)
    claire = await agent()
    first = (await claire.take(conversation))[1]["conversation"]["version"]
    status, body = await claire.call("POST", f"/conversations/{conversation}/take", version=1)
    assert (status, body["conversation"]["version"]) == (200, first)
    await marie.until("system")
    await marie.settle(0.2)
    assert [m["text"] for m in marie.messages if m["from"] == "system"] == [
        "Claire a rejoint la conversation et lit vos échanges."
    ]


async def test_only_the_owner_answers(customer: MakeCustomer, agent: MakeAgent) -> None:
    _, conversation = await handed_over(customer)
    claire, emma = await agent(), await agent("emma@example.com")
    assert (await claire.answer(conversation, "Bonjour"))[1]["code"] == "not_owner"
    await claire.take(conversation)
    status, body = await emma.answer(conversation, "Hello")
    assert (status, body["code"]) == (409, "not_owner")
    for path in ("release", "close"):
        at = await version(emma, conversation)
        assert (await emma.call("POST", f"/conversations/{conversation}/{path}", version=at))[0] == 409


async def test_an_answer_sent_again_is_the_same_message(customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, conversation = await handed_over(customer)
    claire = await agent()
    await claire.take(conversation)
    client_id = str(uuid4())
    first = await claire.answer(conversation, "Bonjour Marie", client_id)
    again = await claire.answer(conversation, "Bonjour Marie", client_id)
    assert (first[0], again[0]) == (201, 200)
    assert first[1]["message"]["id"] == again[1]["message"]["id"] and first[1]["message"]["client_id"] == client_id
    another = str(uuid4())
    at_once = await asyncio.gather(*(claire.answer(conversation, "Je regarde", another) for _ in range(3)))
    assert sorted(status for status, _ in at_once) == [200, 200, 201]
    message = await marie.until("agent")
    assert (message["text"], message["name"], "agent_id" in message) == ("Bonjour Marie", "Claire", False)
    await claire.release(conversation)
    assert (await claire.answer(conversation, "Bonjour Marie", client_id))[0] == 200
    _, other = await handed_over(customer)
    await claire.take(other)
    assert (await claire.answer(other, "Bonjour", client_id))[0] == 404


@pytest.mark.parametrize(("text", "code"), [("", "empty"), (" \u200b", "empty"), ("x" * 10_001, "too_long")])
async def test_an_answer_must_say_something_and_not_too_much(
    customer: MakeCustomer, agent: MakeAgent, text: str, code: str
) -> None:
    _, conversation = await handed_over(customer)
    claire = await agent()
    await claire.take(conversation)
    status, body = await claire.answer(conversation, text)
    assert (status, body["code"]) == (400, code)


async def test_while_a_person_owns_the_assistant_is_silent_and_then_it_is_not(
    customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, conversation = await handed_over(customer)
    claire = await agent()
    await claire.take(conversation)
    for text in ("vous êtes là ?", "allô ?"):
        await marie.send(text)
    await claire.answer(conversation, "Oui !")
    await marie.until("agent", after=0)
    await marie.settle(0.5)
    assert [m["from"] for m in marie.messages][-4:] == ["system", "customer", "customer", "agent"]
    assert (await claire.release(conversation, "remboursé 12 €"))[0] == 200
    assert (await marie.say("et mon colis ?"))["text"] == "echo: et mon colis ?"
    found = await claire.conversation(conversation)
    assert found["conversation"]["owner"]["kind"] == "bot"
    assert found["passport"]["tried"][-1] == "Claire\u00a0: remboursé 12 €"


async def test_what_a_person_did_is_still_known_at_the_next_hand_over(
    customer: MakeCustomer, agent: MakeAgent, scripted: ScriptedBot
) -> None:
    marie, conversation = await handed_over(customer)
    claire, emma = await agent(), await agent("emma@example.com")
    await claire.take(conversation)
    await claire.release(conversation, "remboursé 12 €")
    understood(scripted)
    await marie.say("il manque encore un bol")
    await marie.say("Parler à une personne", action="person")
    passport = (await emma.conversation(conversation))["passport"]
    assert "Claire: remboursé 12 €" in passport["tried"]
    assert passport["goal"] == "il manque encore un bol"


async def test_taken_straight_from_the_assistant_the_passport_is_of_now(
    customer: MakeCustomer, agent: MakeAgent, scripted: ScriptedBot
) -> None:
    marie, conversation = await handed_over(customer)
    claire = await agent()
    await claire.take(conversation)
    await claire.release(conversation)
    understood(scripted)
    await marie.say("je voudrais changer la couleur de mon bol")
    await claire.take(conversation)
    assert (await claire.conversation(conversation))["passport"]["goal"] == "je voudrais changer la couleur de mon bol"


async def test_a_closed_conversation_is_nobodys(customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, conversation = await handed_over(customer)
    claire = await agent()
    await claire.take(conversation)
    at = await version(claire, conversation)
    status, body = await claire.call("POST", f"/conversations/{conversation}/close", version=at - 1)
    assert (status, body["code"]) == (409, "owner_changed")
    status, body = await claire.call("POST", f"/conversations/{conversation}/close", version=at)
    assert (status, body["conversation"]["owner"]["kind"]) == (200, "nobody")
    assert (await claire.answer(conversation, "encore"))[1]["code"] == "not_owner"
    status, body = await claire.take(conversation)
    assert (status, body["code"]) == (409, "owner_changed")
    await marie.settle()
    assert marie.messages[-1]["text"].startswith("Cette conversation est close.")


async def test_what_does_not_exist_is_not_found_and_what_is_no_identifier_refused(agent: MakeAgent) -> None:
    claire = await agent()
    assert (await claire.call("GET", f"/conversations/{uuid4()}"))[0] == 404
    assert (await claire.call("POST", f"/conversations/{uuid4()}/take", version=1))[0] == 404
    assert (await claire.call("GET", "/conversations/x"))[0] == 400
    assert (await claire.call("POST", f"/conversations/{uuid4()}/take"))[0] == 400
