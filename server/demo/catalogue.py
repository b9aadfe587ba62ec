"""What Maison Tilleul sells: forty things for the home in both languages, each in several variants."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from itertools import product as combinations
from pathlib import Path
from typing import Any
from uuid import UUID

from server.demo.chance import Chance, beginning
from server.demo.product_texts import texts

Row = dict[str, Any]


@dataclass(frozen=True)
class Sold:
    """One product. Prices are in minor units, `sizes` from the cheapest to the dearest; nobody orders over `most`."""

    sku: str
    fr: str
    en: str
    category: str
    eur: int
    gbp: int
    colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    most: int = 1


def _read_products() -> tuple[Sold, ...]:
    with (Path(__file__).parent / "products.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_sold(row) for row in csv.DictReader(file))


def _sold(row: dict[str, str]) -> Sold:
    return Sold(
        row["sku"],
        row["fr"],
        row["en"],
        row["category"],
        eur=round(float(row["eur"]) * 100),
        gbp=round(float(row["gbp"]) * 100),
        colours=tuple(row["colours"].split()),
        sizes=tuple(row["sizes"].split()),
        materials=tuple(row["materials"].split()),
        most=int(row["most"]),
    )


PRODUCTS = _read_products()


DRAWN = {
    "bathroom": "towels", "bed_linen": "bed", "candles": "candle", "decoration": "vase", "furniture": "pendant",
    "kitchen": "teapot", "lighting": "lamp", "tableware": "plates", "textiles": "towels",
}  # fmt: skip
"""The drawing of the demo shop (`web/demo/art.ts`) that stands for a category."""
SHOP = {"fr": "/demo/fr/#collection", "en": "/demo/en/#collection"}


@dataclass(frozen=True)
class Item:
    """A variant as it is put on an order line; price by country, in minor units of its currency."""

    variant_id: UUID
    names: dict[str, str]
    options: dict[str, str]
    prices: dict[str, int]
    most: int


def catalogue(today: date) -> tuple[list[Row], list[Row], list[Item]]:
    """Rows of products and variants, and the variants as orders see them. The catalogue's prices are in euros."""
    chance = Chance("catalogue")
    opened = beginning(today)
    products, variants, items = [], [], []
    for sold in PRODUCTS:
        names = {"fr": sold.fr, "en": sold.en}
        head: Row = {"created_at": opened, "updated_at": opened}
        product_id = chance.identifier(opened)
        told = texts(sold.sku, category=sold.category, sizes=sold.sizes, materials=sold.materials)
        kept = {"id": product_id, "external_id": sold.sku, "names": names, "category": sold.category}
        kept |= {"image": f"/demo/art/{DRAWN[sold.category]}.svg", "pages": SHOP}
        products.append({**head, **kept, **told})
        for options, step in _options(sold):
            item = Item(chance.identifier(opened), names, options, _prices(sold, step), sold.most)
            items.append(item)
            sku = "-".join((sold.sku, *options.values())).upper()
            variants.append({
                **head, "id": item.variant_id, "product_id": product_id, "external_id": sku, "options": options,
                "price_minor": item.prices["FR"], "currency": "EUR", "available": chance.random() > 0.06,
            })  # fmt: skip
    return products, variants, items


def _options(sold: Sold) -> list[tuple[dict[str, str], int]]:
    """Every combination, with how many steps above the smallest size it is."""
    found = []
    for colour, (step, size), material in combinations(
        sold.colours or ("",), list(enumerate(sold.sizes or ("",))), sold.materials or ("",)
    ):
        options = {"colour": colour, "size": size, "material": material}
        found.append(({name: value for name, value in options.items() if value}, step))
    return found


def _prices(sold: Sold, step: int) -> dict[str, int]:
    # A quarter more for each size, to the next half euro or pound.
    bases = {"FR": sold.eur, "GB": sold.gbp}
    return {country: -(-base * (100 + 25 * step) // 5000) * 50 for country, base in bases.items()}
