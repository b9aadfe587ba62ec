"""A turn that goes wrong fails: it never ends as an answer with nothing in it."""

import asyncio
from types import SimpleNamespace

import pytest
from rasa.core.actions.action import Action
from rasa.core.policies.policy import PolicyPrediction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.turn import BadTurn, Replies, Turn, TurnFailed, parse_payload, run, waits_for_choice

ASKED = {"conversation": "c", "turn": "t", "text": "bonjour", "language": "fr", "state": None}


class Failing(Action):
    def name(self) -> str:
        return "action_failing"

    async def run(self, *_):
        raise OSError("the server is away")


def test_a_failing_action_fails_the_turn() -> None:
    tracker = DialogueStateTracker.from_events("c", [])
    processor = SimpleNamespace(domain=Domain.empty(), nlg=None)
    prediction = PolicyPrediction([1.0], "test")
    with pytest.raises(TurnFailed, match="action_failing"):
        asyncio.run(run(Failing(), prediction, tracker, processor, Replies()))


@pytest.mark.parametrize(
    "changed", [{"text": " "}, {"language": "de"}, {"state": []}, {"conversation": None}, {"metadata": "x"}]
)
def test_a_malformed_request_is_refused(changed: dict) -> None:
    with pytest.raises(BadTurn):
        Turn.parse(ASKED | changed)


def test_a_payload_names_an_intent_and_its_entities() -> None:
    parsed = parse_payload('/ask_knowledge{"article": "returns"}', {"ask_knowledge"})
    assert parsed["intent"]["name"] == "ask_knowledge"
    assert parsed["entities"] == [{"entity": "article", "value": "returns"}]


@pytest.mark.parametrize("payload", ["/unknown", "/ask_knowledge{oops}", "/", "/ask_knowledge and more"])
def test_a_payload_of_another_model_is_refused(payload: str) -> None:
    with pytest.raises(BadTurn):
        parse_payload(payload, {"ask_knowledge"})


def test_an_utterance_without_content_is_no_reply() -> None:
    replies = Replies()
    asyncio.run(replies.send_response("c", BotUttered(None).message()))
    assert replies.said == []


def test_the_files_of_an_action_are_part_of_the_reply() -> None:
    replies = Replies()
    message = {"text": "Voici", "custom": {"files": [{"id": "f"}]}}
    asyncio.run(replies.send_response("c", message))
    assert [(said["text"], said["files"]) for said in replies.said] == [("Voici", [{"id": "f"}])]


@pytest.mark.parametrize(
    ("payloads", "waits"), [(["/ask_person"], False), ([], False), (["/affirm", "/deny"], True), (["/cancel"], True)]
)
def test_a_reminder_that_a_person_is_there_leaves_the_question_open(payloads: list[str], waits: bool) -> None:
    replies, tracker = Replies(), SimpleNamespace(is_active_loop_rejected=True)
    replies.said = [{"buttons": [{"title": "x", "payload": payload} for payload in payloads]}]
    assert waits_for_choice(tracker, replies) is waits
