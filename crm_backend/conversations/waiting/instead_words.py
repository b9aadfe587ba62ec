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
    "address": {
        "fr": "À quelle adresse e-mail\u00a0? Un code y partira, à taper ici. Vous gardez votre place.",
        "en": "At which e-mail address? A code will go there, to be typed here. You keep your place.",
    },
    "bad_address": {
        "fr": "Je ne lis pas d’adresse e-mail. Écrivez-la en entier, par exemple marie@exemple.fr.",
        "en": "I can’t read an e-mail address there. Please write all of it, for instance mary@example.com.",
    },
    "code": {
        "fr": "Un code à 6\u00a0chiffres est parti à {to}. Tapez-le ici. Il est valable 10\u00a0minutes.",
        "en": "A 6-digit code is on its way to {to}. Type it here. It’s good for 10 minutes.",
    },
    "wrong_code": {
        "fr": "Ce n’est pas le code envoyé à {to}. Vérifiez ses 6\u00a0chiffres.",
        "en": "That isn’t the code that went to {to}. Check its 6 digits.",
    },
    "old_code": {
        "fr": "Ce code n’est plus valable. Je peux en renvoyer un à {to}.",
        "en": "That code is no longer good. I can send another one to {to}.",
    },
    "newer_code": {
        "fr": "Un code plus récent est parti à {to}. Tapez celui-là.",
        "en": "A newer code went to {to}. Type that one.",
    },
    "busy": {
        "fr": "Cela n’a pas marché cette fois. Réessayez dans un instant, ou demandez un autre code pour {to}.",
        "en": "That didn’t work this time. Try again in a moment, or ask for another code for {to}.",
    },
    "no_more_codes": {
        "fr": "Trop de codes erronés pour aujourd’hui. Vous gardez votre place\u00a0: une personne vous répondra ici.",
        "en": "Too many wrong codes for today. You keep your place: a person will answer you here.",
    },
    "again": {"fr": "Renvoyer un code", "en": "Send another code"},
    "other": {"fr": "Une autre adresse", "en": "Another address"},
    "here": {"fr": "Finalement, ici", "en": "Here after all"},
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
