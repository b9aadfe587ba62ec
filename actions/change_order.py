"""What can only be done to an order by a person: cancelling it, changing it."""

from __future__ import annotations

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.knowledge import card, search
from actions.turn import Turn, offer


class ChangeOrder(Action):
    """The offer of a person, with the article on what the customer can do alone: nothing is done to the order."""

    def name(self) -> str:
        return "action_change_order"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        found = await search(turn)
        cards = [card(passage) for passage in found.passages[:1]]
        dispatcher.utter_message(response="utter_change_order", json_message={"cards": cards})
        return [offer("asked")]
