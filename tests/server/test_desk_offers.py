"""What the desk tells an agent to offer a conversation's customer."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from crm_backend.catalogue.model import Product, Variant
from crm_backend.conversations.model import Conversation
from crm_backend.customers import consents
from crm_backend.database import new_id, utc_now
from crm_backend.offers.model import ProductPair
from crm_backend.orders.model import Order, OrderLine
from server.app import Parts
from tests.conftest import MakeAgent, MakeCustomer
from tests.server.test_desk_reading import known


async def test_an_agent_reads_what_to_offer_and_why_or_why_not(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, claire = await customer(), await agent()
    await marie.say("bonjour")
    conversation = str(marie.conversation)
    path = f"/conversations/{conversation}/offers"
    assert (await claire.call("GET", path))[0] == 404
    await known(server, conversation, "Marie", "Dupont")
    status, told = await claire.call("GET", path)
    assert (status, told["offers"], told["withheld"]["code"]) == (200, [], "no_consent")
    async with server.sessions.begin() as session:
        theirs = await session.scalar(select(Conversation.customer_id).where(Conversation.id == UUID(conversation)))
        assert theirs is not None
        consents.note(session, customer_id=theirs, purpose="offers", given=True, how="form", actor="system")
        mug, tea = (
            Product(
                id=new_id(),
                names={"fr": name},
                category="c",
                variants=[Variant(id=new_id(), price_minor=4_500, currency="EUR")],
            )
            for name in ("Mug Terroir", "Théière Sencha")
        )
        order = Order(
            id=new_id(),
            number="M-1",
            number_key="M1",
            customer_id=theirs,
            status="delivered",
            placed_at=utc_now(),
            total_minor=1,
            currency="EUR",
        )
        session.add_all([mug, tea, order])
        await session.flush()
        session.add(
            OrderLine(order_id=order.id, position=1, variant_id=mug.variants[0].id, names={}, unit_price_minor=1)
        )
        session.add(ProductPair(product_id=mug.id, with_id=tea.id, orders=9, support=0.01, confidence=0.342, lift=4.0))
    told = (await claire.call("GET", path))[1]
    assert told == {
        "offers": [
            {
                "product": str(tea.id),
                "name": "Théière Sencha",
                "price": "dès 45,00\u00a0€",
                "because": "34\u00a0% de ceux qui ont commandé «\u00a0Mug Terroir\u00a0» l’ont pris avec.",
            }
        ],
        "withheld": None,
    }
    async with server.sessions.begin() as session:
        await session.execute(update(Conversation).values(mood="upset"))
    assert (await claire.call("GET", path))[1]["withheld"] == {
        "code": "upset",
        "text": "Ce client est mécontent\u00a0: ce n’est pas le moment.",
    }
