"""What is allowed now for an order, in words: only what holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from actions.order_allowed import ADDRESS, BACK, CANCEL, sentences, wishes
from crm_backend.access.actor import SYSTEM
from crm_backend.database import Sessions, utc_now
from crm_backend.orders import moving, queries
from crm_backend.orders.creating import NewLine
from crm_backend.orders.model import Order
from crm_backend.orders.schema import OrderView
from crm_backend.policies import words
from tests.support import shop
from tests.support.typography import faults

PARIS = ZoneInfo("Europe/Paris")
AFTERWARDS = {"fr": "Une fois livrée, elle pourra être retournée pendant 30\u00a0jours.",
              "en": "Once delivered, it can be returned for 30 days."}  # fmt: skip


async def ordered(sessions: Sessions, status: str, **more: Any) -> Order:
    """An order at a point of its way; of a new customer, unless told."""
    async with sessions.begin() as session:
        if status == "delivered":
            return await shop.delivered(session, **more)
        order = await shop.paid(session, **more)
        if status in ("preparing", "shipped"):
            await moving.prepare(session, order.id, actor=SYSTEM)
        if status == "shipped":
            await moving.ship(session, order.id, actor=SYSTEM, carrier="Colis")
        if status == "cancelled":
            await moving.cancel(session, order.id, actor=SYSTEM, reason="changed_mind")
        return order


async def said(sessions: Sessions, order: Order, text: str, *, language: str = "fr") -> str:
    """What is told to somebody who asks with these words."""
    async with sessions() as session:
        row = await queries.order(session, order.id, actor=SYSTEM)
        may = await queries.allowed_for(session, order.id, actor=SYSTEM)
        told = sentences(OrderView.model_validate(row), may, language, wanted=wishes(text))
    assert not faults(told, language)  # type: ignore[arg-type]
    return told


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
async def test_what_is_allowed_now_is_told(acting: Sessions, status: str, language: str, text: str, told: str) -> None:
    noon = utc_now().replace(hour=11)
    order = await ordered(acting, status, **({"at": noon - timedelta(days=4)} if status == "delivered" else {}))
    facts = {"today": datetime.now(PARIS), "left": noon - timedelta(days=5), "last": noon + timedelta(days=26)}
    expected = told.format(
        n=order.number, afterwards=AFTERWARDS[language], **{name: day(at, language) for name, at in facts.items()}
    )
    assert await said(acting, order, text, language=language) == expected


async def test_what_may_come_back_is_told_line_by_line_where_it_differs(acting: Sessions) -> None:
    async with acting.begin() as session:
        lines = []
        for french, english, why in (("Vase", "Vase", None), ("Oreiller", "Pillow", "hygiene"), ("Bol", "Bowl", None)):
            names = {"fr": french, "en": english}
            sold = await shop.variant(session, names=names, return_exclusion=why)
            lines.append(NewLine(1, 2500, sold.id, names=names))
        arrived = datetime.now(UTC).replace(hour=11) - timedelta(days=2)
        order = await shop.delivered(session, *lines, at=arrived)
    last = arrived + timedelta(days=30)
    assert await said(acting, order, "je veux retourner ma commande") == (
        f"De la commande {order.number}, à retourner jusqu’au {day(last, 'fr')}\u00a0: Vase, Bol. "
        "Oreiller\u00a0: cet article ne peut pas être retourné pour des raisons d’hygiène."
    )
    assert await said(acting, order, "return my order", language="en") == (
        f"From order {order.number}, to be returned by {day(last, 'en')}: Vase, Bowl. "
        "Pillow: this can’t be returned, for reasons of hygiene."
    )


async def test_too_late_to_send_back_says_until_when_it_was(acting: Sessions) -> None:
    arrived = datetime.now(UTC).replace(hour=11) - timedelta(days=50)
    order = await ordered(acting, "delivered", at=arrived)
    assert await said(acting, order, "exchange it for a blue one", language="en") == (
        f"Order {order.number} can’t be returned. "
        f"It could be returned until {day(arrived + timedelta(days=30), 'en')}, 30 days after delivery."
    )


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
