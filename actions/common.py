"""Yes, no and "leave it": what they mean depends on what was just asked."""

from __future__ import annotations

import re
from typing import Final

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.person import hand_over, leave_to_team
from actions.tasks import calling_off
from actions.tasks.interrupting import FORM
from actions.tasks.orders import ALL
from actions.tasks.running import DONE
from actions.tasks.topic import TOPICS, going_on
from actions.turn import Turn, offer

ORDER_STATUS: Final = "order_status"
OF_CASES: Final = frozenset({"case_status", "complaint", "add_to_case"})
BRIEF: Final = 4
"""Words of second thoughts that tell nothing yet."""


_ASKS: Final = re.compile(
    r"\W*(?:and |et )?(?:where|what|how|when|which|who|o[uù]|quand|comment|quel\w*|combien)\b", re.IGNORECASE
)


class Yes(Action):
    """Yes to the offer of a person hands over, yes to a proposal begins it; an open task asks its question again by
    itself."""

    def name(self) -> str:
        return "action_yes"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if "of" in turn.entities:
            # The button of a question that is over.
            dispatcher.utter_message(response="utter_what_next")
            return []
        if turn.slot("offered"):
            return await hand_over(dispatcher, turn, turn.slot("offered"))
        if turn.slot("proposed") and not turn.form:
            return [SlotSet("begin", turn.slot("proposed")), SlotSet("proposed", ""), FollowupAction(FORM)]
        if turn.waits and not turn.form:
            return await leave_to_team(dispatcher, turn, quietly=True)
        if not turn.form and len(turn.text.split()) > 1 and (last := await going_on(turn)) is not None:
            # "C'est où exactement", which sounds like "c'est tout à fait ça".
            return [SlotSet("begin", {"topic": last.name}), FollowupAction(FORM)]
        if not turn.form:
            dispatcher.utter_message(response="utter_what_next")
        return []


class No(Action):
    """No to an offer carries on; no to a question for a fact says what else is possible."""

    def name(self) -> str:
        return "action_no"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        asked = turn.form or turn.slot("offered") or turn.slot("proposed")
        if not asked and len(turn.text.split()) > 1 and (last := await going_on(turn)) is not None:
            # "No, in blue", of the products on the screen.
            return [SlotSet("begin", {"topic": last.name}), FollowupAction(FORM)]
        if turn.slot("offered") or turn.slot("proposed"):
            dispatcher.utter_message(response="utter_carry_on" if turn.form else "utter_what_next")
        elif turn.form == FORM:
            dispatcher.utter_message(response="utter_order_without_facts")
        else:
            dispatcher.utter_message(response="utter_nothing_else")
        return [SlotSet("offered", ""), SlotSet("proposed", ""), SlotSet("unclear_turns", 0)]


class Cancel(Action):
    """Nothing is open: an open task is left by itself. Who wants to cancel something is asked what, and never told
    that it is all right."""

    def name(self) -> str:
        return "action_cancel"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if not calling_off.says_cancel(turn.text) and (last := await going_on(turn)) is not None:
            # "What's left on it", of the gift card that was spoken of.
            return [SlotSet("begin", {"topic": last.name}), FollowupAction(FORM)]
        if _ASKS.match(turn.text):
            # "Where do I drop it" is no "drop it".
            return [FollowupAction("action_unclear")]
        if not calling_off.says_cancel(turn.text):
            dispatcher.utter_message(response="utter_what_next")
            return []
        if turn.slot("topic") == "call_back":
            return [SlotSet("begin", {"topic": "call_back", "facts": {"change": "cancel"}}), FollowupAction(FORM)]
        if turn.slot("order_number"):
            # "Cancel it then", of the order that was just spoken of: it is shown, and asked about, before it is done.
            return [SlotSet("begin", {"topic": "cancel_order"}), FollowupAction(FORM)]
        dispatcher.utter_message(response="utter_cancel_what")
        return [SlotSet("proposed", {"topic": "cancel_order"})]


class NothingOpen(Action):
    """A choice, or second thoughts, when no question is open: the same for another order where one is named; else
    what is meant, then."""

    def name(self) -> str:
        return "action_nothing_open"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if (last := await going_on(turn)) is not None:
            # "The cheapest", of the products on the screen.
            return [SlotSet("begin", {"topic": last.name}), FollowupAction(FORM)]
        if turn.intent == "second_thoughts" and turn.slot("topic") in OF_CASES and len(turn.text.split()) > BRIEF:
            # "I forgot to say that it's urgent", once the case was told of.
            return [SlotSet("begin", {"topic": "add_to_case"}), FollowupAction(FORM)]
        if turn.intent == "second_thoughts" and "order_number" in turn.entities:
            # "Sorry, I meant 10885", once the answer was about another order.
            return [SlotSet("begin", {"topic": turn.slot("topic") or ORDER_STATUS}), FollowupAction(FORM)]
        other = turn.intent == "second_thoughts" or turn.entities.get("choice") == "other"
        if other and turn.slot("topic") == ORDER_STATUS and turn.slot("order_number"):
            # "And the other one?": which of them is asked.
            return [SlotSet("begin", {"topic": ORDER_STATUS, "facts": {ALL: True}}), FollowupAction(FORM)]
        last = TOPICS.get(str(turn.slot("topic") or ""))
        if turn.intent == "second_thoughts" and last is not None and turn.slot(DONE) == last.name:
            # "Oh no, I meant the other one", once it is done.
            dispatcher.utter_message(response="utter_not_undone", what=last.title[turn.language])
            return [offer("asked")]
        dispatcher.utter_message(response="utter_unclear")
        return []
