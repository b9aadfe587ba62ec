"""Why something is kept when its person is forgotten, as it is told to them."""

from __future__ import annotations

REASONS: dict[str, dict[str, str]] = {
    "accounting": {
        "fr": "Pièces comptables\u00a0: à garder dix ans (Code de commerce, art. L123-22)\u00a0; RGPD, art. 17(3)(b).",
        "en": "Accounting records: to be kept for ten years (French Code de commerce, L123-22); GDPR art. 17(3)(b).",
    },
    "orders": {
        "fr": "Ce à quoi les factures renvoient, sans nom ni adresse.",
        "en": "What the invoices refer to, without name or address.",
    },
    "figures": {
        "fr": "Gardé sans contenu, pour les statistiques\u00a0: ne désigne plus personne.",
        "en": "Kept without content, for statistics: it names nobody any more.",
    },
    "others": {
        "fr": "Dans une conversation avec quelqu’un d’autre\u00a0: vidé, sa place reste.",
        "en": "In a conversation with somebody else: emptied, its place remains.",
    },
    "gift_cards": {
        "fr": "Le solde appartient à qui tient le code\u00a0: plus reliée à personne.",
        "en": "The balance belongs to whoever holds the code: linked to nobody any more.",
    },
    "stub": {
        "fr": "Un numéro vide auquel les commandes gardées renvoient.",
        "en": "An empty number that kept orders refer to.",
    },
}
