"""What a customer may have told or changed of their own file: once, after a yes, and only to who they are."""

from __future__ import annotations

import pytest

from actions.tasks import finding
from crm_backend.cases.model import Case
from crm_backend.customers.model import Address, Identity
from crm_backend.database import Sessions
from crm_backend.loyalty import services as loyalty
from tests.actions.account import agrees_twice, all_of, known

finding.find()


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("change_details", "mon nouveau numéro : 06 39 98 00 01"),
        ("loyalty", "combien j’ai de points ?"),
        ("consents", "stop pub"),
        ("privacy_request", "effacez mes données"),
    ],
)
@pytest.mark.parametrize("proof", ["anonymous", "channel"])
async def test_nothing_is_told_or_changed_without_the_proof(
    acting: Sessions, intent: str, text: str, proof: str
) -> None:
    async with acting.begin() as session:
        (await loyalty.programme(session)).enabled = True
    customer, owner = await known(acting, proof=proof)
    said = await customer.says(text, intent, **({"phone": "+33639980001"} if "numéro" in text else {}))
    if intent == "consents" and proof == "channel":
        assert said == ["utter_consents_already_stopped"]
    else:
        first = ["utter_consents_stop_easily"] if intent == "consents" else []
        assert said == [*first, "utter_any_order_will_do", "utter_ask_order_number"]
    assert await all_of(acting, Identity, customer_id=owner) == []


async def test_signing_in_is_helped_with_and_a_person_offered(acting: Sessions) -> None:
    customer, _ = await known(acting, proof="anonymous")
    assert await customer.says("mot de passe oublié", "sign_in") == ["utter_sign_in_person"]
    assert customer.slots["offered"] == "asked" and not customer.open
    customer, _ = await known(acting, "en")
    assert await customer.says("locked out", "sign_in") == ["utter_sign_in_known", "utter_sign_in_person"]


async def test_a_new_number_is_shown_and_saved_once(acting: Sessions) -> None:
    customer, owner = await known(acting, proof="signed_in")
    said = await customer.says("j’ai changé de numéro", "change_details")
    assert said == ["utter_change_details_ask_phone"]
    said = await customer.says("12", "inform", phone="12")
    assert said == ["utter_change_details_phone_bad", "utter_change_details_ask_phone"]
    said = await customer.says("06 39 98 00 01", "inform", phone="+33639980001")
    assert said == ["utter_change_details_confirm_phone"]
    assert await agrees_twice(customer) == ["utter_change_details_done_phone"]
    [phone] = await all_of(acting, Identity, customer_id=owner, kind="phone")
    assert (phone.value, phone.is_primary, phone.proof) == ("+33639980001", True, "none")
    said = await customer.says("notez le 06 39 98 00 01", "change_details", phone="+33639980001")
    assert said == ["utter_change_details_there_already"]


@pytest.mark.parametrize(
    ("language", "text", "city", "country"),
    [
        ("fr", "j’ai déménagé au 12 bis rue des Lilas, 69003 Lyon", "Lyon", "FR"),
        ("en", "I’ve moved, it’s now 27 Castle View road, Bristol BS1 5JH please", "Bristol", "GB"),
    ],
)
async def test_a_new_address_is_read_shown_and_saved_once(
    acting: Sessions, language: str, text: str, city: str, country: str
) -> None:
    customer, owner = await known(acting, language)
    said = await customer.says(text, "change_details", postcode="69003")
    assert said == ["utter_change_details_confirm_address"]
    assert await agrees_twice(customer) == ["utter_change_details_done_address"]
    [address] = await all_of(acting, Address, customer_id=owner)
    assert (address.city, address.country, address.is_default) == (city, country, True)


async def test_what_is_no_address_is_asked_for_again_and_can_be_corrected(acting: Sessions) -> None:
    customer, owner = await known(acting)
    assert await customer.says("changez mon adresse", "change_details") == ["utter_change_details_ask_address"]
    said = await customer.says("chez ma sœur", "nlu_fallback")
    assert said == ["utter_change_details_address_unread", "utter_change_details_ask_address"]
    await customer.says("3 quai Perrache, 69002 Lyon", "inform", postcode="69002")
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.presses("La nouvelle valeur") == ["utter_change_details_ask_address"]
    await customer.says("5 quai Perrache, 69002 Lyon", "inform", postcode="69002")
    assert customer.messages[0]["address"].startswith("5 quai")
    assert await all_of(acting, Address, customer_id=owner) == []


@pytest.mark.parametrize(
    ("text", "entities", "answers", "kept"),
    [
        ("changez mon e-mail", {"email": "neuve@example.fr"}, [], "neuve@example.fr"),
        ("je me suis mariée, je change de nom", {}, ["Marie Durand"], "Marie Durand"),
        ("autre chose", {}, ["fusionnez mes deux comptes"], "fusionnez mes deux comptes"),
    ],
)
async def test_an_email_address_or_a_name_becomes_a_case(
    acting: Sessions, text: str, entities: dict[str, str], answers: list[str], kept: str
) -> None:
    customer, owner = await known(acting)
    said = await customer.says(text, "change_details", **entities)
    if said == ["utter_change_details_what"]:
        await customer.presses("Autre chose")
    for answer in answers:
        said = await customer.says(answer, "nlu_fallback")
    assert said[0].startswith("utter_change_details_confirm_")
    assert await agrees_twice(customer) == ["utter_change_details_done_case"]
    [case] = await all_of(acting, Case, customer_id=owner)
    assert kept in case.description and case.type_key == "request"
    assert await all_of(acting, Identity, customer_id=owner) == []


@pytest.mark.parametrize(
    "text", ["retirez mon numéro de téléphone", "fusionnez mes deux comptes svp", "changez l’adresse de ma mère"]
)
async def test_what_is_no_new_value_is_written_down_for_people(acting: Sessions, text: str) -> None:
    customer, _ = await known(acting)
    assert await customer.says(text, "change_details") == ["utter_change_details_confirm_other"]
    assert customer.messages[0]["change"] == text


async def test_what_is_on_file_is_told_to_its_customer_alone(acting: Sessions) -> None:
    customer, owner = await known(acting, "en")
    said = await customer.says("do you have the right number for me?", "change_details")
    assert said == ["utter_change_details_nothing_on_file"]
    async with acting.begin() as session:
        session.add(Identity(kind="phone", value="+447700900123", customer_id=owner))
    await customer.says("check my details", "change_details")
    assert customer.messages[0]["lines"] == "– +447700900123"
    other, _ = await known(acting, proof="channel")
    assert (await other.says("vérifier mes coordonnées", "change_details"))[-1] == "utter_ask_order_number"
