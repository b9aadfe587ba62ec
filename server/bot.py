"""The assistant, asked over HTTP."""

from __future__ import annotations

import hmac
from typing import Any, Protocol

import aiohttp
from pydantic import SecretStr, ValidationError

from crm_backend.attachments.schema import FileRef
from crm_backend.conversations.schema import BotAnswer, Card, ClaimedTurn, Command, Reply, Understanding
from crm_backend.errors import BotFailed, Unavailable
from server.shelf import Shelf

TRIES = 3
"""How often a turn is asked where the connection ends without an answer."""


class BotAway(Unavailable):
    """The assistant is not there: starting, restarting or gone. The turn may be tried again from the same state."""

    code = "bot_away"


class Bot(Protocol):
    """The port of the assistant: a pure function from (state, message) to (replies, new state)."""

    async def ask(self, turn: ClaimedTurn, *, language: str, company: str) -> BotAnswer:
        """Raises BotFailed when it answered wrongly or with nothing, BotAway when it did not answer at all."""


class HttpBot:
    """The assistant behind `POST /webhooks/relais/turn`."""

    def __init__(
        self,
        client: aiohttp.ClientSession,
        *,
        address: str,
        token: SecretStr,
        timeout: float,
        shelf: Shelf | None = None,
    ) -> None:
        self._client, self._address, self._token = client, address, token
        self.shelf = shelf
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=2)

    async def ask(self, turn: ClaimedTurn, *, language: str, company: str) -> BotAnswer:
        """One turn. Raises BotFailed, BotAway."""
        given = await self.shelf.given() if self.shelf else {}
        body = {
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
                **given,
            },
        }
        headers = {"Authorization": f"Bearer {self._token.get_secret_value()}"}
        try:
            return await self._answered(body, headers, language)
        except aiohttp.ConnectionTimeoutError as error:
            raise BotAway("no connection") from error
        except TimeoutError as error:
            raise BotFailed("time-out") from error
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            raise BotAway(type(error).__name__) from error
        except (aiohttp.ClientError, ValueError) as error:
            raise BotFailed(type(error).__name__) from error

    async def _answered(self, body: dict[str, Any], headers: dict[str, str], language: str) -> BotAnswer:
        tried = 1
        while True:
            try:
                return await self._asked(body, headers, language)
            except aiohttp.ClientConnectorError:
                raise
            except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
                # It left, and another took its place: the same may be said to that one, since a turn is done once.
                if tried == TRIES:
                    raise
                tried += 1

    async def _asked(self, body: dict[str, Any], headers: dict[str, str], language: str) -> BotAnswer:
        async with self._client.post(
            f"{self._address}/webhooks/relais/turn", json=body, headers=headers, timeout=self._timeout
        ) as response:
            if response.status == 503:
                raise BotAway("not ready")
            if response.status != 200:
                raise BotFailed(f"status {response.status}")
            return read_answer(await response.json(), language=language)

    async def ready(self) -> bool:
        """Whether a turn can be taken now."""
        try:
            async with self._client.get(
                f"{self._address}/webhooks/relais/ready", timeout=aiohttp.ClientTimeout(total=2)
            ) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


def read_answer(answer: dict[str, Any], *, language: str) -> BotAnswer:
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


def same(given: str | None, expected: SecretStr) -> bool:
    """Whether a bearer header carries the expected token, compared in constant time."""
    return hmac.compare_digest((given or "").encode(errors="replace"), f"Bearer {expected.get_secret_value()}".encode())
