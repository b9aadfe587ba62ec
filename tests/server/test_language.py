"""Which language a customer writes in."""

from __future__ import annotations

import pytest

from server.language import detect


@pytest.mark.parametrize(
    ("text", "current", "expected"),
    [
        ("où est ma commande ?", "en", "fr"),
        ("where is my order?", "fr", "en"),
        ("I would like to return this bowl, it arrived broken", "fr", "en"),
        ("je voudrais renvoyer ce bol, il est arrivé cassé", "en", "fr"),
        ("W10234", "en", "en"),
        ("W10234", "fr", "fr"),
        ("marie.dupont@example.com", "en", "en"),
        ("https://example.com/where-is-my-order", "fr", "fr"),
        ("69003", "fr", "fr"),
        ("", "en", "en"),
        ("👍", "en", "en"),
        ("???", "fr", "fr"),
        ("g change de numero de telephone", "en", "fr"),
        ("je ve changer mon tel", "en", "fr"),
        ("numero de telephone", "en", "fr"),
        ("wheres my parcel", "fr", "en"),
        ("du nouveau on my case?", "fr", "fr"),
        ("ok", "fr", "fr"),
        ("ok", "en", "en"),
    ],
)
def test_the_language_changes_only_on_a_clear_sign(text: str, current: str, expected: str) -> None:
    assert detect(text, current=current) == expected
