"""The channel port of one Telegram bot."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from telegram.error import BadRequest, TelegramError

from channels.bodies import document
from channels.port import Core, Health, Rejected, Retry
from channels.telegram.api import Api, Flooded, refusal
from channels.telegram.hearing import Hearing
from channels.telegram.intake import NAME, Intake
from channels.telegram.keeping import Memory
from channels.telegram.polling import ALLOWED, Poller
from channels.telegram.proving import Proving
from channels.telegram.sending import Sender
from channels.telegram.settings import API, Settings
from channels.telegram.words import words
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.errors import NotAuthenticated, NotFound, Unavailable

log = structlog.get_logger(__name__)
HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_DOWNLOAD = 20 * 1024 * 1024
"""Bytes a bot may have of a file that was sent to it (Bot API, getFile)."""
CONNECTIONS = 40
RECENT = 15 * 60
"""Seconds for which a failed call of the webhook counts as trouble."""
_LONGEST_PAUSE = 60.0


class Telegram:
    """One bot: a webhook or a poller on the way in, the Bot API on the way out."""

    name = NAME

    def __init__(self, settings: Settings, *, account: str, core: Core) -> None:
        self.account = account
        self._settings, self._core = settings, core
        self._api = Api(settings, core.http)
        self._secret = settings.secret(key=core.company.secret, account=account)
        self._memory = Memory(core.sessions, account, settings.bot_id)
        self._hearing = Hearing(Intake(settings, account, core, self._memory, self))
        self._poller = Poller(self._api, take=self._hearing.take, memory=self._memory)
        proving = Proving(sessions=core.sessions, offered=settings.ask_contact)
        self._sender = Sender(self._api, account=account, core=core, proving=proving)
        self._username: str | None = None
        self._asides: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """None: Telegram calls `/hooks`."""
        return []

    @property
    def hook_address(self) -> str:
        """Where Telegram is to call us."""
        return f"{self._core.company.address}/hooks/{NAME}/{self.account}"

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """One update. 200 once it is stored. Raises NotAuthenticated, BadInput, Unavailable (Telegram comes again)."""
        shown = request.headers.get(HEADER, "")
        if not hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), self._secret.encode()):
            raise NotAuthenticated("webhook secret")
        if request.method != "POST" or request.match_info.get("tail", "").strip("/"):
            raise NotFound("no such hook")
        await self._hearing.take(document(await request.read()))
        return web.Response()

    async def run(self) -> None:
        """Sets the webhook and returns; or polls until cancelled."""
        self.call("setMyCommands", commands=_commands("en"))
        self.call("setMyCommands", commands=_commands("fr"), language_code="fr")
        if self._settings.by_webhook(self._core.company.address):
            await self._set_webhook()
        else:
            await self._poller.run()

    async def _set_webhook(self) -> None:
        pause = 1.0
        while True:
            try:
                await self._api.call(
                    "setWebhook",
                    url=self.hook_address,
                    secret_token=self._secret,
                    allowed_updates=list(ALLOWED),
                    max_connections=CONNECTIONS,
                    drop_pending_updates=False,
                )
                return
            except TelegramError as error:
                log.warning("telegram.webhook", account=self.account, cause=str(refusal(error)))
                await asyncio.sleep(error.seconds if isinstance(error, Flooded) else pause)
                pause = min(_LONGEST_PAUSE, pause * 2)

    async def send(self, delivery: Delivery) -> str:
        """The identifier of the last message that carries the reply. Raises Retry, Rejected."""
        return await self._sender.send(delivery)

    async def fetch(self, remote: dict[str, Any]) -> AsyncIterator[bytes]:
        """The bytes of a file. Raises Rejected (too large for a bot, gone), Retry."""
        if self._settings.api_url == API and (remote.get("size") or 0) > LARGEST_DOWNLOAD:
            raise Rejected("larger than the 20 MB that Telegram gives to bots")
        try:
            found = await self._api.call("getFile", file_id=str(remote.get("file_id", "")))
        except BadRequest as error:
            if "temporarily" in error.message.lower():
                raise Retry("the file is not there now") from error
            raise refusal(error) from error
        except TelegramError as error:
            raise refusal(error) from error
        async for chunk in self._content(str(found.get("file_path") or "")):
            yield chunk

    async def _content(self, path: str) -> AsyncIterator[bytes]:
        timeout = aiohttp.ClientTimeout(total=300, sock_connect=10, sock_read=30)
        try:
            address = self._api.file_address(path)
            async with self._core.http.get(address, timeout=timeout, allow_redirects=False) as response:
                if response.status != 200:
                    raise Retry(f"the file's address answers {response.status}")
                async for chunk in response.content.iter_chunked(64 * 1024):
                    yield chunk
        except (aiohttp.ClientError, TimeoutError) as error:
            # The exception's own words may hold the address, and with it the token.
            raise Retry(f"the file did not come: {type(error).__name__}") from None

    async def check(self) -> Health:
        """Whether the token is good, and whether updates come in."""
        try:
            me = await self._api.call("getMe")
            self._username = str(me.get("username") or "")
            name, link = f"@{self._username}", f"https://t.me/{self._username}?start={{code}}"
            trouble = self._poller.trouble
            if self._settings.by_webhook(self._core.company.address):
                trouble = self._webhook_trouble(await self._api.call("getWebhookInfo"))
        except TelegramError as error:
            return Health(ok=False, detail=str(refusal(error)))
        except (AttributeError, TypeError, ValueError):
            return Health(ok=False, detail="the Bot API server answers what cannot be understood")
        return Health(ok=trouble is None, detail=trouble or "", name=name, link=link)

    def _webhook_trouble(self, info: dict[str, Any]) -> str | None:
        """From `WebhookInfo`, which keeps the last error even when all has gone well since."""
        if info.get("url") != self.hook_address:
            return "the webhook is not set" if not info.get("url") else "the webhook leads elsewhere"
        waiting = int(info.get("pending_update_count") or 0)
        failed = float(info.get("last_error_date") or 0)
        if waiting and time.time() - failed < RECENT:
            return f"Telegram cannot reach the webhook ({waiting} waiting): {info.get('last_error_message', '')}"[:300]
        return None

    async def username(self) -> str:
        """The bot's name, without `@`; asked for once. Raises Unavailable."""
        if self._username is None:
            try:
                self._username = str((await self._api.call("getMe")).get("username") or "")
            except TelegramError as error:
                raise Unavailable("Telegram does not say who the bot is") from error
        return self._username

    def call(self, method: str, **parameters: Any) -> None:
        """Calls a method that nothing depends on, beside whatever else happens."""
        task = asyncio.get_running_loop().create_task(self.tell(method, **parameters))
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def tell(self, method: str, **parameters: Any) -> None:
        """Calls a method that nothing depends on, and waits until it is done or has failed."""
        try:
            await self._api.call(method, **parameters)
        except TelegramError as error:
            log.info("telegram.aside", account=self.account, method=method, cause=str(refusal(error)))

    async def close(self) -> None:
        """Waits a moment for what is under way."""
        if self._asides:
            _, late = await asyncio.wait(self._asides, timeout=2)
            for task in late:
                task.cancel()


def _commands(language: str) -> list[dict[str, str]]:
    return [
        {"command": "personne" if language == "fr" else "person", "description": words("command_person", language)},
        {"command": "aide" if language == "fr" else "help", "description": words("command_help", language)},
    ]
