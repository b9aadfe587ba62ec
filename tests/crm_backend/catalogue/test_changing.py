"""Changing the catalogue: what is given, if it is right, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.audit.model import AuditEntry
from crm_backend.catalogue import services
from crm_backend.database import new_id
from crm_backend.errors import Invalid, NotAllowed, NotFound, Stale

PLATE = {"names": {"fr": " Assiette ", "en": "Plate"}, "category": "tableware"}


async def test_a_change_keeps_the_rest_counts_a_version_and_is_told_to_the_log(crm: AsyncSession) -> None:
    made = await services.add_product(crm, actor=SYSTEM, **PLATE)
    assert (made.names, made.version) == ({"fr": "Assiette", "en": "Plate"}, 1)
    changed = await services.change_product(crm, made.id, actor=SYSTEM, version=1, category="glass")
    assert (changed.names["en"], changed.category, changed.version) == ("Plate", "glass", 2)
    entry = (await crm.scalars(select(AuditEntry).where(AuditEntry.action == "product_changed"))).one()
    assert (entry.old, entry.new) == ({"category": "tableware"}, {"category": "glass"})
    with pytest.raises(Stale):
        await services.change_product(crm, made.id, actor=SYSTEM, version=1, category="wood")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"names": {}}, "names"),
        ({"names": {"de": "Teller"}}, "names"),
        ({"names": {"fr": "x" * 201}}, "names.fr"),
        ({"vat_rate": 10_001}, "vat_rate"),
        ({"return_exclusion": "whim"}, "return_exclusion"),
        ({"image": "http://shop.example/p.png"}, "image"),
        ({"image": "javascript:alert(1)"}, "image"),
        ({"image": "//other.example/p.png"}, "image"),
        ({"image": "https://shop.example/\0"}, "image"),
        ({"image": "/" + "x" * 1_000}, "image"),
        ({"pages": {"de": "https://shop.example/"}}, "pages"),
        ({"pages": {"fr": "https://me:secret@shop.example/"}}, "pages.fr"),
        ({"pages": {"en": "/a page"}}, "pages.en"),
    ],
)
async def test_a_wrong_product_is_named_by_its_field(crm: AsyncSession, values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await services.add_product(crm, actor=SYSTEM, **{**PLATE, **values})
    assert refusal.value.field == field


async def test_a_picture_and_pages_are_kept_and_can_be_taken_away(crm: AsyncSession) -> None:
    told = {"image": " /art/plate.svg", "pages": {"fr": "https://shop.example/fr/12?a=b", "en": ""}}
    made = await services.add_product(crm, actor=SYSTEM, **{**PLATE, **told})
    assert (made.image, made.pages) == ("/art/plate.svg", {"fr": "https://shop.example/fr/12?a=b"})
    none = await services.change_product(crm, made.id, actor=SYSTEM, version=1, image=None, pages={})
    assert (none.image, none.pages) == (None, {})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"price_minor": -1}, "price_minor"),
        ({"price_minor": 10**13}, "price_minor"),
        ({"currency": "euro"}, "currency"),
        ({"options": {str(number): "x" for number in range(21)}}, "options"),
    ],
)
async def test_a_wrong_variant_is_named_by_its_field(crm: AsyncSession, values: dict[str, object], field: str) -> None:
    product = await services.add_product(crm, actor=SYSTEM, **PLATE)
    with pytest.raises(Invalid) as refusal:
        await services.add_variant(
            crm, actor=SYSTEM, product_id=product.id, **{"price_minor": 1, "currency": "EUR", **values}
        )
    assert refusal.value.field == field


async def test_the_catalogue_is_changed_by_those_who_may(crm: AsyncSession) -> None:
    reader = Actor("agent:1", frozenset({"catalogue.read"}))
    product = await services.add_product(crm, actor=SYSTEM, **PLATE)
    with pytest.raises(NotAllowed):
        await services.add_product(crm, actor=reader, **PLATE)
    with pytest.raises(NotAllowed):
        await services.change_product(crm, product.id, actor=reader, version=None, category="x")
    with pytest.raises(NotAllowed):
        services.products(Actor("agent:2"))
    for lost in (services.product, services.variant):
        with pytest.raises(NotFound):
            await lost(crm, new_id(), actor=reader)
