"""Promotion codes in the chat: the verdict of the shop in words, and no code that there is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.promo_codes import services
from crm_backend.promo_codes.checking import TRIES
from tests.support import core
from tests.support.talking import Customer

finding.find()
NOW, DAY = utc_now(), timedelta(days=1)


async def visitor(sessions: Sessions, language: str = "fr", **code: Any) -> Customer:
    values = {"code": "TABLE15", "kind": "percent", "percent": 1500, "valid_from": NOW - DAY, "valid_to": None}
    async with sessions.begin() as session:
        await services.add(session, actor=SYSTEM, **values | code)
    return Customer((await core.write(sessions, visitor=new_id().hex)).conversation_id, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "mon code TABLE15 est refusé"),
        ("en", "is table15 still good?"),
        ("fr", "le code est : table15"),
        ("en", "TABLE15"),
    ],
)
async def test_a_code_that_holds_is_told_with_its_terms(acting: Sessions, language: str, text: str) -> None:
    terms = {"currency": "EUR", "minimum_minor": 5000, "categories": ["tableware"], "valid_to": NOW + 9 * DAY}
    customer = await visitor(acting, language, per_customer=1, **terms)
    assert await customer.says(text, "promo_code") == ["utter_promo_code_valid"]
    said = customer.messages[0]
    assert said["offer"] == ("15\u00a0% de réduction" if language == "fr" else "15% off")
    assert said["terms"].count(".") >= 4 and ("50,00" in said["terms"] or "50.00" in said["terms"])


@pytest.mark.parametrize(
    ("change", "text", "said"),
    [
        ({"valid_from": NOW + DAY}, "TABLE15 ?", "utter_promo_code_not_yet"),
        ({"valid_from": NOW - 2 * DAY, "valid_to": NOW - DAY}, "code TABLE15", "utter_promo_code_over"),
        ({"active": False}, "code TABLE15", "utter_promo_code_unknown"),
        ({}, "et NOEL99 ?", "utter_promo_code_unknown"),
        ({}, "vous avez un code promo ?", "utter_promo_code_none"),
        ({}, "peut-on cumuler deux codes ?", "utter_promo_code_none"),
    ],
)
async def test_why_a_code_does_not_hold_is_said(acting: Sessions, change: dict[str, Any], text: str, said: str) -> None:
    customer = await visitor(acting, **change)
    assert await customer.says(text, "promo_code") == [said]
    assert not customer.open


async def test_the_code_is_asked_for_and_guessing_ends(acting: Sessions) -> None:
    customer = await visitor(acting)
    assert await customer.says("CODE INVALIDE ??", "promo_code") == ["utter_promo_code_ask"]
    assert await customer.says("table15", "inform") == ["utter_promo_code_valid"]
    for tried in range(TRIES):
        await customer.says(f"NOEL{tried}0", "promo_code")
    assert await customer.says("TABLE15", "promo_code") == ["utter_promo_code_too_many"]


async def test_another_code_is_not_given_and_one_that_does_not_work_is_asked_for(acting: Sessions) -> None:
    customer = await visitor(acting)
    assert await customer.says("any other code?", "promo_code") == ["utter_promo_code_none"]
    assert await customer.says("my voucher code doesnt go through", "promo_code") == ["utter_promo_code_ask"]
