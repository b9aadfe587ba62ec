"""The French of what the settings say."""

from __future__ import annotations

FRENCH = {
    "Bot token": "Jeton du bot",
    "As BotFather gave it: 123456789:AAF…": "Tel que BotFather l’a donné\u00a0: 123456789:AAF…",
    "How updates come": "Arrivée des messages",
    "Telegram calls only a public https address. Automatic: it calls us where ours is one, otherwise we ask.": (
        "Telegram n’appelle qu’une adresse publique en https. Automatique\u00a0: il nous appelle si la nôtre en est "
        "une, sinon nous l’interrogeons."
    ),
    "Automatic": "Automatique",
    "Telegram calls us (webhook)": "Telegram nous appelle (webhook)",
    "We ask Telegram (polling)": "Nous interrogeons Telegram (polling)",
    "In groups": "Dans les groupes",
    "When somebody addresses the bot in a group. What it answers there, everybody in it can read.": (
        "Quand quelqu’un s’adresse au bot dans un groupe. Ce qu’il y répond, tout le groupe peut le lire."
    ),
    "Say once a day that it answers in private": "Dire une fois par jour qu’il répond en privé",
    "Answer there": "Répondre sur place",
    "Say nothing": "Ne rien dire",
    "Offer to prove who they are by phone number": "Proposer de prouver son identité par le numéro de téléphone",
    "Shows a key that shares the customer’s own number while the assistant asks for proof.": (
        "Affiche une touche qui partage le numéro du client, tant que l’assistant demande une preuve."
    ),
    "Show “typing…” while the assistant thinks": "Afficher «\u00a0écrit…\u00a0» pendant que l’assistant réfléchit",
    "Webhook secret": "Secret du webhook",
    "16 to 256 letters, digits, _ and -. Left empty, one is derived from the server’s own secret.": (
        "De 16 à 256 lettres, chiffres, _ et -. Vide, il est dérivé du secret du serveur."
    ),
    "Bot API server": "Serveur de la Bot API",
    "Another one than Telegram’s own, when you run one.": "Un autre que celui de Telegram, si vous en avez un.",
    "A token looks like 123456789:AAF…": "Un jeton ressemble à 123456789:AAF…",
    "A secret has 16 to 256 of A-Z, a-z, 0-9, _ and -.": "Un secret a de 16 à 256 signes parmi A-Z, a-z, 0-9, _ et -.",
    "An address begins with https:// or http://.": "Une adresse commence par https:// ou http://.",
    "Telegram calls https addresses only: set a public https address, or use polling.": (
        "Telegram n’appelle que des adresses en https\u00a0: donnez-en une qui soit publique, ou choisissez polling."
    ),
}
