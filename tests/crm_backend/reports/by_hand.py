"""The figures of a month once more, in plain Python over its rows, by what their definitions say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import fmean, median
from typing import Any

from tests.crm_backend.reports.made import PARIS, Month, Row

WEEK, SILENCE = timedelta(days=7), timedelta(hours=24)
Tell = dict[str, float | None]


@dataclass
class Wait:
    """A stay in a queue."""

    row: Row
    first: bool
    outcome: str
    contact: Contact | None

    @property
    def at(self) -> datetime:
        """When it counts."""
        return self.row["entered_at"]

    def seconds(self, start: str, end: str) -> float:
        """Between two of its times."""
        return (self.row[end] - self.row[start]).total_seconds()


@dataclass
class Contact:
    """A contact."""

    talk: Row
    person: Any
    messages: list[Row]
    at: datetime
    closed: datetime | None = None
    ended: datetime | None = None
    waits: list[Wait] = field(default_factory=list)
    asked_again: bool = False

    def by(self, *authors: str) -> list[Row]:
        """What they wrote."""
        return [each for each in self.messages if each["author"] in authors]

    @property
    def polite(self) -> bool:
        """Whether the customer wants nothing."""
        return all((each["understanding"] or {}).get("intent") in ("thanks", "goodbye") for each in self.by("customer"))

    @property
    def abandoned(self) -> bool:
        """Whether they gave up waiting."""
        outcomes = {each.outcome for each in self.waits}
        return "abandoned" in outcomes and not outcomes & {"taken", "waiting"} and not self.by("agent")

    @property
    def resolved(self) -> bool:
        """Whether it came to an end with an answer."""
        return self.ended is not None and bool(self.by("bot", "agent")) and not self.abandoned

    @property
    def people(self) -> set[Any]:
        """Who dealt with it."""
        wrote = {each["agent_id"] for each in self.by("agent")}
        return wrote | {each.row["agent_id"] for each in self.waits if each.row["agent_id"]}


def contacts_of(month: Month, now: datetime) -> list[Contact]:
    """Every contact of a month, in the order of their beginnings."""
    found = [one for talk in month.conversations for one in _of_talk(month, talk, now)]
    return sorted(found, key=lambda one: one.at)


def _of_talk(month: Month, talk: Row, now: datetime) -> list[Contact]:
    rated = {each["created_at"] for each in month.ratings if each["conversation_id"] == talk["id"]}
    said = [
        each for each in month.messages
        if each["conversation_id"] == talk["id"] and "template" not in each["content"]
        and not (each["author"] == "customer" and each["created_at"] in rated)
    ]  # fmt: skip
    closings = sorted(
        each["created_at"] for each in month.audit
        if each["subject_id"] == str(talk["id"]) and each["action"] == "closed"
    )  # fmt: skip
    entries = sorted(
        (each for each in month.entries if each["conversation_id"] == talk["id"]), key=lambda each: each["created_at"]
    )
    found: list[Contact] = []
    before: Row | None = None
    for each in said:
        if each["author"] == "customer" and _begins(found, each, before, closings, entries):
            found.append(Contact(talk, talk["customer_id"] or talk["identity_id"], [], each["created_at"]))
        if found:
            found[-1].messages.append(each)
        before = each
    for contact, then in zip(found, [*found[1:], None], strict=True):
        _end(contact, then, closings, entries, now)
        _waits(contact, then, entries)
        facts = {each["message_id"] for each in month.repeated}
        contact.asked_again = any(each["id"] in facts for each in contact.messages)
    return found


def _over(entry: Row) -> datetime | None:
    over: datetime | None = entry["ended_at"] if entry["taken_at"] else entry["left_at"]
    return over


def _begins(found: list[Contact], said: Row, before: Row | None, closings: list[datetime], entries: list[Row]) -> bool:
    if not found or before is None:
        return True
    heard, at = found[-1].by("customer")[-1]["created_at"], said["created_at"]
    if any(heard < each <= at for each in closings):
        return True
    if before["author"] != "bot" or at - before["created_at"] < SILENCE:
        return False
    return not any(
        each["entered_at"] <= at and (_over(each) is None or _over(each) > before["created_at"])  # type: ignore[operator]
        for each in entries
    )


def _end(contact: Contact, then: Contact | None, closings: list[datetime], entries: list[Row], now: datetime) -> None:
    within = [each for each in closings if each >= contact.at and (then is None or each <= then.at)]
    last = contact.messages[-1]
    if within:
        contact.closed = contact.ended = within[0]
    elif then is not None or (
        contact.talk["owner"] == "bot"
        and last["author"] == "bot"
        and last["created_at"] + SILENCE <= now
        and all(_over(each) for each in entries if each["created_at"] >= contact.at)
    ):
        contact.ended = last["created_at"]


def _waits(contact: Contact, then: Contact | None, entries: list[Row]) -> None:
    own = [
        each for each in entries
        if each["created_at"] >= contact.at and (then is None or each["created_at"] < then.at)
    ]  # fmt: skip
    for place, each in enumerate(own):
        if each["taken_at"]:
            outcome = "taken"
        elif each["left_at"] is None:
            outcome = "waiting"
        else:
            outcome = "moved" if place + 1 < len(own) else "abandoned"
        contact.waits.append(Wait(each, place == 0, outcome, contact))


def figures(month: Month, *, first: date, last: date, now: datetime, within: float = 60) -> Tell:
    """Each figure over days of Paris."""
    every = contacts_of(month, now)

    def counts(at: datetime) -> bool:
        return first <= at.astimezone(PARIS).date() <= last

    contacts = [each for each in every if counts(each.at) and not each.polite]
    waits = [wait for each in every for wait in each.waits if counts(wait.at)]
    taken = [each for each in waits if each.outcome == "taken"]
    scores = [each["score"] for each in month.ratings if counts(each["created_at"])]
    gone = [each for each in waits if each.outcome == "abandoned"]
    late = [each for each in gone if each.seconds("entered_at", "left_at") > within]
    ended = [each for each in contacts if each.ended and each.by("bot")]
    settled = [each for each in contacts if each.resolved and each.ended and each.ended + WEEK <= now]

    def again(one: Contact, *, same: bool) -> bool:
        return any(
            other.person == one.person and not other.polite and one.ended is not None
            and one.ended < other.at <= one.ended + WEEK and (not same or other.talk["topic"] == one.talk["topic"])
            for other in every
        )  # fmt: skip

    def new(one: Contact) -> bool:
        return not any(
            other.person == one.person and not other.polite and one.at - WEEK <= other.at < one.at
            and other.talk["topic"] == one.talk["topic"] for other in every
        )  # fmt: skip

    begun = [each for each in settled if new(each)]
    answered = [(each.by("bot", "agent")[0]["created_at"] - each.at).total_seconds()
                for each in contacts if each.by("bot", "agent")]  # fmt: skip
    written = [each for each in contacts if each.by("agent")]
    return {
        "contacts": len(contacts),
        "messages": sum(len(each.messages) for each in contacts),
        "handed_over": sum(each.first for each in waits),
        "containment": _share(ended, lambda each: not each.waits and not each.by("agent")),
        "first_response": _of(median, answered),
        "wait": _of(fmean, [each.seconds("entered_at", "taken_at") for each in taken]),
        "service_level": _share(
            taken + late, lambda each: each.outcome == "taken" and each.seconds("entered_at", "taken_at") <= within
        ),
        "abandonment": _share(taken + gone, lambda each: each.outcome == "abandoned"),
        "handling": _of(fmean, [each.seconds("taken_at", "ended_at") for each in taken if each.row["ended_at"]]),
        "resolution": _of(
            median, [(each.closed - each.at).total_seconds() for each in contacts if each.resolved and each.closed]
        ),
        "first_contact_resolution": _share(begun, lambda each: len(each.people) <= 1 and not again(each, same=True)),
        "durable_resolution": _share(settled, lambda each: not again(each, same=False)),
        "repeat_yourself": _share(written, lambda each: each.asked_again),
        "satisfaction": _share(scores, lambda score: score >= 4),
        "score": _of(fmean, scores),
    }


def _share(among: Iterable[Any], counts: Callable[[Any], bool]) -> float | None:
    rows = list(among)
    return sum(map(counts, rows)) / len(rows) if rows else None


def _of(fold: Callable[[list[float]], float], values: list[float]) -> float | None:
    return float(fold(values)) if values else None
