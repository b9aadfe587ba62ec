"""Fraud goes straight to a person, and a mark is thanked for."""

from __future__ import annotations

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action

from actions.fraud import SuspectFraud
from actions.rate import Rated
from actions.tasks import finding
from crm_backend.database import Sessions, new_id
from tests.support import core
from tests.support.owning import buyer

finding.find()


async def said(
    action: Action, text: str, *, mood: str = "calm", conversation: object = None, **entities: str
) -> tuple[CollectingDispatcher, dict[str, object]]:
    heard = {
        "intent": {"name": "rate"}, "text": text, "mood": mood, "metadata": {"turn": str(new_id())},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }  # fmt: skip
    sender = str(conversation or new_id())
    tracker = Tracker(sender, {"language": "fr"}, heard, [{"event": "user"}], False, None, {}, None)
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker, {})
    return dispatcher, {each["name"]: each["value"] for each in events if each["event"] == "slot"}


@pytest.mark.parametrize(
    ("text", "heard", "answer"),
    [
        ("4/5, très bien", {"score": "4/5"}, "utter_rate_good"),
        ("8 sur 10", {"score": "8/10"}, "utter_rate_good"),
        ("2/5", {"score": "2/5"}, "utter_rate_low"),
        ("0/0", {"score": "0/0"}, "utter_rate_noted"),
        ("5", {"number": "5"}, "utter_rate_good"),
        ("1", {"number": "1"}, "utter_rate_low"),
        ("99", {"number": "99"}, "utter_unclear"),
        ("pas satisfaite du tout", {}, "utter_rate_low"),
        ("très satisfait", {}, "utter_rate_good"),
        ("not happy with the answer", {}, "utter_rate_low"),
        ("mouais", {}, "utter_rate_noted"),
    ],
)
async def test_a_mark_is_thanked_for_and_who_is_not_content_is_offered_a_person(
    text: str, heard: dict[str, str], answer: str
) -> None:
    dispatcher, slots = await said(Rated(), text, **heard)
    assert [each["response"] for each in dispatcher.messages] == [answer]
    assert slots.get("offered") == ("upset" if answer == "utter_rate_low" else None)


async def test_fraud_goes_straight_to_a_person_who_is_told_why(acting: Sessions) -> None:
    conversation = (await core.write(acting, visitor=new_id().hex)).conversation_id
    dispatcher, _ = await said(SuspectFraud(), "on a piraté mon compte", conversation=conversation)
    first, handed = dispatcher.messages
    assert first["response"] == "utter_fraud" and handed["response"].startswith("utter_handed_over")
    assert handed["custom"]["command"] == {"do": "hand_over", "reason": "fraud", "topic": None}


async def test_fraud_goes_first_whatever_is_open(acting: Sessions) -> None:
    customer, _ = await buyer(acting, arrives=False)
    await customer.says("annulez ma commande", "cancel_order")
    await customer.says("oui mais je n'ai jamais passé cette commande, on a volé ma carte", "fraud")
    assert customer.stepped_aside
