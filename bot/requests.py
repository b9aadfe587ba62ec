"""Which request a message is about, when its parts ask for several things or it stands at the end of a story."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.classifier import Decision
from bot.clauses import Clause, clauses
from bot.judge import Judge

INFORM = "inform"
ASIDE = frozenset({
    "greet", "thanks", "goodbye", "affirm", "deny", "cancel", "inform", "no_fact", "upset", "insult", "praise",
    "rate", "small_talk",
    "repeat", "ask_robot", "ask_help", "choose", "second_thoughts", "continue_elsewhere", "sent_file",
    "speak_french",
    "speak_english", "complain",
})  # fmt: skip
"""What surrounds a request, or answers a question: never a second request."""
FIRST = ("distress", "fraud", "ask_person")
"""What comes first wherever it stands in a message."""
SURE, SURE_ENOUGH = 0.85, 0.6
"""Confidence from which a part is a second request; and from which it is the request of a message that as a whole says
none."""


SUMMING_UP = re.compile(
    r"\b(?:bref|en r[ée]sum[ée]|en bref|anyway|long story short|in short)\s?[,:]?\s*$", re.IGNORECASE
)


@dataclass(frozen=True)
class Request:
    intent: str
    confidence: float
    clause: Clause


@dataclass(frozen=True)
class Reading:
    """A message as it is understood: the decision on it, the part that says so (None: all of it), further requests."""

    decision: Decision
    also: list[Request]


def read(text: str, judge: Judge, said: Callable[[int, int], str] | None = None) -> Reading:
    """The first request of `text` and the others. `said` gives what counts of a part of it, by its places."""
    parts = clauses(text)
    whole, *each = judge.all([text, *((said and said(part.start, part.end)) or part.text for part in parts)])
    if not parts:
        return Reading(whole, [])
    judged = list(zip(parts, each, strict=True))
    found = requests(judged)
    sure = [request for request in found if request.confidence >= SURE]
    main = whole.ranking[0][0] if whole.ranking else None
    says_request = (
        main is not None and main not in ASIDE and not whole.is_outside and whole.ranking[0][1] >= SURE_ENOUGH
    )
    if not says_request and found:
        first = best(found, judged)
        return Reading(first, others(sure, first.ranking[0][0]))
    if (last := summed_up(sure, text)) is not None:
        return Reading(moved(whole, last), [])
    own = [request for request in found if request.intent == main]
    if own and any(request.intent != main for request in sure):
        first = sure[0] if own[0] in sure else own[0]
        chosen = next((request for name in FIRST for request in sure if request.intent == name), first)
        return Reading(moved(whole, chosen), others(sure, chosen.intent))
    return Reading(whole, [])


def summed_up(sure: list[Request], text: str) -> Request | None:
    """The request that a story ends on in so many words ("... in short, I want to complain"): what came before it only
    says why."""
    return next((each for each in sure if SUMMING_UP.search(text[: each.clause.start])), None)


def requests(judged: list[tuple[Clause, Decision]]) -> list[Request]:
    """The parts that ask for something, each thing once, in the order written."""
    found: dict[str, Request] = {}
    for part, decision in judged:
        if decision.is_outside or not decision.ranking:
            continue
        name, confidence = decision.ranking[0]
        if name in ASIDE or confidence < SURE_ENOUGH:
            continue
        # A fact by the way is no other request: "where is my order 10234".
        confidence = min(1.0, confidence + dict(decision.ranking).get(INFORM, 0.0))
        if name not in found or found[name].confidence < confidence:
            found[name] = Request(name, confidence, part)
    return sorted(found.values(), key=lambda request: request.clause.start)


def best(found: list[Request], judged: list[tuple[Clause, Decision]]) -> Decision:
    """The decision on the part that counts: what comes first wherever it stands, else the first sure one, else the
    surest."""
    chosen = next((request for name in FIRST for request in found if request.intent == name), None)
    chosen = chosen or next((request for request in found if request.confidence >= SURE), None)
    chosen = chosen or max(found, key=lambda request: request.confidence)
    return next(decision for part, decision in judged if part == chosen.clause)


def others(found: list[Request], main: str) -> list[Request]:
    return [request for request in found if request.intent != main]


def moved(whole: Decision, chosen: Request) -> Decision:
    """`whole` with the chosen request at its head, and no tie with another that comes afterwards."""
    half = chosen.confidence / 2
    rest = [(name, min(confidence, half)) for name, confidence in whole.ranking if name != chosen.intent]
    return Decision([(chosen.intent, chosen.confidence), *rest], whole.outside, whole.step)
