"""What is said to those who would rather not sit and wait for a person in a messenger."""

from __future__ import annotations

from typing import Final

SAID: Final[dict[str, dict[str, str]]] = {
    "or": {
        "fr": "Vous pouvez aussi ne pas attendre ici\u00a0:",
        "en": "You needn’t wait here, either:",
    },
    "mail": {"fr": "Réponse par e-mail", "en": "Answer me by e-mail"},
    "call": {"fr": "Me rappeler", "en": "Call me back"},
    "keep": {"fr": "Garder ma place", "en": "Keep my place"},
    "mailed": {
        "fr": "C’est noté\u00a0: une personne vous répondra à {to}. Vous gardez votre place, sans attendre ici.",
        "en": "Noted: a person will answer you at {to}. You keep your place, with no need to wait here.",
    },
    "no_mail": {
        "fr": "Je ne peux pas vous répondre par e-mail pour le moment. Vous gardez votre place ici.",
        "en": "I can’t answer you by e-mail at the moment. You keep your place here.",
    },
    "enough": {
        "fr": "Cela a déjà été demandé plusieurs fois aujourd’hui. Vous gardez votre place ici.",
        "en": "That has been asked for several times today already. You keep your place here.",
    },
    "when": {
        "fr": "Quand pouvons-nous vous appeler\u00a0? Vous gardez votre place en attendant votre choix.",
        "en": "When may we call you? You keep your place until you have chosen.",
    },
    "taken": {
        "fr": "Ce créneau vient d’être pris. En voici d’autres\u00a0; vous gardez votre place.",
        "en": "That time has just been taken. Here are others; you keep your place.",
    },
    "no_call": {
        "fr": "Nous ne rappelons pas pour le moment. Vous gardez votre place ici.",
        "en": "We can’t call back at the moment. You keep your place here.",
    },
    "too_many": {
        "fr": "Vous avez déjà plusieurs appels prévus. Vous gardez votre place ici.",
        "en": "You already have several calls booked. You keep your place here.",
    },
    "number": {
        "fr": "À quel numéro\u00a0?",
        "en": "On which number?",
    },
    "bad_number": {
        "fr": "Je ne lis pas ce numéro. Écrivez tous ses chiffres, par exemple 06\u00a039\u00a098\u00a000\u00a001.",
        "en": "I can’t read that number. Please write all of its digits, for instance 020\u00a07946\u00a00958.",
    },
    "sure": {
        "fr": "Un appel {when}, au numéro qui finit par {end}\u00a0? Vous quitterez alors la file d’attente.",
        "en": "A call {when}, on the number ending in {end}? You’d then leave the queue.",
    },
    "yes": {"fr": "Oui, rappelez-moi", "en": "Yes, call me"},
    "kept": {
        "fr": "Vous gardez votre place\u00a0: une personne vous répondra ici.",
        "en": "You keep your place: a person will answer you here.",
    },
}
