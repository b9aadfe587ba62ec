"""Why something cannot be done while a visitor waits, in their language."""

from __future__ import annotations

from typing import Final

REFUSED: Final[dict[str, dict[str, str]]] = {
    "fact_gone": {
        "fr": "Cela a changé entre-temps. Regardez à nouveau ce qui est transmis.",
        "en": "That has changed meanwhile. Please look again at what is passed on.",
    },
    "window": {
        "fr": "Ce créneau n’est plus proposé. Choisissez-en un autre.",
        "en": "That time is no longer offered. Please choose another.",
    },
    "booking_taken": {
        "fr": "Ce créneau vient d’être pris. Choisissez-en un autre.",
        "en": "That time has just been taken. Please choose another.",
    },
    "booking_too_many": {
        "fr": "Vous avez déjà plusieurs appels prévus.",
        "en": "You already have several calls booked.",
    },
    "booking_not_offered": {
        "fr": "Nous ne rappelons pas pour le moment. Vous gardez votre place ici.",
        "en": "We can’t call back at the moment. You keep your place here.",
    },
    "other": {"fr": "Ce n’est pas possible pour le moment.", "en": "That isn’t possible at the moment."},
}
