"""What the desk says about conversations and orders, in the agent's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval

from actions.tasks import finding
from actions.tasks.topic import TOPICS
from crm_backend.catalogue import words as catalogue
from crm_backend.catalogue.money import money
from crm_backend.orders.schema import OrderView, ShipmentView
from crm_backend.policies import words as policies
from crm_backend.policies.schema import Allowed

LOCALES = {"fr": "fr_FR", "en": "en_GB"}

ORDER_STATUS = {
    "placed": {"fr": "Enregistrée", "en": "Placed"},
    "paid": {"fr": "Payée", "en": "Paid"},
    "preparing": {"fr": "En préparation", "en": "Being prepared"},
    "shipped": {"fr": "Expédiée", "en": "Shipped"},
    "out_for_delivery": {"fr": "En cours de livraison", "en": "Out for delivery"},
    "delivered": {"fr": "Livrée", "en": "Delivered"},
    "cancelled": {"fr": "Annulée", "en": "Cancelled"},
    "lost": {"fr": "Perdue", "en": "Lost"},
    "returned": {"fr": "Retournée", "en": "Returned"},
}
EVENT = {
    "announced": {"fr": "Annoncé au transporteur", "en": "Announced to the carrier"},
    "picked_up": {"fr": "Pris en charge", "en": "Picked up"},
    "in_transit": {"fr": "En transit", "en": "In transit"},
    "at_depot": {"fr": "Arrivé au dépôt", "en": "At the depot"},
    "out_for_delivery": {"fr": "En cours de livraison", "en": "Out for delivery"},
    "attempted": {"fr": "Passage sans succès", "en": "Delivery attempted"},
    "at_pickup_point": {"fr": "Disponible au point relais", "en": "Ready at the pick-up point"},
    "delivered": {"fr": "Livré", "en": "Delivered"},
    "delayed": {"fr": "Retardé", "en": "Delayed"},
    "lost": {"fr": "Perdu", "en": "Lost"},
    "returning": {"fr": "En retour", "en": "On its way back"},
    "returned": {"fr": "Retourné", "en": "Returned"},
}
FACT = {
    "order_number": {"fr": "Commande", "en": "Order"},
    "tracking_number": {"fr": "Numéro de suivi", "en": "Tracking number"},
    "case_number": {"fr": "Dossier cité", "en": "Case named"},
    "email": {"fr": "E-mail", "en": "E-mail"},
    "phone": {"fr": "Téléphone", "en": "Phone"},
    "name": {"fr": "Nom indiqué", "en": "Name given"},
}
GOAL = {
    "order_status": {"fr": "Savoir où en est sa commande {number}", "en": "Find out where order {number} is"},
    "order_status_unknown": {"fr": "Savoir où en est sa commande", "en": "Find out where their order is"},
    "person": {"fr": "Parler à une personne", "en": "Talk to a person"},
}
CONCERNS = {"fr": "{what} (commande {number})", "en": "{what} (order {number})"}
UNDELIVERED = {
    "unreachable": {
        "fr": "Cette adresse ne peut pas être jointe\u00a0: elle n’existe pas, ou on n’y veut plus rien de nous.",
        "en": "That address can’t be reached: it doesn’t exist, or the person wants nothing more from us.",
    },
    "window": {
        "fr": "Le client a écrit il y a trop longtemps\u00a0: la plateforme n’accepte plus que des modèles approuvés.",
        "en": "The customer wrote too long ago: the platform now takes only approved templates.",
    },
    "content": {"fr": "Ce message n’a pas été accepté.", "en": "This message was not accepted."},
    "settings": {
        "fr": "La plateforme refuse nos identifiants. Un administrateur peut les vérifier dans Canaux.",
        "en": "The platform refuses our credentials. An administrator can check them in Channels.",
    },
    "late": {
        "fr": "La plateforme n’a pas répondu comme il faut pendant 24\u00a0heures.",
        "en": "The platform was in trouble for 24 hours.",
    },
    "fault": {
        "fr": "Une erreur s’est répétée de notre côté. Elle est notée dans le journal du serveur.",
        "en": "Something kept going wrong on our side. It is noted in the server’s log.",
    },
    "unsubscribed": {
        "fr": "Le client ne veut plus de messages de suivi.",
        "en": "The customer wants no more order updates.",
    },
    "night": {
        "fr": "C’était l’heure de dormir : ce sera dit demain matin.",
        "en": "It was too late in the day: they’ll be told in the morning.",
    },
    "too_late": {"fr": "Ce n’était plus une nouvelle.", "en": "It was no longer news."},
}
DETAIL = {"fr": "Détail\u00a0: {said}", "en": "Detail: {said}"}


def day(value: date | datetime | None, language: str, zone: ZoneInfo) -> str | None:
    """A day as people say it: « 22 nov. 2026 »."""
    if value is None:
        return None
    if isinstance(value, datetime):
        value = value.astimezone(zone).date()
    return format_date(value, "medium", locale=LOCALES[language])


def country(code: str, language: str) -> str:
    """A country's name for its ISO 3166 code; whatever else was stored is shown as it is."""
    return str(Locale.parse(LOCALES[language]).territories.get(code.upper(), code))


