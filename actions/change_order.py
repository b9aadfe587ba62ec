"""What can only be done to an order by a person: cancelling it, changing it, sending it back."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict
from sqlalchemy.ext.asyncio import AsyncSession

from actions.knowledge import card, search
from actions.order_allowed import sentences, wishes
from actions.order_status import speaks_of_several
from actions.toolbox import tools
from actions.turn import Turn, offer
from crm_backend.errors import NotProved
from crm_backend.orders import services as orders
from crm_backend.orders.doers import customer_in
from crm_backend.orders.queries import allowed_for_each
from crm_backend.orders.schema import OrderView
from crm_backend.policies.schema import Allowed


class ChangeOrder(Action):
    """What is allowed now, for a customer who has proved who they are; then the offer of a person, with the article on
    what the customer can do alone. Nothing is done to the order."""

    def name(self) -> str:
        return "action_change_order"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        may = await _allowed(turn)
        if may:
            wanted = wishes(turn.text)
            told = [sentences(order, each, turn.language, wanted=wanted) for order, each in may]
            dispatcher.utter_message(text="\n".join(told))
        found = await search(turn)
        cards = [card(passage) for passage in found.passages[:1]]
        dispatcher.utter_message(response="utter_change_order", json_message={"cards": cards})
        events = [offer("asked")]
        if may and turn.form is None:
            # Told of: what is asked next is about it, or about none in particular.
            number = may[0][0].number if len(may) == 1 else None
            events += [SlotSet("order_number", number), SlotSet("last_order", None)]
        return events


async def _allowed(turn: Turn) -> list[tuple[OrderView, Allowed]]:
    """The orders that are meant, each with what is allowed for it; none for whom nothing may be told.

    It takes what acting on an order takes: that a platform vouches for the customer is not enough.
    """
    try:
        async with tools().sessions() as session:
            customer = await customer_in(session, conversation_id=turn.conversation)
            meant = {order.number: order for order in await _meant(session, turn)}
            may = await allowed_for_each(session, list(meant), actor=customer)
    except NotProved:
        return []
    return [(order, may[number]) for number, order in meant.items()]


async def _meant(session: AsyncSession, turn: Turn) -> list[OrderView]:
    """The orders named, the last one when that is asked for, the one spoken of before, else the recent ones. Raises
    NotProved when one that is named is not the customer's."""
    said = turn.tracker.latest_message.get("entities") or ()
    named = dict.fromkeys(each["value"] for each in said if each["entity"] == "order_number")
    if named:
        some = list(named)[: orders.MOST_RECENT]
        return [await orders.order_for(session, conversation_id=turn.conversation, number=each) for each in some]
    if turn.entities.get("last_order"):
        newest = await orders.last_order(session, conversation_id=turn.conversation)
        return [newest] if newest else []
    before = turn.slot("order_number")
    if before and not speaks_of_several(turn.text):
        try:
            return [await orders.order_for(session, conversation_id=turn.conversation, number=before)]
        except NotProved:
            # An order they asked about and could not prove: theirs are told of by number, so nothing is confused.
            pass
    return await orders.recent_orders(session, conversation_id=turn.conversation)
