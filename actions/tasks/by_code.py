"""Proof by a code: sent to an address on file, or to a new one, and typed in the conversation that asked for it."""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn

from actions.tasks import reading
from actions.tasks.asking import Refused, Stop
from actions.tasks.code_buttons import AGAIN, FACT, ORDER, OTHER, PEOPLE, SEND, offering, pressed
from actions.tasks.code_said import figures, speaks_of_one, wants_another
from actions.tasks.state import Asked
from actions.tasks.talk import Talk
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.customers import checks
from crm_backend.errors import Invalid
from crm_backend.proof_codes import redeeming
from crm_backend.proof_codes import services as codes
from crm_backend.proof_codes.services import Purpose
from crm_backend.texts import shorten

BY, TO, SENT, CODE, SPOKEN_OF = "by_code", "code_to", "code_sent", FACT, "code_spoken_of"
PROVED, BY_PEOPLE = "code_proved", "code_by_people"
MORE: Final = "code_more"
"""A code is asked of somebody who has proved an order, which is not enough for what they want."""
FIRST: Final = "code_first"
"""A code was thought of before the facts of an order; once, whichever it is in the end."""
FACTS: Final = frozenset({BY, SENT, SPOKEN_OF, PROVED, BY_PEOPLE, MORE, FIRST})
"""What nobody said, and "go back" does not mean."""
INSTEAD_OF: Final = frozenset({"order_number", "email", "postcode", "correction"})
"""The questions for which a code may be sent instead of an answer."""
UNDER: Final[dict[Purpose, tuple[str, ...]]] = {"prove": (AGAIN, OTHER, ORDER), "change": (AGAIN, OTHER, PEOPLE)}
NOT_TAKEN: Final[dict[str, str]] = {
    "wrong": "utter_code_wrong", "expired": "utter_code_expired",
    "used": "utter_code_used", "replaced": "utter_code_replaced",
}  # fmt: skip


def possible() -> bool:
    """Whether the company has a channel that may write first: without one no code goes anywhere, to anybody."""
    return bool(tools().starts())


def button(talk: Talk) -> list[dict[str, str]]:
    """Under a question for the facts of an order: a code instead."""
    return _buttons(talk, (SEND,)) if possible() else []


def hears(turn: Turn, asked: Asked) -> bool:
    """Whether a message answers a question about the code, or asks for one, whatever else it may be taken for."""
    if asked.fact == CODE:
        return not turn.text.startswith("/") and (figures(turn.text) is not None or wants_another(turn.text))
    return possible() and _asks_for_one(turn, asked)


def wanted(talk: Talk) -> bool:
    """Whether the proof goes by code: asked for where the facts of an order were, until they are taken instead."""
    if talk.facts.get(BY):
        if not _presses(talk, ORDER):
            return True
        _forget(talk)
        talk.progress = True
        return False
    asked = talk.task.asked
    wants = has_no_number(talk) if asked is None else _asks_for_one(talk.turn, asked)
    if not (talk.heard and possible() and wants):
        return False
    _begin(talk)
    return True


def comes_first(talk: Talk) -> bool:
    """Begins with a code instead of the facts of an order, where one can be sent and no order is spoken of; whether
    this is the first time that it was thought of. Who would rather prove an order still may."""
    if FIRST in talk.facts:
        return False
    talk.facts[FIRST] = True
    if possible() and "order_number" not in talk.task.given:
        _begin(talk)
    return True


def _begin(talk: Talk) -> None:
    talk.facts[BY] = True
    talk.facts[SPOKEN_OF] = talk.turn.slot("order_number")
    talk.progress = True


def has_no_number(talk: Talk) -> bool:
    """Whether the customer begins by saying that they do not have the order's number."""
    begins = talk.heard and talk.task.asked is None and "order_number" not in talk.task.given
    return begins and reading.lacks_number(talk.turn.meant)


async def prove(talk: Talk) -> None:
    """Returns once the right code was typed; the conversation is then proved to be with whoever has the address."""
    if _presses(talk, OTHER):
        for name in (TO, SENT, "email"):
            talk.facts.pop(name, None)
        talk.progress = True
    to = _to(talk)
    if talk.facts.get(SENT) != to or _wants_another(talk):
        await _send(talk, TO, to, "prove")
    outcome = await _typed(talk, "prove")
    if outcome == "locked":
        _forget(talk)
        talk.say("utter_code_locked")
        talk.offer_person("verification")
        raise Stop
    _forget(talk)
    talk.slot("order_check", None)


async def proves_more(talk: Talk, why: str) -> bool:
    """Whether a code proved more than an order does; False where a person is to check. `why` is said first."""
    if _presses(talk, PEOPLE):
        talk.facts[BY_PEOPLE] = talk.progress = True
    if talk.facts.get(BY_PEOPLE) or not possible():
        talk.facts.pop(MORE, None)
        return False
    if MORE not in talk.facts:
        talk.facts[MORE] = True
        talk.facts.setdefault(SPOKEN_OF, talk.turn.slot("order_number"))
        talk.say(why)
    await prove(talk)
    return bool(talk.facts.pop(MORE))


async def proves(talk: Talk, name: str, value: str, ask: str) -> bool:
    """Whether a code proved the new e-mail address `value`, which is the fact `name` that `ask` asks for; False when
    none can be sent or taken, or a person is to see to it."""
    if talk.facts.get(PROVED) == value:
        return True
    if _presses(talk, PEOPLE):
        talk.facts[BY_PEOPLE] = talk.progress = True
    if talk.facts.get(BY_PEOPLE) or not any(start.kind == "email" for start in tools().starts()):
        return False
    if _presses(talk, OTHER):
        talk.task.forget(name)
        talk.facts.pop(SENT, None)
        talk.progress = True
        raise talk.question(name, "fact", ask, expects="email")
    talk.facts.setdefault(SPOKEN_OF, talk.turn.slot("order_number"))
    if talk.facts.get(SENT) != value or _wants_another(talk):
        await _send(talk, name, value, "change")
        if talk.facts.get(BY_PEOPLE):
            return False
    if await _typed(talk, "change") == "locked":
        talk.facts[BY_PEOPLE] = True
        talk.say("utter_code_no_more")
        return False
    talk.facts.pop(SENT, None)
    talk.facts[PROVED] = value
    return True


