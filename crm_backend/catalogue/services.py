"""Reading and changing products and their variants."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.catalogue import addresses
from crm_backend.catalogue.model import Product, Variant
from crm_backend.customers import checks
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound

LANGUAGES = ("fr", "en")
LONGEST_NAME, LONGEST_CATEGORY, MOST_OPTIONS = 200, 100, 20
LONGEST_DESCRIPTION, MOST_ATTRIBUTES, LONGEST_ATTRIBUTE = 5_000, 30, 500
DEAREST = 10**12
"""Minor units: ten thousand million of the currency."""
EXCLUSIONS = ("hygiene", "made_to_measure")
_PLAIN = ("names", "descriptions", "attributes", "image", "pages", "category", "external_id", "options")
"""What the audit log may hold of a product: the company wrote it, about nobody."""


def products(actor: Actor, *, category: str | None = None, external_id: str | None = None) -> Select[tuple[Product]]:
    """Products, in no order. Raises NotAllowed."""
    actor.need("catalogue.read")
    found = select(Product)
    if category is not None:
        found = found.where(Product.category == category)
    return found if external_id is None else found.where(Product.external_id == external_id)


def variants(
    actor: Actor, *, product_id: UUID | None = None, available: bool | None = None, external_id: str | None = None
) -> Select[tuple[Variant]]:
    """Variants, in no order. Raises NotAllowed."""
    actor.need("catalogue.read")
    found = select(Variant)
    if product_id is not None:
        found = found.where(Variant.product_id == product_id)
    if available is not None:
        found = found.where(Variant.available == available)
    return found if external_id is None else found.where(Variant.external_id == external_id)


async def product(session: AsyncSession, product_id: UUID, *, actor: Actor, lock: bool = False) -> Product:
    """One product. Raises NotAllowed, NotFound."""
    actor.need("catalogue.read")
    found = await session.get(Product, product_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound("no such product")
    return found


async def variant(session: AsyncSession, variant_id: UUID, *, actor: Actor, lock: bool = False) -> Variant:
    """One variant. Raises NotAllowed, NotFound."""
    actor.need("catalogue.read")
    found = await session.get(Variant, variant_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound("no such variant")
    return found


async def add_product(session: AsyncSession, *, actor: Actor, **values: Any) -> Product:
    """Makes a product of `names` and what else is known. Raises NotAllowed, Invalid."""
    actor.need("catalogue.write")
    made = Product(names={})
    await _write(session, made, {"names": {}, **values}, actor=actor, action="product_added")
    return made


async def change_product(
    session: AsyncSession, product_id: UUID, *, actor: Actor, version: int | None, **values: Any
) -> Product:
    """Changes what is given. Raises NotAllowed, NotFound, Stale, Invalid."""
    actor.need("catalogue.write")
    found = await product(session, product_id, actor=actor, lock=True)
    expect(found, version)
    await _write(session, found, values, actor=actor, action="product_changed")
    return found


async def add_variant(session: AsyncSession, *, actor: Actor, product_id: UUID, **values: Any) -> Variant:
    """Makes a variant of a product. Raises NotAllowed, Invalid (also for a product that there is not)."""
    actor.need("catalogue.write")
    if await session.get(Product, product_id, with_for_update={"key_share": True}) is None:
        raise Invalid("product_id", "product_unknown")
    made = Variant(product_id=product_id, options={}, price_minor=0, currency="EUR")
    await _write(session, made, values, actor=actor, action="variant_added")
    return made


async def change_variant(
    session: AsyncSession, variant_id: UUID, *, actor: Actor, version: int | None, **values: Any
) -> Variant:
    """Changes what is given. Raises NotAllowed, NotFound, Stale, Invalid."""
    actor.need("catalogue.write")
    found = await variant(session, variant_id, actor=actor, lock=True)
    expect(found, version)
    await _write(session, found, values, actor=actor, action="variant_changed")
    return found


async def _write(
    session: AsyncSession, row: Product | Variant, values: Mapping[str, Any], *, actor: Actor, action: str
) -> None:
    checked = {name: _CHECKS[name](value) for name, value in values.items()}
    if (external := checked.get("external_id")) is not None:
        kind = type(row)
        other = await session.scalar(select(kind.id).where(kind.external_id == external, kind.id != row.id))
        if other is not None:
            raise Invalid("external_id", "external_id_used")
    old = {name: getattr(row, name) for name in checked} if row.id is not None else None
    for name, value in checked.items():
        setattr(row, name, value)
    session.add(row)
    await session.flush()
    subject = ("product" if isinstance(row, Product) else "variant", row.id)
    audit.record(session, actor=actor, action=action, subject=subject, old=old, new=checked, plain=_PLAIN)


def _names(given: Mapping[str, str]) -> dict[str, str]:
    kept = {language: name.strip() for language, name in given.items() if name}
    if not kept or not set(kept) <= set(LANGUAGES):
        raise Invalid("names", "names_missing")
    for language, name in kept.items():
        if not name or len(name) > LONGEST_NAME or "\0" in name:
            raise Invalid(f"names.{language}", "too_long", most=LONGEST_NAME)
    return kept


def _descriptions(given: Mapping[str, str]) -> dict[str, str]:
    if not set(given) <= set(LANGUAGES):
        raise Invalid("descriptions", "not_choice", expected=", ".join(LANGUAGES))
    told = {
        language: checks.text(f"descriptions.{language}", text, longest=LONGEST_DESCRIPTION, lines=True)
        for language, text in given.items()
    }
    return {language: text for language, text in told.items() if text}


def _attributes(given: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    if not set(given) <= set(LANGUAGES):
        raise Invalid("attributes", "not_choice", expected=", ".join(LANGUAGES))
    found: dict[str, dict[str, str]] = {}
    for language, values in given.items():
        field = f"attributes.{language}"
        if len(values) > MOST_ATTRIBUTES:
            raise Invalid(field, "too_long", most=MOST_ATTRIBUTES)
        told = {
            checks.text(field, name, longest=50, needed=True): checks.text(
                f"{field}.{name}", value, longest=LONGEST_ATTRIBUTE
            )
            for name, value in values.items()
        }
        if kept := {name: value for name, value in told.items() if value}:
            found[language] = kept
    return found


def _options(given: Mapping[str, str]) -> dict[str, str]:
    if len(given) > MOST_OPTIONS:
        raise Invalid("options", "too_long", most=MOST_OPTIONS)
    return dict(given)


def _price(given: int) -> int:
    if not 0 <= given <= DEAREST:
        raise Invalid("price_minor", "out_of_range")
    return given


def _currency(given: str) -> str:
    if len(given) != 3 or not (given.isascii() and given.isalpha() and given.isupper()):
        raise Invalid("currency", "currency_unknown")
    return given


def _rate(given: int | None) -> int | None:
    if given is not None and not 0 <= given <= 10_000:
        raise Invalid("vat_rate", "out_of_range")
    return given


def _exclusion(given: str | None) -> str | None:
    if given is not None and given not in EXCLUSIONS:
        raise Invalid("return_exclusion", "not_choice", expected=", ".join(EXCLUSIONS))
    return given


def _as_given(given: Any) -> Any:
    return given


_CHECKS: Mapping[str, Any] = {
    "names": _names,
    "descriptions": _descriptions,
    "attributes": _attributes,
    "image": partial(addresses.whole, "image"),
    "pages": partial(addresses.by_language, "pages"),
    "category": _as_given,
    "external_id": _as_given,
    "options": _options,
    "price_minor": _price,
    "currency": _currency,
    "available": _as_given,
    "vat_rate": _rate,
    "return_exclusion": _exclusion,
}
