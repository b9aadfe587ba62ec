"""Telling of, moving or cancelling a call or an appointment that was booked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions import windows
from actions.tasks.asking import Option, Stop
from actions.tasks.talk import Talk
from actions.toolbox import tools
from crm_backend.call_backs import queries, services
from crm_backend.call_backs.model import Booking

CANCEL, MOVE, WHEN = "cancel", "move", "when"
_WANTED: Final = {
    CANCEL: re.compile(
        r"\b(?:annul\w*|supprim\w*|cancel\w*|call off|(?:ne (?:me|m['’])? ?(?:r?appele[zr]|"
        r"t[ée]l[ée]phonez) (?:pas|plus))|"
        r"don['’]t (?:call|ring|phone))\b",
        re.IGNORECASE,
    ),
    MOVE: re.compile(
        r"\b(?:d[ée]plac\w*|d[ée]cal\w*|report\w*|changer (?:l['’]heure|l['’]horaire|de cr[ée]neau|mon r\w+)|"
        r"mov(?:e|ed|ing)|"
        r"reschedul\w*|plut[oô]t|make it|au lieu de|instead|rebook|reprogramm\w*|postpon\w*|"
        r"change (?:the|my) (?:time|slot|"
        r"appointment|call\w*))\b",
        re.IGNORECASE,
    ),
    WHEN: re.compile(
        r"\b(?:[àa] quelle heure|quand (?:allez|devez|est)|qui m['’]appelle|j['’]attends un (?:rappel|appel)|"
        r"what time are|when (?:are|will|is)|who['’]s calling|waiting for a call\w*)\b",
        re.IGNORECASE,
    ),
}


async def is_meant(talk: Talk) -> bool:
    """Whether something booked is to be changed or told; what, is settled with the first message. Where nothing is
    booked, a new time is a new booking."""
    begins = talk.heard and talk.task.asked is None and not talk.turn.text.startswith("/")
    if begins and "change" not in talk.facts:
        wanted = next((what for what, said in _WANTED.items() if said.search(talk.turn.text)), None)
        if wanted == CANCEL or (wanted and await _ahead(talk)):
            talk.facts["change"] = wanted
    return "change" in talk.facts


async def plan(talk: Talk) -> None:
    """Tells when it is; or shows what will be cancelled or where it will be moved to, and asks."""
    booking = await _which(talk)
    zone = tools().now().tzinfo
    when = windows.in_words(booking.starts_at.astimezone(zone), booking.ends_at, talk.language)
    if talk.facts["change"] == WHEN:
        talk.say("utter_call_back_when", when=when, reference=booking.reference)
        return
    if talk.facts["change"] == CANCEL:
        agreed = {"booking": str(booking.id), "do": CANCEL}
        said: dict[str, Any] = {"when": when, "reference": booking.reference}
        talk.confirm("utter_call_back_cancel_confirm", agreed=agreed, cancels=True, **said)
    if "time" in talk.task.given and "window" not in talk.facts:
        # "Make it four instead": of the same day.
        talk.task.given.setdefault("date", booking.starts_at.astimezone(zone).date().isoformat())
    window = await windows.window(talk, kind=booking.kind, shop=booking.shop_id, but=booking.starts_at)
    when = windows.in_words(window.starts_at, window.ends_at, talk.language)
    talk.confirm(
        "utter_call_back_move_confirm",
        agreed={"booking": str(booking.id), "do": MOVE, "starts_at": window.starts_at.isoformat()},
        changes={"window": {"fr": "le moment", "en": "the time"}},
        when=when,
        reference=booking.reference,
    )


async def do(talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
    """Cancels or moves; twice is once."""
    actor, conversation = services.assistant(origin="assistant"), talk.turn.conversation
    booking, now = UUID(agreed["booking"]), tools().now()
    if agreed["do"] == CANCEL:
        gone = await services.cancel(session, booking, actor=actor, conversation_id=conversation, now=now)
        talk.say("utter_call_back_cancelled", reference=gone.reference)
        return
    to = datetime.fromisoformat(agreed["starts_at"])
    moved = await services.move(session, booking, actor=actor, conversation_id=conversation, starts_at=to, now=now)
    when = windows.in_words(moved.starts_at.astimezone(now.tzinfo), moved.ends_at, talk.language)
    talk.say("utter_call_back_moved", when=when, reference=moved.reference)


async def _which(talk: Talk) -> Booking:
    """The booking that is meant, of those ahead of whoever writes here."""
    now, ahead = tools().now(), await _ahead(talk)
    if not ahead:
        talk.say("utter_call_back_none_booked")
        raise Stop
    if len(ahead) == 1:
        return ahead[0]
    named = {each.reference: each for each in ahead if each.reference in queries.spelt(talk.turn.text)}
    if "booking" not in talk.facts and len(named) == 1:
        talk.facts["booking"] = str(next(iter(named.values())).id)
    options = [
        Option(
            str(each.id),
            {
                talk.language: windows.in_words(
                    each.starts_at.astimezone(now.tzinfo), each.ends_at, talk.language
                ).removeprefix("on ")
            },
        )
        for each in ahead
    ]
    chosen = talk.choose("booking", "utter_call_back_which", options)
    return next(each for each in ahead if str(each.id) == chosen)


async def _ahead(talk: Talk) -> Sequence[Booking]:
    return await queries.in_conversation(talk.session, talk.turn.conversation, now=tools().now())