def _asks_for_one(turn: Turn, asked: Asked) -> bool:
    if asked.fact not in INSTEAD_OF:
        return False
    if turn.text.startswith("/"):
        return pressed(turn) == SEND
    return speaks_of_one(turn.text) or (turn.intent == "no_fact" and asked.fact not in turn.entities)


def _to(talk: Talk) -> str:
    """The address to send it to: said now, said before, or asked for."""
    given = talk.task.given
    said = given.pop("email", None) or given.pop("phone", None)
    if said is None and talk.answers(TO):
        country = "FR" if talk.language == "fr" else "GB"
        said = reading.email(talk.turn.text) or reading.phone(talk.turn.text, country=country)
    if said is None and TO not in talk.facts:
        said = talk.facts.get("email")
    if said is not None and (plain := _address(talk, str(said))) != talk.facts.get(TO):
        talk.task.settle(TO, plain)
        talk.progress = True
    if TO not in talk.facts:
        raise talk.question(TO, "fact", "utter_ask_code_to", expects="email", buttons=_buttons(talk, (ORDER,)))
    return str(talk.facts[TO])


def _address(talk: Talk, said: str) -> str:
    try:
        return checks.email("value", said) if _kind(said) == "email" else checks.phone("value", said)
    except Invalid:
        talk.facts.pop("email", None)
        raise Refused("utter_code_to_bad", given=shorten(said, 60)) from None


def _kind(address: str) -> str:
    return "email" if "@" in address else "phone"


async def _send(talk: Talk, name: str, to: str, purpose: Purpose) -> None:
    # What the plan has read so far it has read: one connection of the pool is enough for a turn.
    await talk.session.commit()
    async with tools().sessions.begin() as session:
        outcome = await codes.send(
            session,
            conversation_id=talk.turn.conversation,
            turn_id=talk.turn.id,
            kind=_kind(to),
            value=to,
            purpose=purpose,
            starts=tools().starts(),
        )
    talk.progress = True
    if outcome == "here":
        for fact in (TO, "email"):
            talk.facts.pop(fact, None)
        talk.say("utter_code_here")
        raise talk.question(TO, "fact", "utter_ask_code_to", expects="email", buttons=_buttons(talk, (ORDER,)))
    if outcome == "too_many":
        _too_many(talk, purpose)
        return
    talk.facts[SENT] = to
    # Settled last of all: "not that one" is about the address.
    talk.task.settle(name, to)
    talk.say("utter_code_sent" if purpose == "prove" else "utter_code_sent_new", to=to)
    _ask(talk, purpose)


def _too_many(talk: Talk, purpose: Purpose) -> None:
    if purpose == "change":
        talk.facts[BY_PEOPLE] = True
        talk.say("utter_code_no_more")
        return
    _forget(talk)
    talk.say("utter_code_too_many")
    talk.offer_person("verification")
    raise Stop


async def _typed(talk: Talk, purpose: Purpose) -> str:
    """What the code that was typed comes to, `ok` or `locked`; asks for it, and says why when another is needed."""
    typed = figures(talk.turn.text) if talk.answers(CODE) and not talk.turn.text.startswith("/") else None
    if typed is None:
        _ask(talk, purpose)
    code = re.sub(r"\D", "", typed)
    _is_nothing_else(talk, code)
    await talk.session.commit()
    async with tools().sessions.begin() as session:
        outcome = await redeeming.redeem(
            session,
            conversation_id=talk.turn.conversation,
            turn_id=talk.turn.id,
            code=code,
            said=typed,
            purpose=purpose,
        )
    talk.progress = True
    if outcome in NOT_TAKEN:
        talk.say(NOT_TAKEN[outcome])
        _ask(talk, purpose)
    return outcome


def _ask(talk: Talk, purpose: Purpose) -> NoReturn:
    raise talk.question(CODE, "fact", "utter_ask_code", buttons=_buttons(talk, UNDER[purpose]))


def _is_nothing_else(talk: Talk, code: str) -> None:
    """Figures that were a code are no order's number, nor anything else that is remembered."""
    for name, value in list(talk.task.given.items()):
        if _figures(value) == code:
            del talk.task.given[name]
    if _figures(talk.turn.slot("order_number")) == code:
        talk.focus(talk.facts.get(SPOKEN_OF))


def _figures(value: Any) -> str:
    return re.sub(r"\D", "", str(value or ""))


def _wants_another(talk: Talk) -> bool:
    if _presses(talk, AGAIN):
        return True
    said = talk.turn.text
    return talk.answers(CODE) and not said.startswith("/") and figures(said) is None and wants_another(said)


def _presses(talk: Talk, what: str) -> bool:
    return talk.heard and pressed(talk.turn) == what


def _buttons(talk: Talk, which: tuple[str, ...]) -> list[dict[str, str]]:
    instead = [PEOPLE if each == ORDER and talk.facts.get(MORE) else each for each in which]
    return offering(instead, talk.language)


def _forget(talk: Talk) -> None:
    """What was said to prove who they are leaves the state."""
    for name in (BY, TO, SENT, SPOKEN_OF, "email", "postcode", "tried"):
        talk.facts.pop(name, None)
