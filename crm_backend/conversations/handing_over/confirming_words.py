"""What is said to a customer of what is passed on about them, and of correcting it."""

from __future__ import annotations

from typing import Final

Both = dict[str, str]
LABELS: Final[dict[str, Both]] = {
    "goal": {"fr": "Votre demande", "en": "Your request"},
    "name": {"fr": "Nom", "en": "Name"},
    "order_number": {"fr": "Commande", "en": "Order"},
    "tracking_number": {"fr": "Numéro de suivi", "en": "Tracking number"},
    "case_number": {"fr": "Dossier", "en": "Case"},
    "email": {"fr": "E-mail", "en": "E-mail"},
    "phone": {"fr": "Téléphone", "en": "Phone"},
}
SAID: Final[dict[str, Both]] = {
    "line": {"fr": "{label}\u00a0: {value}", "en": "{label}: {value}"},
    "shown": {"fr": "Voici ce que je transmets\u00a0:", "en": "Here is what I’m passing on:"},
    "correct": {"fr": "Corriger", "en": "Correct something"},
    "which_fact": {"fr": "Qu’est-ce qui n’est pas juste\u00a0?", "en": "What isn’t right?"},
    "all_right": {"fr": "Tout est juste", "en": "It’s all right"},
    "which_value": {
        "fr": "{what}\nQuelle est la bonne version\u00a0? Écrivez-la simplement.",
        "en": "{what}\nWhat should it be? Just write it.",
    },
    "remove": {"fr": "Retirer", "en": "Remove it"},
    "leave": {"fr": "Laisser tel quel", "en": "Leave it"},
    "done": {
        "fr": "C’est corrigé. {what}. La personne qui vous répond le verra.",
        "en": "That’s corrected. {what}. Whoever answers you will see it.",
    },
    "removed": {
        "fr": "C’est retiré. La personne qui vous répond ne le verra plus parmi ce que je transmets.",
        "en": "That’s removed. Whoever answers you won’t see it among what I pass on.",
    },
    "as_it_is": {"fr": "Très bien, je transmets tel quel.", "en": "Fine, I’ll pass it on as it is."},
    "tell_them": {
        "fr": "Je laisse comme c’était. Dites-le à la personne qui vous répond\u00a0: elle lit tous vos messages.",
        "en": "I’ll leave it as it was. Tell whoever answers you: they read all your messages.",
    },
    "nothing": {
        "fr": "Il n’y a rien à corriger. La personne qui vous répond lit tous vos messages.",
        "en": "There is nothing to correct. Whoever answers you reads all your messages.",
    },
}
WRONG: Final[dict[str, Both]] = {
    "order_number": {
        "fr": "Ce numéro de commande ne semble pas complet. Il figure dans l’e-mail de confirmation.",
        "en": "That order number doesn’t look complete. It’s in the confirmation e-mail.",
    },
    "email": {
        "fr": "Cette adresse e-mail ne semble pas complète.",
        "en": "That e-mail address doesn’t look complete.",
    },
    "phone": {
        "fr": "Ce numéro de téléphone ne semble pas complet.",
        "en": "That phone number doesn’t look complete.",
    },
    "goal": {
        "fr": "C’est un peu long\u00a0: dites-le en une phrase.",
        "en": "That’s a little long: put it in one sentence.",
    },
    "other": {"fr": "Cela ne peut pas être enregistré ainsi.", "en": "That can’t be kept like this."},
}
