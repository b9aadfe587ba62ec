"""What is allowed now for an order, put into words: cancelling it, sending it elsewhere, sending it back."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from zoneinfo import ZoneInfo

from actions.toolbox import tools
from crm_backend.orders.schema import OrderView
from crm_backend.policies import words
from crm_backend.policies.schema import Allowed, Decision

CANCEL, ADDRESS, BACK = "cancel", "change_address", "back"
_WISHES: Final = {
    CANCEL: re.compile(r"\b(?:annul|cancel)\w*", re.IGNORECASE),
    ADDRESS: re.compile(
        r"\badresses?\b(?!\s+(?:e-?)?mail|\s+[ée]lectronique)|(?<!mail )\baddress(?:es)?\b|\bd[ée]m[ée]nag\w*|"
        r"\bailleurs\b|\bvoisine?s?\b|\bpoint[ -]relais\b|\b(?:some|any)where else\b|\belsewhere\b|\bmoved house\b|"
        r"\bmoving\b|\bneighbou?rs?\b|\bpick-?\s?up point\b",
        re.IGNORECASE,
    ),
    BACK: re.compile(
        r"\b(?:retour(?!s? en stock)\w*|renvo[iy]\w*|[ée]chang\w*|return\w*|exchang\w*|send\s+(?:\w+\s+){1,3}back)\b",
        re.IGNORECASE,
    ),
}
MAY: Final = {
    CANCEL: {
        "fr": "La commande {number} peut encore être annulée {until_status}.",
        "en": "Order {number} can still be cancelled {until_status}.",
    },
    ADDRESS: {
        "fr": "L’adresse de livraison de la commande {number} peut encore être changée {until_status}.",
        "en": "The delivery address of order {number} can still be changed {until_status}.",
    },
    BACK: {
        "fr": "La commande {number} peut être retournée jusqu’au {last}.",
        "en": "Order {number} can be returned until {last}.",
    },
}
MAY_NOT: Final = {
    CANCEL: {
        "fr": "La commande {number} ne peut plus être annulée.",
        "en": "Order {number} can no longer be cancelled.",
    },
    ADDRESS: {
        "fr": "L’adresse de livraison de la commande {number} ne peut plus être changée.",
        "en": "The delivery address of order {number} can no longer be changed.",
    },
    BACK: {
        "fr": "La commande {number} ne peut pas être retournée.",
        "en": "Order {number} can’t be returned.",
    },
}
NOT_YET: Final = {
    "fr": "La commande {number} ne peut pas encore être retournée.",
    "en": "Order {number} can’t be returned yet.",
}
OVER: Final = {"fr": "La commande {number} est {status}.", "en": "Order {number} is {status}."}
PARTLY: Final = {
    "fr": "De la commande {number}, à retourner jusqu’au {last}\u00a0: {names}.",
    "en": "From order {number}, to be returned by {last}: {names}.",
}
NOT_THESE: Final = {"fr": "{names}\u00a0: {why}", "en": "{names}: {why}"}
ONCE_THERE: Final = {
    "fr": "Une fois livrée, elle pourra être retournée pendant {days}.",
    "en": "Once delivered, it can be returned for {days}.",
}
DAYS: Final = {"fr": ("{days}\u00a0jour", "{days}\u00a0jours"), "en": ("{days} day", "{days} days")}
NO_MORE: Final = frozenset({"cancelled", "lost", "returned"})
"""Of these orders nothing else is to be told."""


def wishes(text: str) -> list[str]:
    """What the customer's words ask about, in the order of `MAY`; empty when they name none of it."""
    return [wish for wish, said in _WISHES.items() if said.search(text)]


def sentences(order: OrderView, may: Allowed, language: str, *, wanted: Collection[str]) -> str:
    """What is allowed now of what is `wanted`, and why not otherwise. Without a wish: what may still be done to it."""
    if order.status in NO_MORE:
        status = words.STATUS[order.status][language]
        return OVER[language].format(number=order.number, status=status)
    told = list(wanted) or [wish for wish in (CANCEL, ADDRESS) if _decision(may, wish).allowed] or [CANCEL]
    said = [_back(order, may, language) if wish == BACK else _change(may, wish, language) for wish in told]
    if BACK not in told and not all(_decision(may, wish).allowed for wish in told):
        # Who is too late to cancel wants to know what is left.
        said.append(_back(order, may, language) if may.back.allowed else once_there(may, language))
    return " ".join(filter(None, said))


def _decision(may: Allowed, wish: str) -> Decision:
    return {CANCEL: may.cancel, ADDRESS: may.change_address, BACK: may.back}[wish]


def _change(may: Allowed, wish: str, language: str) -> str:
    decision = _decision(may, wish)
    if decision.allowed:
        return MAY[wish][language].format(number=may.number, **words.worded(decision.facts, language))
    return f"{MAY_NOT[wish][language].format(number=may.number)} {_why(decision, language)}"


def _back(order: OrderView, may: Allowed, language: str) -> str:
    """Until when it may come back: all of it at once where the same holds for all, else line by line."""
    groups: dict[str, tuple[Decision, list[str]]] = {}
    for line, each in zip(order.lines, may.lines, strict=True):
        key = str(each.back.facts["last"]) if each.back.allowed else _why(each.back, language)
        groups.setdefault(key, (each.back, []))[1].append(line.name(language))
    refused = f"{MAY_NOT[BACK][language].format(number=may.number)} "
    if len(groups) <= 1:
        if may.back.allowed:
            return MAY[BACK][language].format(number=may.number, **words.worded(may.back.facts, language))
        if may.back.reason == "not_delivered":
            yet = NOT_YET[language].format(number=may.number)
            return f"{yet} {once_there(may, language) or _why(may.back, language)}"
        return refused + _why(may.back, language)
    said = [
        _group(may.number, decision, language, names=", ".join(names))
        for decision, names in sorted(groups.values(), key=lambda group: not group[0].allowed)
    ]
    return " ".join(said) if may.back.allowed else refused + " ".join(said)


def _group(number: str, decision: Decision, language: str, *, names: str) -> str:
    if decision.allowed:
        facts = words.worded(decision.facts, language)
        return PARTLY[language].format(number=number, names=names, **facts)
    why = _why(decision, language)
    return NOT_THESE[language].format(names=names, why=why[:1].lower() + why[1:])


def once_there(may: Allowed, language: str) -> str:
    """For how long it can come back once it is there; nothing where that is not the same for all of it."""
    days = {each.back.facts.get("days") for each in may.lines if each.back.reason == "not_delivered"}
    if len(days) != 1 or (count := days.pop()) is None:
        return ""
    return ONCE_THERE[language].format(days=DAYS[language][count > 1].format(days=count))


def _why(decision: Decision, language: str) -> str:
    zone = tools().now().tzinfo
    return words.why(decision, language, zone=zone if isinstance(zone, ZoneInfo) else None) or ""
