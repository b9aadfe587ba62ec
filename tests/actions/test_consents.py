"""Advertising: stopped at once, agreed to with a proof, and asked about where it is not plain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.tasks import finding
from crm_backend.customers import consents
from crm_backend.customers.records import ConsentEvent
from crm_backend.database import Sessions, utc_now
from tests.actions.account import agrees_twice, all_of, known

finding.find()


@pytest.mark.parametrize(("language", "text"), [("fr", "désabonnez-moi"), ("en", "stop emailing me deals")])
async def test_advertising_is_stopped_at_once_and_once(acting: Sessions, language: str, text: str) -> None:
    customer, owner = await known(acting, language, proof="channel")
    async with acting.begin() as session:
        given = {"customer_id": owner, "purpose": "marketing", "given": True, "how": "form", "actor": "t"}
        consents.note(session, **given, at=utc_now() - timedelta(days=9))
    assert await customer.says(text, "consents") == ["utter_consents_stop_confirm"]
    assert await agrees_twice(customer) == ["utter_consents_stopped"]
    events = await all_of(acting, ConsentEvent, customer_id=owner)
    assert [each.given for each in events].count(False) == 1 and text in [each.wording for each in events]
    async with acting() as session:
        assert not await consents.allowed(session, owner, "marketing")
    assert await customer.says(text, "consents") == ["utter_consents_already_stopped"]


async def test_agreeing_takes_the_proof_and_what_holds_is_told(acting: Sessions) -> None:
    customer, owner = await known(acting, "en")
    assert await customer.says("sign me up for the newsletter", "consents") == ["utter_consents_give_confirm"]
    assert await customer.says("yes", "affirm") == ["utter_consents_given"]
    async with acting() as session:
        assert await consents.allowed(session, owner, "marketing")
    assert await customer.says("am I signed up to anything?", "consents") == ["utter_consents_stands"]
    assert "advertising and newsletter: yes" in customer.messages[0]["lines"].lower()
    other, _ = await known(acting, proof="channel")
    said = await other.says("réabonnez-moi à la newsletter", "consents")
    assert said == ["utter_any_order_will_do", "utter_ask_order_number"]


async def test_what_is_not_plain_is_asked(acting: Sessions) -> None:
    customer, owner = await known(acting)
    assert await customer.says("je voudrais changer mes choix", "consents") == ["utter_consents_which_way"]
    assert await customer.presses("Arrêter") == ["utter_consents_what"]
    assert await customer.presses("Enquêtes de satisfaction") == ["utter_consents_stop_confirm"]
    assert await customer.says("non", "deny") == ["utter_left_alone"]
    assert await all_of(acting, ConsentEvent, customer_id=owner) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("désinscrivez aussi ma femme", "utter_consents_somebody_else"),
        ("mes préférences", "utter_consents_stands"),
        ("réactivez les mails promo, je les avais coupés par erreur", "utter_consents_give_confirm"),
        ("je n'ai jamais accepté de recevoir vos pubs", "utter_consents_already_stopped"),
        ("arrêtez de me demander de noter mes achats", "utter_consents_stop_confirm"),
        ("plus aucun suivi de commande", "utter_consents_stop_notices_confirm"),
    ],
)
async def test_what_is_wanted_is_taken_from_the_words(acting: Sessions, text: str, said: str) -> None:
    customer, _ = await known(acting)
    assert await customer.says(text, "consents") == [said]
