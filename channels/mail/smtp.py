"""Handing a mail to a submission server (RFC 6409), and what its answers mean (RFC 5321, RFC 3463)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTP, SMTPResponse

from channels.mail.oauth import SignInRefused, Tokens
from channels.mail.settings import MailSettings
from channels.mail.wire import trust
from channels.port import Reach, Rejected, Retry

PATIENCE = 20.0
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
Stage = Literal["sender", "recipient", "content"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A copy that was not taken: for whom, and the server's code."""

    recipient: str
    code: str


class Submission:
    """The way out of one mailbox. A connection for each mail: submission servers close idle ones soon."""

    def __init__(self, settings: MailSettings, tokens: Tokens, reach: Reach, *, patience: float = PATIENCE) -> None:
        self._settings, self._tokens, self._reach, self._patience = settings, tokens, reach, patience

    async def submit(self, raw: bytes, *, sender: str, to: str, copies: Sequence[str] = ()) -> list[Refusal]:
        """Sends the mail to `to` and the copies; the copies that were refused. Raises Retry or Rejected.

        Nothing is sent to the copies when `to` is refused. A connection that is lost after the content was given leaves
        it unknown whether the mail went: SMTP has no way to ask, so it is sent again, under the same Message-ID.
        """
        smtp = await self._signed_in()
        try:
            try:
                refused = await self._addressed(smtp, sender, to, copies)
            except (aiosmtplib.SMTPException, OSError, TimeoutError):
                raise Retry("the mail server went away") from None
            await self._said(smtp, raw)
        finally:
            await _goodbye(smtp)
        return refused

    async def try_sign_in(self) -> None:
        """Says who we are and nothing more. Raises Retry or Rejected."""
        await _goodbye(await self._signed_in())

    async def _signed_in(self) -> SMTP:
        if not self._settings.smtp_host:
            raise Rejected("no SMTP server is set", reason="settings")
        smtp = await self._connected()
        try:
            await self._sign_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    async def _connected(self) -> SMTP:
        given = self._settings
        try:
            async with asyncio.timeout(self._patience):
                connection = await self._reach.connected(given.smtp_host, given.smtp_port)
        except (OSError, TimeoutError):
            raise Retry("the mail server cannot be reached", whole_account=True) from None
        smtp = SMTP(
            hostname=given.smtp_host,
            sock=connection,
            timeout=self._patience,
            use_tls=given.smtp_security == "tls",
            start_tls=given.smtp_security == "starttls",
            tls_context=None if given.smtp_security == "none" else trust(),
            local_hostname=given.domain.encode("idna").decode() if given.domain else None,
        )
        try:
            await smtp.connect()
            await smtp.ehlo()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            # A server without STARTTLS, or with a certificate for another name, is no better: nothing goes in clear.
            raise Retry("the mail server cannot be reached", whole_account=True) from None
        return smtp

    async def _sign_in(self, smtp: SMTP) -> None:
        given = self._settings
        user = given.smtp_user or given.address
        password = given.smtp_password or given.imap_password
        try:
            if given.oauth:
                await smtp.auth_xoauth2(user, await self._tokens.token())
            elif password is not None:
                await smtp.login(user, password.get_secret_value())
        except SignInRefused as error:
            raise Rejected(str(error), reason="settings") from None
        except aiosmtplib.SMTPAuthenticationError as error:
            self._tokens.forget()
            if 400 <= error.code < 500:
                raise Retry("the mail server does not take the sign-in now", whole_account=True) from None
            if given.oauth:
                # The token may have been withdrawn before its time. The next one decides.
                raise Retry("the mail server does not take the token", after=5, whole_account=True) from None
            raise Rejected(f"the mail server refuses the sign-in ({error.code})", reason="settings") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            raise Retry("no sign-in at the mail server", whole_account=True) from None

    async def _said(self, smtp: SMTP, raw: bytes) -> None:
        try:
            await smtp.data(raw)
        except aiosmtplib.SMTPDataError as error:
            raise verdict(SMTPResponse(error.code, error.message), "content") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise Retry("the mail server went away before it said whether it has the mail") from error

    async def _addressed(self, smtp: SMTP, sender: str, to: str, copies: Sequence[str]) -> list[Refusal]:
        """Names the sender and the recipients; the copies that were refused."""
        options = ["BODY=8BITMIME"] if smtp.supports_extension("8bitmime") else []
        if not all(address.isascii() for address in (sender, to, *copies)):
            if not smtp.supports_extension("smtputf8"):
                raise Rejected("the mail server knows no such letters in addresses", reason="unreachable")
            options.append("SMTPUTF8")
        encoding = "utf-8" if "SMTPUTF8" in options else "ascii"
        try:
            await smtp.mail(sender, options=options, encoding=encoding)
        except aiosmtplib.SMTPSenderRefused as error:
            raise verdict(SMTPResponse(error.code, error.message), "sender") from None
        try:
            await smtp.rcpt(to, encoding=encoding)
        except aiosmtplib.SMTPRecipientRefused as error:
            raise verdict(SMTPResponse(error.code, error.message), "recipient") from None
        refused = []
        for copy in copies:
            try:
                await smtp.rcpt(copy, encoding=encoding)
            except aiosmtplib.SMTPRecipientRefused as error:
                refused.append(Refusal(copy, _code(SMTPResponse(error.code, error.message))))
        return refused


def verdict(response: SMTPResponse, stage: Stage) -> Retry | Rejected:
    """What a refusal means. The server's text stays out: it may repeat the address."""
    code = _code(response)
    if 400 <= response.code < 500:
        # 421: the server is going down, whoever the mail is for (RFC 5321, section 3.8).
        return Retry(f"the mail server says {code}", whole_account=response.code == 421)
    return Rejected(f"the mail server says {code}", reason=_reason(response, stage))


def _reason(response: SMTPResponse, stage: Stage) -> Literal["unreachable", "content", "settings"]:
    """From the enhanced code (RFC 3463, RFC 7505) where there is one, else from where it came."""
    enhanced = _ENHANCED.search(response.message or "")
    subject, detail = (int(enhanced[2]), int(enhanced[3])) if enhanced else (0, 0)
    if response.code in (530, 535, 538) or (subject, detail) in ((7, 8), (7, 9), (1, 7), (1, 8)):
        return "settings"
    if subject == 1 or (subject, detail) == (2, 1):
        return "unreachable"
    if enhanced is None:
        if stage == "recipient" and response.code in (550, 551, 553):
            return "unreachable"
        return "settings" if stage == "sender" else "content"
    return "settings" if stage == "sender" and subject in (5, 7) else "content"


def _code(response: SMTPResponse) -> str:
    enhanced = _ENHANCED.search(response.message or "")
    return f"{response.code} {enhanced[0]}" if enhanced else str(response.code)


async def _goodbye(smtp: SMTP) -> None:
    with suppress(Exception):
        async with asyncio.timeout(2):
            await smtp.quit()
    smtp.close()
