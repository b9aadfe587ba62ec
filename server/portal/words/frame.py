"""What stands around every page, on the home, and where something went wrong."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "fr": {
        "nav_home": "Accueil",
        "nav_orders": "Commandes",
        "nav_requests": "Demandes",
        "nav_conversations": "Conversations",
        "nav_details": "Coordonnées",
        "nav_data": "Mes données",
        "sign_out": "Se déconnecter",
        "done_kept": "Votre visite avait pris fin. Connectez-vous\u00a0: ce que vous avez écrit vous attend.",
        "done_not_kept": "Votre visite avait pris fin, et ce que vous avez écrit était trop long pour être gardé\u00a0:"
        " rien n’est parti. Connectez-vous, puis écrivez-le en plus court.",
        "kept": "Voici ce que vous aviez écrit. Rien n’est encore parti\u00a0: relisez, puis envoyez.",
        "kept_files": "Voici ce que vous aviez écrit. Rien n’est encore parti\u00a0: choisissez de nouveau vos"
        " fichiers, puis envoyez.",
        "file_heavy": "«\u00a0{name}\u00a0» est trop lourd\u00a0: {size}\u00a0Mo au plus. Choisissez-en un autre.",
        "done_signed_out": "Vous êtes déconnecté.",
        "hello": "Bonjour {name}",
        "hello_nobody": "Bonjour",
        "nothing_now": "Rien en cours\u00a0: aucune commande en route, aucune demande ouverte.",
        "quick": "Raccourcis",
        "quick_write": "Nous écrire",
        "quick_address": "Changer d’adresse",
        "quick_messages": "Choisir ce que nous vous envoyons",
        "trouble": "Cela n’a pas marché",
        "refused": "Cette page est restée ouverte trop longtemps, ou ce n’est pas d’ici que l’on y vient. Revenez en"
        " arrière, rechargez la page et recommencez\u00a0: rien n’a été fait.",
        "missing": "Cette page n’existe pas, ou elle n’est pas à vous.",
        "back_home": "Retour à l’accueil du compte",
    },
    "en": {
        "nav_home": "Overview",
        "nav_orders": "Orders",
        "nav_requests": "Requests",
        "nav_conversations": "Conversations",
        "nav_details": "My details",
        "nav_data": "My data",
        "sign_out": "Sign out",
        "done_kept": "Your visit had ended. Sign in: what you wrote is waiting for you.",
        "done_not_kept": "Your visit had ended, and what you wrote was too long to be kept: nothing was sent. Sign in,"
        " then write it shorter.",
        "kept": "Here’s what you had written. Nothing has been sent yet: read it again, then send it.",
        "kept_files": "Here’s what you had written. Nothing has been sent yet: choose your files again, then send it.",
        "file_heavy": "“{name}” is too large: {size} MB at most. Please choose another.",
        "done_signed_out": "You’ve signed out.",
        "hello": "Hello {name}",
        "hello_nobody": "Hello",
        "nothing_now": "Nothing under way: no order on its way, no open request.",
        "quick": "Shortcuts",
        "quick_write": "Write to us",
        "quick_address": "Change an address",
        "quick_messages": "Choose what we send you",
        "trouble": "That didn’t work",
        "refused": "This page stood open for too long, or that isn’t the way in. Go back, reload the page and try"
        " again: nothing was done.",
        "missing": "This page doesn’t exist, or it isn’t yours.",
        "back_home": "Back to your account",
    },
}
