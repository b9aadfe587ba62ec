"""Passing the conversation to a person, with an honest word on the wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.toolbox import tools
from actions.turn import Reason, Turn, hand_over_command, leave_form
from actions.wording import instant, minutes, people
from crm_backend.conversations.model import Conversation
from crm_backend.routing import services as routing
from crm_backend.routing.services import WaitEstimate

HERE = {"fr": "ici", "en": "here"}


class HandOver(Action):
    def name(self) -> str:
        return "action_hand_over"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return await hand_over(dispatcher, Turn.of(tracker), "asked")


async def hand_over(dispatcher: CollectingDispatcher, turn: Turn, reason: Reason) -> list[EventType]:
    """Say who comes when, ask the server to pass the conversation on, and leave whatever form was open."""
    async with tools().sessions() as session:
        conversation = await session.get_one(Conversation, turn.conversation)
        wait = await routing.wait_estimate(session, team=conversation.team)
    channel = tools().channels.get(conversation.channel)
    by = channel.where if channel and channel.slow else None
    response, values = wait_sentence(wait, turn.language, back=_back(turn.language), by=by)
    dispatcher.utter_message(response=response, json_message=hand_over_command(turn, reason), **values)
    return [SlotSet("offered", ""), SlotSet("unclear_turns", 0), *leave_form()]


def _back(language: str) -> str | None:
    """When the team is back, in words; None while it should be there, or when nobody knows."""
    now, hours = tools().now(), tools().hours
    if hours is None or hours.open_at(now) or (opens := hours.next_opening(now)) is None:
        return None
    return instant(opens, language, today=now.date())


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
