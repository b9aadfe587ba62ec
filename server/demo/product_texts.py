"""What the demo company says of its products: a sentence each, and what may be compared."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crm_backend.catalogue.words import option_value

LANGUAGES = ("fr", "en")
CARE: Mapping[str, Mapping[str, str]] = {
    "linen": {"fr": "Lavage à 40 °C, séchage à l’air", "en": "Wash at 40 °C, dry in the air"},
    "cotton": {"fr": "Lavage à 60 °C, sèche-linge doux", "en": "Wash at 60 °C, tumble dry on low"},
    "wool": {"fr": "Nettoyage à sec ou lavage laine à froid", "en": "Dry clean, or a cold wool wash"},
    "jute": {"fr": "Aspirateur, sans eau", "en": "Vacuum only, no water"},
    "stoneware": {"fr": "Lave-vaisselle et micro-ondes", "en": "Dishwasher and microwave safe"},
    "porcelain": {"fr": "Lave-vaisselle et micro-ondes", "en": "Dishwasher and microwave safe"},
    "glass": {"fr": "Lave-vaisselle", "en": "Dishwasher safe"},
    "oak": {"fr": "Chiffon humide, huile une fois par an", "en": "Damp cloth, oil once a year"},
    "walnut": {"fr": "Chiffon humide, huile une fois par an", "en": "Damp cloth, oil once a year"},
    "ash": {"fr": "Chiffon humide, huile une fois par an", "en": "Damp cloth, oil once a year"},
    "rattan": {"fr": "Chiffon sec, à l’abri de la pluie", "en": "Dry cloth, keep out of the rain"},
    "brass": {"fr": "Chiffon sec, pâte à cuivre si l’on veut", "en": "Dry cloth, brass polish if you like"},
    "steel": {"fr": "Chiffon humide", "en": "Damp cloth"},
    "marble": {"fr": "Chiffon humide, sans vinaigre", "en": "Damp cloth, no vinegar"},
}
BY_CATEGORY: Mapping[str, Mapping[str, str]] = {
    "lighting": {"fr": "Chiffon sec, lampe éteinte et froide", "en": "Dry cloth, once it is off and cold"},
    "candles": {"fr": "Couper la mèche à 5 mm", "en": "Trim the wick to 5 mm"},
}
"""Where what it is counts for more than what it is made of."""
WARRANTY = {"fr": "2 ans", "en": "2 years"}


def _read() -> dict[str, dict[str, str]]:
    with (Path(__file__).parent / "product_texts.csv").open(encoding="utf-8", newline="") as file:
        return {row["sku"]: row for row in csv.DictReader(file)}


_TEXTS = _read()


def texts(sku: str, *, category: str, sizes: Sequence[str], materials: Sequence[str]) -> dict[str, Any]:
    """`descriptions` and `attributes` of a product, as the catalogue keeps them."""
    row = _TEXTS[sku]
    return {
        "descriptions": {language: row[language] for language in LANGUAGES},
        "attributes": {language: _attributes(row, language, category, sizes, materials) for language in LANGUAGES},
    }


def _attributes(
    row: Mapping[str, str], language: str, category: str, sizes: Sequence[str], materials: Sequence[str]
) -> dict[str, str]:
    measured = [option_value(size, language) for size in sizes if size[:1].isdigit()]
    care = BY_CATEGORY.get(category) or CARE[materials[0]]
    found = {
        "material": ", ".join(option_value(material, language) for material in materials),
        "dimensions": row[f"dimensions_{language}"] or ", ".join(measured),
        "care": care[language],
        "warranty": WARRANTY[language],
    }
    return {name: value for name, value in found.items() if value}
