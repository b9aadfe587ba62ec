"""All actions behind one executor, for the server's action webhook."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import Action

from actions.anything_else import Unclear
from actions.change_order import ChangeOrder
from actions.common import Cancel, No, Yes
from actions.continue_elsewhere import ContinueElsewhere
from actions.knowledge import Answer
from actions.language import Speak
from actions.order_status import TellOrder, ValidateOrderForm
from actions.person import HandOver
from actions.upset import Console

ACTIONS: tuple[type[Action], ...] = (
    Answer, Cancel, ChangeOrder, Console, ContinueElsewhere, HandOver, No, Speak, TellOrder, Unclear, ValidateOrderForm,
    Yes,
)  # fmt: skip


def build_executor() -> ActionExecutor:
    """An executor that knows every action of the assistant."""
    executor = ActionExecutor()
    for action in ACTIONS:
        executor.register_action(action())
    return executor


async def run(executor: ActionExecutor, call: dict[str, Any]) -> dict[str, Any]:
    """The answer to one call of Rasa's action protocol.

    Raises `ActionNotFoundException` for an action nobody registered, and whatever the action itself raises: the
    caller answers with an error status, and the turn fails instead of going on without the action.
    """
    result = await executor.run(call)
    if result is None:
        raise ValueError("the call names no action")
    return dict(result)
