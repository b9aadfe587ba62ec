"""What the portal's pages say: every module here holds `WORDS`, by language; no two may use the same name."""

from __future__ import annotations

import importlib
import pkgutil

from server.help.words import WORDS as HELP

SHARED = ("title", "account", "site", "other")
"""What the pages' frame is called in the help centre too."""


def words() -> dict[str, dict[str, str]]:
    """All of them, by language."""
    found = {language: {name: said[name] for name in SHARED} for language, said in HELP.items()}
    for module in pkgutil.iter_modules(__path__):
        for language, said in importlib.import_module(f"{__name__}.{module.name}").WORDS.items():
            found[language] |= said
    return found
