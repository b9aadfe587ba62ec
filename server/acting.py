"""What the assistant asks of the server while it thinks: that an action be run, and the names of the catalogue."""

from __future__ import annotations

from typing import Any

import orjson
import structlog
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions import runner
from server.lanes import MOST
from server.shelf import Shelf

log = structlog.get_logger(__name__)


class Acting:
    """Answers calls: `action`, in the format of Rasa's action server, and `catalogue`."""

    def __init__(self, executor: ActionExecutor, shelf: Shelf) -> None:
        self._executor, self._shelf = executor, shelf

    async def __call__(self, what: str, body: Any) -> str:
        """The frame that answers, with a status of HTTP: 400 when an action refuses, 404 when there is none of that
        name, 500 when it fails, without the cause."""
        if what == "action":
            return await self._action(body)
        if what != "catalogue":
            return _frame(404, {"error": "no such call"})
        version, products = await self._shelf.catalogue()
        whole = _frame(200, {"version": version, "products": products})
        # Without it products are not found, and nothing else changes.
        return whole if len(whole.encode()) <= MOST else _frame(500, {"error": "too large"})

    async def _action(self, body: Any) -> str:
        name = body.get("next_action") if isinstance(body, dict) else None
        try:
            return _frame(200, await runner.run(self._executor, body))
        except ActionExecutionRejection as error:
            return _frame(400, {"error": str(error), "action_name": error.action_name})
        except ActionNotFoundException:
            return _frame(404, {"error": "no such action", "action_name": name})
        except Exception as error:  # the turn fails, is retried, and ends with a person
            log.error("action.failed", action=name, cause=type(error).__name__, exc_info=True)
            return _frame(500, {"error": "failed", "action_name": name})


def _frame(status: int, body: dict[str, Any]) -> str:
    return orjson.dumps({"status": status, "body": body}, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()
