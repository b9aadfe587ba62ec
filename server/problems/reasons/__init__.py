"""What a person reads of a value that is not taken (`Invalid`) or of what a rule forbids (`NotNow`): one module a noun.

Each module holds `REASONS`, a dict of reason -> {"fr": sentence, "en": sentence}; sentences tell the error's facts by
`{name}`. A new module is found by being there.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from crm_backend.policies.words import worded

OTHER = {"fr": "Cette valeur ne convient pas.", "en": "This value won’t do."}


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


def by_noun() -> dict[str, dict[str, dict[str, str]]]:
    """The reasons of each module."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    return {name: import_module(f"{__name__}.{name}").REASONS for name in names}


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Every reason with its sentences. Where two nouns give one reason, a test wants the same sentences of both."""
    return {reason: sentences for given in by_noun().values() for reason, sentences in given.items()}


def told(reason: str, language: str, facts: Mapping[str, object] | None = None) -> str:
    """The sentence of a reason in `language`; a general one where there is none."""
    return reasons().get(reason, OTHER)[language].format_map(_Facts(worded(facts or {}, language)))
