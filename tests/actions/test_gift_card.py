"""Gift cards in the chat: told of to whoever has the code, and to nobody who tries codes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.gift_cards import guessing, services
from crm_backend.gift_cards.model import GiftCard
from tests.support import core
from tests.support.talking import Customer

finding.find()


async def visitor(sessions: Sessions, language: str = "fr") -> Customer:
    return Customer((await core.write(sessions, visitor=new_id().hex)).conversation_id, language)


async def card(sessions: Sessions, **changes: object) -> tuple[GiftCard, str]:
    async with sessions.begin() as session:
        made, code = await services.issue(session, actor=SYSTEM, amount_minor=3000, currency="EUR")
        for name, value in changes.items():
            setattr(made, name, value)
    assert code is not None
    return made, code


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_balance_is_told_for_the_code(acting: Sessions, language: str) -> None:
    made, code = await card(acting)
    customer = await visitor(acting, language)
    ask = "il me reste combien sur ma carte cadeau ?" if language == "fr" else "what's the balnce of my gift card"
    assert await customer.says(ask, "gift_card") == ["utter_gift_card_ask_code"]
    assert await customer.says(f"code: {code.replace('-', ' ').lower()}", "promo_code") == ["utter_gift_card_balance"]
    assert customer.messages[0]["letters"] == made.last_letters
    assert "30" in customer.messages[0]["balance"] and code not in str(customer.slots)
    assert not customer.open


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"blocked_at": utc_now()}, "utter_gift_card_blocked"),
        ({"expires_at": utc_now() - timedelta(days=1)}, "utter_gift_card_over"),
        ({"balance_minor": 0}, "utter_gift_card_empty"),
    ],
)
async def test_a_card_that_cannot_be_spent_is_said_to_be(
    acting: Sessions, changes: dict[str, object], said: str
) -> None:
    _, code = await card(acting, **changes)
    customer = await visitor(acting)
    assert await customer.says(f"ma carte {code} est refusée", "gift_card") == [said]


async def test_trying_codes_ends_with_a_person(acting: Sessions) -> None:
    _, code = await card(acting)
    customer = await visitor(acting)
    await customer.says("solde de ma carte cadeau", "gift_card")
    for tried in range(1, guessing.OF_CONVERSATION):
        said = await customer.says(f"AAAA-BBBB-CCCC-000{tried}", "nlu_fallback")
        assert said == ["utter_gift_card_unknown", "utter_gift_card_ask_code"]
    assert await customer.says("AAAA-BBBB-CCCC-0009", "nlu_fallback") == ["utter_gift_card_locked"]
    assert await customer.says(f"solde de {code}", "gift_card") == ["utter_gift_card_locked"]


async def test_codes_are_counted_over_the_conversations_of_one_writer_(acting: Sessions) -> None:
    _, code = await card(acting)
    for round_ in range(2):
        received = await core.write(acting, visitor="one browser", start_new=True)
        customer = Customer(received.conversation_id)
        for tried in range(guessing.OF_CONVERSATION):
            await customer.says(f"solde de AAAA-BBBB-CC{round_}C-000{tried}", "gift_card")
    third = Customer((await core.write(acting, visitor="one browser", start_new=True)).conversation_id)
    assert await third.says(f"solde de {code}", "gift_card") == ["utter_gift_card_locked"]
    assert await (await visitor(acting)).says(f"solde de {code}", "gift_card") == ["utter_gift_card_balance"]


async def test_who_saw_most_of_a_card_does_not_find_its_end(acting: Sessions) -> None:
    _, code = await card(acting)
    unknown = ["utter_gift_card_unknown", "utter_gift_card_ask_code"]
    for _ in range(guessing.OF_CARD + 1):
        # Any number of people may try one example.
        assert await (await visitor(acting)).says("solde de AAAA-BBBB-CCCC-DDD9", "gift_card") == unknown
    ends = [f"{code[:-1]}{letter}" for letter in "23456789" if letter != code[-1]][: guessing.OF_CARD]
    said = [await (await visitor(acting)).says(f"solde de {each}", "gift_card") for each in ends]
    assert said == [*[unknown] * (guessing.OF_CARD - 1), ["utter_gift_card_locked"]]
    assert await (await visitor(acting)).says(f"solde de {code}", "gift_card") == ["utter_gift_card_locked"]


async def test_one_turn_run_again_is_one_try(acting: Sessions) -> None:
    customer, turn = await visitor(acting), new_id()
    for _ in range(guessing.OF_CONVERSATION + 1):
        said = await customer.says("solde de AAAA-BBBB-CCCC-0009", "gift_card", turn=turn)
    assert said == ["utter_gift_card_unknown", "utter_gift_card_ask_code"]


async def test_without_the_code_and_on_other_questions_a_person_is_offered(acting: Sessions) -> None:
    customer = await visitor(acting)
    assert await customer.says("vous faites des cartes cadeaux ?", "gift_card") == ["utter_gift_card_not_known"]
    said = await customer.says("carte cadeau volée, bloquez-la", "gift_card")
    assert said == ["utter_gift_card_lost"] and customer.slots["offered"] == "asked"
    await customer.says("solde de ma carte", "gift_card")
    assert await customer.says("je ne l'ai plus", "no_fact") == ["utter_gift_card_no_code"]
    assert customer.slots["offered"] == "asked"
