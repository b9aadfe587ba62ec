"""Saying again what was said last, with its buttons."""

from __future__ import annotations

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.conversations.reading.last_words import last_words


class Repeat(Action):
    """An open task asks its question again by itself; otherwise the last answer, as it stands in the transcript."""

    def name(self) -> str:
        return "action_repeat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if turn.form:
            dispatcher.utter_message(response="utter_again")
            return []
        async with tools().sessions() as session:
            said = await last_words(session, conversation_id=turn.conversation)
        for message in said:
            dispatcher.utter_message(
                text=message.text,
                buttons=message.content.get("buttons") or None,
                json_message={"cards": message.content["cards"]} if message.content.get("cards") else None,
            )
        if not said:
            dispatcher.utter_message(response="utter_nothing_to_repeat")
        return []
