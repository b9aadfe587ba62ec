"""What is wrong with a subscription to events."""

REASONS: dict[str, dict[str, str]] = {
    "webhooks.too_many": {
        "fr": "Il y a déjà {most}\u00a0abonnements. Supprimez-en un d’abord.",
        "en": "There are {most} subscriptions already. Remove one first.",
    },
    "webhooks.bad_url": {
        "fr": "Il faut une adresse complète, par exemple https://boutique.example/relais.",
        "en": "It takes a whole address, such as https://shop.example/relais.",
    },
    "webhooks.secret_in_url": {
        "fr": "L’adresse ne doit contenir ni mot de passe ni «\u00a0#\u00a0»\u00a0: chaque envoi est signé.",
        "en": "The address may hold neither a password nor a “#”: every delivery is signed.",
    },
    "webhooks.barred": {
        "fr": "Relais ne se connecte pas à cet hôte.",
        "en": "Relais does not connect to that host.",
    },
    "webhooks.unknown_kind": {
        "fr": "Ce type d’événement n’existe pas.",
        "en": "There is no such kind of event.",
    },
    "webhooks.no_kind": {
        "fr": "Choisissez au moins un type d’événement.",
        "en": "Choose at least one kind of event.",
    },
    "webhooks.too_long": {
        "fr": "Ce texte dépasse {most}\u00a0caractères ou contient des caractères invisibles.",
        "en": "That text has more than {most} characters, or invisible ones.",
    },
}
