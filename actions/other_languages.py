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
_OURS: Final = frozenset(
    """about and any are can could do does for get has have how is it my need not of on or order parcel please refund
    return send some speak the there to want what when where which why with would you your
    ai as au avec avez c ce ces cette colis combien commande comment d dans du elle est et j je l le les livraison mes
    moi mon nous ou par pas pour pouvez puis quand quel quelle retour sa suis une veux voudrais
    vos votre vous""".split()  # noqa: SIM905
)
"""Common words of ours that those languages have not: who greets as elsewhere may still write in one of ours."""
TELLING, SHARE = 2, 0.4
"""How many words of another language tell, and how much of the message they, or foreign letters, have to be."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")


def speaks_another(text: str) -> bool:
    """Whether a text that was not understood is in another language, by its letters or its commonest words."""
    letters = _LETTER.findall(text)
    if letters and sum(not _LATIN.match(each) for each in letters) > SHARE * len(letters):
        return True
    greeting = _GREETS.match(text)
    words = [folded(word) for word in re.findall(r"[^\W\d_]+", text[greeting.end() :] if greeting else text)]
    most = max((sum(word in known for word in words) for known in KNOWN.values()), default=0)
    if greeting:
        return sum(word in _OURS for word in words) <= most
    return most >= TELLING and most >= SHARE * len(words)
