"""Advertising: stopped at once, agreed to with a proof, and asked about where it is not plain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from actions import toolbox
from actions.tasks import finding
from crm_backend.customers import consents
from crm_backend.customers.model import Identity
from crm_backend.customers.records import ConsentEvent
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.notifications.schema import Start
from tests.actions.account import agrees_twice, all_of, known
from tests.actions.tasks.test_by_code import code
from tests.support import core, shop
from tests.support.talking import Customer

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


@pytest.mark.parametrize("email", ["lea@example.fr", "nobody@example.fr"])
async def test_who_reads_what_comes_to_an_address_stops_it_without_an_order(
    acting: Sessions, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    starts = [Start(kind="email", channel="mail", account="main")]
    monkeypatch.setattr(toolbox, "_equipped", [replace(toolbox.tools(), starts=lambda: starts)])
    async with acting.begin() as session:
        owner = (await shop.customer(session)).id
        session.add(Identity(kind="email", value="lea@example.fr", customer_id=owner, is_primary=True))
        given = {"customer_id": owner, "purpose": "marketing", "given": True, "how": "form", "actor": "t"}
        consents.note(session, **given, at=utc_now() - timedelta(days=9))
    customer = Customer((await core.write(acting, visitor=new_id().hex)).conversation_id, "fr")
    said = await customer.says("désinscrivez-moi de la newsletter", "consents")
    assert said == ["utter_consents_stop_easily", "utter_ask_code_to"]
    # Whoever has the address and whoever has not are answered alike, and nothing is stopped by an address alone.
    assert await customer.says(email, "inform", email=email) == ["utter_code_sent", "utter_ask_code"]
    async with acting() as session:
        assert await consents.allowed(session, owner, "marketing")
    if email == "nobody@example.fr":
        assert await customer.says("123456", "inform") == ["utter_code_wrong", "utter_ask_code"]
        return
    typed = await code(acting, to=email)
    assert await customer.says(typed, "inform", order_number=typed) == ["utter_consents_stop_confirm"]
    assert await customer.says("oui", "affirm") == ["utter_consents_stopped"]
    async with acting() as session:
        assert not await consents.allowed(session, owner, "marketing")


async def test_who_would_rather_stop_it_with_an_order_may(acting: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    starts = [Start(kind="email", channel="mail", account="main")]
    monkeypatch.setattr(toolbox, "_equipped", [replace(toolbox.tools(), starts=lambda: starts)])
    customer = Customer((await core.write(acting, visitor=new_id().hex)).conversation_id, "en")
    await customer.says("unsubscribe me", "consents")
    assert (await customer.presses("With an order instead"))[-1] == "utter_ask_order_number"
