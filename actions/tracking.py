"""The way of a parcel: its number, its page at the carrier's, and what was reported, the latest first."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final

from actions.order_sentences import CARRIER_UNKNOWN, card
from actions.tasks import orders, proving
from actions.tasks.asking import Words
from actions.tasks.buttons import yes_no
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.wording import instant, span
from crm_backend.orders import services
from crm_backend.orders.schema import EventView, OrderView, ShipmentView

MOST_REPORTS: Final = 6
UNDER_WAY: Final = frozenset({"preparing", "shipped", "out_for_delivery"})
REPORTS: Final[dict[str, Words]] = {
    "announced": {"fr": "annoncé au transporteur", "en": "announced to the carrier"},
    "picked_up": {"fr": "remis au transporteur", "en": "handed to the carrier"},
    "in_transit": {"fr": "en chemin", "en": "on its way"},
    "at_depot": {"fr": "arrivé au dépôt", "en": "at the depot"},
    "out_for_delivery": {"fr": "en tournée de livraison", "en": "out for delivery"},
    "attempted": {"fr": "présenté, personne pour le recevoir", "en": "brought, but nobody could take it in"},
    "at_pickup_point": {"fr": "à retirer au point relais", "en": "ready at the pick-up point"},
    "delivered": {"fr": "livré", "en": "delivered"},
    "delayed": {"fr": "retardé", "en": "delayed"},
    "lost": {"fr": "perdu par le transporteur", "en": "lost by the carrier"},
    "returning": {"fr": "en route vers notre entrepôt", "en": "on its way back to us"},
    "returned": {"fr": "revenu à notre entrepôt", "en": "back at our warehouse"},
}
PARCEL: Final[Words] = {
    "fr": "Commande {number}, {which} avec {carrier}",
    "en": "Order {number}, {which} with {carrier}",
}
THE_PARCEL: Final[Words] = {"fr": "colis", "en": "parcel"}
NTH: Final[Words] = {"fr": "colis {at} sur {count}", "en": "parcel {at} of {count}"}
UNDER: Final[Words] = {"fr": ", numéro de suivi {parcel}", "en": ", tracking number {parcel}"}
NO_REPORT: Final[Words] = {
    "fr": "Le transporteur n’a encore rien signalé.",
    "en": "The carrier hasn’t reported anything yet.",
}
EXPECTED: Final[Words] = {"fr": "Livraison prévue {expected}.", "en": "Delivery is expected {expected}."}
EARLIER: Final[Words] = {
    "fr": "Il était prévu {expected}\u00a0: il a du retard.",
    "en": "It was expected {expected}, so it’s late.",
}


class Tracking(Topic):
    name = "tracking"
    title: ClassVar[Words] = {"fr": "le suivi d’un colis", "en": "tracking a parcel"}
    reads = True

    async def plan(self, talk: Talk) -> None:
        await _by_parcel(talk)
        order = await orders.shown(talk, choose="utter_tracking_which_order")
        talk.focus(order.number)
        sent = [each for each in order.shipments if each.status != "preparing" or each.tracking_number]
        if not sent:
            talk.say("utter_tracking_not_yet", number=order.number, cards=[card(order, talk.language)])
            return
        today = tools().now().date()
        told = [way(order, each, at, len(sent), talk.language, today=today) for at, each in enumerate(sent, 1)]
        talk.tell("\n\n".join(told), cards=[card(order, talk.language)])
        if any(late(each, today) for each in sent):
            talk.say("utter_tracking_late", buttons=yes_no(talk.language))
            talk.propose("late_parcel", order=order.number)


async def _by_parcel(talk: Talk) -> None:
    """Settles on the order whose parcel has the number that is given, once it is known whose parcels to look among."""
    number = talk.task.given.pop("tracking_number", None)
    if number is not None:
        talk.facts["parcel"] = number
    number = talk.facts.get("parcel")
    if number is None or talk.facts.get("order_number") or talk.task.given.get("order_number"):
        return
    await proving.told(talk)
    recent = await services.recent_orders(talk.session, conversation_id=talk.turn.conversation)
    for order in recent:
        if any(_bare(each.tracking_number or "") == _bare(number) for each in order.shipments):
            talk.facts["order_number"] = order.number
            return
    del talk.facts["parcel"]
    talk.say("utter_tracking_not_yours", parcel=number)


def way(order: OrderView, parcel: ShipmentView, at: int, count: int, language: str, *, today: date) -> str:
    """One parcel in a few lines: what it is called, what was reported, when it is due."""
    which = THE_PARCEL[language] if count == 1 else NTH[language].format(at=at, count=count)
    carrier = parcel.carrier or CARRIER_UNKNOWN[language]
    head = PARCEL[language].format(number=order.number, which=which, carrier=carrier)
    if parcel.tracking_number:
        head += UNDER[language].format(parcel=parcel.tracking_number)
    latest = sorted(parcel.events, key=lambda event: event.at, reverse=True)[:MOST_REPORTS]
    lines = [_report(event, language, today) for event in latest] or [NO_REPORT[language]]
    return "\n".join([f"{head}{colon(language)}", *lines, *_due(parcel, language, today)])


def late(parcel: ShipmentView, today: date) -> bool:
    """Whether the last day on which it was expected has passed without it."""
    last = parcel.expected_to or parcel.expected_from
    return last is not None and last < today and parcel.status in UNDER_WAY


def colon(language: str) -> str:
    """As it is set after a word."""
    return "\u00a0:" if language == "fr" else ":"


def _report(event: EventView, language: str, today: date) -> str:
    when = instant(event.at.astimezone(tools().now().tzinfo), language, today=today).removeprefix("on ")
    what = REPORTS[event.code][language]
    return f"• {when[:1].upper()}{when[1:]}{colon(language)} {what}" + (f" ({event.place})" if event.place else "")


def _due(parcel: ShipmentView, language: str, today: date) -> list[str]:
    last = parcel.expected_to or parcel.expected_from
    if last is None or parcel.status not in UNDER_WAY:
        return []
    expected = span(parcel.expected_from, parcel.expected_to, language, today=today)
    return [(EARLIER if late(parcel, today) else EXPECTED)[language].format(expected=expected)]


def _bare(number: str) -> str:
    return "".join(letter for letter in number.upper() if letter.isalnum())
