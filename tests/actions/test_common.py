"""What yes, no and "cancel it" are when nothing is open."""

from __future__ import annotations

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.common import Cancel, NothingOpen
from actions.rate import Rated
from crm_backend.database import new_id


def heard(text: str, intent: str, **slots: str) -> Tracker:
    message = {"intent": {"name": intent, "confidence": 0.9}, "text": text, "entities": []}
    message["metadata"] = {"turn": str(new_id())}
    return Tracker(str(new_id()), {"language": "fr", **slots}, message, [], False, None, {}, "action_listen")


@pytest.mark.parametrize(
    ("text", "topic", "said", "begins"),
    [
        ("annulez", "", ["utter_cancel_what"], None),
        ("annule mon rappel", "call_back", [], {"topic": "call_back", "facts": {"change": "cancel"}}),
        ("laisse tomber", "call_back", ["utter_what_next"], None),
    ],
)
async def test_who_wants_to_cancel_is_never_told_that_it_is_all_right(
    text: str, topic: str, said: list[str], begins: dict[str, object] | None
) -> None:
    dispatcher = CollectingDispatcher()
    events = await Cancel().run(dispatcher, heard(text, "cancel", topic=topic), {})
    assert [each["response"] for each in dispatcher.messages] == said
    assert next((each["value"] for each in events if each.get("name") == "begin"), None) == begins
    # The number of an order that comes next is the one to be cancelled.
    proposed = [each["value"] for each in events if each.get("name") == "proposed"]
    assert proposed == ([{"topic": "cancel_order"}] if said == ["utter_cancel_what"] else [])


async def test_cancel_it_is_about_the_order_that_was_spoken_of() -> None:
    dispatcher = CollectingDispatcher()
    heard_it = heard("ok annulez-la alors", "cancel", topic="order_status", order_number="10888")
    events = await Cancel().run(dispatcher, heard_it, {})
    assert not dispatcher.messages
    assert events[0]["value"] == {"topic": "cancel_order"}


async def test_another_order_that_was_meant_begins_the_same_again() -> None:
    dispatcher = CollectingDispatcher()
    heard_it = heard("pardon, je voulais dire 10888", "second_thoughts", topic="cancel_order")
    heard_it.latest_message["entities"] = [{"entity": "order_number", "value": "10888"}]
    events = await NothingOpen().run(dispatcher, heard_it, {})
    assert not dispatcher.messages
    assert events[0]["value"] == {"topic": "cancel_order"}


@pytest.mark.parametrize(
    ("text", "said"), [("le 5", "utter_unclear"), ("0", "utter_unclear"), ("génial", "utter_rate_good")]
)
async def test_a_number_that_nobody_asked_for_is_no_mark(text: str, said: str) -> None:
    dispatcher = CollectingDispatcher()
    await Rated().run(dispatcher, heard(text, "rate"), {})
    assert [each["response"] for each in dispatcher.messages] == [said]
