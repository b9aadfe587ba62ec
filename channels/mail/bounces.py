"""Reports that a mail of ours did not arrive: standard ones (RFC 3464), qmail's, and those in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.mail.addresses import clean_address
from channels.mail.charsets import one_line
from channels.mail.headers import Headers, identifiers, read_headers
from channels.mail.mime import split_header
from channels.mail.parse import Mail
from crm_backend.errors import TooLong

MAX_RECIPIENTS = 100
MAX_READ = 200_000

_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_SMTP = re.compile(r"(?<!\d)([45]\d\d)[ \-#](?!\d)")
_QMAIL = re.compile(r"^<([^<>\s]{3,320})>:\s*$", re.MULTILINE)
_ADDRESS = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{1,253}")
_MESSAGE_ID = re.compile(r"^[> \t]*message-id:[ \t]*(<[^<>\s]{3,500}>)", re.IGNORECASE | re.MULTILINE)
_SUBJECT = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed|incomplete|problem)|mail delivery (?:failed|subsys)"
    r"|returned mail|failure notice|message not delivered|non remis|non distribu|échec de (?:la )?(?:remise|distrib)"
    r"|non délivr|n['’]a pas pu être remis|rapport de non-remise|retour à l['’]expéditeur",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon|bounces?|microsoftexchange[0-9a-f]*)\Z", re.IGNORECASE)
_PERMANENT = re.compile(
    r"permanent|fatal|does(?:n't| not) exist|no such user|user unknown|unknown user|mailbox (?:not found|unavailable)"
    r"|address (?:rejected|not found)|n['’]existe pas|introuvable|inconnu|couldn't be found|wasn't found",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A recipient a mail did not reach. `permanent` is False while the server says it keeps trying, or cannot tell."""

    recipient: str
    permanent: bool
    action: str = ""
    """failed, delayed, delivered, relayed or expanded; empty without a standard report."""
    status: str = ""
    """The enhanced code (RFC 3463), such as 5.1.1."""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    failures: tuple[Failure, ...]
    original: str | None
    """Message-ID of the mail that did not arrive, without brackets."""


def read_bounce(mail: Mail) -> Bounce | None:
    """What did not arrive, or None when the mail is no such report."""
    for report in mail.reports:
        if report.type in ("message/delivery-status", "message/global-delivery-status"):
            return Bounce(_standard(report.content), original_of(mail))
    return _in_words(mail)


def _standard(content: bytes) -> tuple[Failure, ...]:
    """The fields of each recipient's group; the first group is about the report itself."""
    found: list[Failure] = []
    for group in _BLANK.split(content[:MAX_READ])[: MAX_RECIPIENTS * 2]:
        try:
            fields = read_headers(group.strip(b"\r\n"))
        except TooLong:
            continue
        if fields.has("final-recipient") or fields.has("original-recipient"):
            found.append(_failure(fields))
        if len(found) >= MAX_RECIPIENTS:
            break
    return tuple(found)


def _failure(fields: Headers) -> Failure:
    given = fields.first("original-recipient") or fields.first("final-recipient")
    action = one_line(fields.first("action").lower(), 20)
    diagnostic = one_line(fields.first("diagnostic-code").partition(";")[2] or fields.first("diagnostic-code"), 500)
    status = _STATUS.search(fields.first("status")) or _STATUS.search(diagnostic)
    temporary = status is not None and status[1] == "4"
    return Failure(
        recipient=_recipient(given),
        permanent=action == "failed" and not temporary,
        action=action,
        status=status[0] if status else "",
        diagnostic=diagnostic,
    )


def _recipient(value: str) -> str:
    """`rfc822; someone@example.org` without its type."""
    kind, separator, address = value.partition(";")
    return clean_address((address if separator else kind).strip(" <>")) or ""


def _in_words(mail: Mail) -> Bounce | None:
    """A report without the standard part: by the sender and the shape of the text, never by the subject alone."""
    local = mail.from_.email.rpartition("@")[0] if mail.from_ else ""
    nobody = mail.headers.first("return-path").strip() == "<>"
    daemon = bool(_DAEMON.match(local))
    failed = mail.headers.first("x-failed-recipients")
    text = mail.text[:MAX_READ]
    if failed:
        addresses = [clean_address(one.strip()) for one in failed.split(",")[:MAX_RECIPIENTS]]
    elif (daemon or nobody) and (_QMAIL.search(text) and text.lstrip().startswith("Hi. This is the")):
        addresses = [clean_address(one) for one in _QMAIL.findall(text)[:MAX_RECIPIENTS]]
    elif (daemon or nobody) and _SUBJECT.search(mail.subject):
        own = {address.email.lower() for address in (*mail.authors, *mail.to)}
        named = [one.rstrip(".") for one in _ADDRESS.findall(text[:20_000])]
        addresses = [clean_address(next((one for one in named if one.lower() not in own), ""))]
    else:
        return None
    status, reply = _STATUS.search(text), _SMTP.search(text)
    code = status[1] if status else reply[1][0] if reply else ""
    permanent = code == "5" or (not code and bool(_PERMANENT.search(text)))
    told = status[0] if status else ""
    kept = tuple(Failure(address, permanent, status=told) for address in dict.fromkeys(addresses) if address)
    return Bounce(kept, original_of(mail))


def original_of(mail: Mail) -> str | None:
    """The Message-ID of the returned mail: from its header part, the enclosed mail, or quoted in the text."""
    for part in (*mail.reports, *mail.attachments):
        if part.type in ("text/rfc822-headers", "message/rfc822", "message/global", "message/global-headers"):
            try:
                headers, _ = split_header(part.content.lstrip(b"\r\n"))
            except TooLong:
                continue
            found = identifiers(headers.first("message-id"))
            if found:
                return found[0]
    quoted = _MESSAGE_ID.search(mail.text[:MAX_READ])
    if quoted:
        return identifiers(quoted[1])[0]
    return mail.in_reply_to or (mail.references[-1] if mail.references else None)
