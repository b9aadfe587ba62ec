"""What the desk's server says: in both languages, well set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from crm_backend.conversations.sending.deliveries import Reason
from crm_backend.notifications.leaving import Held
from server import problems
from server.desk import channels, refusals, words
from tests.support.typography import faults

MODULES = (words, refusals, channels, problems)


def pairs(value: Any) -> Iterator[dict[str, str]]:
    """Every text by language in a table of texts."""
    if isinstance(value, dict):
        if {"fr", "en"} & set(value):
            yield value
        else:
            for inner in value.values():
                yield from pairs(inner)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_text_is_in_both_languages_and_well_set(module: Any) -> None:
    found = [pair for name, table in vars(module).items() if name.isupper() for pair in pairs(table)]
    assert found
    assert [pair for pair in found if set(pair) != {"fr", "en"}] == []
    if module is channels:  # its texts hold the other language on purpose
        return
    assert [fault for pair in found for fault in faults(pair["fr"], "fr") + faults(pair["en"], "en")] == []


def test_every_reason_of_a_failure_has_words() -> None:
    assert set(words.UNDELIVERED) == {*get_args(Reason), *get_args(Held)}


def test_a_failure_is_told_in_the_agents_language_with_what_was_said_of_it() -> None:
    assert words.undelivered("content", "HTTP 400", "en") == "This message was not accepted. Detail: HTTP 400"
    assert words.undelivered("content", None, "fr") == "Ce message n’a pas été accepté."
    assert "KeyError" not in str(words.undelivered("fault", "KeyError", "fr"))
    assert words.undelivered(None, None, "fr") is None
