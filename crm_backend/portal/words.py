"""What is written to somebody who wants to sign in, or to use a new address."""

from __future__ import annotations

from typing import Final

from crm_backend.conversations.hiding import HIDDEN

_KEEP = {
    "fr": (
        "Il est valable 10\u00a0minutes et ne sert qu’une fois. Ne le donnez à personne, pas même à nous par"
        " téléphone.\n\nVous n’avez rien demandé\u00a0? Ignorez ce message\u00a0: sans ce code, personne n’entre dans"
        " votre compte."
    ),
    "en": (
        "It’s good for 10 minutes, and only once. Don’t give it to anybody, not even to us on the phone.\n\nYou didn’t"
        " ask for it? Ignore this message: without the code, nobody gets into your account."
    ),
}
SIGN_IN: Final = {
    "fr": f"Votre code de connexion\u00a0: {HIDDEN}\n\nTapez-le sur la page où vous l’avez demandé. {_KEEP['fr']}",
    "en": f"Your sign-in code: {HIDDEN}\n\nType it on the page where you asked for it. {_KEEP['en']}",
}
SIGN_IN_BY_MAIL: Final = {
    "fr": (
        f"Votre code de connexion\u00a0: {HIDDEN}\n\nTapez-le sur la page où vous l’avez demandé, ou ouvrez ce lien sur"
        f" l’appareil où vous voulez vous connecter\u00a0:\n{HIDDEN}\n\n{_KEEP['fr']}"
    ),
    "en": (
        f"Your sign-in code: {HIDDEN}\n\nType it on the page where you asked for it, or open this link on the device on"
        f" which you want to sign in:\n{HIDDEN}\n\n{_KEEP['en']}"
    ),
}
CHANGE: Final = {
    "fr": (
        f"Code pour confirmer cette adresse\u00a0: {HIDDEN}\n\nTapez-le dans votre compte, sur la page où vous l’avez"
        " demandé. Il est valable 10\u00a0minutes et ne sert qu’une fois.\n\nVous n’avez rien demandé\u00a0? Ignorez ce"
        " message\u00a0: rien ne change."
    ),
    "en": (
        f"Code to confirm this address: {HIDDEN}\n\nType it in your account, on the page where you asked for it. It’s"
        " good for 10 minutes, and only once.\n\nYou didn’t ask for it? Ignore this message: nothing changes."
    ),
}
