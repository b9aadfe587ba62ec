"""A message understood: its intent, further requests, mood and urgency, from the classifier and the rules for facts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from bot import mood
from bot.around import has_words
from bot.choices import CHOICE
from bot.classifier import Classifier, Decision
from bot.fact import Fact, blank
from bot.grams import plain
from bot.judge import Judge
from bot.requests import ASIDE, SURE, Reading, Request, read
from bot.spelling import Speller, put_right
from bot.vectors import Vectors
from bot.written import numbers_alike, says_only, says_only_facts

INFORM, CHOOSE, FALLBACK, OUT_OF_SCOPE = "inform", "choose", "nlu_fallback", "out_of_scope"
PROMO, CODE_LIKELY, CODE = "promo_code", 0.9, re.compile(r"\W*[A-Za-zÀ-ÿ]{3,15}-?\d{1,4}\W*")
"""A word and a figure as one, and nothing besides: WELCOME10."""
PERSON, PERSON_ENOUGH, PERSON_BESIDE = "ask_person", 0.15, 0.25
"""A sentence that holds a fact leans towards `inform`; one that also asks for a person must never be taken for that,
nor for what is not plain either ("I want to talk to somebody about order 10234")."""
FACT_ENOUGH, AHEAD, SEVERAL = 0.5, 0.2, 2
"""Below this, words say less than the fact they surround: "the number in front of me is 17321"."""
RANKED = 10
# Between what may be a fact said by the way and what it was said beside.
PARTS = re.compile(r"[,;!?\n]+|\.+(?=\s|$)")
THANKING = re.compile(
    r"(?:[\s,.!]*\b(?:(?:et\s)?(?:merci|thanks|thank you)(?:\s(?:d['’]avance|beaucoup|bien|in advance|a lot))?"
    r"|s['’]il\s(?:vous|te)\spla[iî]t|svp|stp|please|pls|cheers)\b\W*){1,3}$",
    re.IGNORECASE,
)
A_SENTENCE, LIKELY = 4, 0.7
COURTESIES, A_QUESTION, PLAIN = frozenset({"greet", "thanks"}), 3, 0.6
GREETING = re.compile(
    r"^\W*(?:(?:bonjour|bonsoir|bjr|bsr|salut|slt|coucou|hello|hi|hey|good\s(?:morning|afternoon|evening)"
    r"|merci(?:\sbeaucoup)?|thanks?(?:\syou)?|thx|super|parfait|great|perfect|ok(?:ay)?)\b\W*){1,3}",
    re.IGNORECASE,
)


TALK, PLAINLY, A_FEW = frozenset({"goodbye", "small_talk", "greet", "praise", "rate", "language", "robot"}), 0.75, 6
ASKS_WHY = re.compile(r"\b(?:pourquoi(?! pas)|pq|pk|why(?! not)|how come)\b", re.IGNORECASE)
ASKS_WHETHER = re.compile(
    r"^\W*(?:(?:so|and|but|et|mais|alors)\W+)?(?:did|was|were|has|have|is)\s(?:it|that|this|the|my|you|they)\b|"
    r"\b(?:ou (?:pas|non)|or not|if not|what if|et si|et sinon|sinon quoi)\b",
    re.IGNORECASE,
)
"""What is never yes or no, however like it sounds: something may be done on a yes."""
YES_OR_NO = frozenset({"affirm", "deny"})
BLUNT, BLUNTLY = "insult", 0.55
"""Who is told that they are at the end of their tether has said so plainly."""
GOES_ON = re.compile(r"\W*(?:et|and|what about|how about)\b", re.IGNORECASE)
"""What begins so goes on with what was spoken of, unless it plainly is small talk: "et le week-end ?" is no goodbye."""
Decide = Callable[[str], Decision]
"""Judges a text, or a part of it."""


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
    slips: dict[str, str] = field(default_factory=dict)
    """Words that were slips, in small letters without accents, and what they were read as."""
    vector: np.ndarray | None = None
    """Of the whole message with its slips put right, where it took one to understand it."""


class Reader:
    """Reads messages with a fitted classifier. Below `threshold`, or with the second intent closer than `ambiguity`,
    the intent is `nlu_fallback`; `out_of_scope` is a decision of its own. Facts and nothing else ("10234", "it's
    69003") are `inform`, whatever the letters resemble; a place in a list alone is `choose`. Slips of the finger are
    put right before the classifier looks (`bot.spelling`).
    """

    def __init__(self, classifier: Classifier, *, threshold: float, ambiguity: float) -> None:
        self._classifier = classifier
        self._threshold, self._ambiguity = threshold, ambiguity
        self._vectors = Vectors()
        self._speller = Speller(classifier.held.texts)

    def understand(self, text: str, found: list[Fact], *, not_understood: int = 0) -> Understood:
        """`found`: the facts of `text`; `not_understood`: how many messages before it were not."""
        slips = self._speller.slips(text, names_in(found))
        decision, also = self._decided(text, found, Judge(self._classifier, self._vectors, slips))
        name, confidence = self._named(decision)
        if name in TALK and confidence < PLAINLY and GOES_ON.match(text) and len(text.split()) <= A_FEW:
            name, confidence = FALLBACK, 1 - confidence
        if (name == BLUNT and confidence < BLUNTLY) or (name in YES_OR_NO and asks(text)):
            name, confidence = FALLBACK, 1 - confidence
        return Understood(
            intent=name,
            confidence=confidence,
            ranking=decision.ranking[:RANKED],
            outside=decision.outside,
            also=[told(request, found) for request in also],
            mood=mood.mood(text, not_understood=not_understood),
            urgency=mood.urgency(text),
            slips=slips,
            vector=self._vectors.kept(numbers_alike(put_right(text, slips))),
        )

    def _decided(self, text: str, found: list[Fact], decide: Judge) -> tuple[Decision, list[Request]]:
        if says_only_facts(text, found):
            return Decision([(INFORM, 1.0)], 0.0, "facts"), []
        if CHOOSE in self._classifier.intents and says_only(text, found, CHOICE):
            return Decision([(CHOOSE, 1.0)], 0.0, "facts"), []
        if PROMO in self._classifier.intents and not found and CODE.fullmatch(text):
            return Decision([(PROMO, CODE_LIKELY)], 0.0, "facts"), []
        reading = read(text, decide, partial(beside_proofs, text, found))
        if not reading.also and (wish := beside_facts(text, found, decide)) is not None:
            return wish, reading.also
        decision = without_courtesy(text, reading.decision, decide)
        return (self._about_facts(replace(reading, decision=decision)) if tells(found) else decision), reading.also

    def _about_facts(self, reading: Reading) -> Decision:
        """The decision on a message with facts: words that say little mean the fact; a person is never overheard."""
        decision = reading.decision
        first = decision.ranking[0] if decision.ranking else (FALLBACK, 0.0)
        unsure = first[1] < FACT_ENOUGH
        person = dict(decision.ranking).get(PERSON, 0.0)
        beside = person >= PERSON_BESIDE and first[1] < PLAINLY
        if beside or (person >= PERSON_ENOUGH and (unsure or first[0] == INFORM)):
            return at_head(decision, PERSON, least=FACT_ENOUGH)
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


def without_courtesy(text: str, decision: Decision, decide: Decide) -> Decision:
    """The decision on what is said after a greeting where the greeting alone was heard ("bjr où est ma cmd"); and on
    what stands between the courtesies, where that is plainer than the whole."""
    first, confidence = decision.ranking[0] if decision.ranking else ("greet", 0.0)
    if first not in COURTESIES and confidence >= SURE:
        return decision
    rest = THANKING.sub("", GREETING.sub("", text))
    if rest == text or len(rest.split()) < A_QUESTION:
        return decision
    asked = decide(rest)
    if is_plain(asked, PLAIN) and (first in COURTESIES or asked.ranking[0][1] > confidence):
        return asked
    return decision


def beside_facts(text: str, found: list[Fact], decide: Decide) -> Decision | None:
    """What is plainly wanted in a message that also gives facts: "put the delivery off, 10234 marie@x.fr 69003" is
    mostly facts, but about the delivery."""
    facts = [fact for fact in found if fact.name in TELLING]
    bare = without(text, facts)
    kept = [part for part in PARTS.split(bare) if has_words(part)]
    if len(facts) < SEVERAL and len(kept) == len([part for part in PARTS.split(text) if part.strip()]):
        return None
    rest = " ".join(" ".join(kept).split()).strip(" ,.;:-/")
    # "Cancel 10234, marie@x.fr 69003": the word alone would be to leave it.
    proofs = [fact for fact in facts if fact.name != "order_number"]
    named = without(text, proofs).strip(" ,.;:-/") if rest and 0 < len(proofs) < len(facts) else ""
    # Of a whole sentence beside several facts less will do: the facts alone make the message what they are mostly for.
    told = len(facts) >= SEVERAL and len(rest.split()) >= A_SENTENCE
    for said, least in ((rest, LIKELY if told else SURE), (named, SURE)):
        if said and is_plain(wish := decide(said), least):
            return wish
    return None


def beside_proofs(text: str, found: list[Fact], start: int, end: int) -> str:
    """A part of `text`, from `start` to `end`, without the e-mail address and postcode that stand in it."""
    told = [fact for fact in found if fact.name in ("email", "postcode") and start <= fact.start and fact.end <= end]
    if not told:
        return text[start:end]
    kept = [part for part in PARTS.split(without(text, told)[start:end]) if has_words(part)]
    return " ".join(" ".join(kept).split())


def without(text: str, facts: list[Fact]) -> str:
    """The text with blanks in the place of these facts."""
    for fact in facts:
        text = blank(text, fact)
    return text


def is_plain(decision: Decision, least: float) -> bool:
    """Whether it is a request, and so likely."""
    known = bool(decision.ranking) and not decision.is_outside and decision.ranking[0][1] >= least
    return known and decision.ranking[0][0] not in ASIDE


def asks(text: str) -> bool:
    """Whether a message asks why, or whether something is so."""
    return bool(ASKS_WHY.search(text) or ASKS_WHETHER.search(text))


def tells(found: list[Fact]) -> bool:
    """Whether there is a fact that a form may have asked for."""
    return any(fact.name in TELLING for fact in found)


NAMES = frozenset({"product", "person", "place"})
TELLING = frozenset({"order_number", "email", "postcode", "last_order", "tracking_number", "case_number", "phone"})


def at_head(decision: Decision, name: str, *, least: float = 0.0) -> Decision:
    """`decision` for `name`, well ahead of the rest, or it would be called a tie; with a confidence of `least`."""
    rest = [entry for entry in decision.ranking if entry[0] != name]
    share = max(least, (rest[0][1] if rest else 0.0) + AHEAD)
    return Decision([(name, min(1.0, share)), *rest], 0.0, decision.step)


def names_in(found: list[Fact]) -> set[str]:
    """The words of names of products, people and places: what they resemble, they do not mean."""
    return {plain(word) for fact in found if fact.name in NAMES for word in fact.raw.split()}


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
