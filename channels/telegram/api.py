"""Calls to the Bot API: python-telegram-bot's `Bot` over the connections that the server already holds."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from channels.bodies import whole
from channels.port import Rejected, Retry
from channels.telegram.settings import Settings

PATIENCE = 10.0
"""Seconds for an answer."""
PATIENCE_WITH_FILES = 60.0
LONGEST_ANSWER = 16 * 1024 * 1024
"""Bytes. A hundred updates, the most that one answer brings, have far less."""


class Flooded(TelegramError):
    """429: nothing more for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too many requests")
        self.seconds = seconds


class Down(NetworkError):
    """Telegram was not reached, or could not say what was wrong: nothing else will work better now."""


class Requests(BaseRequest):
    """The transport of `Bot` over aiohttp. Unlike httpx it writes no addresses into logs: they hold the token."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    @property
    def read_timeout(self) -> float | None:
        """Seconds."""
        return PATIENCE

    async def initialize(self) -> None:
        """Nothing: the session is the server's."""

    async def shutdown(self) -> None:
        """Nothing: the session is the server's."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body. Raises Flooded, Down, TimedOut."""
        with_files = request_data is not None and request_data.contains_files
        total = PATIENCE_WITH_FILES if with_files else PATIENCE
        if isinstance(read_timeout, int | float):
            total = float(read_timeout)
        timeout = aiohttp.ClientTimeout(total=total, sock_connect=PATIENCE)
        try:
            async with self._http.request(
                method, url, data=_body(request_data), timeout=timeout, allow_redirects=False
            ) as response:
                status, content = response.status, await whole(response, most=LONGEST_ANSWER)
        except aiohttp.ClientConnectorError as error:
            raise Down("not reached") from error
        except TimeoutError as error:
            raise TimedOut("no answer in time") from error
        except aiohttp.ClientError as error:
            # The exception's own words may hold the address, and with it the token.
            raise NetworkError(type(error).__name__) from None
        if status == 429:
            raise Flooded(_retry_after(content))
        if status >= 500:
            raise Down(f"status {status}")
        return status, content


def _body(request_data: RequestData | None) -> aiohttp.FormData | None:
    if request_data is None:
        return None
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    if request_data.contains_files:
        for name, (filename, content, media_type) in request_data.multipart_data.items():
            form.add_field(name, content, filename=filename, content_type=media_type)
    return form


def _retry_after(content: bytes) -> float:
    """Seconds to wait, from `parameters.retry_after` (Bot API, ResponseParameters)."""
    try:
        return max(1.0, float(json.loads(content)["parameters"]["retry_after"]))
    except (ValueError, TypeError, KeyError):
        return 30.0


class Api(Bot):
    """The Bot API as one function.

    Results are plain JSON: of a message that was sent only its identifier is needed, and it must not count as unsent
    because the rest of the answer has a shape that this version of the library does not know.
    """

    def __init__(self, settings: Settings, http: aiohttp.ClientSession) -> None:
        requests = Requests(http)
        super().__init__(
            settings.token.get_secret_value(),
            base_url=f"{settings.api_url}/bot",
            base_file_url=f"{settings.api_url}/file/bot",
            request=requests,
            get_updates_request=requests,
        )

    async def call(self, method: str, *, patience: float | None = None, **parameters: Any) -> Any:
        """The `result` of a method. `patience` is in seconds.

        Raises the errors of `telegram.error`, Flooded and Down among them.
        """
        if patience is None:
            return await self._post(method, parameters)
        return await self._post(method, parameters, read_timeout=patience)

    def file_address(self, path: str) -> str:
        """Where the content of a file can be had, from its `file_path`. Holds the token: never for logs."""
        return f"{self._base_file_url}/{path}"


_GONE = ("chat not found", "user not found", "not enough rights", "have no rights", "chat_write_forbidden", "peer_id")
"""Parts of the descriptions of 400s that say nobody can be reached there."""


def refusal(error: TelegramError) -> Retry | Rejected:
    """What an error of the Bot API means for a message that was to be sent."""
    said = error.message.lower()
    match error:
        case Flooded():
            return Retry("flood control", after=error.seconds)
        case Forbidden():
            return Rejected(_short(error.message), reason="unreachable")
        case InvalidToken():
            return Rejected("Telegram does not accept the bot's token", reason="settings")
        case BadRequest():
            reason = "unreachable" if any(words in said for words in _GONE) else "content"
            return Rejected(_short(error.message), reason="unreachable" if reason == "unreachable" else "content")
        case Down():
            return Retry(error.message, whole_account=True)
        case _:
            return Retry(_short(error.message))


def _short(message: str) -> str:
    return " ".join(message.split())[:200]
