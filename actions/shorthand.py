"""Words as they are written in short messages, in full: articles are written so, and are looked for so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_FRENCH: Final = {
    "kel": "quel", "kels": "quels", "kelle": "quelle", "kelles": "quelles", "kan": "quand", "kand": "quand",
    "qd": "quand", "koi": "quoi", "kwa": "quoi", "ke": "que", "ki": "qui", "pk": "pourquoi", "pq": "pourquoi",
    "pkoi": "pourquoi", "cmt": "comment", "coment": "comment", "cmb": "combien", "kombien": "combien", "tps": "temps",
    "g": "j’ai", "c": "c’est", "ya": "il y a", "jai": "j’ai", "jpeu": "je peux", "jpeux": "je peux",
    "jveu": "je veux", "jveux": "je veux", "jsuis": "je suis", "jsui": "je suis", "chui": "je suis", "pr": "pour",
    "ds": "dans", "av": "avec", "ac": "avec", "tjs": "toujours", "tjrs": "toujours", "bcp": "beaucoup", "mm": "même",
    "vs": "vous", "ns": "nous", "gratui": "gratuit", "gratos": "gratuit", "cmd": "commande", "cmde": "commande",
    "cde": "commande", "remb": "remboursement", "svp": "", "stp": "",
}  # fmt: skip
_ENGLISH: Final = {
    "u": "you", "ur": "your", "r": "are", "pls": "", "plz": "", "thx": "", "wot": "what", "wat": "what",
    "wen": "when", "cos": "because", "abt": "about", "bout": "about", "tmrw": "tomorrow", "im": "I’m", "ive": "I’ve",
    "dont": "don’t", "cant": "can’t", "doesnt": "doesn’t", "wont": "won’t", "hw": "how", "gonna": "going to",
    "wanna": "want to", "addy": "address", "deliv": "delivery",
}  # fmt: skip
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {"fr": _FRENCH, "en": _ENGLISH}
_WORD: Final = re.compile(r"(?<![\w'’@.-])[^\W\d_]{1,8}(?![\w'’@])")


def in_full(text: str, language: str) -> str:
    """The text with such words in full; as it is where it has none."""
    words = _WORDS.get(language, {})
    full = _WORD.sub(lambda word: words.get(word[0].casefold(), word[0]), text)
    return text if full == text or not full.strip() else " ".join(full.split())
