"""Where a return or an exchange stands, in words."""

from __future__ import annotations

from dataclasses import dataclass

from crm_backend.portal.schema import path_of
from crm_backend.returns.model import Return
from server.portal.order_shown import Teller, name_of, pieces

TONES = {"refunded": "done", "exchanged": "done", "refused": "late", "cancelled": ""}


@dataclass(frozen=True)
class Back:
    """A return or an exchange; `open` while the parcel is still to be sent."""

    title: str
    url: str
    state: str
    tone: str
    what: list[str]
    open: bool


def state_of_return(made: Return, teller: Teller) -> Back:
    """A return in words; its lines are loaded."""
    words, kind = teller.words, made.kind
    accepted, count = sum(each.accepted or 0 for each in made.lines), sum(each.quantity for each in made.lines)
    said = words[f"return_is_{made.status}_{kind}" if made.status == "inspected" else f"return_is_{made.status}"]
    day = made.closed_at or made.inspected_at or made.received_at or made.created_at
    return Back(
        title=words[f"return_title_{kind}"].format(reference=made.reference),
        url=path_of(teller.language, "orders", made.order_id, "return", made.id),
        state=said.format(day=teller.on(day), carrier=made.carrier or "", accepted=accepted, count=count),
        tone=TONES.get(made.status, "waiting"),
        what=[pieces(name_of(each.line, teller.language), each.quantity) for each in made.lines],
        open=made.status in ("requested", "labelled"),
    )
