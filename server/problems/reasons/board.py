"""What cannot be done from the supervisor's board, in words."""

REASONS: dict[str, dict[str, str]] = {
    "nobody_to_whisper_to": {
        "fr": "Aucun collègue n’a cette conversation\u00a0: il n’y a personne à conseiller.",
        "en": "No colleague has this conversation: there is nobody to advise.",
    },
}
