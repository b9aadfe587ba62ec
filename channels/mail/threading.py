"""Where a mail belongs: evidence for each conversation, added up, and who writes before all else."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

BELONGS = 50
"""Points from which a mail belongs to a conversation."""
POINTS = {"token": 60, "answers": 55, "refers": 50, "quotes": 40, "number": 25, "recent": 10}
REPLY_SUBJECT, SAME_SUBJECT = 40, 20
CLOSED_DAYS, OLD_DAYS, RECENT_DAYS = 30.0, 180.0, 7.0
QUOTED_ENOUGH = 0.5
"""Share of one of our messages that must be found among the quotes."""

# What mail programs put before a subject they answer or forward, here and in the countries around.
_PREFIX = re.compile(
    r"\s*(?:(?:re|r[ée]f?|rép|réponse|aw|antw|sv|vs|odp|res|rv|enc|tr|fw|fwd|wg|i|doorst)\s*(?:\[\d+\]|\(\d+\)|\^\d+)?"
    r"\s*[:：]|\[(?:ext|extern|external|externe|spam|spam\?|suspected spam)\]|\*+\s?spam\s?\*+)\s*",
    re.IGNORECASE,
)
_ANSWERED = re.compile(r"\s*(?:re|r[ée]f?|rép|réponse|aw|antw|sv|odp|res)\s*(?:[\[(]\d+[\])])?\s*[:：]", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w@./-])#?(?=[A-Z0-9-]*\d{4})[A-Z]{0,6}-?\d[A-Z0-9-]{3,18}(?![\w@])", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?|\d{1,2}-\d{1,2}-(?:19|20)\d\d")
_WORDS = re.compile(r"\w+")
_RUN = 4
"""Words in a row that are compared."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a conversation. `writes_there` is not evidence but the condition of all: whether the sender has
    written in it before, from this address."""

    conversation_id: UUID
    writes_there: bool
    token: bool = False
    answers: bool = False
    """It answers one of its mails (In-Reply-To, or the last of References)."""
    refers: bool = False
    """It names one of its mails among older References."""
    subject: str = ""
    """The conversation's, as the customer last wrote it."""
    quotes: float = 0.0
    """The largest share of one of its messages that is quoted, 0 to 1."""
    numbers: bool = False
    """An order or case number is in both."""
    closed: bool = False
    idle_days: float = 0.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a mail belongs and why. `conversation_id` is None for a new conversation; `related` then names the one it
    would have joined, and `why` what kept it out."""

    conversation_id: UUID | None
    score: int = 0
    reasons: tuple[str, ...] = ()
    why: str | None = None
    related: UUID | None = None

    def told(self) -> dict[str, object]:
        """As it is kept with the message, for people to see."""
        return {
            "conversation": str(self.conversation_id) if self.conversation_id else None,
            "score": self.score,
            "reasons": list(self.reasons),
            "why": self.why,
            "related": str(self.related) if self.related else None,
        }


def place(candidates: Iterable[Evidence], *, subject: str) -> Placed:
    """The conversation that most speaks for, if that is enough; the one written in last among equals.

    Whatever speaks for it, a mail from an address that has not written there is never put into a conversation.
    """
    scored = sorted(
        ((score(one, subject=subject), one) for one in candidates),
        key=lambda pair: (-pair[0][0], not pair[1].writes_there, pair[1].idle_days, pair[1].conversation_id),
    )
    related: Placed | None = None
    for (points, reasons), one in scored:
        if points < BELONGS:
            break
        kept_out = _kept_out(one, subject)
        if kept_out is None:
            return Placed(one.conversation_id, points, reasons)
        related = related or Placed(None, points, reasons, kept_out, one.conversation_id)
    if related is not None:
        return related
    points, reasons = scored[0][0] if scored else (0, ())
    return Placed(None, points, reasons, "nothing_fits" if scored else None)


def score(one: Evidence, *, subject: str) -> tuple[int, tuple[str, ...]]:
    """Points and their reasons. More evidence never lowers them."""
    found: dict[str, int] = {}
    if one.token:
        found["token"] = POINTS["token"]
    if one.answers:
        found["answers"] = POINTS["answers"]
    elif one.refers:
        found["refers"] = POINTS["refers"]
    if one.quotes >= QUOTED_ENOUGH:
        found["quotes"] = POINTS["quotes"]
    if one.numbers:
        found["number"] = POINTS["number"]
    if bare(subject) and bare(subject) == bare(one.subject):
        found["subject"] = REPLY_SUBJECT if answered(subject) else SAME_SUBJECT
    if found and not one.closed and one.idle_days <= RECENT_DAYS:
        found["recent"] = POINTS["recent"]
    return sum(found.values()), tuple(found)


def _kept_out(one: Evidence, subject: str) -> str | None:
    if not one.writes_there:
        return "other_sender"
    if new_subject(subject, one.subject):
        return "new_subject"
    if one.idle_days > OLD_DAYS or (one.closed and one.idle_days > CLOSED_DAYS):
        return "too_old"
    return None


def bare(subject: str) -> str:
    """The subject without what programs put before it, spaces evened out, in one case."""
    rest = " ".join(subject.split())
    while (found := _PREFIX.match(rest)) and found.end():
        rest = rest[found.end() :]
    return rest.strip().casefold()


def answered(subject: str) -> bool:
    """Whether the subject says that it is an answer."""
    return _ANSWERED.match(subject) is not None


def new_subject(subject: str, before: str) -> bool:
    """Whether somebody wrote another subject: not one that was cut, marked or prefixed on its way."""
    now, then = bare(subject), bare(before)
    if not now or not then or now == then:
        return False
    if (about := numbers(now)) and (other := numbers(then)) and not about & other:
        return True
    if min(len(now), len(then)) >= 8 and (now in then or then in now):
        return False
    return difflib.SequenceMatcher(None, now[:200], then[:200], autojunk=False).ratio() < 0.75


def numbers(text: str) -> frozenset[str]:
    """What looks like an order or case number: letters in upper case, without marks. Dates are none."""
    found = set()
    for one in _NUMBER.findall(text[:20_000]):
        if not _DATE.fullmatch(one.strip("#")):
            found.add(re.sub(r"[^A-Z0-9]", "", one.upper()))
    return frozenset(number for number in found if 5 <= len(number) <= 24)


def quoted_share(quoted: str, messages: Sequence[str]) -> float:
    """The largest share of one of the messages whose words stand among the quotes; short messages say nothing."""
    there = _quoted(quoted[:50_000]) if messages else set()
    best = 0.0
    for message in messages if there else ():
        runs = _runs(message[:10_000])
        if len(runs) >= 5:
            best = max(best, len(runs & there) / len(runs))
    return best


@lru_cache(maxsize=8)
def _quoted(text: str) -> set[tuple[str, ...]]:
    """The same quotes are held against the messages of one conversation after the other."""
    return _runs(text)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORDS.findall(text.casefold())
    return {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
