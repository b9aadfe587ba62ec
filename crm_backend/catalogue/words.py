"""Catalogue codes in words: options such as `colour: sage`, and categories, in French and English.

The company's own catalogue keeps stable codes; imported catalogues keep the shop's words. What is not a known code is
shown as it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, Mapping[str, str]]

OPTION_NAMES: Words = {
    "colour": {"fr": "couleur", "en": "colour"},
    "size": {"fr": "taille", "en": "size"},
    "material": {"fr": "matière", "en": "material"},
}

OPTION_VALUES: Words = {
    "white": {"fr": "blanc", "en": "white"},
    "ecru": {"fr": "écru", "en": "ecru"},
    "black": {"fr": "noir", "en": "black"},
    "grey": {"fr": "gris perle", "en": "pearl grey"},
    "sage": {"fr": "vert sauge", "en": "sage green"},
    "linden": {"fr": "vert tilleul", "en": "linden green"},
    "terracotta": {"fr": "terre cuite", "en": "terracotta"},
    "ochre": {"fr": "ocre", "en": "ochre"},
    "navy": {"fr": "bleu marine", "en": "navy blue"},
    "blush": {"fr": "rose poudré", "en": "blush pink"},
    "clear": {"fr": "transparent", "en": "clear"},
    "amber": {"fr": "ambre", "en": "amber"},
    "brass_tone": {"fr": "doré", "en": "brass tone"},
    "small": {"fr": "petit", "en": "small"},
    "medium": {"fr": "moyen", "en": "medium"},
    "large": {"fr": "grand", "en": "large"},
    "40x40": {"fr": "40 × 40 cm", "en": "40 × 40 cm"},
    "45x45": {"fr": "45 × 45 cm", "en": "45 × 45 cm"},
    "50x100": {"fr": "50 × 100 cm", "en": "50 × 100 cm"},
    "70x140": {"fr": "70 × 140 cm", "en": "70 × 140 cm"},
    "120x170": {"fr": "120 × 170 cm", "en": "120 × 170 cm"},
    "130x170": {"fr": "130 × 170 cm", "en": "130 × 170 cm"},
    "140x200": {"fr": "140 × 200 cm", "en": "140 × 200 cm"},
    "140x250": {"fr": "140 × 250 cm", "en": "140 × 250 cm"},
    "160x230": {"fr": "160 × 230 cm", "en": "160 × 230 cm"},
    "170x250": {"fr": "170 × 250 cm", "en": "170 × 250 cm"},
    "200x200": {"fr": "200 × 200 cm", "en": "200 × 200 cm"},
    "240x220": {"fr": "240 × 220 cm", "en": "240 × 220 cm"},
    "260x240": {"fr": "260 × 240 cm", "en": "260 × 240 cm"},
    "linen": {"fr": "lin lavé", "en": "washed linen"},
    "cotton": {"fr": "coton bio", "en": "organic cotton"},
    "wool": {"fr": "laine", "en": "wool"},
    "jute": {"fr": "jute", "en": "jute"},
    "oak": {"fr": "chêne", "en": "oak"},
    "walnut": {"fr": "noyer", "en": "walnut"},
    "ash": {"fr": "frêne", "en": "ash"},
    "stoneware": {"fr": "grès", "en": "stoneware"},
    "porcelain": {"fr": "porcelaine", "en": "porcelain"},
    "glass": {"fr": "verre", "en": "glass"},
    "rattan": {"fr": "rotin", "en": "rattan"},
    "brass": {"fr": "laiton", "en": "brass"},
    "steel": {"fr": "acier", "en": "steel"},
    "marble": {"fr": "marbre", "en": "marble"},
}

ATTRIBUTES: Words = {
    "material": {"fr": "matière", "en": "material"},
    "dimensions": {"fr": "dimensions", "en": "dimensions"},
    "weight": {"fr": "poids", "en": "weight"},
    "care": {"fr": "entretien", "en": "care"},
    "warranty": {"fr": "garantie", "en": "warranty"},
    "origin": {"fr": "fabrication", "en": "made in"},
}

CATEGORIES: Words = {
    "bed_linen": {"fr": "linge de lit", "en": "bed linen"},
    "bathroom": {"fr": "salle de bain", "en": "bathroom"},
    "tableware": {"fr": "art de la table", "en": "tableware"},
    "kitchen": {"fr": "cuisine", "en": "kitchen"},
    "lighting": {"fr": "luminaires", "en": "lighting"},
    "candles": {"fr": "bougies et senteurs", "en": "candles and scents"},
    "textiles": {"fr": "coussins, plaids et tapis", "en": "cushions, throws and rugs"},
    "furniture": {"fr": "mobilier", "en": "furniture"},
    "decoration": {"fr": "décoration", "en": "decoration"},
}


def option_name(code: str, language: str) -> str:
    """The name of an option, such as `couleur`; the code itself when it is not one of ours."""
    return OPTION_NAMES.get(code, {}).get(language, code)


def option_value(code: str, language: str) -> str:
    """The value of an option, such as `vert sauge`; the text itself when it is not one of our codes."""
    return OPTION_VALUES.get(code, {}).get(language, code)


def attribute_name(code: str, language: str) -> str:
    """The name of an attribute, such as `entretien`; the code itself when it is not one of ours."""
    return ATTRIBUTES.get(code, {}).get(language, code)


def category_name(code: str, language: str) -> str:
    """The name of a category; the text itself when it is not one of our codes."""
    return CATEGORIES.get(code, {}).get(language, code)


def options_in_words(options: Mapping[str, str], language: str) -> str:
    """A variant's options on one line, such as `couleur : vert sauge, taille : 140 × 200 cm`."""
    colon = "\u00a0: " if language == "fr" else ": "
    return ", ".join(
        option_name(name, language) + colon + option_value(value, language) for name, value in options.items()
    )
