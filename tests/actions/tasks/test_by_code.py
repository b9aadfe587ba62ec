"""Who has no order at hand proves who they are by a code, and goes on where they stood."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from actions import toolbox
from actions.tasks import code_said, finding
from crm_backend.conversations.hiding import HIDDEN
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.notifications.schema import Start
from crm_backend.orders.model import Order
from crm_backend.proof_codes.model import ProofCode
from tests.support import core, shop
from tests.support.talking import Customer

finding.find()
EMAIL = "marie@example.fr"
ASK = "utter_ask_code"


@pytest.fixture
def by_mail(acting: Sessions, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """A company that may write first to a mailbox."""
    starts = [Start(kind="email", channel="mail", account="main")]
    monkeypatch.setattr(toolbox, "_equipped", [replace(toolbox.tools(), starts=lambda: starts)])
    return acting


async def marie(sessions: Sessions, *, email: str = EMAIL) -> tuple[UUID, Order]:
    """A customer with an address and a paid order."""
    async with sessions.begin() as session:
        owner = (await shop.customer(session)).id
        session.add(Identity(kind="email", value=email, customer_id=owner, is_primary=True))
        return owner, await shop.paid(session, of=owner)


async def somebody(sessions: Sessions, language: str = "fr") -> Customer:
    return Customer((await core.write(sessions, visitor=new_id().hex)).conversation_id, language)


async def code(sessions: Sessions, *, to: str = EMAIL) -> str:
    """The last one that is on its way there."""
    async with sessions() as session:
        item = await session.scalar(
            select(OutboxItem).where(OutboxItem.address == to).order_by(OutboxItem.id.desc()).limit(1)
        )
    assert item is not None and item.secret is not None
    return item.secret


async def row(sessions: Sessions, customer: Customer) -> Conversation:
    return await core.conversation(sessions, customer.conversation)


@pytest.mark.parametrize(
    ("language", "asks", "intent", "button"),
    [
        ("fr", "je n'ai pas mon numéro, envoyez-moi un code", "promo_code", ""),
        ("en", "can you text me a code instead?", "nlu_fallback", ""),
        ("fr", "je ne l’ai pas sous la main", "no_fact", ""),
        ("en", "", "", "Get a code instead"),
    ],
)
async def test_the_task_goes_on_where_it_stood_once_the_code_is_typed(
    by_mail: Sessions, language: str, asks: str, intent: str, button: str
) -> None:
    owner, order = await marie(by_mail)
    customer = await somebody(by_mail, language)
    await customer.says("annulez ma commande", "cancel_order")
    said = await (customer.presses(button) if button else customer.says(asks, intent))
    assert said == ["utter_ask_code_to"]
    assert await customer.says(EMAIL, "inform", email=EMAIL) == ["utter_code_sent", ASK]
    figures = await code(by_mail)
    said = await customer.says(f"{figures[:3]} {figures[3:]}", "inform", order_number=figures)
    assert said == ["utter_cancel_order_confirm_paid"]
    assert customer.messages[0]["number"] == order.number
    talk = await row(by_mail, customer)
    assert (talk.proof, talk.customer_id) == ("verified", owner)
    # Nothing that proved it, nor the code, stays in the dialogue.
    assert EMAIL not in str(customer.slots) and figures not in str(customer.slots)


async def test_the_answer_is_the_same_for_an_address_that_nobody_has(by_mail: Sessions) -> None:
    await marie(by_mail)
    heard = []
    for address in (EMAIL, "nobody@example.com"):
        customer = await somebody(by_mail)
        await customer.says("annulez ma commande", "cancel_order")
        await customer.says("envoyez-moi un code", "inform")
        heard.append((await customer.says(address, "inform", email=address), await customer.says("000000", "inform")))
    assert heard[0] == heard[1] == (["utter_code_sent", ASK], ["utter_code_wrong", ASK])


async def test_the_address_that_was_given_is_not_asked_for_again(by_mail: Sessions) -> None:
    _, order = await marie(by_mail)
    customer = await somebody(by_mail)
    said = await customer.says(f"annulez la {order.number}, {EMAIL}", "cancel_order", email=EMAIL, order_number="12345")
    assert said == ["utter_ask_postcode"]
    assert await customer.presses("Recevoir un code") == ["utter_code_sent", ASK]
    await code(by_mail)


@pytest.mark.parametrize("why", ["wrong", "expired", "used", "replaced"])
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_why_a_code_is_not_taken_is_said(by_mail: Sessions, why: str, language: str) -> None:
    await marie(by_mail)
    customer = await somebody(by_mail, language)
    await customer.says("annulez ma commande", "cancel_order")
    await customer.says("avec un code" if language == "fr" else "by code", "inform")
    await customer.says(EMAIL, "inform", email=EMAIL)
    figures = await code(by_mail)
    if why == "replaced":
        assert await customer.says("rien reçu" if language == "fr" else "send it again", "no_fact") == [
            "utter_code_sent",
            ASK,
        ]
    elif why == "wrong":
        figures = f"{(int(figures) + 1) % 10**6:06}"
    else:
        column = {"expired": "expires_at", "used": "used_at"}[why]
        async with by_mail.begin() as session:
            await session.execute(update(ProofCode).values({column: utc_now() - timedelta(minutes=1)}))
    assert await customer.says(figures, "inform", order_number=figures) == [f"utter_code_{why}", ASK]
    assert (await row(by_mail, customer)).proof == "anonymous"


async def test_too_many_wrong_codes_end_with_a_person(by_mail: Sessions) -> None:
    await marie(by_mail)
    customer = await somebody(by_mail)
    await customer.says("annulez ma commande", "cancel_order")
    await customer.presses("Recevoir un code")
    await customer.says(EMAIL, "inform", email=EMAIL)
    wrong = f"{(int(await code(by_mail)) + 1) % 10**6:06}"
    said = [await customer.says(wrong, "inform") for _ in range(5)]
    assert said == [["utter_code_wrong", ASK]] * 4 + [["utter_code_locked"]]
    assert customer.slots["offered"] == "verification" and not customer.open


async def test_another_address_and_the_facts_of_an_order_remain_possible(by_mail: Sessions) -> None:
    _, order = await marie(by_mail)
    customer = await somebody(by_mail)
    await customer.says("annulez ma commande", "cancel_order")
    await customer.presses("Recevoir un code")
    said = await customer.says("marie@", "inform", email="marie@")
    assert said == ["utter_code_to_bad", "utter_ask_code_to"]
    await customer.says("autre@example.fr", "inform", email="autre@example.fr")
    assert await customer.presses("Une autre adresse") == ["utter_ask_code_to"]
    await customer.says(EMAIL, "inform", email=EMAIL)
    # Figures of another length are no code.
    assert await customer.says("12345", "inform", postcode="12345") == ["utter_not_caught", ASK]
    assert await customer.presses("Avec une commande") == ["utter_ask_order_number"]
    await customer.says(order.number, "inform", order_number=order.number)
    await customer.says(EMAIL, "inform", email=EMAIL)
    assert await customer.says("69003", "inform", postcode="69003") == ["utter_cancel_order_confirm_paid"]


async def test_an_order_of_somebody_else_is_not_told_of_after_a_code(by_mail: Sessions) -> None:
    await marie(by_mail)
    _, other = await marie(by_mail, email="emma@example.com")
    customer = await somebody(by_mail)
    said = await customer.says(f"où est la {other.number}", "order_status", order_number=other.number)
    assert said == ["utter_ask_email"]
    customer.slots["order_number"] = other.number
    await customer.presses("Recevoir un code")
    await customer.says(EMAIL, "inform", email=EMAIL)
    figures = await code(by_mail)
    customer.slots["order_number"] = figures
    said = await customer.says(figures, "inform", order_number=figures)
    assert said[0] == "utter_not_your_order" and len(said) > 1
    assert other.number not in str(customer.messages[1:]) and figures not in str(customer.slots)


async def test_without_a_channel_that_may_write_first_no_code_is_offered(acting: Sessions) -> None:
    customer = await somebody(acting)
    await customer.says("annulez ma commande", "cancel_order")
    assert not customer.messages[-1]["buttons"]
    assert await customer.says("envoyez-moi un code", "nlu_fallback") != ["utter_ask_code_to"]


async def test_the_code_is_read_in_no_transcript(by_mail: Sessions) -> None:
    await marie(by_mail)
    customer = await somebody(by_mail)
    await customer.says("annulez ma commande", "cancel_order")
    await customer.presses("Recevoir un code")
    await customer.says(EMAIL, "inform", email=EMAIL)
    figures = await code(by_mail)
    await core.answered(by_mail, core.saying("…"))
    written = await core.write(
        by_mail, f"le {figures} svp", conversation_id=None, visitor=await visitor(by_mail, customer)
    )
    claimed = await core.claim(by_mail)
    assert claimed is not None
    await customer.says(f"le {figures} svp", "inform", turn=claimed.id, order_number=figures)
    answer = core.saying("ok")
    heard = answer.understanding.model_copy(update={"entities": [{"entity": "order_number", "value": figures}]})
    await core.finish(by_mail, claimed, answer.model_copy(update={"understanding": heard}))
    async with by_mail() as session:
        message = await session.get_one(Message, written.message_id, populate_existing=True)
    assert message.text == f"le {HIDDEN} svp" and message.understanding is not None
    assert message.understanding["entities"] == [] and message.understanding["intent"] == answer.understanding.intent


async def visitor(sessions: Sessions, customer: Customer) -> str:
    async with sessions() as session:
        talk = await session.get_one(Conversation, customer.conversation)
        return (await session.get_one(Identity, talk.identity_id)).value


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("envoyez-moi un code par mail", True),
        ("could I get a code please", True),
        ("vous pouvez m'envoyer un code ?", True),
        ("mon code postal est 69003", False),
        ("j'ai un code promo", False),
        ("use my discount code", False),
    ],
)
def test_which_code_is_meant(text: str, meant: bool) -> None:
    assert code_said.speaks_of_one(text) is meant
