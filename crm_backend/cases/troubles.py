"""What goes wrong with an order and people have to see to: when each can be told of, and the case that it becomes.

The assistant asks for it in words, the portal in a form; one case of a kind is open for an order at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.attachments import services as attachments
from crm_backend.cases import opening, people, queries, values
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.errors import Invalid, NotNow
from crm_backend.orders import repeats
from crm_backend.orders.locking import locked
from crm_backend.orders.moving import refuse
from crm_backend.orders.schema import OrderView, ShipmentView
from crm_backend.policies import words
from crm_backend.policies.schema import Decision

LATE, LOST, MISSING, DAMAGED, WRONG = "late_parcel", "lost_parcel", "missing_item", "damaged_item", "wrong_item"
KINDS: Final = (LATE, LOST, MISSING, DAMAGED, WRONG)
"""Each is the tag of its cases, too."""
WAITED_FOR: Final = frozenset({"paid", "preparing", "shipped", "out_for_delivery"})
SENT: Final = frozenset({"shipped", "out_for_delivery"})
OF_ARTICLES: Final = frozenset({MISSING, DAMAGED, WRONG})
"""Those that are about some of what was ordered."""
VERY_LATE: Final = 7
"""Days after which an enquiry is urgent."""
MOST_PICTURES, LONGEST = 6, 4_000
"""Pictures and characters that a customer may send with it."""
_MAY: Final = frozenset({"cases.write", "orders.read"})

CARRIER: Final = {"fr": "notre transporteur", "en": "our carrier"}
SAID: Final = {"fr": "Le client a écrit\u00a0: «\u00a0{said}\u00a0»", "en": "The customer wrote: “{said}”"}
SUBJECTS: Final[Mapping[str, Mapping[str, str]]] = {
    LATE: {"fr": "Colis en retard · commande {number}", "en": "Late parcel · order {number}"},
    LOST: {"fr": "Colis introuvable · commande {number}", "en": "Parcel not found · order {number}"},
    MISSING: {"fr": "Article manquant · commande {number}", "en": "Missing item · order {number}"},
    DAMAGED: {"fr": "Article abîmé · commande {number}", "en": "Damaged item · order {number}"},
    WRONG: {"fr": "Mauvais article · commande {number}", "en": "Wrong item · order {number}"},
}
_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    LATE: {
        "fr": "La commande {number} ({carrier}{parcel}) était prévue le {due}. Elle n’est pas arrivée.",
        "en": "Order {number} ({carrier}{parcel}) was expected on {due}. It hasn’t arrived.",
    },
    "no_day": {
        "fr": "La commande {number} ({carrier}{parcel}) n’est pas arrivée. Aucun jour de livraison n’est connu.",
        "en": "Order {number} ({carrier}{parcel}) hasn’t arrived. No delivery day is known.",
    },
    LOST: {
        "fr": "La commande {number} ({carrier}{parcel}) est livrée{delivered} selon le transporteur. Le client ne l’a "
        "pas reçue, et dit avoir cherché là où un colis peut attendre.",
        "en": "Order {number} ({carrier}{parcel}) was delivered{delivered}, says the carrier. The customer hasn’t got "
        "it, and says they have looked wherever a parcel may be left.",
    },
    "lost_by_carrier": {
        "fr": "Le transporteur ({carrier}{parcel}) a perdu la commande {number}. Le client attend une solution.",
        "en": "The carrier ({carrier}{parcel}) has lost order {number}. The customer is waiting for a solution.",
    },
    MISSING: {"fr": "Il manque à la commande {number}\u00a0: {what}.", "en": "Missing from order {number}: {what}."},
    DAMAGED: {
        "fr": "Arrivé abîmé, de la commande {number}\u00a0: {what}.",
        "en": "Arrived damaged, from order {number}: {what}.",
    },
    WRONG: {
        "fr": "Ce n’est pas ce qui a été commandé. Commande {number}\u00a0: {what}.",
        "en": "It isn’t what was ordered. Order {number}: {what}.",
    },
}


def tellable(kind: str, order: OrderView, *, today: date) -> Decision:
    """Whether this can be told of an order now, and why not otherwise; `today` is the company's."""
    no = _no_reason(kind, order, today)
    return Decision(allowed=True) if no is None else Decision(allowed=False, reason=no[0], facts=no[1])


def _no_reason(kind: str, order: OrderView, today: date) -> tuple[str, dict[str, object]] | None:
    if order.status in ("cancelled", "returned") or (order.status == "lost" and kind != LOST):
        return f"order_is_{order.status}", {}
    if kind == LATE:
        due = due_on(awaited(order))
        if order.status not in WAITED_FOR:
            return ("order_is_there", {}) if order.status == "delivered" else ("not_sent_yet", {})
        if due is not None and due >= today:
            return "not_late_yet", {"on": due}
        return ("not_sent_yet", {}) if due is None and order.status not in SENT else None
    if kind == LOST:
        return None if order.status in ("delivered", "lost") else ("not_delivered", {})
    if not arrived(order):
        return "not_delivered", {}
    if kind == MISSING and any(each.delivered_at is None for each in order.shipments):
        return "more_parcels_coming", {}
    return None


