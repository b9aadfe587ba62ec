"""Two products side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.catalogue.model import Product
from crm_backend.catalogue.money import lowest, money
from crm_backend.catalogue.search import ProductMatch, match
from crm_backend.catalogue.words import ATTRIBUTES, attribute_name, option_name, option_value
from crm_backend.errors import NotFound

LABELS = {
    "price": {"fr": "prix", "en": "price"},
    "available": {"fr": "disponibilité", "en": "availability"},
}
AVAILABLE = {True: {"fr": "disponible", "en": "in stock"}, False: {"fr": "épuisé", "en": "out of stock"}}


@dataclass(frozen=True)
class Row:
    """One thing that is compared, in words; None where a product says nothing of it."""

    key: str
    label: str
    left: str | None
    right: str | None

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.left == self.right


@dataclass(frozen=True)
class Comparison:
    """Both products, and the rows in the order in which they are told: price, stock, options, then attributes."""

    left: ProductMatch
    right: ProductMatch
    rows: list[Row]


async def compare(session: AsyncSession, left_id: UUID, right_id: UUID, *, language: str) -> Comparison:
    """What tells two products apart, and what does not. Raises NotFound for one that there is not, or that is not
    sold."""
    rows = await session.scalars(
        select(Product).where(Product.id.in_((left_id, right_id))).options(selectinload(Product.variants))
    )
    known = {row.id: match(row) for row in rows if row.variants}
    if not {left_id, right_id} <= known.keys():
        raise NotFound("no such product")
    left, right = known[left_id], known[right_id]
    told = [(one, _told(one, language)) for one in (left, right)]
    keys = dict.fromkeys([*LABELS, *(key for _, each in told for key in each)])
    order = [*LABELS, *(key for key in keys if key.startswith("option."))]
    order += [key for key in ATTRIBUTES if key in keys]
    order += [key for key in keys if key not in order]
    found = [Row(key, _label(key, language), told[0][1].get(key), told[1][1].get(key)) for key in order]
    return Comparison(left, right, found)


def _told(product: ProductMatch, language: str) -> dict[str, str]:
    """A product by key, in words. An attribute that this language lacks is told in the other."""
    several = product.price_from != product.price_to
    price = (lowest if several else money)(product.price_from, product.currency, language)
    found = {"price": price, "available": AVAILABLE[product.available][language]}
    for name, values in product.options.items():
        found[f"option.{name}"] = ", ".join(option_value(value, language) for value in values)
    every: dict[str, Any] = {}
    for said in (*product.attributes.values(), product.attributes.get(language, {})):
        every |= said
    return found | every


def _label(key: str, language: str) -> str:
    if key in LABELS:
        return LABELS[key][language]
    if key.startswith("option."):
        return option_name(key.removeprefix("option."), language)
    return attribute_name(key, language)
