"""Customers who write from elsewhere: on Telegram and by mail, through servers on loopback."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeVar

from tests.channels.mail.mailbox import ImapServer, imap_server
from tests.channels.mail.mails import mail
from tests.channels.mail.servers import PASSWORD, USER, SmtpServer, smtp_server
from tests.channels.telegram.bot_api import BotApi, Said
from tests.channels.telegram.updates import TOKEN, payload, text

T = TypeVar("T")
PATIENCE = 30.0


async def soon(found: Callable[[], T | None], what: str) -> T:
    """What is found as soon as it is; fails, saying `what`, when it never comes."""
    try:
        async with asyncio.timeout(PATIENCE):
            while (value := found()) is None:
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"never came: {what}") from None
    return value


@dataclass
class OnTelegram:
    """Somebody on Telegram."""

    api: BotApi
    user: int
    name: str
    written: int = 0

    def writes(self, words: str) -> None:
        """Sends a message."""
        self.written += 1
        update = text(words, number=self.written, sender=self.user)
        called = {"first_name": self.name, "last_name": "Petit", "username": self.name.lower()}
        update["message"]["from"] |= called
        update["message"]["chat"] |= called
        self.api.push(TOKEN, update)

    def heard(self) -> list[str]:
        """Everything they were sent, in order."""
        return [str(call.parameters["text"]) for call in self._calls()]

    async def hears(self, pattern: str) -> None:
        """Waits for a message."""
        await soon(lambda: next((one for one in self.heard() if re.search(pattern, one)), None), pattern)

    async def presses(self, title: str) -> None:
        """Presses a button, once it is offered."""
        call, data = await soon(lambda: self._button(title), title)
        update = payload("callback_query")
        query = update["callback_query"]
        query["from"]["id"] = query["message"]["chat"]["id"] = self.user
        query |= {"id": str(self.user), "data": data}
        query["message"]["message_id"] = call.message_id
        self.api.push(TOKEN, update)

    def _calls(self) -> list[Said]:
        return [call for call in self.api.sent("sendMessage") if call.parameters["chat_id"] == self.user]

    def _button(self, title: str) -> tuple[Said, str] | None:
        for call in reversed(self._calls()):
            for row in (call.parameters.get("reply_markup") or {}).get("inline_keyboard", []):
                for button in row:
                    if button["text"] == title:
                        return call, button["callback_data"]
        return None


@dataclass
class ByMail:
    """Somebody who writes mails."""

    imap: ImapServer
    smtp: SmtpServer
    address: str
    name: str
    subject: str

    async def writes(self, words: str) -> None:
        """Sends a mail: an answer to the last one they got, if they got one."""
        before = self.letters()
        raw = mail(
            words,
            sender=f"{self.name} <{self.address}>",
            subject=f"Re: {self.subject}" if before else self.subject,
            in_reply_to=before[-1]["Message-ID"].strip("<>") if before else None,
        )
        await self.imap.deliver(raw)

    def letters(self) -> list[EmailMessage]:
        """The mails they got, in order."""
        taken = [one.raw for one in self.smtp.taken if self.address in one.recipients]
        return [message_from_bytes(raw, policy=policy.default) for raw in taken]  # type: ignore[misc]

    def heard(self) -> list[str]:
        """What stands in them."""
        bodies = [one.get_body(("plain",)) for one in self.letters()]
        return [" ".join(body.get_content().split()) if body is not None else "" for body in bodies]

    async def hears(self, pattern: str) -> None:
        """Waits for a mail."""
        await soon(lambda: next((one for one in self.heard() if re.search(pattern, one)), None), pattern)


@dataclass
class Outside:
    """The platforms, running."""

    api: BotApi
    imap: ImapServer
    smtp: SmtpServer
    given: dict[str, str] = field(default_factory=dict)
    """What the environment says of our accounts there."""

    def on_telegram(self, user: int, name: str) -> OnTelegram:
        """Somebody on Telegram."""
        return OnTelegram(self.api, user, name)

    def by_mail(self, address: str, name: str, subject: str) -> ByMail:
        """Somebody with a mail address."""
        return ByMail(self.imap, self.smtp, address, name, subject)


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    """A Bot API server, a mailbox and a submission server."""
    api = BotApi()
    api.bot(TOKEN)
    await api.start()
    try:
        async with imap_server() as imap, smtp_server() as smtp:
            yield Outside(api, imap, smtp, _given(api, imap, smtp))
    finally:
        await api.stop()


def _given(api: BotApi, imap: ImapServer, smtp: SmtpServer) -> dict[str, str]:
    telegram = {"token": TOKEN, "mode": "polling", "api_url": api.address}
    mailbox: dict[str, Any] = {
        "address": USER,
        "imap_host": "127.0.0.1",
        "imap_port": imap.line.port,
        "imap_security": "none",
        "imap_password": PASSWORD,
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp.port,
        "smtp_security": "none",
        "smtp_password": PASSWORD,
        "first": "all",
    }
    accounts = {"TELEGRAM": telegram, "MAIL": mailbox}
    return {f"RELAIS_{name}_ACCOUNTS": json.dumps({"main": settings}) for name, settings in accounts.items()}