def arrived(order: OrderView) -> bool:
    """Whether any of it is there."""
    return order.status == "delivered" or any(each.delivered_at for each in order.shipments)


def awaited(order: OrderView) -> ShipmentView | None:
    """The parcel that is waited for longest; None when there is none yet."""
    waited_for = [each for each in order.shipments if each.delivered_at is None]
    return min(waited_for, key=lambda each: due_on(each) or date.max, default=None)


def looked_for(order: OrderView) -> ShipmentView | None:
    """The parcel that cannot be found: the lost one, else the one that arrived last."""
    return max(
        order.shipments,
        key=lambda each: (each.status == "lost", each.delivered_at is not None, each.delivered_at),
        default=None,
    )


def due_on(parcel: ShipmentView | None) -> date | None:
    """The last day on which a parcel is expected, where that is known."""
    return (parcel.expected_to or parcel.expected_from) if parcel else None


def urgency(kind: str, order: OrderView, *, today: date) -> str:
    """How pressing it is."""
    if kind == LOST:
        return "high"
    due = due_on(awaited(order)) if kind == LATE else None
    return "high" if due is not None and (today - due).days > VERY_LATE else "medium"


def told(kind: str, order: OrderView, language: str, *, delivered: str = "", what: str = "", said: str = "") -> str:
    """What the case says. `delivered` is the day in words with the space before it, `what` names the articles, `said`
    are the customer's own words."""
    parcel = awaited(order) if kind == LATE else looked_for(order) if kind == LOST else None
    due, number = due_on(parcel), parcel.tracking_number if parcel else None
    name = kind
    if kind == LATE and due is None:
        name = "no_day"
    elif kind == LOST and order.status == "lost":
        name = "lost_by_carrier"
    text = _TEXTS[name][language].format(
        number=order.number,
        carrier=(parcel.carrier if parcel else None) or CARRIER[language],
        parcel=f", {number}" if number else "",
        due=words.worded({"on": due}, language)["on"] if due else "",
        delivered=delivered,
        what=what,
    )
    return f"{text}\n\n{SAID[language].format(said=said)}" if said else text


async def going(session: AsyncSession, order_id: UUID) -> list[Case]:
    """The cases of such troubles that are neither resolved nor closed. For whoever has checked that the order is
    theirs."""
    found = [await queries.open_about(session, order_id, tag=kind) for kind in KINDS]
    return [each for each in found if each is not None]


@dataclass(frozen=True)
class Trouble:
    """What a customer tells: which kind, of which articles in words, in their own words, with which pictures.
    `delivered` is the day in words with the space before it."""

    kind: str
    language: str
    what: str = ""
    said: str = ""
    delivered: str = ""
    files: Sequence[UUID] = ()


async def report(
    session: AsyncSession, order_id: UUID, *, actor: Actor, trouble: Trouble, today: date, key: str | None = None
) -> Case:
    """Opens the case that a customer asks for about an order of theirs, with the pictures that they uploaded.

    Raises NotFound, Invalid, and NotNow where it cannot be told of now, or is seen to already (`case_open_already`,
    with its number).
    """
    said = _checked(trouble)
    given = {"order": order_id, "kind": trouble.kind, "what": trouble.what, "text": said}
    command = await repeats.begin(session, actor=actor, key=key, name="report_trouble", given=given)
    # Held, so that two who tell the same at once are heard one after the other.
    order = await locked(session, order_id, actor=actor)
    if (before := repeats.done(command, "case")) is not None:
        return await session.get_one(Case, before)
    view = OrderView.model_validate(order)
    refuse(tellable(trouble.kind, view, today=today))
    if (known := await queries.open_about(session, order.id, tag=trouble.kind)) is not None:
        raise NotNow("case_open_already", number=known.number)
    taking_down = replace(actor, permissions=_MAY)
    new = _new(trouble, view, said, today=today)
    case = await opening.open_from_order(session, order, actor=taking_down, new=new)
    for file_id in trouble.files:
        if (await attachments.kept(session, file_id)).kind != "image":
            raise Invalid("files", "not_a_picture")
        await people.attach(session, case.id, actor=taking_down, file_id=file_id)
    repeats.finish(command, order_id=order.id, case=case.id)
    await session.flush()
    return case


def _checked(trouble: Trouble) -> str:
    """The customer's own words as they are kept. Raises Invalid."""
    if trouble.kind not in KINDS:
        raise Invalid("kind", "not_choice", expected=", ".join(KINDS))
    if len(trouble.files) > MOST_PICTURES:
        raise Invalid("files", "too_many_pictures", most=MOST_PICTURES)
    return values.text("text", trouble.said, most=LONGEST, required=False)


def _new(trouble: Trouble, order: OrderView, said: str, *, today: date) -> NewCase:
    kind, language = trouble.kind, trouble.language
    return NewCase(
        type_key="incident",
        subject=SUBJECTS[kind][language].format(number=order.number),
        description=told(kind, order, language, delivered=trouble.delivered, what=trouble.what, said=said),
        language=language,
        urgency=urgency(kind, order, today=today),
        tags=[kind],
        acknowledge=True,
    )
