"""Asking Telegram for updates, where it cannot call us."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from telegram.error import Conflict, InvalidToken, TelegramError

from channels.telegram.api import Api, Flooded
from channels.telegram.keeping import Memory
from crm_backend.errors import BadInput, Unavailable

log = structlog.get_logger(__name__)

ALLOWED = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
)
"""The kinds of update that are read (`allowed_updates`); reactions come only to those who name them."""
WAIT = 25
"""Seconds that Telegram holds a request open for something new."""
PAGE = 100
AT_ONCE = 10
"""Chats of one page that are taken in at a time; within a chat one update follows the other."""
TRIES = 3
LONGEST_PAUSE = 60.0

Take = Callable[[dict[str, Any]], Awaitable[None]]


class Poller:
    """Takes in updates in their order and asks for the next ones only when those are stored."""

    def __init__(self, api: Api, *, take: Take, memory: Memory, pause: float = 1.0, wait: int = WAIT) -> None:
        self._api, self._take, self._memory = api, take, memory
        self._first_pause, self._wait = pause, wait
        self._failed: dict[int, int] = defaultdict(int)
        self._mark: int | None = None
        self.trouble: str | None = None
        """Why nothing comes in at present, in a line."""

    async def run(self) -> None:
        """Polls until cancelled."""
        pause = self._first_pause
        webhook_gone = False
        while True:
            try:
                if not webhook_gone:
                    # What Telegram could not deliver there is kept, and comes with the first page.
                    await self._api.call("deleteWebhook", drop_pending_updates=False)
                    webhook_gone = True
                await self._page()
                self.trouble, pause = None, self._first_pause
                continue
            except Flooded as error:
                self._tell("Telegram asks for a pause")
                await asyncio.sleep(error.seconds)
                continue
            except Conflict as error:
                # Another program with the same token asks too, or has set a webhook.
                webhook_gone = "webhook" not in error.message.lower()
                self._tell("another program reads this bot's updates")
            except InvalidToken:
                self._tell("Telegram does not accept the bot's token")
                pause = LONGEST_PAUSE
            except TelegramError as error:
                self._tell(f"Telegram is not reached: {type(error).__name__}")
            except Exception as error:  # noqa: BLE001  whatever was met, what Telegram holds is still to be asked for
                self._tell(f"updates cannot be stored: {type(error).__name__}")
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    def _tell(self, trouble: str) -> None:
        if trouble != self.trouble:
            log.warning("telegram.polling", account=self._memory.account, cause=trouble)
        self.trouble = trouble

    async def _page(self) -> None:
        begun = time.monotonic()
        offset = await self._memory.offset() or self._mark
        updates = await self._api.call(
            "getUpdates",
            patience=self._wait + 15.0,
            offset=offset,
            limit=PAGE,
            timeout=self._wait,
            allowed_updates=list(ALLOWED),
        )
        if not updates:
            self._mark = None
            if time.monotonic() - begun < self._first_pause:
                # A Bot API server that does not hold requests open must not be asked without end.
                await asyncio.sleep(self._first_pause)
            return
        await self._taken(updates)
        self._mark = max(int(update["update_id"]) for update in updates) + 1
        await self._memory.advance(self._mark)

    async def _taken(self, updates: Sequence[dict[str, Any]]) -> None:
        """Raises Unavailable when not all could be stored: they come again, and those that were are known."""
        by_chat: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        for update in sorted(updates, key=lambda update: int(update["update_id"])):
            by_chat[_chat_of(update)].append(update)
        at_once = asyncio.Semaphore(AT_ONCE)

        async def one_chat(line: list[dict[str, Any]]) -> None:
            async with at_once:
                for update in line:
                    await self._guarded(update)

        outcomes = await asyncio.gather(*(one_chat(line) for line in by_chat.values()), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _guarded(self, update: dict[str, Any]) -> None:
        number = int(update["update_id"])
        try:
            await self._take(update)
        except Unavailable:
            raise
        except BadInput as error:
            log.warning("telegram.update_dropped", account=self._memory.account, update=number, cause=str(error))
        except Exception as error:
            # One update that cannot be taken in must not keep all that follow from coming.
            self._failed[number] += 1
            if self._failed[number] < TRIES:
                raise Unavailable(type(error).__name__) from error
            cause = type(error).__name__
            log.error("telegram.update_dropped", account=self._memory.account, update=number, cause=cause)
        self._failed.pop(number, None)


def _chat_of(update: dict[str, Any]) -> Any:
    """What an update is about, so that what concerns one chat stays in order."""
    for value in update.values():
        if isinstance(value, dict):
            about = value.get("message") if isinstance(value.get("message"), dict) else value
            chat = (about or {}).get("chat")
            return chat.get("id") if isinstance(chat, dict) else None
    return None
