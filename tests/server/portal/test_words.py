"""The words of the portal's pages."""

from __future__ import annotations

import importlib
import pkgutil

from server.portal import words
from tests.support.typography import faults


def test_every_word_is_there_in_both_languages_and_once() -> None:
    seen = set(words.SHARED)
    for module in pkgutil.iter_modules(words.__path__):
        said = importlib.import_module(f"{words.__name__}.{module.name}").WORDS
        assert said["fr"].keys() == said["en"].keys(), module.name
        assert not seen & said["fr"].keys(), module.name
        seen |= said["fr"].keys()
        assert [one for text in said["fr"].values() for one in faults(text, "fr")] == []
        assert [one for text in said["en"].values() for one in faults(text, "en")] == []
