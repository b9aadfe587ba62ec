"""Where something is that was sent back, and what comes of it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar, Final

from actions import coming_back as back
from actions import still
from actions.tasks.asking import Words
from actions.tasks.buttons import yes_no
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from actions.wording import on
from crm_backend.attachments.schema import FileRef
from crm_backend.errors import NotProved
from crm_backend.orders.doers import customer_in
from crm_backend.orders.model import Order
from crm_backend.returns.model import Return
from crm_backend.returns.queries import theirs

MOST: Final = 3
_SLIP: Final = re.compile(r"[ée]tiquette|\bbon de retour|\blabel|\bslip\b", re.IGNORECASE)
"""What is printed for a return that is on its way: told again with it."""
OVER: Final = frozenset({"refunded", "exchanged", "refused", "cancelled"})
KIND: Final[dict[str, Words]] = {
    "return": {"fr": "Retour", "en": "Return"},
    "exchange": {"fr": "Échange", "en": "Exchange"},
}
INSPECTED: Final = {
    "return": "utter_return_status_inspected_return",
    "exchange": "utter_return_status_inspected_exchange",
}
ENDED: Final = {
    "refunded": "utter_return_status_refunded",
    "refused": "utter_return_status_refused",
    "cancelled": "utter_return_status_cancelled",
}


class ReturnStatus(Topic):
    name = "return_status"
    title: ClassVar[Words] = {"fr": "le suivi d’un retour", "en": "following a return"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        return bool(_SLIP.search(turn.text)) or still.waits(turn.text)

    async def plan(self, talk: Talk) -> None:
        if still.is_told_again(talk):
            return
        number = await back.order_asked_about(talk)
        found = await theirs(talk.session, conversation_id=talk.turn.conversation, number=number)
        if not found:
            facts = {} if number is None else {"order": number}
            response = "utter_return_status_none" if number is None else "utter_return_status_none_of_order"
            talk.say(response, buttons=yes_no(talk.language), number=number or "")
            talk.propose("return_order", **facts)
            return
        numbers = list(dict.fromkeys(each.order.number for each in found))
        going = [each for each in found if each.status not in OVER]
        for made in (going or found)[:MOST]:
            await tell_return(talk, made)
        talk.focus(numbers[0] if len(numbers) == 1 else None)
        if found[0].status == "refused" and not going:
            talk.say("utter_return_status_refused_person", buttons=yes_no(talk.language))
            talk.offer_person("asked")


async def tell_return(talk: Talk, made: Return) -> None:
    """Says where a return is, with its slip while the parcel is still to be sent."""
    response, values = await _told(talk, made)
    number = made.order.number
    files = await _paper(talk, made)
    talk.say(
        "utter_return_status_requested_slip" if files else response,
        files=files,
        kind=KIND[made.kind][talk.language],
        reference=made.reference,
        number=number,
        what=_what(made, talk.language),
        **values,
    )


async def _told(talk: Talk, made: Return) -> tuple[str, dict[str, Any]]:
    """The response for a return, and what else it tells."""
    language = talk.language
    match made.status:
        case "requested":
            return "utter_return_status_requested", {"day": _on(made.created_at, language)}
        case "labelled":
            label = " ".join(filter(None, (made.carrier, made.label_reference, made.label_url)))
            return "utter_return_status_labelled", {"label": label}
        case "received":
            return "utter_return_status_received", {"day": _on(made.received_at, language)}
        case "inspected":
            accepted = sum(line.accepted or 0 for line in made.lines)
            count = sum(line.quantity for line in made.lines)
            values = {"day": _on(made.inspected_at, language), "accepted": accepted, "count": count}
            return INSPECTED[made.kind], values
        case "exchanged":
            replacement = await talk.session.get(Order, made.replacement_id) if made.replacement_id else None
            return "utter_return_status_exchanged", {"replacement": replacement.number if replacement else "–"}
    return ENDED[made.status], {"day": _on(made.closed_at, language)}


async def _paper(talk: Talk, made: Return) -> list[FileRef]:
    """The slip again, for who has proved enough to act: their address is on it."""
    if made.status != "requested":
        return []
    try:
        actor = await customer_in(talk.session, conversation_id=talk.turn.conversation)
    except NotProved:
        return []
    return await back.paper(talk, talk.session, made, actor=actor)


def _what(made: Return, language: str) -> str:
    named = []
    for each in made.lines:
        name = each.line.names.get(language) or next(iter(each.line.names.values()), "")
        named.append(name if each.quantity == 1 else f"{each.quantity}\u00a0× {name}")
    return ", ".join(named)


def _on(when: datetime | None, language: str) -> str:
    now = tools().now()
    return on((when or now).astimezone(now.tzinfo).date(), language, today=now.date())
