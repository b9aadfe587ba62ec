"""A mail as it came, made fit to look at."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from channels.mail.addresses import Address
from channels.mail.html import sanitise
from channels.mail.parse import Mail, parse
from channels.mail.replies import told_apart

LARGEST_INLINE = 500_000
"""Bytes of a picture inside the page that is shown with it."""
_PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}


def original(raw: bytes, images: Callable[[str], str | None] | None = None) -> dict[str, Any]:
    """What the desk shows of a raw mail (docs/protocols.md); of remote images those for which `images` has an address.

    `html` is sanitised; it is still to be shown in a sandbox. Raises Empty, TooLong.
    """
    mail = parse(raw)
    told = told_apart(mail.text, mail.html)
    page = sanitise(mail.html, remote=images or _none, cid=_pictures(mail)) if mail.html else None
    return {
        "subject": mail.subject,
        "from": _shown(mail.from_) if mail.from_ else ", ".join(_shown(one) for one in mail.authors),
        "to": [_shown(one) for one in mail.to],
        "cc": [_shown(one) for one in mail.cc],
        "date": mail.date.isoformat() if mail.date else None,
        "html": page.html if page else None,
        "text": mail.text,
        "quoted": told.quoted,
        "signature": told.signature,
        "blocked_images": page.blocked if page else 0,
        "attachments": [
            {"name": one.name, "media_type": one.type, "size": len(one.content), "inline": one.inline}
            for one in mail.attachments
        ],
    }


def _none(_address: str) -> None:
    return None


def _shown(address: Address) -> str:
    return f"{address.name} <{address.email}>" if address.name else address.email


def _pictures(mail: Mail) -> Callable[[str], str | None]:
    """The pictures that the page names, as data: nothing is fetched from anywhere. What is no picture is not shown."""
    named = {one.content_id: one.content for one in mail.attachments if one.content_id}

    def found(content_id: str) -> str | None:
        content = named.get(content_id, b"")
        kind = next((kind for start, kind in _PICTURES.items() if content.startswith(start)), None)
        if kind is None or len(content) > LARGEST_INLINE:
            return None
        return f"data:{kind};base64,{base64.b64encode(content).decode()}"

    return found
