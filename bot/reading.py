"""A message understood: its intent, further requests, mood and urgency, from the classifier and the rules for facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from bot import mood
from bot.classifier import Classifier, Decision
from bot.fact import Fact, blank
from bot.requests import ASIDE, SURE, Reading, Request, read
from bot.vectors import Vectors
from bot.written import CHOICE, has_words, mask, says_only, says_only_facts

INFORM, CHOOSE, FALLBACK, OUT_OF_SCOPE = "inform", "choose", "nlu_fallback", "out_of_scope"
PERSON, PERSON_ENOUGH = "ask_person", 0.15
"""A sentence that holds a fact leans towards `inform`; one that also asks for a person must never be taken for that."""
FACT_ENOUGH, AHEAD, SEVERAL = 0.5, 0.2, 2
"""Below this, words say less than the fact they surround: "the number in front of me is 17321"."""
RANKED = 10
GREET, A_QUESTION, PLAIN = "greet", 3, 0.6
GREETING = re.compile(
    r"^\W*(?:bonjour|bonsoir|bjr|bsr|salut|slt|coucou|hello|hi|hey|good\s(?:morning|afternoon|evening))\b\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Understood:
    """What docs/understanding.md says of an answer's `understanding`, but for the entities."""

    intent: str
    confidence: float
    ranking: list[tuple[str, float]]
    outside: float
    also: list[dict[str, Any]] = field(default_factory=list)
    mood: str = "calm"
    urgency: str = "none"


class Reader:
    """Reads messages with a fitted classifier. Below `threshold`, or with the second intent closer than `ambiguity`,
    the intent is `nlu_fallback`; `out_of_scope` is a decision of its own. Facts and nothing else ("10234", "it's
    69003") are `inform`, whatever the letters resemble; a place in a list alone is `choose`.
    """

    def __init__(self, classifier: Classifier, *, threshold: float, ambiguity: float) -> None:
        self._classifier = classifier
        self._threshold, self._ambiguity = threshold, ambiguity
        self._vectors = Vectors()

    def understand(self, text: str, found: list[Fact], *, not_understood: int = 0) -> Understood:
        """`found`: the facts of `text`; `not_understood`: how many messages before it were not."""
        decision, also = self._decided(text, found)
        name, confidence = self._named(decision)
        return Understood(
            intent=name,
            confidence=confidence,
            ranking=decision.ranking[:RANKED],
            outside=decision.outside,
            also=[told(request, found) for request in also],
            mood=mood.mood(text, not_understood=not_understood),
            urgency=mood.urgency(text),
        )

    def _decided(self, text: str, found: list[Fact]) -> tuple[Decision, list[Request]]:
        if says_only_facts(text, found):
            return Decision([(INFORM, 1.0)], 0.0, "facts"), []
        if CHOOSE in self._classifier.intents and says_only(text, found, CHOICE):
            return Decision([(CHOOSE, 1.0)], 0.0, "facts"), []
        reading = read(text, self._decide)
        if (wish := self._beside_facts(text, found)) is not None:
            return wish, reading.also
        decision = self._after_greeting(text, reading.decision)
        return (self._about_facts(replace(reading, decision=decision)) if tells(found) else decision), reading.also

    def _after_greeting(self, text: str, decision: Decision) -> Decision:
        """What is said after a greeting, where the greeting alone was heard: "bjr où est ma cmd"."""
        greeting = GREETING.match(text)
        if greeting is None or not decision.ranking or decision.ranking[0][0] != GREET:
            return decision
        rest = text[greeting.end() :]
        if len(rest.split()) < A_QUESTION:
            return decision
        asked = self._decide(rest)
        plain = bool(asked.ranking) and not asked.is_outside and asked.ranking[0][1] >= PLAIN
        return asked if plain and asked.ranking[0][0] not in ASIDE else decision

    def _beside_facts(self, text: str, found: list[Fact]) -> Decision | None:
        """What is plainly wanted in a message that also gives several facts: "put the delivery off, 10234 marie@x.fr
        69003" is mostly facts, but about the delivery."""
        facts = [fact for fact in found if fact.name in TELLING]
        if len(facts) < SEVERAL:
            return None
        rest = text
        for fact in facts:
            rest = blank(rest, fact)
        rest = " ".join(rest.split()).strip(" ,.;:-/")
        if not has_words(rest):
            return None
        wish = self._decide(rest)
        plain = bool(wish.ranking) and not wish.is_outside and wish.ranking[0][1] >= SURE
        return wish if plain and wish.ranking[0][0] not in ASIDE else None

    def _decide(self, text: str) -> Decision:
        return self._classifier.decide(prepared(text), partial(self._vectors.one, text))

    def _about_facts(self, reading: Reading) -> Decision:
        """The decision on a message with facts: words that say little mean the fact; a person is never overheard."""
        decision = reading.decision
        first = decision.ranking[0] if decision.ranking else (FALLBACK, 0.0)
        unsure = first[1] < FACT_ENOUGH
        asks_person = dict(decision.ranking).get(PERSON, 0.0) >= PERSON_ENOUGH
        if asks_person and (unsure or first[0] == INFORM):
            return at_head(decision, PERSON)
        return at_head(decision, INFORM) if unsure and INFORM in self._classifier.intents else decision

    def _named(self, decision: Decision) -> tuple[str, float]:
        """The intent that the dialogue hears, and its confidence."""
        if decision.is_outside:
            return OUT_OF_SCOPE, decision.outside
        if not decision.ranking:
            return FALLBACK, 1.0
        name, confidence = decision.ranking[0]
        second = decision.ranking[1][1] if len(decision.ranking) > 1 else 0.0
        if confidence < self._threshold or confidence - second < self._ambiguity:
            return FALLBACK, 1 - confidence
        return name, confidence


def tells(found: list[Fact]) -> bool:
    """Whether there is a fact that a form may have asked for."""
    return any(fact.name in TELLING for fact in found)


TELLING = frozenset({"order_number", "email", "postcode", "last_order", "tracking_number", "case_number", "phone"})


def at_head(decision: Decision, name: str) -> Decision:
    """`decision` for `name`, well ahead of the rest, or it would be called a tie."""
    rest = [entry for entry in decision.ranking if entry[0] != name]
    return Decision([(name, min(1.0, (rest[0][1] if rest else 0.0) + AHEAD)), *rest], 0.0, decision.step)


def told(request: Request, found: list[Fact]) -> dict[str, Any]:
    """A further request as the answer carries it."""
    start, end = request.clause.start, request.clause.end
    inside = [place for place, fact in enumerate(found) if start <= fact.start and fact.end <= end]
    return {
        "intent": request.intent,
        "confidence": round(request.confidence, 4),
        "text": request.clause.text,
        "start": start,
        "end": end,
        "entities": inside,
    }


def prepared(text: str) -> str:
    """What words and letters are counted of: each fact is a word for its kind."""
    return mask(text).casefold().replace("’", "'")
