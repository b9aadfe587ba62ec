"""The assistant's door: the HTTP channel through which the server, and nobody else, asks for a turn."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import answers, calls, lookups, responses, rules, runner, slots
from bot.turn import CHANNEL, BadTurn, Turn, TurnFailed, take

logger = logging.getLogger(__name__)


class TurnChannel(InputChannel):
    """`POST turn` and `GET ready`. What goes wrong is told as an error: never 200 with nothing in it."""

    def __init__(self, token: str, timeout: float) -> None:
        self._token = token.encode()
        self._timeout = timeout

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "TurnChannel":
        credentials = credentials or {}
        if not credentials.get("token"):
            raise RasaException("bot.turns.TurnChannel needs a token: set RELAIS_BOT_TOKEN")
        for shortcut in (answers, calls, lookups, responses, rules, runner, slots):
            shortcut.install()
        return cls(str(credentials["token"]), float(credentials.get("timeout", 15)))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint("relais_turns")

        @blueprint.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            return (
                response.json({"ready": True})
                if processor_of(request)
                else failure(503, "not_ready", "no model is loaded")
            )

        @blueprint.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not self._allows(request):
                return failure(401, "wrong_token", "the bearer token is missing or wrong")
            processor = processor_of(request)
            if processor is None:
                return failure(503, "not_ready", "no model is loaded")
            return await self._answer(request, processor)

        return blueprint

    def _allows(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(token.encode(), self._token)

    async def _answer(self, request: Request, processor: MessageProcessor) -> HTTPResponse:
        conversation = "?"
        try:
            asked = Turn.parse(request.json)
            conversation = asked.conversation
            return response.json(await asyncio.wait_for(take(asked, processor), self._timeout))
        except (BadTurn, SanicException) as error:
            return failure(400, "bad_request", str(error))
        except TimeoutError:
            reason = f"no answer within {self._timeout:g} s"
        except TurnFailed as error:
            reason = str(error)
        except Exception as error:
            # The last line before the wire: the server must hear of a failure, whatever it is.
            logger.exception("turn of conversation %s broke", conversation)
            reason = type(error).__name__
        logger.error("turn of conversation %s failed: %s", conversation, reason)
        return failure(500, "turn_failed", reason)


def processor_of(request: Request) -> MessageProcessor | None:
    """The loaded model's processor, or None while there is none."""
    agent = getattr(request.app.ctx, "agent", None)
    return agent.processor if agent is not None and agent.is_ready() else None


def failure(status: int, code: str, detail: str) -> HTTPResponse:
    return response.json({"code": code, "detail": detail}, status=status)
