"""Which orders and which products the assistant shows, to whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions import products, toolbox
from actions.tasks import finding
from actions.turn import Turn
from crm_backend.catalogue.model import Product, Variant
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import Card
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.orders.model import Order, OrderLine
from tests.support import core
from tests.support.talking import Customer as Talking

finding.find()

LINES = ["Lampe", "Vase", "Tasse", "Bol"]


@pytest.fixture
def equipped(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    tools = toolbox.Toolbox(sessions=sessions, embed=None, now=lambda: datetime.now(UTC))  # type: ignore[arg-type]
    monkeypatch.setattr(toolbox, "_equipped", [tools])
    return sessions


async def conversation_with(sessions: Sessions, *orders: tuple[str, int, str], proof: str = "verified") -> UUID:
    """Of a customer with these orders (number, days since, status), the first with four lines."""
    conversation = (await core.write(sessions, visitor="marie")).conversation_id
    async with sessions.begin() as session:
        customer = Customer(id=new_id(), first_name="Marie", last_name="Dupont")
        session.add(customer)
        await session.flush()
        for at, (number, days, status) in enumerate(orders):
            lines = [
                OrderLine(position=n, names={"fr": name}, unit_price_minor=1000)
                for n, name in enumerate(LINES if at == 0 else LINES[:1])
            ]
            placed = utc_now() - timedelta(days=days)
            money: dict[str, Any] = {"total_minor": 8990, "currency": "EUR"}
            key = {"number": number, "number_key": number, "customer_id": customer.id}
            session.add(Order(**key, **money, status=status, placed_at=placed, lines=lines))
        row = await session.get_one(Conversation, conversation)
        row.customer_id, row.proof = (customer.id, proof) if proof != "anonymous" else (None, proof)
    return conversation


def tracker(conversation: UUID, text: str, *, language: str = "fr", **slots: Any) -> Tracker:
    entities = [
        {"entity": name, "value": slots[name]} for name in slots if name == "order_number" and slots[name] in text
    ]
    heard = {
        "intent": {"name": "order_status"},
        "text": text,
        "entities": entities,
        "metadata": {"turn": str(new_id())},
    }
    told = {"language": language, **slots}
    return Tracker(str(conversation), told, heard, [{"event": "user"}], False, None, {}, "action_listen")


async def told(conversation: UUID, text: str, *, language: str = "fr", **entities: Any) -> list[dict[str, Any]]:
    """What is uttered to a question about orders."""
    customer = Talking(conversation, language)
    await customer.says(text, "order_status", **entities)
    return customer.messages


SEVERAL = (("10", 1, "shipped"), ("9", 20, "delivered"), ("8", 300, "preparing"), ("7", 400, "delivered"))


@pytest.mark.parametrize(
    ("text", "language"),
    [("où en sont mes commandes ?", "fr"), ("where are my two orders", "en"), ("where is it", "en")],
)
async def test_several_recent_orders_are_shown_to_choose_from(equipped: Sessions, text: str, language: str) -> None:
    conversation = await conversation_with(equipped, *SEVERAL)
    [said] = await told(conversation, text, language=language)
    cards = [Card(**card) for card in said["custom"]["cards"]]
    # What is on its way and what is of the last weeks, newest first.
    assert [card.title.split()[-1] for card in cards] == ["10", "9", "8"]
    assert [button["payload"] for button in said["buttons"]] == [
        f'/choose{{"fact": "order", "choice": "{number}"}}' for number in ("10", "9", "8")
    ]
    # The day, two lines, and how many there are besides.
    assert len(cards[0].lines) == 4 and "2" in cards[0].lines[-1]


async def test_at_most_five_orders_are_shown(equipped: Sessions) -> None:
    conversation = await conversation_with(equipped, *((f"{n}", n, "shipped") for n in range(10, 17)))
    [said] = await told(conversation, "mes commandes")
    assert [button["title"] for button in said["buttons"]] == [f"Commande {n}" for n in range(10, 15)]


@pytest.mark.parametrize(
    ("orders", "text", "slots", "number"),
    [
        (SEVERAL, "où est ma dernière commande", {"last_order": "dernière commande"}, "10"),
        (SEVERAL, "où est la commande 9", {"order_number": "9"}, "9"),
        (SEVERAL, "où en sont mes commandes, surtout la 9", {"order_number": "9"}, "9"),
        (SEVERAL[:1], "où en sont mes commandes", {}, "10"),
        (SEVERAL[3:], "où est ma commande", {}, "7"),
    ],
    ids=["the last", "a number", "a number among several", "the only one", "nothing recent"],
)
async def test_a_single_order_is_told(
    equipped: Sessions, orders: Any, text: str, slots: dict[str, str], number: str
) -> None:
    conversation = await conversation_with(equipped, *orders)
    [said] = await told(conversation, text, **slots)
    assert [card["title"] for card in said["custom"]["cards"]] == [f"Commande {number}"]


async def test_who_asks_for_all_orders_without_proof_is_asked_for_one_and_then_told_of_all(equipped: Sessions) -> None:
    conversation = await conversation_with(equipped, *SEVERAL, proof="anonymous")
    customer = Talking(conversation)
    assert await customer.says("mes commandes", "order_status") == ["utter_any_order_will_do", "utter_ask_order_number"]
    async with equipped.begin() as session:
        owner = await session.scalar(select(Order.customer_id).where(Order.number == "9"))
        session.add(Identity(kind="email", value="marie@example.fr", customer_id=owner))
        for order in await session.scalars(select(Order)):
            order.ship_postcode = "69003"
    assert await customer.says("la 9", "inform", order_number="9") == ["utter_ask_email"]
    said = await customer.says("voilà", "inform", email="marie@example.fr", postcode="69003")
    assert said == ["utter_follow_which_order"]
    assert [button["title"] for button in customer.messages[-1]["buttons"]] == [f"Commande {n}" for n in (10, 9, 8)]


# Products


async def shelf(sessions: Sessions, *products: tuple[str, str, list[tuple[str, int, bool]]]) -> None:
    """Products by their French and English names, with versions (colour, price in cents, whether it can be had)."""
    async with sessions.begin() as session:
        for french, english, variants in products:
            made = [
                Variant(options={"colour": colour}, price_minor=price, currency="EUR", available=there)
                for colour, price, there in variants
            ]
            session.add(Product(names={"fr": french, "en": english}, category="x", variants=made))


async def found(text: str, language: str = "fr") -> list[str]:
    asked = await products.asked_about(Turn.of(tracker(new_id(), text, language=language)))
    return [product.name(language) for product in asked]


async def test_a_product_is_found_by_its_name_where_price_or_stock_is_asked(equipped: Sessions) -> None:
    there = [("white", 11900, True)]
    await shelf(
        equipped,
        ("Housse de couette Aubrac", "Aubrac duvet cover", there),
        ("Drap-housse Aubrac", "Aubrac fitted sheet", there),
        ("Fauteuil Cantal", "Cantal armchair", there),
    )
    assert await found("combien coûte la housse de couette Aubrac ?") == ["Housse de couette Aubrac"]
    assert await found("les fauteuils sont-ils en stock ?") == ["Fauteuil Cantal"]
    assert await found("is the aubrac fitted sheet available", "en") == ["Aubrac fitted sheet"]
    assert await found("how much is the armchair?", "en") == ["Cantal armchair"]
    for nothing in ("j'adore le fauteuil Cantal", "combien coûte la livraison du fauteuil Cantal", "prix d'une lampe"):
        assert await found(nothing) == []


async def test_a_question_that_names_a_whole_shelf_names_no_product(equipped: Sessions) -> None:
    await shelf(
        equipped,
        *(
            (f"Coussin {n}", f"Cushion {n}", [("white", 100, True)])
            for n in ("Aubrac", "Cantal", "Cézallier", "Forez", "Velay", "Vivarais")
        ),
    )
    assert await found("prix des coussins") == []


@pytest.mark.parametrize(
    ("variants", "text", "lines", "price"),
    [
        ([("white", 100, True)], "Disponible", [], (100, False)),
        ([("white", 100, False)], "Épuisé pour le moment", [], (100, False)),
        (
            [("white", 100, False), ("sage", 300, True), ("navy", 200, True)],
            "Disponible, sauf\u00a0:",
            ["blanc"],
            (200, True),
        ),
    ],
    ids=["there", "gone", "partly"],
)
async def test_a_product_card_says_what_can_be_had_and_from_which_price(
    equipped: Sessions, variants: Any, text: str, lines: list[str], price: tuple[int, bool]
) -> None:
    await shelf(equipped, ("Fauteuil Cantal", "Cantal armchair", variants))
    dispatcher = CollectingDispatcher()
    asked = Turn.of(tracker(new_id(), "prix du fauteuil Cantal"))
    products.tell(dispatcher, await products.asked_about(asked), "fr")
    [card] = [Card(**card) for card in dispatcher.messages[0]["custom"]["cards"]]
    assert (card.kind, card.title, card.text, card.lines) == ("product", "Fauteuil Cantal", text, lines)
    assert card.price and (card.price.minor, card.price.lowest) == price
