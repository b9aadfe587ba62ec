"""What is asked most is answered with few statements, and nothing is read twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from actions.knowledge import Answer
from actions.tasks import finding
from crm_backend.conversations.receiving.receive import receive
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, new_id
from tests.crm_backend.knowledge import writing
from tests.support.core import inbound
from tests.support.parcels import customer_of

finding.find()


@contextmanager
def counted(connection: object) -> Iterator[list[str]]:
    """The statements sent meanwhile, but for the savepoints that stand for transactions here."""
    said: list[str] = []

    def note(*args: object) -> None:
        if "SAVEPOINT" not in str(args[2]):
            said.append(str(args[2]))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(connection, "before_cursor_execute", note)


async def test_an_order_is_told_with_one_statement(acting: Sessions, crm: AsyncSession) -> None:
    sent = {"status": "out_for_delivery", "number": "XS1", "due": 1}
    customer, [made, _] = await customer_of(acting, sent, {"status": "paid"})
    connection = (await crm.connection()).sync_connection
    with counted(connection) as said:
        assert await customer.says("où est-elle ?", "order_status", order_number=made.number) == [
            "utter_order_out_for_delivery"
        ]
    assert len(said) == 1
    assert any("XS1" in line for line in customer.messages[0]["custom"]["cards"][0]["lines"])
    with counted(connection) as said:
        assert await customer.says("mes commandes", "order_status") == ["utter_follow_which_order"]
    # Whose they are; then all of them at once.
    assert len(said) == 2


async def test_whoever_proves_it_first_is_told_with_eight(acting: Sessions, crm: AsyncSession) -> None:
    customer, [made] = await customer_of(acting, {"status": "shipped"}, proof="anonymous")
    async with acting.begin() as session:
        session.add(Identity(customer_id=made.customer_id, kind="email", value="marie@example.com"))
    facts = {"order_number": made.number, "email": "marie@example.com", "postcode": "69003"}
    with counted((await crm.connection()).sync_connection) as said:
        assert await customer.says("où est ma commande ?", "order_status", **facts) == ["utter_order_shipped"]
    # A look; the conversation and the facts locked, looked up, the try noted, the proof kept and audited; the order.
    assert len(said) == 8


async def test_a_question_is_answered_with_three(acting: Sessions, crm: AsyncSession) -> None:
    async with acting.begin() as session:
        await writing.public(session, "returns")
        talk = (await receive(session, inbound())).conversation_id
    heard = {"intent": {"name": "ask_knowledge"}, "text": "renvoyer un article", "metadata": {"turn": str(new_id())}}
    tracker = Tracker(str(talk), {"language": "fr"}, heard, [{"event": "user"}], False, None, {}, None)
    dispatcher = CollectingDispatcher()
    with counted((await crm.connection()).sync_connection) as said:
        await Answer().run(dispatcher, tracker, {})
    # Where it was asked; its words; the articles.
    assert len(said) == 3 and dispatcher.messages[0]["buttons"]
