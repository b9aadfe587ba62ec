"""What is said of the wait for a person: true of the hour, the queue and the channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions import person, toolbox
from actions.person import HandOver, wait_sentence
from actions.turn import Turn
from channels import installed
from crm_backend.agents import services as agents
from crm_backend.calendars.opening import parse
from crm_backend.cases.model import Case
from crm_backend.conversations.model import Conversation
from crm_backend.database import Sessions, new_id
from crm_backend.routing.services import WaitEstimate
from tests.support import core

MAIL = {"fr": "par e-mail", "en": "by e-mail"}


@pytest.mark.parametrize(
    ("present", "ahead", "told", "response"),
    [
        (1, 0, {}, "utter_handed_over_soon"),
        (1, 2, {}, "utter_handed_over_queue_wait"),
        (0, 0, {}, "utter_handed_over_absent"),
        (0, 2, {"back": "demain à 9 h"}, "utter_handed_over_closed"),
        (1, 0, {"by": MAIL}, "utter_handed_over_later"),
        (1, 2, {"by": MAIL, "back": "demain à 9 h"}, "utter_handed_over_later"),
        (0, 0, {"by": MAIL}, "utter_handed_over_later"),
        (0, 0, {"by": MAIL, "back": "demain à 9 h"}, "utter_handed_over_closed"),
    ],
)
def test_what_is_promised(present: int, ahead: int, told: dict[str, Any], response: str) -> None:
    wait = WaitEstimate(ahead=ahead, minutes=4, agents_present=present)
    said, values = wait_sentence(wait, "fr", **told)
    assert said == response
    if said == "utter_handed_over_later":
        assert values == {"where": "par e-mail"}


def test_a_slow_channel_without_a_word_for_its_place_says_here() -> None:
    wait = WaitEstimate(ahead=1, minutes=4, agents_present=1)
    assert wait_sentence(wait, "en", by={}) == ("utter_handed_over_later", {"where": "here"})


@pytest.mark.parametrize(
    ("channel", "response"), [("webchat", "utter_handed_over"), ("mail", "utter_handed_over_later")]
)
async def test_the_channel_and_the_team_of_the_conversation_decide(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, channel: str, response: str
) -> None:
    made = toolbox.Toolbox(
        sessions=sessions,
        embed=None,  # type: ignore[arg-type]
        now=lambda: datetime.now(UTC),
        channels={name: toolbox.Spoken(one.where, one.spoken, one.slow) for name, one in installed().items()},
    )
    monkeypatch.setattr(toolbox, "_equipped", [made])
    await core.write(sessions, visitor="another team's", team="billing")
    await core.answered(sessions, core.saying("un instant", do="hand_over"))
    async with sessions() as session, session.begin():
        await agents.add_agent(
            session, email="a@example.com", name="Ana", role="agent", language="fr", password="a-long-password"
        )
        await agents.sign_in(session, email="a@example.com", password="a-long-password", hours=1)
    talk = (await core.write(sessions, channel=channel)).conversation_id
    heard = {"intent": {"name": "ask_person"}, "text": "un humain", "metadata": {"turn": str(new_id())}}
    tracker = Tracker(str(talk), {"language": "fr"}, heard, [{"event": "user"}], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    await HandOver().run(dispatcher, tracker, {})
    assert [one["response"] for one in dispatcher.messages] == [response]


@pytest.mark.parametrize(("language", "by"), [("fr", "à 13\u00a0h"), ("en", "at 1\u00a0pm")])
async def test_where_nobody_is_there_the_number_and_the_time_are_told_once(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, language: str, by: str
) -> None:
    paris = ZoneInfo("Europe/Paris")
    night = datetime.now(paris).replace(hour=3, minute=0)
    made = toolbox.Toolbox(
        sessions=sessions,
        embed=None,  # type: ignore[arg-type]
        now=lambda: night,
        hours=parse("Mon-Sun 09:00-18:00", paris),
    )
    monkeypatch.setattr(toolbox, "_equipped", [made])
    talk = (await core.write(sessions)).conversation_id
    heard = {"intent": {"name": "ask_person"}, "text": "un humain", "metadata": {"turn": str(new_id())}}
    said = []
    for _ in range(2):
        tracker = Tracker(str(talk), {"language": language}, heard, [{"event": "user"}], False, None, {}, "listen")
        dispatcher = CollectingDispatcher()
        await HandOver().run(dispatcher, tracker, {})
        said.append({name: dispatcher.messages[0][name] for name in ("response", "number", "by")})
    assert said[0] == said[1] and said[0]["response"] == "utter_handed_over_closed"
    async with sessions() as session:
        (case,) = await session.scalars(select(Case))
    assert said[0]["number"] == case.number and str(said[0]["by"]).endswith(by)


@pytest.mark.parametrize(("language", "where"), [("fr", "par e-mail"), ("en", "by e-mail")])
async def test_who_waits_is_told_again_what_was_promised_and_what_they_add_is_kept_once(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, language: str, where: str
) -> None:
    spoken = {name: toolbox.Spoken(one.where, one.spoken, one.slow) for name, one in installed().items()}
    now = [datetime.now(UTC)]
    made = toolbox.Toolbox(sessions=sessions, embed=None, now=lambda: now[0], channels=spoken)  # type: ignore[arg-type]
    monkeypatch.setattr(toolbox, "_equipped", [made])
    talk = (await core.write(sessions)).conversation_id
    heard = {"text": "?", "metadata": {"turn": str(new_id()), "waits": True}}

    async def does(what: str) -> list[dict[str, Any]]:
        tracker = Tracker(
            str(talk), {"language": language, **slots}, heard, [{"event": "user"}], False, None, {}, "listen"
        )
        dispatcher, turn = CollectingDispatcher(), Turn.of(tracker)
        events = await (
            person.hand_over(dispatcher, turn, "asked") if what == "ask" else person.leave_to_team(dispatcher, turn)
        )
        slots.update({event["name"]: event["value"] for event in events if event["event"] == "slot"})
        return dispatcher.messages

    slots: dict[str, Any] = {}
    [told] = await does("ask")
    assert (told["response"], told["where"]) == ("utter_still_promised", person.HERE[language])
    async with sessions.begin() as session:
        conversation = await session.get_one(Conversation, talk)
        conversation.answer_by = {"channel": "mail", "account": "main", "address": "a@example.com"}
    now[0] += timedelta(days=9)
    [late] = await does("ask")
    assert (late["response"], late["where"], late["number"]) == ("utter_still_late", where, told["number"])
    left = [(await does("add"))[0] for _ in range(2)]
    assert [each.get("response") for each in left] == ["utter_left_to_team", None]
    assert all(each["custom"] == {"command": {"do": "leave"}} for each in left)
    async with sessions() as session:
        assert len(list(await session.scalars(select(Case)))) == 1
