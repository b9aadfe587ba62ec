"""What asks something is never taken for yes or no."""

from __future__ import annotations

import pytest

from bot.reading import asks


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("ok and if not?", True), ("oui et si je suis absent", True), ("what if I'm out", True),
        ("d'accord et sinon", True),
        ("pourquoi", True), ("did that work?", True), ("oui", False), ("yes please", False), ("ok merci", False),
        ("oui si possible", False), ("yes if you can", False),
    ],
)  # fmt: skip
def test_what_asks_is_never_yes_or_no(text: str, question: bool) -> None:
    assert asks(text) == question
