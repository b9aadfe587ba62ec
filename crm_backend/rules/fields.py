"""Everything a rule may ask about: each field by its path, with its type and what a reader calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crm_backend.cases.settings_model import LEVELS, PRIORITIES, STAGES
from crm_backend.orders.model import STATUSES as ORDER_STATUSES

Type = Literal["word", "text", "number", "yes_no", "list"]
LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class Field:
    """A field: `choices` are all its values, where they are known beforehand."""

    type: Type
    fr: str
    en: str
    choices: tuple[str, ...] = ()


FIELDS: dict[str, Field] = {
    "case.type": Field("word", "Type du dossier", "Case type"),
    "case.status": Field("word", "Étape du dossier", "Case status"),
    "case.stage": Field("word", "Avancement du dossier", "Case stage", STAGES),
    "case.priority": Field("word", "Priorité du dossier", "Case priority", PRIORITIES),
    "case.impact": Field("word", "Portée", "Impact", LEVELS),
    "case.urgency": Field("word", "Urgence", "Urgency", LEVELS),
    "case.team": Field("word", "Équipe", "Team"),
    "case.agent": Field("word", "Conseiller", "Agent"),
    "case.category": Field("word", "Catégorie", "Category"),
    "case.channel": Field("word", "Canal du dossier", "Case channel"),
    "case.language": Field("word", "Langue du dossier", "Case language", LANGUAGES),
    "case.tags": Field("list", "Étiquettes du dossier", "Case tags"),
    "case.subject": Field("text", "Objet", "Subject"),
    "case.reopened": Field("number", "Fois rouvert", "Times reopened"),
    "case.age_hours": Field("number", "Heures depuis l’ouverture", "Hours since it was opened"),
    "case.hours_in_status": Field("number", "Heures à cette étape", "Hours in this status"),
    "customer.known": Field("yes_no", "Client connu", "Known customer"),
    "customer.language": Field("word", "Langue du client", "Customer language", LANGUAGES),
    "customer.tags": Field("list", "Étiquettes du client", "Customer tags"),
    "customer.segments": Field("list", "Segments du client", "Customer segments"),
    "order.status": Field("word", "État de la commande", "Order status", ORDER_STATUSES),
    "order.total": Field("number", "Montant de la commande", "Order total"),
    "order.currency": Field("word", "Devise de la commande", "Order currency"),
    "conversation.channel": Field("word", "Canal de la conversation", "Conversation channel"),
    "conversation.language": Field("word", "Langue de la conversation", "Conversation language", LANGUAGES),
    "conversation.mood": Field("word", "Humeur", "Mood", ("calm", "upset")),
    "conversation.owner": Field("word", "Qui répond", "Who answers", ("bot", "queue", "agent", "nobody")),
    "conversation.team": Field("word", "Équipe de la conversation", "Conversation team"),
    "conversation.topic": Field("word", "Sujet de la conversation", "Conversation topic"),
    "message.text": Field("text", "Texte du message", "Message text"),
    "message.author": Field("word", "Auteur du message", "Message author", ("customer", "agent", "bot")),
    "clock.kind": Field(
        "word", "Délai concerné", "Which time limit", ("first_response", "next_response", "resolution")
    ),
    "change.from": Field("word", "Valeur d’avant", "Value before"),
    "change.to": Field("word", "Valeur d’après", "Value after"),
    "change.what": Field("word", "Ce qui est arrivé à la commande", "What happened to the order"),
}
COMPARISONS: dict[Type, tuple[str, ...]] = {
    "word": ("is", "is_not", "in", "not_in", "empty", "not_empty"),
    "text": ("contains", "not_contains", "is", "empty", "not_empty"),
    "number": ("is", "less", "at_most", "more", "at_least"),
    "yes_no": ("is",),
    "list": ("has", "has_not", "has_any", "empty", "not_empty"),
}
WITHOUT_VALUE = ("empty", "not_empty")
WITH_SEVERAL = ("in", "not_in", "has_any")
