"""What is written to an address that is to be proved, and to one that was replaced."""

from __future__ import annotations

from typing import Final

from crm_backend.conversations.hiding import HIDDEN

TEXTS: Final = {
    "prove": {
        "fr": (
            f"Votre code de vérification\u00a0: {HIDDEN}\n\nTapez-le dans la conversation où vous l’avez demandé. Il"
            " est valable 10\u00a0minutes et ne sert qu’une fois. Ne le donnez à personne, pas même à nous par"
            " téléphone.\n\nVous n’avez rien demandé\u00a0? Ignorez ce message\u00a0: sans ce code, personne n’accède à"
            " votre dossier."
        ),
        "en": (
            f"Your verification code: {HIDDEN}\n\nType it in the conversation in which you asked for it. It’s good for"
            " 10 minutes, and only once. Don’t give it to anybody, not even to us on the phone.\n\nYou didn’t ask for"
            " it? Ignore this message: without the code, nobody gets into your file."
        ),
    },
    "change": {
        "fr": (
            f"Code pour confirmer cette adresse\u00a0: {HIDDEN}\n\nTapez-le dans la conversation où vous avez demandé"
            " le changement. Il est valable 10\u00a0minutes et ne sert qu’une fois.\n\nVous n’avez rien"
            " demandé\u00a0? Ignorez ce message\u00a0: rien ne change."
        ),
        "en": (
            f"Code to confirm this address: {HIDDEN}\n\nType it in the conversation in which you asked for the change."
            " It’s good for 10 minutes, and only once.\n\nYou didn’t ask for it? Ignore this message: nothing changes."
        ),
    },
    "answer": {
        "fr": (
            f"Code pour recevoir notre réponse à cette adresse\u00a0: {HIDDEN}\n\nTapez-le dans la conversation où vous"
            " attendez une réponse. Il est valable 10\u00a0minutes et ne sert qu’une fois.\n\nVous n’avez rien"
            " demandé\u00a0? Ignorez ce message\u00a0: rien ne vous sera envoyé."
        ),
        "en": (
            f"Code to get our answer at this address: {HIDDEN}\n\nType it in the conversation in which you’re waiting"
            " for an answer. It’s good for 10 minutes, and only once.\n\nYou didn’t ask for it? Ignore this message:"
            " nothing will be sent to you."
        ),
    },
}
CHANGED: Final = {
    "fr": (
        "L’adresse e-mail de votre dossier a été changée\n\nÀ votre demande, une autre adresse est désormais la"
        " principale. Si ce n’était pas vous, répondez tout de suite à ce message\u00a0: une personne s’en occupe."
    ),
    "en": (
        "The e-mail address of your file was changed\n\nAs you asked, another address is the main one from now on. If"
        " this wasn’t you, answer this message at once: a person will see to it."
    ),
}
