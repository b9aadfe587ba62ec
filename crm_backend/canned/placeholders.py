"""The facts that a canned reply can take up, and how they stand in its text: `{customer.first_name}`."""

from __future__ import annotations

import re

from crm_backend.errors import Invalid

FACTS: dict[str, dict[str, str]] = {
    "customer.first_name": {"fr": "Prénom du client", "en": "Customer’s first name"},
    "customer.last_name": {"fr": "Nom du client", "en": "Customer’s last name"},
    "customer.name": {"fr": "Prénom et nom du client", "en": "Customer’s full name"},
    "order.number": {"fr": "Numéro de la commande", "en": "Order number"},
    "order.date": {"fr": "Date de la commande", "en": "Order date"},
    "order.total": {"fr": "Montant de la commande", "en": "Order total"},
    "agent.first_name": {"fr": "Prénom du conseiller", "en": "Agent’s first name"},
    "agent.name": {"fr": "Nom du conseiller", "en": "Agent’s name"},
    "today": {"fr": "Date du jour", "en": "Today’s date"},
}
"""Every placeholder, and what editors see it called."""
_PLACE = re.compile(r"{([^{}\n]{0,60})}")


def used(text: str) -> list[str]:
    """The placeholders of a text, each once, in their order."""
    return list(dict.fromkeys(match[1].strip() for match in _PLACE.finditer(text)))


def check(field: str, text: str) -> None:
    """Raises Invalid for a placeholder that does not exist, or a brace that opens or closes none."""
    for name in used(text):
        if name not in FACTS:
            raise Invalid(field, "no_such_placeholder", name=name, expected=", ".join(FACTS))
    if set(_PLACE.sub("", text)) & {"{", "}"}:
        raise Invalid(field, "stray_brace")


def filled(text: str, facts: dict[str, str]) -> tuple[str, list[str]]:
    """The text with the facts in it, and the names of those that are missing, whose placeholders stay."""
    missing = [name for name in used(text) if not facts.get(name)]
    return _PLACE.sub(lambda match: facts.get(match[1].strip()) or match[0], text), missing
