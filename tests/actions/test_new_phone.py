"""A new telephone number: only for who signed in or typed a code, and never as if it were proved."""

from __future__ import annotations

import pytest

from crm_backend.cases.model import Case
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions
from tests.actions.account import agrees_twice, all_of, known
from tests.actions.test_new_email import ASK, OLD, by_mail, code, marie

__all__ = ["by_mail"]
PHONE = "+33639980001"
BY_CODE = "utter_change_details_phone_by_code"


async def phones(sessions: Sessions, owner: object) -> list[tuple[str, bool, str]]:
    found = await all_of(sessions, Identity, customer_id=owner, kind="phone")
    return [(each.value, each.is_primary, each.proof) for each in found]


async def test_after_an_order_a_code_to_an_address_on_file_is_asked_for(by_mail: Sessions) -> None:
    customer, owner = await marie(by_mail, proof="verified")
    said = await customer.says("mon nouveau numéro : 06 39 98 00 01", "change_details", phone=PHONE)
    assert said == [BY_CODE, "utter_ask_code_to"]
    assert await customer.says(OLD, "inform", email=OLD) == ["utter_code_sent", ASK]
    assert await customer.says("000", "inform") == ["utter_not_caught", ASK]
    assert await customer.says(await code(by_mail, OLD), "inform") == ["utter_change_details_confirm_phone"]
    assert await phones(by_mail, owner) == []
    assert await agrees_twice(customer) == ["utter_change_details_done_phone"]
    assert await phones(by_mail, owner) == [(PHONE, True, "none")]


async def test_who_has_proved_nothing_begins_with_the_code(by_mail: Sessions) -> None:
    customer, owner = await marie(by_mail, proof="anonymous")
    assert await customer.says("changer mon téléphone", "change_details") == ["utter_ask_code_to"]
    assert await customer.says(OLD, "inform", email=OLD) == ["utter_code_sent", ASK]
    assert await customer.says(await code(by_mail, OLD), "inform") == ["utter_change_details_ask_phone"]
    said = await customer.says("06 39 98 00 01", "inform", phone=PHONE)
    assert said == ["utter_change_details_confirm_phone"]
    assert await agrees_twice(customer) == ["utter_change_details_done_phone"]
    assert await phones(by_mail, owner) == [(PHONE, True, "none")]


async def test_without_a_code_a_person_sees_to_it_and_nothing_is_written(by_mail: Sessions) -> None:
    customer, owner = await marie(by_mail, proof="verified")
    await customer.says("mon nouveau numéro : 06 39 98 00 01", "change_details", phone=PHONE)
    assert await customer.presses("Laisser faire une personne") == ["utter_change_details_confirm_phone_case"]
    assert await agrees_twice(customer) == ["utter_change_details_done_case"]
    [case] = await all_of(by_mail, Case, customer_id=owner)
    assert PHONE in case.description and "téléphone" in case.subject
    assert await phones(by_mail, owner) == []


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_where_no_code_can_be_sent_it_becomes_a_case(acting: Sessions, language: str) -> None:
    customer, owner = await known(acting, language)
    said = await customer.says("new number 06 39 98 00 01", "change_details", phone="0639980001")
    assert said == ["utter_change_details_confirm_phone_case"]
    assert await agrees_twice(customer) == ["utter_change_details_done_case"]
    assert await phones(acting, owner) == []


async def test_the_order_may_be_proved_instead_and_then_the_code_is_still_needed(by_mail: Sessions) -> None:
    customer, _ = await marie(by_mail, proof="anonymous")
    await customer.says("changer mon téléphone", "change_details")
    assert (await customer.presses("Avec une commande"))[-1] == "utter_ask_order_number"
