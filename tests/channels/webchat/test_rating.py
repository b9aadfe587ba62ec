"""How it was: asked once at the end, in the chat itself."""

from __future__ import annotations

from typing import Any

import pytest

from crm_backend.access.actor import SYSTEM
from crm_backend.satisfaction import settings
from server.app import Parts
from tests.channels.webchat.conftest import Browser
from tests.conftest import MakeAgent, MakeCustomer
from tests.support.site import AgentAtDesk, Customer


async def closed(marie: Customer, claire: AgentAtDesk) -> dict[str, Any]:
    """Claire answers and closes; what the browser is then told of who answers."""
    await marie.say("où est ma commande ?")
    conversation = str(marie.conversation)
    await claire.take(conversation)
    await claire.answer(conversation, "Elle arrive demain.")
    version = (await claire.conversation(conversation))["conversation"]["version"]
    status, _ = await claire.call("POST", f"/conversations/{conversation}/close", version=version)
    assert status == 200
    while (frame := await marie._frame("owner"))["owner"]["kind"] != "nobody":
        assert frame["owner"]["rate"] is False
    owner: dict[str, Any] = frame["owner"]
    return owner


async def test_the_question_comes_with_the_end_and_goes_with_the_answer(
    customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, tab, claire = await customer(), await customer(), await agent()
    assert await closed(marie, claire) == {
        "kind": "nobody",
        "name": None,
        "ahead": None,
        "minutes": None,
        "rate": True,
        "rating": None,
    }
    tab.visitor, tab.conversation = marie.visitor, marie.conversation
    assert (await tab.connect())["owner"]["rate"] is True
    assert marie.socket is not None
    await marie.socket.send_json({"type": "rating", "score": 4, "comment": "Claire est top"})
    said = (await marie._frame("rated"))["rating"]
    assert (said["score"], said["comment"], said["until"][-1]) == (4, "Claire est top", "Z")
    owner = (await tab._frame("owner"))["owner"]
    assert (owner["rate"], owner["rating"]) == (False, said)
    shown = (await claire.conversation(str(marie.conversation)))["conversation"]
    assert shown["rating"] == {"score": 4, "comment": "Claire est top"}


async def test_the_company_asks_in_its_own_words_or_not_at_all(
    customer: MakeCustomer, agent: MakeAgent, server: Parts
) -> None:
    words = {"fr": "Alors ?", "en": "Well?"}
    async with server.sessions.begin() as session:
        await settings.put(session, "webchat", actor=SYSTEM, given={"words": words})
    marie, paul, claire = await customer(), await customer(), await agent()
    told = await closed(marie, claire)
    assert (told["rate"], told["question"]) == (True, words)
    async with server.sessions.begin() as session:
        await settings.put(session, "webchat", actor=SYSTEM, given={"enabled": False})
    told = await closed(paul, claire)
    assert (told["rate"], "question" in told) == (False, False)


async def test_it_may_be_changed_and_is_kept_when_the_conversation_goes_on(
    customer: MakeCustomer, agent: MakeAgent, browser: Browser
) -> None:
    marie, claire = await customer(), await agent()
    await closed(marie, claire)
    browser.token = str(marie.visitor)
    for score in (1, 5):
        status, answer = await browser.call(
            "POST", "/rating", json={"conversation": marie.conversation, "score": score}
        )
        assert (status, answer["rating"]["score"]) == (200, score)
    await marie.say("encore une question")
    await marie.hang_up()
    owner = (await marie.connect())["owner"]
    assert (owner["kind"], owner["rate"], owner["rating"]["score"]) == ("bot", False, 5)


async def test_what_cannot_be_rated_is_refused(customer: MakeCustomer, agent: MakeAgent, browser: Browser) -> None:
    marie, mallory, claire = await customer(), await customer(), await agent()
    assert mallory.socket is not None and marie.socket is not None
    await mallory.socket.send_json({"type": "rating", "score": 4})
    assert (await mallory._frame("error"))["code"] == "bad_frame"
    await marie.say("bonjour")
    await marie.socket.send_json({"type": "rating", "score": 4})
    assert (await marie._frame("error"))["code"] == "too_late"
    await marie.socket.send_json({"type": "new"})
    marie.messages.clear()
    await closed(marie, claire)
    for odd in (0, 6, "4", 4.5, True, None):
        await marie.socket.send_json({"type": "rating", "score": odd})
        assert (await marie._frame("error"))["code"] == "bad_frame"
    await marie.socket.send_json({"type": "rating", "score": 4, "comment": "x" * 1001})
    assert (await marie._frame("error"))["code"] == "too_long"
    browser.token = str(mallory.visitor)
    status, _ = await browser.call("POST", "/rating", json={"conversation": marie.conversation, "score": 1})
    assert status == 404


@pytest.mark.parametrize("body", [{}, {"score": 3}, {"score": 9, "conversation": None}, {"conversation": "x"}])
async def test_a_rating_of_nothing_is_refused(server: Parts, browser: Browser, body: dict[str, Any]) -> None:
    await browser.hello()
    assert (await browser.call("POST", "/rating", json=body))[0] == 400
