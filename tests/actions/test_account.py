"""What a customer may have told or changed about their own file: once, after a yes, and only to who they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from actions.tasks import finding
from crm_backend.cases.model import Case
from crm_backend.conversations.model import Conversation
from crm_backend.customers import consents
from crm_backend.customers.model import Address, Identity
from crm_backend.customers.records import ConsentEvent
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.loyalty import points
from crm_backend.loyalty import services as loyalty
from crm_backend.loyalty.model import LoyaltyMember
from crm_backend.orders.doers import customer_actor
from tests.support import core, shop
from tests.support.talking import Customer

finding.find()


async def known(sessions: Sessions, language: str = "fr", *, proof: str = "verified") -> tuple[Customer, UUID]:
    """A customer in a conversation who has proved so much."""
    talk = (await core.write(sessions, visitor=new_id().hex)).conversation_id
    async with sessions.begin() as session:
        owner = (await shop.customer(session)).id
        row = await session.get_one(Conversation, talk)
        row.customer_id, row.proof = owner, proof
    return Customer(talk, language), owner


async def agrees_twice(customer: Customer) -> list[str]:
    """The answer to a yes whose turn is run again."""
    before, again = dict(customer.slots), new_id()
    said: list[str] = []
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        said = await customer.says("oui", "affirm", turn=again)
    return said


async def all_of(sessions: Sessions, table: Any, **where: Any) -> list[Any]:
    async with sessions() as session:
        return list(await session.scalars(select(table).filter_by(**where).order_by(table.created_at)))


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
        assert said == ["utter_any_order_will_do", "utter_ask_order_number"]
    assert await all_of(acting, Identity, customer_id=owner) == []


# Signing in


async def test_signing_in_is_helped_with_and_a_person_offered(acting: Sessions) -> None:
    customer, _ = await known(acting, proof="anonymous")
    assert await customer.says("mot de passe oublié", "sign_in") == ["utter_sign_in_person"]
    assert customer.slots["offered"] == "asked" and not customer.open
    customer, _ = await known(acting, "en")
    assert await customer.says("locked out", "sign_in") == ["utter_sign_in_known", "utter_sign_in_person"]


# Details


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


# Loyalty


@pytest.fixture
async def club(acting: Sessions) -> Sessions:
    """A programme that anybody may join."""
    async with acting.begin() as session:
        programme = await loyalty.programme(session)
        programme.enabled, programme.names = True, {"fr": "Club", "en": "Club"}
    return acting


async def test_points_are_joined_for_told_and_left_after_a_yes(club: Sessions) -> None:
    customer, owner = await known(club)
    said = await customer.says("combien j’ai de points ?", "loyalty")
    assert said == ["utter_loyalty_not_member", "utter_loyalty_join_confirm"]
    assert await agrees_twice(customer) == ["utter_loyalty_joined"]
    assert await customer.says("mes points svp", "loyalty") == ["utter_loyalty_status"]
    assert customer.messages[0]["points"] == "0\u00a0point"
    said = await customer.says("je veux m’inscrire au club", "loyalty")
    assert said == ["utter_loyalty_already", "utter_loyalty_status"]
    assert await customer.says("je veux quitter le programme", "loyalty") == ["utter_loyalty_leave_confirm"]
    assert await customer.says("non", "deny") == ["utter_left_alone"]
    await customer.says("je veux quitter le programme", "loyalty")
    assert await customer.says("oui", "affirm") == ["utter_loyalty_left"]
    [member] = await all_of(club, LoyaltyMember, customer_id=owner)
    assert member.left_at is not None


async def test_a_member_is_told_of_points_and_level(club: Sessions) -> None:
    customer, owner = await known(club, "en")
    async with club.begin() as session:
        await loyalty.join(
            session, owner, actor=customer_actor(owner, origin="web"), now=utc_now() - timedelta(days=300)
        )
        await shop.delivered(session, of=owner, at=utc_now() - timedelta(days=90))
    await customer.says("how many points do I have", "loyalty")
    said = customer.messages[0]
    async with club() as session:
        reached, ahead, *_ = await points.all_levels(session)
    assert said["points"] == "50 points" and reached.names["en"] in said["more"]
    assert f"{ahead.from_points - 50} points more and you’ll be {ahead.names['en']}" in said["more"]


async def test_how_it_works_is_told_to_anybody(club: Sessions) -> None:
    customer, _ = await known(club, proof="anonymous")
    assert await customer.says("comment marchent les points ?", "loyalty") == ["utter_loyalty_how"]
    assert "1\u00a0point pour 1,00\u00a0€" in customer.messages[0]["rate"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mes points ont disparu", ["utter_loyalty_not_member", "utter_loyalty_join_confirm"]),
        ("mes points expirent quand ?", ["utter_loyalty_how"]),
        ("comment utiliser mes points", ["utter_loyalty_how"]),
    ],
)
async def test_a_question_of_ones_own_points_is_told_from_how_they_work(
    club: Sessions, text: str, said: list[str]
) -> None:
    customer, owner = await known(club)
    assert await customer.says(text, "loyalty") == said
    if said[0] != "utter_loyalty_how":
        async with club.begin() as session:
            await loyalty.join(session, owner, actor=customer_actor(owner, origin="web"))
        customer = Customer(customer.conversation)
        assert await customer.says(text, "loyalty") == ["utter_loyalty_status", "utter_loyalty_missing"]


async def test_without_a_programme_that_is_said(acting: Sessions) -> None:
    customer, _ = await known(acting)
    assert await customer.says("mes points", "loyalty") == ["utter_loyalty_none"]


# Consents


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


# Privacy


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
