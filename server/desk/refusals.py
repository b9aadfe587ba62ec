"""What an admin reads when settings cannot work, or a test message did not arrive: what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.port import Blueprint, Rejected, Retry
from server.accounts import BadSettings

_SOME = {
    "fr": "Certains réglages ne conviennent pas. Rien n’a été modifié.",
    "en": "Some of the settings won’t do. Nothing was changed.",
}
_ALWAYS = {
    "fr": "Ce canal est toujours ouvert, il ne peut pas être désactivé.",
    "en": "This channel is always open and can’t be switched off.",
}
_BY_TYPE: Mapping[str, dict[str, str]] = {
    "missing": {"fr": "Ce champ est obligatoire.", "en": "This is needed."},
    "int": {"fr": "Saisissez un nombre entier.", "en": "Enter a whole number."},
    "float": {"fr": "Saisissez un nombre.", "en": "Enter a number."},
    "bool": {"fr": "Choisissez oui ou non.", "en": "Choose yes or no."},
    "literal_error": {"fr": "Choisissez une des valeurs proposées.", "en": "Choose one of the values offered."},
    "enum": {"fr": "Choisissez une des valeurs proposées.", "en": "Choose one of the values offered."},
    "too_short": {
        "fr": "C’est trop court\u00a0: il en faut au moins {min_length}.",
        "en": "That’s too short: at least {min_length} are needed.",
    },
    "too_long": {
        "fr": "C’est trop long\u00a0: au plus {max_length}.",
        "en": "That’s too long: at most {max_length}.",
    },
    "string_too_short": {
        "fr": "C’est trop court\u00a0: il faut au moins {min_length} caractères.",
        "en": "That’s too short: at least {min_length} characters are needed.",
    },
    "string_too_long": {
        "fr": "C’est trop long\u00a0: au plus {max_length} caractères.",
        "en": "That’s too long: at most {max_length} characters.",
    },
    "string_pattern_mismatch": {"fr": "La forme n’est pas la bonne.", "en": "That isn’t in the right form."},
    "string": {"fr": "Saisissez du texte.", "en": "Enter text."},
    "greater_than_equal": {"fr": "Au moins {ge}.", "en": "At least {ge}."},
    "greater_than": {"fr": "Plus que {gt}.", "en": "More than {gt}."},
    "less_than_equal": {"fr": "Au plus {le}.", "en": "At most {le}."},
    "less_than": {"fr": "Moins que {lt}.", "en": "Less than {lt}."},
    "list": {"fr": "Saisissez une liste.", "en": "Enter a list."},
    "barred_host": {
        "fr": "Relais ne se connecte pas à cette adresse\u00a0: elle est réservée aux machines elles-mêmes, ou à un"
        " réseau privé que cette installation exclut.",
        "en": "Relais doesn’t connect to that address: it is kept for machines themselves, or for a private network"
        " that this installation leaves out.",
    },
    "url": {
        "fr": "Saisissez une adresse qui commence par https://.",
        "en": "Enter an address that begins with https://.",
    },
}
_OTHER = {"fr": "Cette valeur ne convient pas.", "en": "This value won’t do."}
_REJECTED = {
    "unreachable": {
        "fr": "Cette adresse ne peut pas être jointe. Vérifiez-la\u00a0; sur beaucoup de plateformes, la personne doit"
        " d’abord nous avoir écrit, et ne pas nous avoir bloqués.",
        "en": "That address cannot be reached. Check it; on many platforms the person has to have written to us first,"
        " and not have blocked us.",
    },
    "window": {
        "fr": "La plateforme n’accepte ici que des modèles approuvés. Écrivez d’abord au compte depuis cette adresse,"
        " puis recommencez.",
        "en": "The platform takes only approved templates here. Write to the account from that address first, then try"
        " again.",
    },
    "content": {
        "fr": "La plateforme a refusé le message. Vérifiez l’adresse et les réglages du compte.",
        "en": "The platform refused the message. Check the address and the account’s settings.",
    },
    "settings": {
        "fr": "La plateforme refuse nos identifiants. Vérifiez le jeton ou le mot de passe, puis enregistrez.",
        "en": "The platform refuses our credentials. Check the token or password, then save.",
    },
}
_LATER = {
    "fr": "La plateforme ne peut pas le prendre maintenant. Réessayez dans quelques minutes.",
    "en": "The platform cannot take it now. Try again in a few minutes.",
}
_NO_ANSWER = {
    "fr": "Aucune réponse de la plateforme. Vérifiez l’adresse du serveur et la connexion, puis réessayez.",
    "en": "No answer from the platform. Check the server’s address and the connection, then try again.",
}
_REASON = {"fr": "Réponse de la plateforme\u00a0: {told}", "en": "The platform says: {told}"}


def some(language: str) -> str:
    """That there is something wrong."""
    return _SOME[language]


def always(language: str) -> str:
    """Why a channel cannot be switched off."""
    return _ALWAYS[language]


def refused(error: Exception, blueprint: Blueprint, language: str) -> dict[str, str]:
    """A sentence for each field that will not do; under `settings` what concerns no field alone.

    A channel's own sentences are English, and French where the blueprint has their French.
    """
    if isinstance(error, BadSettings):
        found: dict[str, str] = {}
        for fault in error.faults:
            found.setdefault(
                str(fault["loc"][0]) if fault["loc"] else "settings", _of_fault(fault, blueprint, language)
            )
        return found
    name, colon, said = str(error).partition(": ")
    if not colon or name not in blueprint.settings.model_fields:
        name, said = "settings", str(error)
    return {name: _own(said, blueprint, language)}


def not_delivered(error: Exception, told: str, language: str) -> str:
    """What to do about a test message that did not arrive, and what the platform said, without secrets."""
    if isinstance(error, Rejected):
        advice = _REJECTED[error.reason][language]
    else:
        advice = (_LATER if isinstance(error, Retry) else _NO_ANSWER)[language]
    return f"{advice} {_REASON[language].format(told=told)}" if told else advice


def _of_fault(fault: Any, blueprint: Blueprint, language: str) -> str:
    kind, context = str(fault["type"]), fault.get("ctx") or {}
    if kind in ("value_error", "assertion_error"):
        return _own(str(context.get("error", "")) or str(fault["msg"]), blueprint, language)
    for known, words in _BY_TYPE.items():
        if kind == known or kind.startswith(f"{known}_"):
            return words[language].format_map({name: str(value) for name, value in context.items()})
    return _OTHER[language]


def _own(said: str, blueprint: Blueprint, language: str) -> str:
    """What the channel itself says of a value, as a sentence."""
    text = blueprint.french.get(said) if language == "fr" else said
    if not text:
        return _OTHER[language]
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
