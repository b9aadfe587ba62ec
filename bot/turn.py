"""One turn of the assistant, as a pure function: (state, what the customer wrote) → (replies, new state).

The loop is Rasa's own `MessageProcessor.handle_message`, rewritten because the stock one swallows an action that fails
and carries on as if nothing were missing.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection, ActionExtractSlots, action_for_name_or_text
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecutionRejected,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot import shelves
from bot.state import State, pack, unpack

CHANNEL = "relais"
LANGUAGES = ("fr", "en")
RANKING_SHOWN = 4
TASK = "task"
"""The slot in which actions/tasks/state.py keeps the open task."""
ASK_PERSON = "/ask_person"
UNCLEAR = "nlu_fallback"
SURE = 0.7
"""How sure an intent has to be in what is written by somebody who waits for a person. What is said plainly has 0.9 and
more; stories are taken for some business at 0.4 to 0.6."""
PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?", re.DOTALL)


class TurnFailed(Exception):
    """The turn could not be carried through; the message says why, for the log."""


class BadTurn(ValueError):
    """The request is not one the server should have sent."""


@dataclass(frozen=True)
class Turn:
    conversation: str
    turn: str
    text: str
    language: str
    state: State | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, body: Any) -> "Turn":
        """The turn in a request's JSON; raises `BadTurn`."""
        if not isinstance(body, dict):
            raise BadTurn("the body must be a JSON object")
        for name in ("conversation", "turn", "text"):
            if not isinstance(body.get(name), str) or not body[name].strip():
                raise BadTurn(f"'{name}' must be a text that is not empty")
        if body.get("language") not in LANGUAGES:
            raise BadTurn(f"'language' must be one of {', '.join(LANGUAGES)}")
        state, metadata = body.get("state"), body.get("metadata") or {}
        if not (state is None or isinstance(state, dict)) or not isinstance(metadata, dict):
            raise BadTurn("'state' and 'metadata' must be objects")
        return cls(body["conversation"], body["turn"], body["text"].strip(), body["language"], state, metadata)


class Replies(OutputChannel):
    """Collects what the assistant says, each utterance whole."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        extra = message.get("custom") or {}
        reply = {
            "text": message.get("text") or "",
            "buttons": [{"title": b["title"], "payload": b["payload"]} for b in message.get("buttons") or ()],
            "cards": extra.get("cards") or [],
            "files": extra.get("files") or [],
            "command": extra.get("command"),
        }
        if any(reply.values()):
            self.said.append(reply)


async def take(turn: Turn, processor: MessageProcessor) -> dict[str, Any]:
    """The answer to `turn`, as docs/protocols.md gives it. Raises `TurnFailed`, `BadTurn`."""
    slots = (turn.state or {}).get("slots", {})
    # A customer who asked for a language keeps it, whatever the next sentence looks like.
    language = slots.get("language") if slots.get("language_pinned") else turn.language
    given = {"language": language, "proof": turn.metadata.get("proof"), "company": turn.metadata.get("company")}
    tracker = unpack(turn.state, conversation=turn.conversation, given=given, domain=processor.domain)
    replies = Replies()
    parsed = await understand(turn, tracker, processor)
    tracker.update(
        UserUttered(
            turn.text,
            parsed["intent"],
            parsed["entities"],
            parsed,
            input_channel=CHANNEL,
            metadata={**turn.metadata, "turn": turn.turn},
        ),
        processor.domain,
    )
    await fill_slots(tracker, processor, replies)
    await answer(tracker, processor, replies)
    if not replies.said:
        raise TurnFailed(f"nothing was said to intent '{parsed['intent']['name']}'")
    return {
        "replies": replies.said,
        "state": pack(tracker),
        "language": tracker.get_slot("language"),
        "understanding": understanding(parsed),
    }


async def understand(turn: Turn, tracker: DialogueStateTracker, processor: MessageProcessor) -> dict[str, Any]:
    """The intent and entities of a text, or those that a button's payload names."""
    if turn.text.startswith("/"):
        return parse_payload(turn.text, set(processor.domain.intents))
    known = {name: tracker.slots[name].value for name in processor.domain.entities if name in tracker.slots}
    task = tracker.get_slot(TASK) or {}
    known.update({name: task["facts"][name] for name in processor.domain.entities if name in task.get("facts", ())})
    expected = (task.get("asked") or {}).get("expects")
    context = {
        "asked": expected,
        "known": {k: v for k, v in known.items() if v},
        "not_understood": tracker.slots["unclear_turns"].value if "unclear_turns" in tracker.slots else 0,
        "language": tracker.get_slot("language"),
        "today": turn.metadata.get("today"),
        "catalogue": turn.metadata.get("catalogue"),
    }
    await shelves.ready(context["catalogue"])
    message = UserMessage(
        turn.text, sender_id=turn.conversation, input_channel=CHANNEL, message_id=turn.turn, metadata=context
    )
    parsed = await processor.parse_message(message, tracker)
    if turn.metadata.get("waits") and not task.get("asked") and parsed["intent"]["confidence"] < SURE:
        # Somebody who waits for people writes for them, too: what may be meant for the assistant is not guessed at.
        parsed["intent"] = {"name": UNCLEAR, "confidence": parsed["intent"]["confidence"]}
    return {key: value for key, value in parsed.items() if key != "metadata"}


