"""All actions behind one executor, for the server to run."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import Action

from actions.tasks import finding


def build_executor() -> ActionExecutor:
    """An executor that knows every action of the assistant: those declared in the modules of this package."""
    finding.find()
    executor = ActionExecutor()
    for action in Action.__subclasses__():
        if action.__module__.startswith("actions."):
            executor.register_action(action())
    return executor


async def run(executor: ActionExecutor, call: dict[str, Any]) -> dict[str, Any]:
    """The answer to one call of Rasa's action protocol.

    Raises `ActionNotFoundException` for an action nobody registered, and whatever the action itself raises: the
    caller answers with an error status, and the turn fails instead of going on without the action.
    """
    # No action asks for the assistant's domain; the executor wants to be told that there is none.
    result = await executor.run({"domain": {}, **call})
    if result is None:
        raise ValueError("the call names no action")
    return dict(result)
