"""What the chat says by itself: for whom a rule is meant, and what is said of a rule that cannot be read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from channels.webchat import asking, greetings
from channels.webchat.frames import Written
from channels.webchat.french import FRENCH
from channels.webchat.settings import WebChatSettings, examine
from crm_backend.errors import BadInput

WORDS = {"fr": "Bonjour", "en": "Hello"}
BASKET = {"path": "/panier*", "after": 30, "fr": "Une question ?", "en": "Any question?"}


def read(*rules: dict[str, Any]) -> greetings.Greetings:
    return greetings.read(json.dumps(rules))


def test_the_first_greeting_that_fits_the_page_is_said() -> None:
    rules = read(BASKET, {"path": "*", **WORDS})
    assert rules.on("/panier/2", "fr") == {"text": "Une question ?", "after": 30}
    assert rules.on("/", "en") == {"text": "Hello", "after": 20}
    assert greetings.read("").on("/", "fr") is None
    literal = read({"path": "/a?b[c]", **WORDS})
    assert literal.on("/a?b[c]", "fr") is not None and literal.on("/aXbc", "fr") is None


def test_a_rule_may_be_meant_for_some_languages_hours_or_visitors() -> None:
    rules = read(
        {"path": "*", "fr": "fermé", "en": "closed", "hours": "closed"},
        {"path": "*", "fr": "encore", "en": "again", "visitor": "returning"},
        {"path": "*", "fr": "premier", "en": "first", "visitor": "new", "hours": "open"},
        {"path": "*", "fr": "langue", "en": "tongue", "languages": ["en"]},
    )

    def said(language: Any, **more: Any) -> str | None:
        found = rules.on("/", language, **more)
        return found["text"] if found else None

    assert said("fr", is_open=False, visitor="new") == "fermé"
    assert said("fr", is_open=True, visitor="returning") == "encore"
    assert said("en", is_open=True, visitor="new") == "first"
    # Who does not say which kind they are is meant by no rule for one kind.
    assert (said("en"), said("fr")) == ("tongue", None)


@pytest.mark.parametrize(
    ("odd", "fault"),
    [
        *((odd, greetings.NO_LIST) for odd in ("{", "{}", "[1]", "null", "[" * 100_000)),
        ([{}], greetings.FAULTS["path"]),
        ([{"path": "x", **WORDS}], greetings.FAULTS["path"]),
        ([{"path": "/", "en": "b"}], greetings.FAULTS["fr"]),
        ([{"path": "/", "fr": "a", "en": ""}], greetings.FAULTS["en"]),
        *(([BASKET | {"after": odd}], greetings.FAULTS["after"]) for odd in (-1, "soon", 3601)),
        *(([BASKET | {"languages": odd}], greetings.FAULTS["languages"]) for odd in (["de"], [], "fr")),
        ([BASKET, BASKET | {"hours": "maybe"}], greetings.FAULTS["hours"]),
        ([BASKET | {"visitor": "old"}], greetings.FAULTS["visitor"]),
        ([BASKET | {"colour": "red"}], greetings.UNKNOWN),
    ],
)
def test_a_fault_is_named_in_both_languages(odd: Any, fault: str) -> None:
    text = odd if isinstance(odd, str) else json.dumps(odd)
    with pytest.raises(BadInput, match="^" + re.escape(fault) + "$"):
        examine(WebChatSettings.model_construct(greetings=text))
    assert FRENCH[fault.partition(": ")[2]]


def test_agents_are_told_what_was_shown_and_nothing_that_a_browser_makes_up() -> None:
    closed = BASKET | {"hours": "closed", "fr": "Laissez un mot"}
    settings = WebChatSettings(greetings=json.dumps([closed, BASKET]))

    def told(greeted: Any, path: str = "/panier") -> Any:
        frame = Written(client_id="8c1f4f3e-1111-4222-8333-444455556666", text="oui", greeted=greeted)
        page = {"url": f"https://shop.example{path}", "title": ""}
        return asking.details(settings, frame, page=page, language="fr").get("greeting")

    assert told("Laissez un mot") == "Laissez un mot"
    assert told(True) == "Une question ?"
    assert told("Gagnez une voiture") is told("Une question ?", "/") is told(False) is None
