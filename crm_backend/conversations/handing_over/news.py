"""What a customer was told unasked of an order: their next message is about it, unless it says otherwise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least

State = dict[str, Any]
_TOLD = "told"
"""Where the dialogue state keeps it, so that a turn costs no further question to the database. No assistant sees it."""


def note(conversation: Conversation, *, number: str, seq: int, customer_id: UUID) -> None:
    """The message `seq` of a locked conversation has told this customer of the order `number`."""
    told = {"number": number, "seq": seq, "customer": str(customer_id)}
    conversation.dialogue_state = {**(conversation.dialogue_state or {}), _TOLD: told}


def applied(conversation: Conversation) -> State | None:
    """The dialogue state for a turn: the order is the one that was told of, when it is that customer who is proved to
    write. Nobody else learns its number."""
    state = conversation.dialogue_state
    if state is None or _TOLD not in state:
        return state
    told, rest = state[_TOLD], {name: value for name, value in state.items() if name != _TOLD}
    if str(conversation.customer_id) != told["customer"] or not at_least(conversation.proof, "channel"):
        return rest or None
    slots = {name: value for name, value in rest.get("slots", {}).items() if name != "last_order"}
    return {**rest, "slots": {**slots, "order_number": told["number"]}}


def kept(before: State | None, after: State, *, answered: int) -> State:
    """The state `after` a turn that answered the message `answered`; what was told while it was thought about stays."""
    told = (before or {}).get(_TOLD)
    return {**after, _TOLD: told} if told and told["seq"] > answered else after