def parse_payload(text: str, intents: set[str]) -> dict[str, Any]:
    """`/intent{"entity": "value"}` as NLU would return it; raises `BadTurn`."""
    match = PAYLOAD.fullmatch(text)
    if not match or match["intent"] not in intents:
        raise BadTurn("the payload names no intent of this model")
    try:
        entities = json.loads(match["entities"] or "{}")
    except ValueError as error:
        raise BadTurn("the payload's entities are not JSON") from error
    intent = {"name": match["intent"], "confidence": 1.0}
    return {
        "text": text,
        "intent": intent,
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        "intent_ranking": [intent],
    }


def understanding(parsed: dict[str, Any]) -> dict[str, Any]:
    """What the transcript keeps of it: docs/understanding.md."""
    return {
        "intent": parsed["intent"]["name"],
        "confidence": round(float(parsed["intent"]["confidence"]), 4),
        "entities": [{key: value for key, value in each.items() if key != "extractor"} for each in parsed["entities"]],
        "ranking": [
            {"name": intent["name"], "confidence": round(float(intent["confidence"]), 4)}
            for intent in parsed.get("intent_ranking", ())[:RANKING_SHOWN]
        ],
        "outside": round(float(parsed.get("outside") or 0.0), 4),
        "also": parsed.get("also") or [],
        "mood": parsed.get("mood") or "calm",
        "urgency": parsed.get("urgency") or "none",
    }


async def fill_slots(tracker: DialogueStateTracker, processor: MessageProcessor, replies: Replies) -> None:
    """Sets the slots that the message fills, as `MessageProcessor.run_action_extract_slots` does, which copies all of
    it once more for a log that nobody reads."""
    action = ActionExtractSlots(processor.action_endpoint)
    events = await action.run(replies, processor.nlg, tracker, processor.domain)
    tracker.update_with_events(events, processor.domain)
    await say(events, tracker, replies)


async def say(events: Sequence[Event], tracker: DialogueStateTracker, replies: Replies) -> None:
    """Collects what an action said."""
    for event in events:
        if isinstance(event, BotUttered):
            await replies.send_response(tracker.sender_id, event.message())


async def answer(tracker: DialogueStateTracker, processor: MessageProcessor, replies: Replies) -> None:
    """Run actions until the assistant has said its piece. Raises `TurnFailed` when one of them fails."""
    for _ in range(processor.max_number_of_predictions):
        action, prediction = processor.predict_next_with_tracker_if_should(tracker)
        if action.name() == tracker.active_loop_name and waits_for_choice(tracker, replies):
            action = action_for_name_or_text(ACTION_LISTEN_NAME, processor.domain, processor.action_endpoint)
            prediction = PolicyPrediction.for_action_name(processor.domain, ACTION_LISTEN_NAME, CHANNEL)
        await run(action, prediction, tracker, processor, replies)
        if action.name() == ACTION_LISTEN_NAME:
            return
    raise TurnFailed(f"more than {processor.max_number_of_predictions} actions in one turn")


def waits_for_choice(tracker: DialogueStateTracker, replies: Replies) -> bool:
    """Whether the answer to an interruption of a form ended on buttons.

    Rasa asks the form's question again after an interruption. But buttons are a question of their own, and stand under
    the last message only: the customer chooses first. The button that only reminds of a person asks nothing.
    """
    payloads = [button["payload"] for button in replies.said[-1]["buttons"]] if replies.said else []
    return tracker.is_active_loop_rejected and any(payload != ASK_PERSON for payload in payloads)


async def run(
    action: Action,
    prediction: PolicyPrediction,
    tracker: DialogueStateTracker,
    processor: MessageProcessor,
    replies: Replies,
) -> None:
    """Run one action and log it on the tracker."""
    scratch = tracker
    if any(not isinstance(event, DefinePrevUserUtteredFeaturization) for event in prediction.events):
        # What Rasa would try on a copy: but that words were read as an intent is of interest to policies only.
        scratch = tracker.copy()
        scratch.update_with_events(prediction.events, processor.domain)
    try:
        events: list[Event] = await action.run(replies, processor.nlg, scratch, processor.domain) or []
    except ActionExecutionRejection:
        tracker.update(ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence))
        return
    except Exception as error:
        raise TurnFailed(f"action '{action.name()}': {error}") from error
    if not any(isinstance(event, ActionExecutionRejected) for event in events):
        tracker.update_with_events(prediction.events, processor.domain)
        tracker.update(action.event_for_successful_execution(prediction))
    tracker.update_with_events(events, processor.domain)
    await say(events, tracker, replies)
