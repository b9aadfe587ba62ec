"""Attributes of the company’s own: typed, required, unique."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.customers import attribute_values, attributes, checks, profiles
from crm_backend.errors import Invalid, NotNow

LABELS = {"fr": "Valeur", "en": "Value"}


CHOICES = [{"value": "gold", "labels": LABELS}]


@pytest.mark.parametrize(
    ("kind", "more", "right", "wrong"),
    [
        ("text", {"limits": {"longest": 5}}, "court", "trop long"),
        ("number", {"limits": {"least": 1, "whole": True}}, 3, 2.5),
        ("number", {}, 1.5, float("inf")),
        ("date", {"limits": {"least": "2020-01-01"}}, "2024-02-29", "2023-02-29"),
        ("boolean", {}, True, "yes"),
        ("choice", {"choices": CHOICES}, "gold", "silver"),
        ("url", {}, "https://example.com/a", "javascript:alert(1)"),
    ],
)
async def test_attributes_are_typed(
    crm: AsyncSession, zoe: UUID, kind: str, more: dict[str, Any], right: Any, wrong: Any
) -> None:
    await attributes.define(crm, actor=SYSTEM, values={"key": "it", "kind": kind, "labels": LABELS, **more})
    told = await attribute_values.set_values(crm, actor=SYSTEM, customer_id=zoe, values={"it": right})
    assert told == {"it": right}
    with pytest.raises(Invalid) as refused:
        await attribute_values.set_values(crm, actor=SYSTEM, customer_id=zoe, values={"it": wrong})
    assert refused.value.field == "attributes.it"
    assert await attribute_values.set_values(crm, actor=SYSTEM, customer_id=zoe, values={"it": None}) == {}


async def test_attributes_may_be_required_unique_and_tightened_only_when_values_fit(
    crm: AsyncSession, zoe: UUID
) -> None:
    values = {"key": "card", "kind": "text", "labels": LABELS, "required": True, "is_unique": True}
    defined = await attributes.define(crm, actor=SYSTEM, values=values)
    other = await profiles.create(crm, actor=SYSTEM, values={"first_name": "Karim"})
    with pytest.raises(Invalid, match="missing"):
        await attribute_values.set_values(crm, actor=SYSTEM, customer_id=zoe, values={"card": None})
    await attribute_values.set_values(crm, actor=SYSTEM, customer_id=zoe, values={"card": "ABC123"})
    with pytest.raises(Invalid, match="taken"):
        await attribute_values.set_values(crm, actor=SYSTEM, customer_id=other.id, values={"card": "abc123"})
    tight = {"limits": {"longest": 3}}
    with pytest.raises(NotNow, match="values_in_the_way"):
        await attributes.redefine(crm, actor=SYSTEM, definition_id=defined.id, values=tight)


def test_web_addresses_hold_no_passwords() -> None:
    for wrong in ("ftp://a.example", "https://", "https://me:secret@a.example", "https://[::1", "https://a b"):
        with pytest.raises(Invalid):
            checks.url("value", wrong)
