"""Catalogue codes in words."""

from __future__ import annotations

import pytest

from crm_backend.catalogue.words import CATEGORIES, OPTION_NAMES, OPTION_VALUES, category_name, options_in_words


def test_options_are_told_in_each_language():
    options = {"colour": "sage", "size": "140x200"}
    assert options_in_words(options, "fr") == "couleur\u00a0: vert sauge, taille\u00a0: 140 × 200 cm"
    assert options_in_words(options, "en") == "colour: sage green, size: 140 × 200 cm"


def test_what_a_shop_wrote_itself_is_shown_as_it_is():
    assert options_in_words({"sensor type": "laser"}, "fr") == "sensor type\u00a0: laser"
    assert category_name("Garden", "fr") == "Garden"


@pytest.mark.parametrize("words", [OPTION_NAMES, OPTION_VALUES, CATEGORIES])
def test_every_word_is_in_both_languages(words):
    assert all(set(found) == {"fr", "en"} and all(found.values()) for found in words.values())
