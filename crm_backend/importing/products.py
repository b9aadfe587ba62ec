"""Importing products: one row is one variant, and rows of the same product agree on its name and category."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.catalogue.model import Product, Variant
from crm_backend.database import new_id
from crm_backend.importing.batch import Batch, Row, names_of
from crm_backend.importing.report import BadValue
from crm_backend.importing.upsert import identifiers, seen_before, upsert
from crm_backend.importing.values import to_minor


async def store_products(session: AsyncSession, batch: Batch) -> None:
    """Inserts or updates products and variants by their external identifiers."""
    await batch.refuse_repeats(session, "external_id", _variant_key, "the variant")
    prices = _prices(batch)
    touched = await _store_products(session, batch)
    products = await identifiers(session, Product.external_id, Product, {row.record["product"] for row in batch})
    rows = [_variant(row, products[row.record["product"]], prices[row.number]) for row in batch]
    columns = ["product_id", *batch.given(("options", "available")), "price_minor", "currency"]
    written = await upsert(session, Variant, rows, key=["external_id"], update=columns)
    for row in batch:
        key = (row.record["external_id"],)
        changed = key in written.updated or row.number in touched
        batch.mark(row, created=key in written.created, updated=changed)


def _variant_key(row: Row) -> str:
    return f"variant {row.record['external_id']}"


def _variant(row: Row, product_id: UUID, price_minor: int) -> dict[str, Any]:
    kept = {name: row.record[name] for name in ("external_id", "options", "currency", "available")}
    return {"id": new_id(), "product_id": product_id, "price_minor": price_minor, **kept}


def _prices(batch: Batch) -> dict[int, int]:
    prices = {}
    for row in batch:
        try:
            prices[row.number] = to_minor(row.record["price"], row.record["currency"])
        except BadValue as error:
            batch.reject(row, "price", str(error))
    return prices


_BY_LANGUAGE = {"descriptions": "description", "attributes": "attributes", "pages": "page"}
"""Columns that hold something a language, and the field of the file for each language."""


def _product(record: dict[str, Any]) -> dict[str, Any]:
    told = {
        column: {language: value for language in ("fr", "en") if (value := record[f"{field}_{language}"])}
        for column, field in _BY_LANGUAGE.items()
    }
    return {"names": names_of(record), "category": record["category"], "image": record["image"], **told}


def _joined(old: Any, new: Any) -> ColumnElement[Any]:
    joined: ColumnElement[Any] = old.concat(new)
    return joined


async def _store_products(session: AsyncSession, batch: Batch) -> set[int]:
    """The first row of a product in the file decides; a later row that contradicts it is rejected.

    Returns the numbers of the rows by which a product that was known changed.
    """
    first: dict[str, Row] = {}
    for row in batch:
        if not names_of(row.record):
            batch.reject(row, "name_en" if "name_en" in batch.reader.given else "name_fr", "is empty.")
            continue
        first.setdefault(row.record["product"], row)
    decided = await seen_before(session, {f"product {key}": row.number for key, row in first.items()})
    fresh = {key: row for key, row in first.items() if f"product {key}" not in decided}
    rows = [{"id": new_id(), "external_id": key, **_product(row.record)} for key, row in fresh.items()]
    told = [
        column for column in _BY_LANGUAGE if batch.given((f"{_BY_LANGUAGE[column]}_fr", f"{_BY_LANGUAGE[column]}_en"))
    ]
    columns = ["names", *told, *batch.given(("category", "image"))]
    # A language that the file leaves out, or leaves empty, stays as it is.
    merge = dict.fromkeys(("names", *_BY_LANGUAGE), _joined)
    written = await upsert(session, Product, rows, key=["external_id"], update=columns, merge=merge)
    _reject_contradictions(batch, await _stored(session, list(first)), decided, fresh)
    return {fresh[key].number for (key,) in written.updated}


async def _stored(session: AsyncSession, keys: list[str]) -> dict[str, tuple[dict[str, str], str]]:
    found = await session.execute(
        select(Product.external_id, Product.names, Product.category).where(Product.external_id == func.any(keys))
    )
    return {key or "": (names, category) for key, names, category in found}


def _reject_contradictions(
    batch: Batch, stored: dict[str, tuple[dict[str, str], str]], decided: dict[str, int], fresh: dict[str, Row]
) -> None:
    for row in list(batch):
        key = row.record["product"]
        names, category = stored[key]
        number = fresh[key].number if key in fresh else decided[f"product {key}"]
        pairs = {f"name_{language}": name for language, name in names.items()} | {"category": category}
        for field in batch.given(("name_fr", "name_en", "category")):
            if row.record[field] and row.record[field] != pairs.get(field, ""):
                batch.reject(row, field, f"is not what row {number} says of the same product.")
                break
