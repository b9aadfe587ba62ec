"""One mailbox as a channel: reading, the hook, sending, and whether all is well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, NoReturn

from aiohttp import web

from channels.ending import ended
from channels.mail import hook, position
from channels.mail.imap import signed_in
from channels.mail.intake import Intake
from channels.mail.oauth import SignInRefused, Tokens
from channels.mail.reading import Reading, Unreadable
from channels.mail.sending import Sending
from channels.mail.settings import MailSettings, examine
from channels.mail.smtp import Submission
from channels.mail.wire import Refused
from channels.port import Core, Health, Rejected, Retry
from crm_backend.accounts.asides import waking
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.errors import BadInput

CHECK_PATIENCE = 15.0


class MailChannel:
    """A mailbox. Opened by `open_mailbox`."""

    name = "mail"

    def __init__(self, settings: MailSettings, account: str, core: Core) -> None:
        self.account = account
        self._settings, self._core = settings, core
        self._tokens = Tokens(core.http, settings, account=account, renewals=core.renewals)
        self._submission = Submission(settings, self._tokens, core.reach)
        self._sending = Sending(settings=settings, core=core, submission=self._submission)
        self._intake = Intake(settings=settings, account=account, core=core)

    def routes(self) -> list[web.RouteDef]:
        """None: providers call the hook."""
        return []

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """Takes in a mail that a provider hands over. A mail that came before changes nothing.

        Raises NotAuthenticated, BadInput (nothing that could be taken for a mail), Unavailable.
        """
        raw = await hook.handed_over(request, self._settings, account=self.account, core=self._core)
        if raw is None:
            return web.json_response({"stored": False})
        try:
            stored = await self._intake.handed(raw)
        except Unreadable as error:
            raise BadInput(str(error)) from error
        return web.json_response({"stored": stored})

    async def run(self) -> None:
        """Reads the mailbox until cancelled; returns at once when mails come by the hook alone."""
        if not self._settings.imap_host:
            return
        reading = Reading(
            settings=self._settings,
            account=self.account,
            sessions=self._core.sessions,
            tokens=self._tokens,
            reach=self._core.reach,
            taking=self._intake,
        )
        async with self._core.live.listen(waking(self.name, self.account)) as notes:
            while True:
                # Cut off it goes on where it was, and first does what people wished.
                await _until_woken(reading.run(), notes)

    async def send(self, delivery: Delivery) -> str:
        """Raises Retry or Rejected."""
        return await self._sending.send(delivery)

    def fetch(self, remote: dict[str, Any]) -> AsyncIterator[bytes]:
        """Mails bring their files along, so there is nothing to fetch later. Raises Rejected."""
        raise Rejected("mails name no files")

    async def check(self) -> Health:
        """Signs in at both servers and opens the folder, writing nothing."""
        problems = [problem for problem in await asyncio.gather(self._check_imap(), self._check_smtp()) if problem]
        known = await position.load(self._core.sessions, self.account) if self._settings.imap_host else None
        notes = [f"{known.aside_count} mails set aside"] if known and known.aside_count else []
        return Health(
            ok=not problems,
            detail="; ".join([*problems, *notes]),
            name=self._settings.address,
            link=f"mailto:{self._settings.address}?subject={{code}}",
        )

    async def _check_imap(self) -> str:
        if not self._settings.imap_host:
            return ""
        try:
            async with (
                asyncio.timeout(CHECK_PATIENCE),
                signed_in(self._settings, self._tokens, self._core.reach, patience=CHECK_PATIENCE) as imap,
            ):
                await imap.open(self._settings.folder, read_only=True)
        except SignInRefused as error:
            return f"IMAP: sign-in refused ({error})"
        except Refused:
            return f"IMAP: no folder {self._settings.folder}"
        except (OSError, ValueError) as error:
            return f"IMAP: {str(error) or 'no answer'}"
        return ""

    async def _check_smtp(self) -> str:
        if not self._settings.smtp_host:
            return "SMTP: no server is set, so nothing can be answered"
        try:
            async with asyncio.timeout(CHECK_PATIENCE):
                await self._submission.try_sign_in()
        except (Retry, Rejected) as error:
            return f"SMTP: {error}"
        except TimeoutError:
            return "SMTP: no answer"
        return ""

    async def close(self) -> None:
        """Nothing stays open: each mail has a connection of its own, and reading ends with its task."""


async def _until_woken(work: Coroutine[Any, Any, NoReturn], notes: AsyncIterator[dict[str, Any] | None]) -> None:
    """Works until a note comes. Raises what the work raises."""

    async def told() -> None:
        while await anext(notes) is None:
            pass

    tasks = [asyncio.create_task(work), asyncio.create_task(told())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
    finally:
        await ended(*tasks)


def open_mailbox(settings: MailSettings, account: str, core: Core) -> MailChannel:
    """The channel of an account. Connects to nothing. Raises BadInput for settings that cannot work."""
    examine(settings)
    return MailChannel(settings, account, core)
