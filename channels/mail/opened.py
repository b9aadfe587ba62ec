"""All that is made of a mail's bytes alone, before anything else is known: what it says, and which words are new."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from channels.mail.parse import Mail, parse
from channels.mail.replies import Told, told_apart


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail that was read."""

    mail: Mail
    fingerprint: str
    """What makes it this mail and no other: what its author wrote, not what servers added on the way."""
    told: Told
    """Its words told apart without knowing what was said before."""
    unsure: frozenset[str]
    """The lines (as `lines.key` has them) that could still turn out to be quotes of what was said before."""


def open_mail(raw: bytes) -> Opened:
    """Reads a mail, however broken. Raises Empty, TooLong."""
    mail = parse(raw)
    unsure: set[str] = set()
    told = told_apart(mail.text, mail.html, unsure=unsure)
    return Opened(mail, _fingerprint(mail), told, frozenset(unsure))


def _fingerprint(mail: Mail) -> str:
    content = [
        [one.email.lower() for one in mail.authors],
        mail.headers.first("date"),
        mail.subject,
        mail.text,
        mail.html,
        [hashlib.sha256(one.content).hexdigest() for one in mail.attachments],
    ]
    return hashlib.sha256(json.dumps(content).encode("utf-8", "replace")).hexdigest()
