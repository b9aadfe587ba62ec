"""What counts as text from a customer."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_backend.conversations.texts import for_assistant, is_stop
from crm_backend.errors import Empty, TooLong
from crm_backend.texts import MAX_LENGTH, clean, shorten


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  bonjour \n", "bonjour"),
        ("bon\x00jour", "bonjour"),
        ("bon\x07\x1b[31mjour", "bon[31mjour"),
        ("un\r\ndeux\n\ttrois", "un\ndeux\n\ttrois"),
        ("\u202etxet sdrawkcab\u202c", "txet sdrawkcab"),
        ("\u2066isolate\u2069", "isolate"),
        ("bon\u200bj\u2060o\ufeffu\u00adr", "bonjour"),
        ("cafe\u0301", "caf\u00e9"),
        ("cafe\u200b\u0301", "caf\u00e9"),
        ("a\ud800b", "ab"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_text_is_kept_without_what_hides_or_deceives(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", " \n\t", "\x00", "\u200b", "\u200b \u2060\ufeff", "\u200d\u200e\u200f", "\ud800", "\u00a0\u3000", "\u202e"],
)
def test_nothing_visible_is_empty(typed: str) -> None:
    with pytest.raises(Empty):
        clean(typed)


def test_the_limit_is_ten_thousand_characters() -> None:
    assert len(clean("é" * MAX_LENGTH)) == MAX_LENGTH == 10_000
    with pytest.raises(TooLong):
        clean("é" * (MAX_LENGTH + 1))


@given(st.text(st.characters() | st.sampled_from("/ \u200b\u202e\u0301\ud800\x00\u00a0\u200e")))
def test_whatever_is_typed_what_is_kept_can_be_stored_and_is_no_command(typed: str) -> None:
    try:
        kept = clean(typed)
    except Empty:
        return
    kept.encode()
    assert "\x00" not in kept and kept == kept.strip() == unicodedata.normalize("NFC", kept)
    assert clean(kept) == kept
    asked = for_assistant(kept)
    assert asked and not asked.startswith("/") and asked == asked.strip()


def test_a_line_is_cut_at_a_word() -> None:
    assert shorten("un  deux\ntrois", 20) == "un deux trois"
    assert shorten("un deux trois", 9) == "un deux…"
    assert len(shorten("x" * 50, 10)) == 10


@pytest.mark.parametrize(
    "typed",
    ["STOP !", "Arrêt", "désinscrire", "Me désabonner.", "me desabonner", "stop svp", "Stop, please", "OPT-OUT"],
)
def test_the_words_that_end_notices_however_they_are_written(typed: str) -> None:
    assert is_stop(typed)


@pytest.mark.parametrize("typed", ["", "svp", "stop the delivery", "est-elle à l'arrêt ?", "stop " * 1000])
def test_words_that_end_nothing(typed: str) -> None:
    assert not is_stop(typed)
