"""What customers correct of what is passed on: marked as theirs, and kept when the passport is built anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit import services as audit
from crm_backend.conversations.model import Conversation
from crm_backend.customers import checks
from crm_backend.errors import Invalid, NotFound, RateLimited
from crm_backend.orders.numbers import number_key

KEPT: Final = "corrections"
"""Where a passport keeps them: `[{"name", "was", "to", "seq", "said_in"}]`. `to` is null for what was taken out; `seq`
is how far the conversation was, `said_in` the message that says it, null for what was typed into a form."""
GOAL: Final = "goal"
MOST: Final = 20
"""Corrections of one conversation: more is play."""
LONGEST_GOAL, LONGEST_NAME, LONGEST_NUMBER = 200, 80, 40
_NUMBER: Final = re.compile(r"(?=.*[0-9])[A-Z0-9]{2,32}")
Made = list[dict[str, Any]]
Facts = list[dict[str, Any]]


def made(passport: Mapping[str, Any] | None) -> Made:
    """The corrections that a passport keeps, the oldest first."""
    return list((passport or {}).get(KEPT, []))


def applied(facts: Facts, corrections: Made) -> Facts:
    """The facts as the customer corrected them, one after the other; what was taken out is gone."""
    for each in corrections:
        facts = [kept for fact in facts if (kept := _as_corrected(fact, each)) is not None]
    return facts


def goal(found: dict[str, Any], corrections: Made) -> dict[str, Any]:
    """What the customer wants, in the words that they put it in themselves, unless they have said more since."""
    theirs = next((each for each in reversed(corrections) if each["name"] == GOAL), None)
    if theirs is None or (found.get("seq") or 0) > theirs["seq"]:
        return found
    if theirs["to"] is None:
        return {"code": "person", "corrected": True, "said_in": theirs["said_in"]}
    return {"code": "said", "text": theirs["to"], "seq": found.get("seq"), **_marks(theirs)}


def _as_corrected(fact: dict[str, Any], correction: Mapping[str, Any]) -> dict[str, Any] | None:
    if (fact["name"], fact["value"]) != (correction["name"], correction["was"]):
        return fact
    if correction["to"] is None:
        return None
    return {**fact, "value": correction["to"], **_marks(correction), "was": fact.get("was", correction["was"])}


def _marks(correction: Mapping[str, Any]) -> dict[str, Any]:
    return {"corrected": True, "was": correction["was"], "said_in": correction["said_in"]}


async def correct(
    session: AsyncSession,
    conversation: Conversation,
    *,
    name: str,
    was: str,
    to: str | None,
    said_in: int | None = None,
) -> dict[str, Any]:
    """Has the customer's own word for a fact of the passport of a locked conversation, or for what they want (`goal`);
    None takes it out. `said_in` is the message that says so. The passport as it is then. Correcting to what it is
    already changes nothing.

    Raises NotFound for a fact that is not in it, Invalid for a value that cannot be one, RateLimited after 20.
    """
    passport = conversation.passport
    if passport is None:
        raise NotFound("nothing is passed on")
    value = None if to is None else checked(name, to, language=conversation.language)
    known = made(passport)
    change = {"name": name, "was": was, "to": value, "seq": conversation.last_seq, "said_in": said_in}
    facts = passport["facts"]
    if name == GOAL:
        if (passport["goal"].get("text") or "") != was:
            raise NotFound("not what is passed on")
    elif not any((fact["name"], fact["value"]) == (name, was) for fact in facts):
        raise NotFound("no such fact")
    if value == was:
        return passport
    if len(known) >= MOST:
        raise RateLimited("corrections of one conversation", retry_after=86_400)
    facts = applied(facts, [change])
    conversation.passport = {
        **passport,
        "facts": facts,
        "orders": [fact["value"] for fact in facts if fact["name"] == "order_number"],
        "goal": goal(passport["goal"], [change]),
        KEPT: [*known, change],
    }
    subject = ("conversation", conversation.id)
    audit.record(session, actor="customer", action="passport_corrected", subject=subject, fact=name)
    await session.flush()
    return conversation.passport


def checked(name: str, value: str, *, language: str) -> str:
    """The value as it is kept. Raises Invalid with the fact's name as its field."""
    if name not in _CHECKS:
        raise Invalid(name, "unknown_fact")
    return _CHECKS[name](name, " ".join(value.split()), language)


def _words(most: int) -> Callable[[str, str, str], str]:
    return lambda name, value, _: checks.text(name, value, longest=most, needed=True)


def _number(name: str, value: str, _: str) -> str:
    plain = checks.text(name, value, longest=LONGEST_NUMBER, needed=True)
    if not _NUMBER.fullmatch(number_key(plain)):
        raise Invalid(name, "not_a_number_of_ours")
    return plain


def _email(name: str, value: str, _: str) -> str:
    return checks.email(name, value)


def _phone(name: str, value: str, language: str) -> str:
    return checks.phone(name, value, country="FR" if language == "fr" else "GB")


_CHECKS: Final[dict[str, Callable[[str, str, str], str]]] = {
    GOAL: _words(LONGEST_GOAL),
    "name": _words(LONGEST_NAME),
    "order_number": _number,
    "tracking_number": _number,
    "case_number": _number,
    "email": _email,
    "phone": _phone,
}
