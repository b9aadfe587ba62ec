"""What customers and agents of the demo company said over the past weeks: by topic, in both languages."""

from __future__ import annotations

from typing import NamedTuple


class Story(NamedTuple):
    """What somebody wanted: their words, the assistant's answer, an agent's. `weight` is how often, `alone` how often
    the assistant settles it, of a hundred."""

    topic: str | None
    weight: int
    alone: int
    reason: str
    asks: dict[str, str]
    answer: dict[str, str]
    agent: dict[str, str]


STORIES = (
    Story(
        "order_status", 30, 82, "asked",
        {"fr": "Bonjour, où en est ma commande\u00a0?", "en": "Hello, where is my order?"},
        {"fr": "Votre colis est en route, il arrive après-demain.", "en": "Your parcel is on its way; it arrives the"
         " day after tomorrow."},
        {"fr": "Je viens de vérifier avec le transporteur\u00a0: il passe demain matin.", "en": "I have just checked"
         " with the carrier: it comes tomorrow morning."},
    ),
    Story(
        "return_order", 14, 64, "asked",
        {"fr": "Je voudrais renvoyer un article.", "en": "I’d like to send an item back."},
        {"fr": "C’est possible pendant 30\u00a0jours. Voici votre étiquette de retour.", "en": "You can, for 30 days."
         " Here is your return label."},
        {"fr": "Le retour est enregistré, je vous envoie l’étiquette.", "en": "The return is set up; I’m sending you"
         " the label."},
    ),
    Story(
        "refund_status", 10, 58, "upset",
        {"fr": "J’attends toujours mon remboursement, ce n’est pas normal.", "en": "I’m still waiting for my refund,"
         " this isn’t right."},
        {"fr": "Votre remboursement est parti hier.", "en": "Your refund left yesterday."},
        {"fr": "Je comprends. Je viens de relancer la banque, vous l’aurez sous deux jours.", "en": "I understand. I’ve"
         " just chased the bank; you’ll have it within two days."},
    ),
    Story(
        "damaged_item", 8, 22, "upset",
        {"fr": "Le vase est arrivé cassé.", "en": "The vase arrived broken."},
        {"fr": "Je suis désolé. Pouvez-vous m’envoyer une photo\u00a0?", "en": "I’m sorry. Could you send a photo?"},
        {"fr": "Un nouveau vase part aujourd’hui, sans frais.", "en": "A new vase leaves today, free of charge."},
    ),
    Story(
        "change_address", 8, 70, "verification",
        {"fr": "Je me suis trompé d’adresse de livraison.", "en": "I gave the wrong delivery address."},
        {"fr": "C’est corrigé, la commande partira à la nouvelle adresse.", "en": "That’s corrected; the order will go"
         " to the new address."},
        {"fr": "J’ai changé l’adresse après vérification.", "en": "I’ve changed the address after checking."},
    ),
    Story(
        "invoice", 7, 90, "asked",
        {"fr": "Il me faut la facture de ma commande.", "en": "I need the invoice for my order."},
        {"fr": "La voici en PDF.", "en": "Here it is as a PDF."},
        {"fr": "La voici, au nom de votre société.", "en": "Here it is, in your company’s name."},
    ),
    Story(
        "product_care", 7, 86, "unknown",
        {"fr": "Comment entretenir la planche en noyer\u00a0?", "en": "How do I look after the walnut board?"},
        {"fr": "Lavez-la à la main et huilez-la une fois par mois.", "en": "Wash it by hand and oil it once a month."},
        {"fr": "Une huile de lin alimentaire convient très bien.", "en": "Food-grade linseed oil works very well."},
    ),
    Story(
        "late_parcel", 9, 45, "asked",
        {"fr": "Mon colis devait arriver lundi.", "en": "My parcel was due on Monday."},
        {"fr": "Il a du retard\u00a0: il est attendu jeudi.", "en": "It’s running late: it is expected on Thursday."},
        {"fr": "J’ai ouvert une recherche chez le transporteur.", "en": "I’ve opened a search with the carrier."},
    ),
    Story(
        None, 7, 30, "unclear",
        {"fr": "C’est à propos de l’histoire de l’autre fois.", "en": "It’s about that thing from the other day."},
        {"fr": "Je n’ai pas bien compris. Pouvez-vous m’en dire plus\u00a0?", "en": "I didn’t quite get that. Could you"
         " tell me more?"},
        {"fr": "Je reprends votre dossier et je m’en occupe.", "en": "I have your file here and I’m dealing with it."},
    ),
)  # fmt: skip
THANKS = {"fr": "Merci, c’est parfait.", "en": "Thanks, that’s perfect."}
COMMENTS: dict[int, dict[str, tuple[str, ...]]] = {
    5: {
        "fr": ("Réponse rapide et très claire.", "Conseillère adorable, problème réglé en deux minutes."),
        "en": ("Quick and very clear.", "Lovely agent, sorted in two minutes."),
    },
    4: {"fr": ("Bien, un peu d’attente.",), "en": ("Good, a bit of a wait.",)},
    3: {"fr": ("Réponse correcte mais il a fallu insister.",), "en": ("Fine in the end, but I had to insist.",)},
    2: {"fr": ("Trop long avant d’avoir quelqu’un.",), "en": ("Took too long to reach anyone.",)},
    1: {"fr": ("Mon remboursement n’est toujours pas là.",), "en": ("Still no refund.",)},
}
