"""Passing the conversation to a person, with an honest word on the wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.toolbox import tools
from actions.turn import Reason, Turn, hand_over_command, leave_form
from actions.wording import instant, minutes, people
from crm_backend.cases import promising
from crm_backend.cases.promising import Promise
from crm_backend.conversations.model import Conversation
from crm_backend.routing import services as routing
from crm_backend.routing.services import WaitEstimate

HERE = {"fr": "ici", "en": "here"}
LEFT = "unclear_turns"
"""The slot that says that a message was left to the team just before."""


class HandOver(Action):
    def name(self) -> str:
        return "action_hand_over"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return await hand_over(dispatcher, Turn.of(tracker), "asked")


async def hand_over(dispatcher: CollectingDispatcher, turn: Turn, reason: Reason) -> list[EventType]:
    """Say who comes when, ask the server to pass the conversation on, and leave whatever form was open. Where nobody is
    there it has become a case by then, with a promise; who waits already is told what was promised."""
    if turn.waits:
        return await _told_again(dispatcher, turn, reason)
    back = _back()
    async with tools().sessions() as session, session.begin():
        conversation = await session.get_one(Conversation, turn.conversation)
        wait = await routing.wait_estimate(session, team=conversation.team)
        channel = tools().channels.get(conversation.channel)
        by = channel.where if channel and channel.slow else None
        promise = None
        if wait.agents_present == 0 and (by is None or back):
            promise = await promising.promise(session, conversation.id, opens=back, now=tools().now())
    response, values = wait_sentence(wait, turn.language, back=_spoken(back, turn.language), by=by)
    if promise is not None:
        values |= _promised(promise, turn.language)
    dispatcher.utter_message(response=response, json_message=hand_over_command(turn, reason), **values)
    return [SlotSet("offered", ""), SlotSet("unclear_turns", 0), *leave_form()]


async def _told_again(dispatcher: CollectingDispatcher, turn: Turn, reason: Reason) -> list[EventType]:
    back, now = _back(), tools().now()
    async with tools().sessions() as session, session.begin():
        conversation = await session.get_one(Conversation, turn.conversation)
        promise = await promising.promise(session, conversation.id, opens=back, now=now)
    values = _promised(promise, turn.language) | {"where": where_answered(conversation, turn.language)}
    response = "utter_still_promised" if promise.by > now else "utter_still_late"
    dispatcher.utter_message(response=response, json_message=hand_over_command(turn, reason), **values)
    return [SlotSet("offered", ""), SlotSet(LEFT, 0), *leave_form()]


async def leave_to_team(dispatcher: CollectingDispatcher, turn: Turn, *, quietly: bool = False) -> list[EventType]:
    """What somebody who waits has written for the people they wait for: said to be kept once, and not where answers are
    looked for in hours."""
    async with tools().sessions() as session:
        channel = tools().channels.get((await session.get_one(Conversation, turn.conversation)).channel)
    command = {"command": {"do": "leave"}}
    if quietly or turn.slot(LEFT) or (channel and channel.slow):
        dispatcher.utter_message(json_message=command)
    else:
        dispatcher.utter_message(response="utter_left_to_team", json_message=command)
    # One, however many there are: they were not misunderstood, and nobody is taken to be cross for writing more.
    return [SlotSet("offered", ""), SlotSet(LEFT, 1)]


def where_answered(conversation: Conversation, language: str) -> str:
    """Where the answer is looked for: where it was promised to go, or where they write."""
    promised = (conversation.answer_by or {}).get("channel")
    channel = tools().channels.get(promised or conversation.channel)
    named = channel.where if channel and (promised or channel.slow) else HERE
    return named.get(language) or HERE[language]


def _back() -> datetime | None:
    """When the team is back; None while it should be there, or when nobody knows."""
    now, hours = tools().now(), tools().hours
    return None if hours is None or hours.open_at(now) else hours.next_opening(now)


def _spoken(at: datetime | None, language: str) -> str | None:
    return instant(at, language, today=tools().now().date()) if at else None


def _promised(promise: Promise, language: str) -> dict[str, Any]:
    """What the response tells of a promise: the case's number, and by when, on the company's clock."""
    by = promise.by.astimezone(tools().now().tzinfo)
    return {"number": promise.number, "by": _spoken(by, language)}


def wait_sentence(
    wait: WaitEstimate, language: str, *, back: str | None = None, by: Mapping[str, str] | None = None
) -> tuple[str, dict[str, Any]]:
    """The response that tells this wait, and its values. `back` is when the team is back, outside its hours; `by` is
    the place, by language, of a slow channel, where nobody sits waiting: no place in a queue is told there."""
    if by is not None and (wait.agents_present or not back):
        return "utter_handed_over_later", {"where": by.get(language) or HERE[language]}
    if wait.agents_present == 0:
        return ("utter_handed_over_closed", {"back": back}) if back else ("utter_handed_over_absent", {})
    values: dict[str, Any] = {}
    response = "utter_handed_over"
    if wait.ahead:
        response, values["people"] = "utter_handed_over_queue", people(wait.ahead, language)
    if wait.minutes is not None:
        response += "_wait" if wait.ahead else "_soon"
        values["wait"] = minutes(wait.minutes, language)
    return response, values
