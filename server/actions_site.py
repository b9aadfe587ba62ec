"""The action webhook: where the assistant calls back, on loopback only."""

from __future__ import annotations

import json

import structlog
from aiohttp import web
from pydantic import SecretStr
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions import runner
from server.bot import same
from server.shelf import Shelf

log = structlog.get_logger(__name__)
MAX_CALL = 16 * 1024 * 1024


def application(executor: ActionExecutor, token: SecretStr, shelf: Shelf | None = None) -> web.Application:
    """`POST /actions` in the format of Rasa's action server, and `GET /catalogue`: the names of the products."""

    async def actions(request: web.Request) -> web.Response:
        if not same(request.headers.get("Authorization"), token):
            return web.json_response({"error": "unauthorized"}, status=401)
        try:
            call = json.loads(await request.read())
        except ValueError:
            return web.json_response({"error": "not JSON"}, status=400)
        name = call.get("next_action") if isinstance(call, dict) else None
        try:
            return web.json_response(await runner.run(executor, call))
        except ActionExecutionRejection as error:
            return web.json_response({"error": str(error), "action_name": error.action_name}, status=400)
        except ActionNotFoundException:
            return web.json_response({"error": "no such action", "action_name": name}, status=404)
        except Exception as error:  # the turn fails, is retried, and ends with a person
            log.error("action.failed", action=name, cause=type(error).__name__, exc_info=True)
            return web.json_response({"error": "failed", "action_name": name}, status=500)

    async def catalogue(request: web.Request) -> web.Response:
        if not same(request.headers.get("Authorization"), token):
            return web.json_response({"error": "unauthorized"}, status=401)
        version, products = await shelf.catalogue() if shelf else ("", [])
        return web.json_response({"version": version, "products": products})

    site = web.Application(client_max_size=MAX_CALL)
    site.add_routes([web.post("/actions", actions), web.get("/catalogue", catalogue)])
    return site
