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


@cache
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Language.FRENCH, Language.ENGLISH).build()


def warm_up() -> None:
    """Loads the language models, so that the first customer does not wait for them."""
    detect("bonjour", current="fr")


def detect(text: str, *, current: str) -> str:
    """`fr` or `en`: the language of `text`, or `current` when the text does not tell clearly enough.

    Addresses, numbers and links are left out; up to three words need a surer sign than a sentence does.
    """
    spoken = (word for word in text[:READ].split() if not NOT_A_WORD.search(word))
    words = LETTERS.findall(" ".join(spoken))
    if not words:
        return current
    best = _detector().compute_language_confidence_values(" ".join(words))[0]
    needed = SURE_OF_LITTLE if len(words) <= LITTLE else SURE
    if best.value < needed:
        return current
    return "fr" if best.language.name == "FRENCH" else "en"
