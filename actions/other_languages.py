"""Whether somebody writes in a language that is neither of ours."""

from __future__ import annotations

import re
from typing import Final

from actions.turn import folded

_WORDS: Final = {
    "de": "ich wo ist meine meinen mein bestellung paket bitte nicht und warte ein eine wann kommt danke guten mochte "
    "konnen sie mir helfen hilfe brauche haben",
    "es": "hola donde mi pedido esta quiero gracias por favor cuando llega mis paquete necesito ayuda buenos dias "
    "puede puedes ayudarme",
    "it": "dove mio ordine vorrei grazie quando arriva pacco ciao buongiorno ho ricevuto della favore aiuto sono "
    "bisogno puo aiutarmi",
    "pt": "onde meu minha encomenda pedido obrigado quando chega quero ola bom dia nao recebi ajuda por favor preciso "
    "pode ajudar",
    "nl": "waar mijn bestelling graag wanneer komt pakket ik niet het een goedendag heb ontvangen",
}
KNOWN: Final = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_GREETS: Final = re.compile(
    r"\W*(?:hola|buen[ao]s(?:\s+(?:d[ií]as|tardes|noches))?|buon\s?(?:giorno|asera|pomeriggio|d[iì])|salve|"
    r"guten\s+(?:tag|morgen|abend)|gr[uü](?:ss|ß)\s+gott|hallo|moin|ol[aá]|bo[am]\s+(?:dia|tarde|noite)|"
    r"goede(?:n?\s?(?:dag|morgen|middag|avond))|merhaba|dzie[nń]\s+dobry)\b",
    re.IGNORECASE,
)
"""A greeting that neither of our languages has."""
TELLING, SHARE = 2, 0.4
"""How many words of another language tell, and how much of the message they, or foreign letters, have to be."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")


def speaks_another(text: str) -> bool:
    """Whether a text that was not understood is in another language, by its letters or its commonest words."""
    letters = _LETTER.findall(text)
    if letters and sum(not _LATIN.match(each) for each in letters) > SHARE * len(letters):
        return True
    if _GREETS.match(text):
        return True
    words = [folded(word) for word in re.findall(r"[^\W\d_]+", text)]
    most = max((sum(word in known for word in words) for known in KNOWN.values()), default=0)
    return most >= TELLING and most >= SHARE * len(words)
