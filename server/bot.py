"""The assistant, asked for turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import aiohttp
from pydantic import SecretStr, ValidationError

from crm_backend.attachments.schema import FileRef
from crm_backend.conversations.schema import BotAnswer, Card, ClaimedTurn, Command, Reply, Understanding
from crm_backend.errors import BotFailed, Unavailable
from server.lanes import Act, Lanes

TRIES = 3
"""How often a turn is asked for where the lane ends without an answer."""


class BotAway(Unavailable):
    """The assistant is not there: starting, restarting or gone. The turn may be tried again from the same state."""

    code = "bot_away"


class Bot(Protocol):
    """The port of the assistant: a pure function from (state, message) to (replies, new state)."""

    async def ask(self, turn: ClaimedTurn, *, language: str, company: str) -> BotAnswer:
        """Raises BotFailed when it answered wrongly or with nothing, BotAway when it did not answer at all."""


class LaneBot:
    """The assistant behind its lanes."""

    def __init__(
        self,
        client: aiohttp.ClientSession,
        *,
        address: str,
        token: SecretStr,
        timeout: float,
        act: Act,
        given: Callable[[], Awaitable[dict[str, Any]]],
    ) -> None:
        """`act` does what the assistant asks for while it thinks, `given` is what it is told with every turn; a turn
        may take `timeout` seconds."""
        self._client, self._address = client, address
        self._lanes = Lanes(client, address=address, token=token)
        self._timeout, self._act, self._given = timeout, act, given

    async def ask(self, turn: ClaimedTurn, *, language: str, company: str) -> BotAnswer:
        """One turn. Raises BotFailed, BotAway."""
        asked = {
            "conversation": str(turn.conversation_id),
            "turn": str(turn.id),
            "text": turn.text,
            "language": language,
            "state": turn.state,
            "metadata": {
                "proof": turn.proof,
                "action": turn.action,
                "company": company,
                "turn": str(turn.id),
                "waits": turn.waits,
                **await self._given(),
            },
        }
        try:
            async with asyncio.timeout(self._timeout) as whole:
                told = await self._lanes.ask(asked, self._act, tries=TRIES)
        except TimeoutError as error:
            if whole.expired():
                raise BotFailed("time-out") from error
            raise BotAway("no connection") from error
        except aiohttp.WSServerHandshakeError as error:
            raise _refused(error.status) from error
        except (ConnectionError, aiohttp.ClientConnectionError) as error:
            raise BotAway(type(error).__name__) from error
        except (aiohttp.ClientError, ValueError, TypeError) as error:
            raise BotFailed(type(error).__name__) from error
        if told.get("status") != 200:
            raise _refused(told.get("status"))
        return read_answer(told.get("answer"), language=language)

    async def ready(self) -> bool:
        """Whether a turn can be taken now."""
        try:
            async with self._client.get(
                f"{self._address}/webhooks/relais/ready", timeout=aiohttp.ClientTimeout(total=2)
            ) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


def _refused(status: int | None) -> BotAway | BotFailed:
    return BotAway("not ready") if status == 503 else BotFailed(f"status {status}")


def read_answer(answer: Any, *, language: str) -> BotAnswer:
    """The assistant's answer, checked. Raises BotFailed when it says and asks for nothing, or has another shape."""
    try:
        replies, commands = [], []
        for item in answer["replies"]:
            if command := item.get("command"):
                commands.append(Command(**command))
            reply = Reply(
                text=item.get("text") or "",
                buttons=item.get("buttons") or [],
                cards=[Card(**card) for card in item.get("cards") or []],
                files=[FileRef(**file) for file in item.get("files") or []],
            )
            if reply != Reply():
                replies.append(reply)
        result = BotAnswer(
            replies=replies,
            commands=commands,
            state=answer["state"],
            language=answer.get("language") or language,
            understanding=Understanding(**(answer.get("understanding") or {})),
        )
    except (ValidationError, KeyError, TypeError, AttributeError) as error:
        raise BotFailed("malformed answer") from error
    if not result.replies and not result.commands:
        raise BotFailed("empty answer")
    return result