def _span(first: date | None, last: date | None, language: str) -> str | None:
    start, end = first or last, last or first
    if start is None or end is None:
        return None
    return str(format_interval(start, end, "yMMMd", locale=LOCALES[language]))


def moment(value: datetime, language: str, zone: ZoneInfo) -> str:
    """A day and an hour."""
    return format_datetime(value.astimezone(zone), "d MMM HH:mm", locale=LOCALES[language])


def undelivered(reason: str | None, said: str | None, language: str) -> str | None:
    """Why a message could not be delivered, with what the platform or the channel said of it. None when it was."""
    if reason is None:
        return said
    sentence = UNDELIVERED[reason][language]
    # What a bug is called tells an agent nothing.
    return sentence if not said or reason == "fault" else f"{sentence} {DETAIL[language].format(said=said)}"


def called(topic: str, language: str) -> str:
    """What a topic is called, at the start of a line; its bare name for one that is gone."""
    finding.find()
    title = TOPICS[topic].title[language] if topic in TOPICS else topic.replace("_", " ")
    return title[:1].upper() + title[1:]


def goal(passport: dict[str, Any] | None, language: str) -> str | None:
    """What the customer wants, in one line."""
    if not passport:
        return None
    known = passport["goal"]
    if known["code"] == "said":
        return str(known["text"])
    if known["code"] == "topic" and known["topic"] != "order_status":
        title = called(known["topic"], language)
        return CONCERNS[language].format(what=title, number=known["number"]) if known.get("number") else title
    if known["code"] in ("topic", "order_status"):
        code = "order_status" if known.get("number") else "order_status_unknown"
        return GOAL[code][language].format(number=known.get("number"))
    return GOAL[known["code"]][language].format(**{k: v for k, v in known.items() if k != "code"})


def name_given(passport: dict[str, Any] | None) -> str | None:
    """The last name that somebody has given for themselves."""
    names = [fact["value"] for fact in (passport or {}).get("facts", []) if fact["name"] == "name"]
    return str(names[-1]) if names else None


def beforehand(told: Sequence[tuple[int, dict[str, Any]]], language: str) -> dict[str, Any] | None:
    """What was filled in before the first words and the greeting they answered, the latest of each; None without.

    `told` are the details of the messages that brought them, by sequence number.
    """
    facts: dict[str, dict[str, Any]] = {}
    greeting = None
    for seq, details in told:
        for name, value in (details.get("form") or {}).items():
            if name in FACT:
                facts[name] = {"name": name, "label": FACT[name][language], "value": str(value), "seq": seq}
        if details.get("greeting"):
            greeting = {"text": str(details["greeting"]), "seq": seq}
    return {"facts": list(facts.values()), "greeting": greeting} if facts or greeting else None


def order_out(order: OrderView, language: str, zone: ZoneInfo, *, allowed: Allowed | None = None) -> dict[str, Any]:
    """An order in the agent's language, with what may be done with it now and why not otherwise."""
    return {
        "id": str(order.id),
        "allowed": _allowed(allowed, language, zone) if allowed else {},
        "number": order.number,
        "status": order.status,
        "status_label": ORDER_STATUS[order.status][language],
        "placed_at": day(order.placed_at, language, zone),
        "total": money(order.total_minor, order.currency, language),
        "lines": [
            {
                "name": line.name(language),
                "options": catalogue.options_in_words(line.options, language),
                "quantity": line.quantity,
                "price": money(line.unit_price_minor * line.quantity, order.currency, language),
            }
            for line in order.lines
        ],
        "shipments": [_shipment(shipment, language, zone) for shipment in order.shipments],
    }


def _allowed(said: Allowed, language: str, zone: ZoneInfo) -> dict[str, Any]:
    decisions = {"cancel": said.cancel, "change_address": said.change_address, "return": said.back,
                 "warranty": said.warranty, "refund": said.refund}  # fmt: skip
    return {
        name: {
            "allowed": decision.allowed,
            "until": day(decision.until, language, zone) if decision.until else None,
            "why": policies.why(decision, language, zone=zone),
        }
        for name, decision in decisions.items()
    }


def _shipment(shipment: ShipmentView, language: str, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url,
        "status_label": ORDER_STATUS[shipment.status][language],
        "expected": _span(shipment.expected_from, shipment.expected_to, language),
        "events": [
            {"at": moment(event.at, language, zone), "label": EVENT[event.code][language], "place": event.place}
            for event in reversed(shipment.events)
        ],
    }
