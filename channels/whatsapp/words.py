"""The few words of our own that go on WhatsApp beside a reply's, in both languages."""

from __future__ import annotations

CHOOSE = {"fr": "Choisissez\u00a0:", "en": "Please choose:"}
OPEN_LIST = {"fr": "Voir les choix", "en": "See the choices"}
OPEN = {
    "article": {"fr": "Lire l’article", "en": "Read the article"},
    "order": {"fr": "Suivre", "en": "Track it"},
    "product": {"fr": "Voir en boutique", "en": "See it in the shop"},
}
"""What opens the page of a card, by its kind; at most 20 characters."""
FILE = {"fr": "Votre fichier {name}\u00a0: {link}", "en": "Your file {name}: {link}"}
CANNOT_READ = {
    "fr": (
        "WhatsApp ne me transmet pas ce type de message, je ne peux donc pas le lire. "
        "Écrivez-le en quelques mots, ou envoyez une photo ou un document."
    ),
    "en": (
        "WhatsApp doesn’t pass this kind of message on, so I can’t read it. "
        "Write it in a few words, or send a photo or a document."
    ),
}
