"""What the customers of the demo company wanted, in their own languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

CATEGORIES = (
    ("delivery", None, "Livraison", "Delivery"),
    ("late", "delivery", "Retard", "Late"),
    ("lost", "delivery", "Colis perdu", "Lost parcel"),
    ("damaged", "delivery", "Colis abîmé", "Damaged parcel"),
    ("product", None, "Produit", "Product"),
    ("defect", "product", "Défaut", "Defect"),
    ("advice", "product", "Conseil", "Advice"),
    ("money", None, "Paiement et facture", "Payment and invoice"),
    ("refund", "money", "Remboursement", "Refund"),
    ("invoice", "money", "Facture", "Invoice"),
    ("account", None, "Compte et données", "Account and data"),
)
TEMPLATES: dict[str, dict[str, Any]] = {
    "damaged_parcel": {
        "names": {"fr": "Colis abîmé à l’arrivée", "en": "Parcel damaged on arrival"},
        "type_key": "complaint",
        "category": "damaged",
        "subjects": {"fr": "Colis abîmé à l’arrivée", "en": "Parcel damaged on arrival"},
        "descriptions": {"fr": "Ce qui est abîmé, et comment.", "en": "What is damaged, and how."},
        "impact": "medium",
        "urgency": "high",
        "tags": ["transport"],
        "fields": [
            {
                "key": "carrier_note",
                "names": {"fr": "Réserves notées à la livraison", "en": "Noted with the carrier"},
                "kind": "boolean",
                "required": True,
            }
        ],
        "checklist": [
            {"texts": {"fr": "Demander des photos", "en": "Ask for photos"}, "required": True},
            {"texts": {"fr": "Prévenir le transporteur", "en": "Tell the carrier"}, "required": True},
            {"texts": {"fr": "Proposer remplacement ou remboursement", "en": "Offer a replacement or a refund"}},
        ],
        "due_days": 3,
    },
    "lost_parcel": {
        "names": {"fr": "Colis perdu", "en": "Lost parcel"},
        "type_key": "incident",
        "category": "lost",
        "subjects": {"fr": "Colis perdu", "en": "Lost parcel"},
        "impact": "high",
        "urgency": "high",
        "tags": ["transport"],
        "checklist": [
            {
                "texts": {"fr": "Ouvrir une enquête chez le transporteur", "en": "Have the carrier search"},
                "required": True,
            }
        ],
        "due_days": 5,
    },
    "data_access": {
        "names": {"fr": "Accès aux données personnelles", "en": "Access to personal data"},
        "type_key": "privacy_request",
        "category": "account",
        "subjects": {"fr": "Demande d’accès à mes données", "en": "Request for my data"},
        "checklist": [
            {"texts": {"fr": "Vérifier l’identité", "en": "Check who it is"}, "required": True},
            {"texts": {"fr": "Exporter les données", "en": "Export the data"}, "required": True},
        ],
    },
}


Step = tuple[int, str, Mapping[str, str]]


@dataclass(frozen=True)
class Story:
    """One case. `order` is the status of the order it is about; `steps` are (hours after opening, status, how)."""

    language: Literal["fr", "en"]
    order: str
    category: str
    days_ago: int
    subject: str | None = None
    description: str | None = None
    type_key: str | None = None
    template: str | None = None
    channel: str = "webchat"
    impact: str | None = None
    urgency: str | None = None
    tags: Sequence[str] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    due_in: int | None = None
    comment: str | None = None
    steps: Sequence[Step] = ()


def _done(code: str, summary: str, hours: int = 20) -> Step:
    return (hours, "resolved", {"resolution": code, "summary": summary})


OPEN: Step = (1, "open", {})
ASKED: Step = (4, "waiting_on_customer", {})
STORIES = (
    Story("fr", "delivered", "damaged", 1, template="damaged_parcel", fields={"carrier_note": True}, channel="mail",
          description="Deux assiettes sur six sont arrivées en morceaux. J’ai noté le choc sur le bon de livraison.",
          comment="Photos reçues, le carton était enfoncé d’un côté.", steps=(OPEN,)),
    Story("en", "delivered", "damaged", 2, template="damaged_parcel", fields={"carrier_note": False}, channel="mail",
          description="The teapot’s lid is chipped. The box looked fine from outside.", steps=(OPEN, ASKED)),
    Story("fr", "lost", "lost", 6, template="lost_parcel", description="Le suivi n’a pas bougé depuis dix jours.",
          comment="Enquête ouverte, réponse du transporteur sous cinq jours.",
          steps=(OPEN, (5, "waiting_on_third_party", {"reason": "Enquête du transporteur"}))),
    Story("en", "lost", "lost", 9, template="lost_parcel", description="It says delivered, but nothing came.",
          steps=(OPEN, _done("refunded", "Refunded after the carrier’s search found nothing.", 96))),
    Story("fr", "shipped", "late", 0, "Où est mon colis\u00a0?", "Il devait arriver hier.", "question"),
    Story("en", "out_for_delivery", "late", 0, "Can it come after 5 pm?", "I’m at work until then.", "request"),
    Story("fr", "delivered", "refund", 4, "Remboursement toujours pas reçu", "Vous avez mon retour depuis 15 jours.",
          "complaint", channel="mail", impact="high", urgency="high", tags=("vip",), due_in=-1,
          comment="Le retour a été scanné le 3, la comptabilité vérifie.", steps=(OPEN,)),
    Story("en", "delivered", "invoice", 3, "Invoice with our company’s name", "Our VAT number should be on it, please.",
          "request", channel="mail", tags=("b2b",), steps=(OPEN, _done("solved", "Invoice made out anew."))),
    Story("fr", "delivered", "defect", 12, "Une chaise qui boite", "Un pied est plus court que les autres.", "return",
          steps=(OPEN, ASKED)),
    Story("en", "delivered", "defect", 20, "Lamp flickers", "It flickers on its lowest setting.", "return",
          steps=(OPEN, _done("replaced", "New one sent."), (60, "closed", {}))),
    Story("fr", "delivered", "advice", 1, "Une poêle qui va au four\u00a0?", "À 220\u00a0°C, fermée.", "question",
          steps=(OPEN, _done("answered", "Oui, jusqu’à 250\u00a0°C, couvercle compris.", 3))),
    Story("en", "delivered", "advice", 2, "Is the oak table sealed?", "We have small children.", "question"),
    Story("fr", "delivered", "account", 11, template="data_access", channel="mail", steps=(OPEN,),
          description="Je souhaite recevoir une copie de toutes les données que vous avez sur moi."),
    Story("en", "delivered", "account", 25, template="data_access", channel="mail",
          description="Please send me everything you hold about me.",
          steps=(OPEN, _done("solved", "Export sent by the portal.", 200))),
    Story("fr", "delivered", "product", 8, "Verres dépareillés", "Deux modèles différents dans la même boîte.",
          "complaint", urgency="low", steps=(OPEN,)),
    Story("fr", "delivered", "product", 5, "Un verre manque", "Cinq verres au lieu de six.", "request",
          steps=(OPEN, _done("goodwill", "Verre envoyé sans frais."), (50, "reopened", {"reason": "Rien reçu"}))),
    Story("en", "preparing", "delivery", 0, "Wrong house number", "It is 72, not 27.", "request", urgency="high"),
    Story("fr", "cancelled", "refund", 7, "Commande annulée par erreur", "Je voulais seulement changer l’adresse.",
          "complaint", impact="low", steps=(OPEN, _done("goodwill", "Nouvelle commande, livraison offerte."))),
    Story("en", "delivered", "money", 15, "Charged twice?", "My bank shows two payments.", "incident", impact="high",
          steps=(OPEN, _done("answered", "One was a reservation that has lapsed."), (200, "closed", {}))),
    Story("fr", "delivered", "damaged", 3, "Nappe tachée", "Une tache au milieu, sous l’emballage.", "return",
          due_in=2, steps=(OPEN, ASKED, (30, "open", {}))),
    Story("en", "cancelled", "product", 30, "Sent to the wrong shop", "I meant another company, sorry!", "question",
          steps=((1, "closed", {"reason": "Not for us"}),)),
)  # fmt: skip
"""Six are new; the others are in every other status, one is overdue, one came back."""
