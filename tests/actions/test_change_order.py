"""What a customer is told who wants to cancel, change or send back an order: only of theirs, and only what holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.change_order import ChangeOrder
from actions.order_allowed import ADDRESS, BACK, CANCEL, wishes
from crm_backend.access.actor import SYSTEM
from crm_backend.conversations.model import Conversation
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.orders import moving
from crm_backend.orders.creating import NewLine
from crm_backend.orders.model import Order
from crm_backend.policies import words
from tests.support import core, shop
from tests.support.typography import faults

PARIS = ZoneInfo("Europe/Paris")
OFFER = "utter_change_order"
AFTERWARDS = {"fr": "Une fois livrée, elle pourra être retournée pendant 30\u00a0jours.",
              "en": "Once delivered, it can be returned for 30 days."}  # fmt: skip


async def talk_of(sessions: Sessions, customer: UUID | None, *, proof: str = "verified") -> UUID:
    """A conversation with this customer."""
    talk = (await core.write(sessions, visitor=new_id().hex)).conversation_id
    async with sessions.begin() as session:
        row = await session.get_one(Conversation, talk)
        row.customer_id, row.proof = customer, proof
    return talk


async def ordered(sessions: Sessions, status: str, *, of: UUID | None = None, **more: Any) -> Order:
    """An order at a point of its way; of a new customer, unless told."""
    async with sessions.begin() as session:
        if status == "delivered":
            return await shop.delivered(session, of=of, **more)
        order = await shop.paid(session, of=of, **more)
        if status in ("preparing", "shipped"):
            await moving.prepare(session, order.id, actor=SYSTEM)
        if status == "shipped":
            await moving.ship(session, order.id, actor=SYSTEM, carrier="Colis")
        if status == "cancelled":
            await moving.cancel(session, order.id, actor=SYSTEM, reason="changed_mind")
        return order


async def said(
    talk: UUID, text: str, *, language: str = "fr", entities: dict[str, str] | None = None, **slots: Any
) -> tuple[list[str], dict[str, Any]]:
    """What is told before a person is offered, and the slots that are set. An entity fills its slot, as in a turn."""
    found = [{"entity": name, "value": value} for name, value in (entities or {}).items()]
    heard = {"intent": {"name": "change_order"}, "text": text, "entities": found, "metadata": {"turn": str(new_id())}}
    known = {"language": language, **slots, **(entities or {})}
    tracker = Tracker(str(talk), known, heard, [{"event": "user"}], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    events = await ChangeOrder().run(dispatcher, tracker, {})
    *told, last = dispatcher.messages
    assert last["response"] == OFFER and "cards" in last["custom"]
    lines = [line for each in told for line in each["text"].split("\n")]
    assert not [fault for line in lines for fault in faults(line, language)]  # type: ignore[arg-type]
    return lines, {event["name"]: event["value"] for event in events}


def day(when: datetime, language: str) -> str:
    return str(words.worded({"on": when.date()}, language)["on"])


@pytest.mark.parametrize(
    ("status", "language", "text", "told"),
    [
        ("paid", "fr", "je veux annuler ma commande",
         "La commande {n} peut encore être annulée avant l’expédition."),
        ("paid", "en", "cancel my order please",
         "Order {n} can still be cancelled before it is shipped."),
        ("paid", "fr", "il faut changer l'adresse de livraison",
         "L’adresse de livraison de la commande {n} peut encore être changée avant la préparation."),
        ("preparing", "en", "we're moving, can you send it somewhere else",
         ("The delivery address of order {n} can no longer be changed. The order is being prepared: this is only "
         "possible before it is prepared. {afterwards}")),
        ("shipped", "fr", "vous pouvez l'annuler ?",
         ("La commande {n} ne peut plus être annulée. La commande est partie le {today}\u00a0: c’était possible "
         "jusque-là. {afterwards}")),
        ("shipped", "en", "I want to send it back",
         "Order {n} can’t be returned yet. {afterwards}"),
        ("delivered", "fr", "annulez ma commande",
         ("La commande {n} ne peut plus être annulée. La commande est partie le {left}\u00a0: c’était possible "
         "jusque-là. La commande {n} peut être retournée jusqu’au {last}.")),
        ("delivered", "en", "can I return order {n}",
         "Order {n} can be returned until {last}."),
        ("cancelled", "fr", "pourquoi ma commande a été annulée",
         "La commande {n} est annulée."),
        ("paid", "fr", "changer la couleur de ma commande",
         ("La commande {n} peut encore être annulée avant l’expédition. "
         "L’adresse de livraison de la commande {n} peut encore être changée avant la préparation.")),
        ("preparing", "en", "take the tablecloth off my order",
         "Order {n} can still be cancelled before it is shipped."),
    ],
)  # fmt: skip
async def test_what_is_allowed_now_is_told_and_then_a_person_offered(
    acting: Sessions, status: str, language: str, text: str, told: str
) -> None:
    noon = utc_now().replace(hour=11)
    order = await ordered(acting, status, **({"at": noon - timedelta(days=4)} if status == "delivered" else {}))
    lines, slots = await said(await talk_of(acting, order.customer_id), text, language=language)
    facts = {"today": datetime.now(PARIS), "left": noon - timedelta(days=5), "last": noon + timedelta(days=26)}
    expected = told.format(
        n=order.number, afterwards=AFTERWARDS[language], **{name: day(at, language) for name, at in facts.items()}
    )
    assert lines == [expected]
    assert slots == {"offered": "asked", "order_number": order.number, "last_order": None}


@pytest.mark.parametrize("proof", ["anonymous", "channel"])
async def test_who_has_not_proved_who_they_are_is_offered_a_person_only(acting: Sessions, proof: str) -> None:
    order = await ordered(acting, "paid")
    talk = await talk_of(acting, order.customer_id, proof=proof)
    for entities in ({}, {"order_number": order.number}, {"last_order": "dernière commande"}):
        assert await said(talk, "annulez-la", entities=entities) == ([], {"offered": "asked"})


async def test_of_somebody_elses_order_nothing_is_told(acting: Sessions) -> None:
    mine, other = await ordered(acting, "paid"), await ordered(acting, "paid")
    talk = await talk_of(acting, mine.customer_id)
    for number in (other.number, "NOT-AN-ORDER", ""):
        told = await said(talk, f"annulez la {number}", entities={"order_number": number})
        assert told == ([], {"offered": "asked"})
    # Spoken of before and not named now: theirs is meant, and named.
    lines, slots = await said(talk, "annulez ma commande", order_number=other.number)
    assert mine.number in lines[0] and other.number not in lines[0]
    assert slots["order_number"] == mine.number


async def test_who_has_no_order_is_offered_a_person_only(acting: Sessions) -> None:
    async with acting.begin() as session:
        customer = (await shop.customer(session)).id
    talk = await talk_of(acting, customer)
    for slots in ({}, {"order_number": "10234"}):
        assert await said(talk, "annuler ma commande", **slots) == ([], {"offered": "asked"})
    assert await said(talk, "my last order", entities={"last_order": "last order"}) == ([], {"offered": "asked"})


async def test_of_several_orders_the_one_meant_is_told_of_else_each(acting: Sessions) -> None:
    now = utc_now()
    first = await ordered(acting, "shipped", placed_at=now - timedelta(days=3))
    owner = first.customer_id
    second = await ordered(acting, "paid", of=owner, placed_at=now - timedelta(days=1))
    talk = await talk_of(acting, owner)
    both = [second.number, first.number]

    async def numbers(text: str, **more: Any) -> list[str]:
        lines, slots = await said(talk, text, language="en", **more)
        found = [number for line in lines for number in both if number in line]
        assert slots["order_number"] == (found[0] if len(found) == 1 else None)
        return found

    assert await numbers("cancel my order") == both
    assert await numbers("cancel all my orders", order_number=first.number) == both
    assert await numbers("cancel it", order_number=first.number) == [first.number]
    assert await numbers("cancel my last order", entities={"last_order": "last order"}) == [second.number]
    assert await numbers(
        f"not the other, {first.number}", entities={"order_number": first.number}, last_order="all"
    ) == [first.number]


async def test_what_may_come_back_is_told_line_by_line_where_it_differs(acting: Sessions) -> None:
    async with acting.begin() as session:
        lines = []
        for french, english, why in (("Vase", "Vase", None), ("Oreiller", "Pillow", "hygiene"), ("Bol", "Bowl", None)):
            names = {"fr": french, "en": english}
            sold = await shop.variant(session, names=names, return_exclusion=why)
            lines.append(NewLine(1, 2500, sold.id, names=names))
        arrived = datetime.now(UTC).replace(hour=11) - timedelta(days=2)
        order = await shop.delivered(session, *lines, at=arrived)
    talk, last = await talk_of(acting, order.customer_id), arrived + timedelta(days=30)
    assert (await said(talk, "je veux retourner ma commande"))[0] == [
        (
            f"De la commande {order.number}, à retourner jusqu’au {day(last, 'fr')}\u00a0: Vase, Bol. "
            "Oreiller\u00a0: cet article ne peut pas être retourné pour des raisons d’hygiène."
        )
    ]
    assert (await said(talk, "return my order", language="en"))[0] == [
        (
            f"From order {order.number}, to be returned by {day(last, 'en')}: Vase, Bowl. "
            "Pillow: this can’t be returned, for reasons of hygiene."
        )
    ]


async def test_too_late_to_send_back_says_until_when_it_was(acting: Sessions) -> None:
    arrived = datetime.now(UTC).replace(hour=11) - timedelta(days=50)
    order = await ordered(acting, "delivered", at=arrived)
    lines, _ = await said(await talk_of(acting, order.customer_id), "exchange it for a blue one", language="en")
    assert lines == [
        (
            f"Order {order.number} can’t be returned. "
            f"It could be returned until {day(arrived + timedelta(days=30), 'en')}, 30 days after delivery."
        )
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("je n'ai plus besoin de la 11892, merci de l'annuler", [CANCEL]),
        ("did you cancel it or not", [CANCEL]),
        ("j'ai déménagé, il faut livrer ma commande ailleurs", [ADDRESS]),
        ("annulez ou changez l'adresse", [CANCEL, ADDRESS]),
        ("changez l'adresse e-mail de ma commande", []),
        ("wrong email address on my order", []),
        ("je voudrais échanger le vase", [BACK]),
        ("can I send the lamp back", [BACK]),
        ("prévenez-moi du retour en stock", []),
        ("ajouter un coussin", []),
    ],
)
def test_what_the_words_ask_about(text: str, found: list[str]) -> None:
    assert wishes(text) == found
