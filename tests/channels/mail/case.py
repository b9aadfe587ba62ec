"""A mail provider that hands mails over by webhook, and the submission server that takes our answers."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from email import message_from_bytes, policy
from typing import Any, ClassVar

from channels.mail import hook
from tests.channels.contract import Arrived, Call, Failure, Quiet, Stage, State
from tests.channels.mail.mails import mail
from tests.channels.mail.servers import PASSWORD, USER, SmtpServer, smtp_server
from tests.channels.mail.test_intake import returned

SECRETS = {"main": "secret-of-the-main-mailbox", "second": "secret-of-another-mailbox"}
_FAILURES = {
    "busy": ("marie@client.example", "451 4.7.1 slow down"),
    "down": ("MAIL", "421 4.3.2 going down"),
    "refused": ("DATA", "554 5.6.0 not this one"),
    "blocked": ("marie@client.example", "550 5.1.1 no such user"),
}


class MailCase(Quiet):
    """Mails come by the hook; reading a mailbox has tests of its own."""

    name: ClassVar[str] = "mail"
    pictures = True
    failures: ClassVar[frozenset[Failure]] = frozenset({"down", "cut", "refused", "blocked"})
    states: ClassVar[frozenset[State]] = frozenset({"failed"})

    async def start(self) -> None:
        self._stack = AsyncExitStack()
        self.smtp: SmtpServer = await self._stack.enter_async_context(smtp_server())

    async def stop(self) -> None:
        await self._stack.aclose()

    async def ready(self, stage: Stage) -> None:
        self._stage = stage

    def settings(self, account: str) -> dict[str, Any]:
        return {
            "address": USER if account == "main" else f"second@{USER.partition('@')[2]}",
            "smtp_host": "127.0.0.1",
            "smtp_port": self.smtp.port,
            "smtp_security": "none",
            "smtp_user": USER,
            "smtp_password": PASSWORD,
            "webhook_secret": SECRETS[account],
            "automatic_per_day": 100,
        }

    def call(self, raw: bytes, *, account: str = "main", at: int | None = None, secret: str | None = None) -> Call:
        """A request to a mailbox's hook."""
        signature = hook.sign(raw, (secret or SECRETS[account]).encode(), at=at or int(time.time()))
        return Call(f"/hooks/mail/{account}", raw, {hook.HEADER: signature, "Content-Type": "message/rfc822"})

    async def heard(self, text: str, *, number: int = 1, sender: str = "marie", account: str = "main") -> Call:
        # One conversation: each mail answers the one before, as when somebody goes on writing.
        identifier = f"{account}-{sender}-{number}@client.example"
        before = f"{account}-{sender}-1@client.example" if number > 1 else None
        address = f"{sender}@client.example"
        subject = "Re: Bonjour" if number > 1 else "Bonjour"
        raw = mail(text, sender=address, subject=subject, message_id=identifier, in_reply_to=before)
        return self.call(raw, account=account)

    async def forged(self) -> list[Call]:
        raw = mail("bonjour")
        good = self.call(raw)
        return [
            Call(good.path, raw),
            self.call(raw, secret="another"),
            self.call(raw, at=int(time.time()) - 400),
            self.call(raw, at=int(time.time()) + 400),
            Call(good.path, raw + b"x", good.headers),
            Call(good.path, raw, {hook.HEADER: "t=1,v1="}),
            Call(good.path, raw, good.headers, "PUT"),
        ]

    async def unknown(self) -> list[Call]:
        return [self.call(mail("de nous", sender=USER))]

    async def broken(self) -> list[Call]:
        return [
            self.call(b""),
            self.call(b"\0\0\0"),
            self.call(b"Subject: nobody\r\n\r\nwho writes?"),
            self.call(b"\xff\xfe" * 50),
            self.call(b'{"json": true}'),
        ]

    async def address(self, sender: str = "marie") -> str:
        return f"{sender}@client.example"

    def fail(self, how: Failure, *, after: int = 0) -> None:
        if how == "cut":
            self.smtp.hang_up_at = len(self.smtp.taken) + after
            return
        what, answer = _FAILURES[how]
        self.smtp.refuse_at[len(self.smtp.taken) + after] = (what, answer)

    async def arrived(self) -> list[Arrived]:
        shown = []
        for taken in self.smtp.taken:
            if "marie@client.example" not in taken.recipients:
                continue
            got: Any = message_from_bytes(taken.raw, policy=policy.default)
            words = got.get_body(("plain",)).get_content()
            files = tuple(part.get_content_type() for part in got.iter_attachments())
            files += tuple(part.get_content_type() for part in got.walk() if part["Content-ID"])
            text = words.partition("\n-- \n")[0].strip()
            shown.append(Arrived("marie@client.example", text, (), files, got["Message-ID"].strip("<>")))
        return shown

    async def receipts(self, platform_id: str, state: State, *, account: str = "main") -> list[Call]:
        return [self.call(returned(platform_id), account=account)]


CASE = MailCase
