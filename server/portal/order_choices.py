"""What somebody chose to send back or to exchange, as a page's address says it: which pieces, why, for what instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from actions.return_reasons import REASONS
from crm_backend.orders.model import Order
from crm_backend.policies.allowed import FAULTS
from crm_backend.policies.schema import Allowed, Decision, LineAllowed
from server.portal.order_shown import Article, Teller, name_of, pieces
from server.portal.order_ways import Ways

CODES = tuple(each.code for each in REASONS)
SAME = "same"
"""The same again, in an exchange."""
MOST_TO_CHOOSE = 30
"""Pieces that are chosen from a list; of more, the number is typed."""


@dataclass(frozen=True)
class Choice:
    """Pieces by line, and why; `instead` is the version that is wanted in an exchange, or `SAME`."""

    pieces: Mapping[UUID, int]
    reason: str
    instead: str = ""

    @property
    def faulty(self) -> bool:
        """Whether it is judged by the warranty."""
        return self.reason in FAULTS

    def query(self) -> str:
        """The same as the query of an address."""
        return urlencode(self.fields())

    def fields(self) -> list[tuple[str, str]]:
        """The same as hidden fields of a form."""
        named = [(f"n-{line}", str(count)) for line, count in self.pieces.items()]
        return [*named, ("reason", self.reason), *([("instead", self.instead)] if self.instead else [])]


@dataclass(frozen=True)
class Row:
    """A line to choose from: at most `most` pieces, `count` of which are chosen; none where `why` says so."""

    article: Article
    most: int
    count: int
    why: str = ""
    note: str = ""


class Unchosen(Exception):
    """Something is missing or not possible together; `word` is the sentence, told with `facts`."""

    def __init__(self, word: str, **facts: str) -> None:
        super().__init__(word)
        self.word, self.facts = word, facts


def reasons(language: str, *, faults: bool = False) -> list[tuple[str, str]]:
    """Why something may come back, by code: in the words of the assistant's buttons; with `faults` those alone."""
    return [(each.code, each.words[language]) for each in REASONS if not faults or each.code in FAULTS]


def reason_in_words(code: str, language: str) -> str:
    """One of them."""
    return dict(reasons(language)).get(code, "")


def chosen(given: Mapping[str, str], order: Order, ways: Ways, may: Allowed, *, teller: Teller) -> Choice:
    """What was chosen of a return. Raises Unchosen."""
    some = counted(given, order, may, teller=teller)
    reason = given.get("reason", "")
    if reason not in CODES:
        raise Unchosen("return_no_reason")
    check(some, reason, order, ways, may, teller=teller)
    return Choice(some, reason)


def counted(given: Mapping[str, str], order: Order, may: Allowed, *, teller: Teller) -> dict[UUID, int]:
    """Pieces by line. Raises Unchosen for none, and for more than there are."""
    some: dict[UUID, int] = {}
    for line in may.lines:
        count = given.get(f"n-{line.id}", "0").strip() or "0"
        if not (count.isascii() and count.isdecimal()) or len(count) > 6 or int(count) > line.returnable:
            raise Unchosen("return_not_so_many", name=_called(order, line.id, teller), most=str(line.returnable))
        if int(count):
            some[line.id] = int(count)
    if not some:
        raise Unchosen("return_none_chosen")
    return some


def count_of(given: Mapping[str, str], line_id: UUID) -> int:
    """How many pieces of a line are chosen on a page that is shown again."""
    said = given.get(f"n-{line_id}", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 7 else 0


def check(some: Mapping[UUID, int], reason: str, order: Order, ways: Ways, may: Allowed, *, teller: Teller) -> None:
    """Raises Unchosen for what does not come back for this reason."""
    for line in may.lines:
        decision = judged(line, reason)
        if line.id in some and not decision.allowed:
            raise Unchosen("return_not_this", name=_called(order, line.id, teller), why=ways.why(decision))


def judged(line: LineAllowed, reason: str) -> Decision:
    """What policy says to a line that comes back for this reason."""
    return line.warranty if reason in FAULTS and not line.back.allowed else line.back


def send_by(choice: Choice, days: Mapping[UUID, date]) -> date | None:
    """The last day on which all of it may be sent; None for what is faulty: the warranty knows no such hurry."""
    return None if choice.faulty else min((days[line] for line in choice.pieces if line in days), default=None)


def in_words(choice: Choice, order: Order, teller: Teller) -> list[str]:
    """What comes back, piece by piece."""
    lines = [line for line in order.lines if line.id in choice.pieces]
    return [pieces(name_of(line, teller.language), choice.pieces[line.id]) for line in lines]


def _called(order: Order, line_id: UUID, teller: Teller) -> str:
    return next((name_of(line, teller.language) for line in order.lines if line.id == line_id), "")
