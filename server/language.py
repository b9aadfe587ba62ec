"""Which of the two languages a customer writes in."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

LETTERS = re.compile(r"[^\W\d_]+", re.UNICODE)
NOT_A_WORD = re.compile(r".@.|https?://|\d")
READ = 1_000
"""Characters that tell the language; more would only take longer."""
SURE, SURE_OF_LITTLE = 0.70, 0.93
LITTLE = 3
_FRENCH = """
    je tu il nous vous le la les un une des du de mon ma mes ton ta votre vos notre nos ce cette est sont suis ai pas ne
    et ou pour avec sur dans chez que qui quoi comment quand combien pourquoi svp stp bjr slt mci g jai jsuis tjs tjrs
    toujours numero cmd colis merci bonjour bonsoir oui non
"""
_ENGLISH = """
    the my your our i you we they is are was were have has had do does did not and or for with from to of in it this
    that what where when why how please pls thanks thx hello hi yes no dont didnt cant wheres whats
"""
ONLY = {"fr": frozenset(_FRENCH.split()), "en": frozenset(_ENGLISH.split())}
"""Words that one of the two languages has and the other does not, short messages' spelling included: letters alone
mislead where accents were left out ("g change de numero")."""


@cache
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Language.FRENCH, Language.ENGLISH).build()


def warm_up() -> None:
    """Loads the language models, so that the first customer does not wait for them."""
    detect("bonjour", current="fr")


def detect(text: str, *, current: str) -> str:
    """`fr` or `en`: the language of `text`, or `current` when the text does not tell clearly enough.

    Addresses, numbers and links are left out. Words of one language alone (`ONLY`) tell at once; else letters do, of
    which up to three words need a surer sign than a sentence does.
    """
    spoken = (word for word in text[:READ].split() if not NOT_A_WORD.search(word))
    words = LETTERS.findall(" ".join(spoken))
    if not words:
        return current
    if told := _told(words):
        return told
    best = _detector().compute_language_confidence_values(" ".join(words))[0]
    needed = SURE_OF_LITTLE if len(words) <= LITTLE else SURE
    if best.value < needed:
        return current
    return "fr" if best.language.name == "FRENCH" else "en"


def _told(words: list[str]) -> str | None:
    """The language of which there are telling words, where there are none of the other."""
    said = {word.lower() for word in words}
    telling = [language for language, only in ONLY.items() if said & only]
    return telling[0] if len(telling) == 1 else None
