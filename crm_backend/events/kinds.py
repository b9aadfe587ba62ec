"""Every kind of event there is, what a reader calls it, and who listens to which."""

from __future__ import annotations

KINDS: dict[str, dict[str, str]] = {
    "case.opened": {"fr": "Un dossier est ouvert", "en": "A case is opened"},
    "case.changed": {"fr": "Un dossier est modifié", "en": "A case is changed"},
    "case.status": {"fr": "Un dossier change d’étape", "en": "A case changes status"},
    "case.priority": {"fr": "Un dossier change de priorité", "en": "A case changes priority"},
    "case.assigned": {"fr": "Un dossier est attribué", "en": "A case is assigned"},
    "case.linked": {"fr": "Un dossier est relié", "en": "A case is linked"},
    "case.waited": {"fr": "Un dossier attend depuis longtemps", "en": "A case has waited for long"},
    "message.received": {"fr": "Un client écrit", "en": "A customer writes"},
    "message.sent": {"fr": "Une réponse part", "en": "An answer is sent"},
    "clock.warned": {"fr": "Un délai va être dépassé", "en": "A time limit is near"},
    "clock.breached": {"fr": "Un délai est dépassé", "en": "A time limit has passed"},
    "contract.exhausted": {"fr": "Un contrat est épuisé", "en": "A contract is used up"},
    "rule.called": {"fr": "Une règle appelle", "en": "A rule calls"},
    "order.changed": {"fr": "Une commande change", "en": "An order changes"},
    "customer.changed": {"fr": "Un client est modifié", "en": "A customer is changed"},
    "customer.erased": {"fr": "Un client est effacé", "en": "A customer is erased"},
    "customer.merged": {"fr": "Deux clients sont fusionnés", "en": "Two customers are merged"},
    "customer.parted": {"fr": "Une fusion est annulée", "en": "A merge is undone"},
    "webhook.test": {"fr": "Essai d’un webhook", "en": "A webhook is tried out"},
    "booking.made": {"fr": "Un rappel ou un rendez-vous est réservé", "en": "A call or an appointment is booked"},
    "booking.moved": {"fr": "Un rappel ou un rendez-vous est déplacé", "en": "A call or an appointment is moved"},
    "booking.cancelled": {"fr": "Un rappel ou rendez-vous est annulé", "en": "A call or appointment is cancelled"},
    "article.published": {"fr": "Un article est publié", "en": "An article is published"},
}
CONSUMERS: dict[str, frozenset[str]] = {
    # Only the database tells it something: answers of the assistant, where they count (migration 0012).
    "service_levels": frozenset(),
    "rules": frozenset({"case", "conversation", "order"}),
    "webhooks": frozenset({"case", "conversation", "order", "customer", "article", "contract", "booking"}),
}
"""Who works through events, and of which kinds of object. A consumer has its own place in the queue for each event."""


def listening(subject_kind: str) -> list[str]:
    """The consumers of events about this kind of object."""
    return [name for name, subjects in CONSUMERS.items() if subject_kind in subjects]
