"""A request about one’s data is one case for people; nothing is erased by the assistant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.tasks import finding
from crm_backend.cases.model import Case
from crm_backend.database import Sessions, utc_now
from tests.actions.account import agrees_twice, all_of, known

finding.find()


@pytest.mark.parametrize(
    ("language", "text", "what"),
    [
        ("fr", "je veux une copie de mes données", "copy"),
        ("en", "delete my account and everything", "erase"),
    ],
)
async def test_a_privacy_request_becomes_one_case_and_erases_nothing(
    acting: Sessions, language: str, text: str, what: str
) -> None:
    customer, owner = await known(acting, language)
    assert await customer.says(text, "privacy_request") == [f"utter_privacy_request_{what}_confirm"]
    assert await agrees_twice(customer) == ["utter_privacy_request_done"]
    [case] = await all_of(acting, Case, customer_id=owner)
    assert case.type_key == "privacy_request" and case.due_at is not None
    assert case.due_at - utc_now() < timedelta(days=31, hours=1)
    assert customer.messages[0]["number"] == case.number
    assert await customer.says(text, "privacy_request") == ["utter_privacy_request_open"]


async def test_which_of_the_two_is_asked_and_others_data_is_for_people(acting: Sessions) -> None:
    customer, owner = await known(acting)
    assert await customer.says("mes droits rgpd", "privacy_request") == ["utter_privacy_request_what"]
    assert await customer.presses("Effacer mes données") == ["utter_privacy_request_erase_confirm"]
    assert await customer.says("non", "deny") == ["utter_left_alone"]
    said = await customer.says("mon père est décédé, supprimez son compte", "privacy_request")
    assert said == ["utter_privacy_request_other"] and customer.slots["offered"] == "asked"
    assert await all_of(acting, Case, customer_id=owner) == []


async def test_the_data_officer_is_a_person(acting: Sessions) -> None:
    customer, _ = await known(acting, "en", proof="anonymous")
    assert await customer.says("who is your DPO", "privacy_request") == ["utter_privacy_request_question"]
