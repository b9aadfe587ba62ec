"""A customer's WhatsApp message as the core takes it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from channels.whatsapp import marks
from channels.whatsapp.shapes import Message, Writer
from crm_backend.conversations.schema import (
    ContactCard,
    InboundMessage,
    IncomingFile,
    Location,
    Press,
    Vouched,
)
from crm_backend.conversations.texts import is_stop

NAME = IDENTITY = "whatsapp"
OLDEST = timedelta(days=8)
"""Meta tries to deliver for seven days. What is older was not sent by Meta now."""
UNREADABLE = "unsupported"
"""Why no answer is due to a message whose content WhatsApp does not pass on."""
_NUMBER = re.compile(r"[1-9]\d{7,14}")
_MEXICAN = re.compile(r"521(\d{10})")
_FILES = {
    "image": "image",
    "sticker": "image",
    "audio": "audio",
    "voice": "audio",
    "video": "video",
    "document": "document",
}


def too_old(timestamp: int, *, now: datetime) -> bool:
    """Whether something that happened then (seconds since 1970) can no longer come from Meta itself."""
    return now - datetime.fromtimestamp(timestamp, UTC) > OLDEST


def address_of(message: Message, writer: Writer) -> str:
    """Where answers go, which is also who they are: their number, or the identifier of somebody who hides it."""
    return writer.wa_id or message.sender or writer.user_id or message.from_user_id


def phone_of(wa_id: str) -> str | None:
    """The E.164 number of a WhatsApp account; None for one without. Mexican accounts keep the 1 of before 2019."""
    if not _NUMBER.fullmatch(wa_id):
        return None
    mexican = _MEXICAN.fullmatch(wa_id)
    return f"+52{mexican[1]}" if mexican else f"+{wa_id}"


def says_stop(text: str, words: Iterable[str]) -> bool:
    """Whether the message is one of the opt-out words and nothing else, as the core reads them."""
    return is_stop(text, words)


def inbound(
    message: Message, writer: Writer, *, account: str, opt_out: Iterable[str], longest: int
) -> InboundMessage | None:
    """The message for the core; None when it has no writer. `longest` is the most characters the core takes.

    A kind that WhatsApp does not pass on, or that is not known here, comes out with `automatic`: people see that there
    was something, the assistant does not answer.
    """
    address = address_of(message, writer)
    if not address or len(address) > 200:
        return None
    phone = phone_of(writer.wa_id or message.sender)
    read = _KINDS.get(message.type, _unreadable)
    content = read(message) or _unreadable(message)
    details = _details(message, writer)
    typed = message.type in ("text", "button") and content.get("press") is None
    if typed and says_stop(str(content.get("text", "")), opt_out):
        details["opt_out"] = True
    content["text"] = str(content.get("text", ""))[:longest]
    return InboundMessage(
        channel=NAME,
        account=account,
        external_id=message.id,
        identity_kind=IDENTITY,
        identity_value=address,
        address=address,
        sender_name=writer.profile.name or writer.profile.username,
        vouched=Vouched(kind="phone", value=phone) if phone else None,
        order=message.timestamp,
        said_at=datetime.fromtimestamp(message.timestamp, UTC),
        details=details,
        **{"reply_to": message.context.id or None, **content},
    )


def _details(message: Message, writer: Writer) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if writer.profile.username:
        details["username"] = writer.profile.username
    if message.context.forwarded or message.context.frequently_forwarded:
        details["forwarded"] = True
    if message.referral:
        details["referral"] = {key: value[:500] for key, value in message.referral.model_dump().items() if value}
    return details


def _text(message: Message) -> dict[str, Any] | None:
    return {"text": message.text.body} if message.text else None


def _file(message: Message) -> dict[str, Any] | None:
    media = getattr(message, message.type) or (message.audio if message.type == "voice" else None)
    if media is None:
        return None
    file = IncomingFile(
        remote={"id": media.id, "sha256": media.sha256},
        kind=_FILES[message.type],
        name=media.filename,
        media_type=media.mime_type,
    )
    return {"text": media.caption, "files": [file]}


def _location(message: Message) -> dict[str, Any] | None:
    if message.location is None:
        return None
    try:
        return {"location": Location(**message.location.model_dump())}
    except ValidationError:
        return None


def _contacts(message: Message) -> dict[str, Any] | None:
    cards = [
        ContactCard(
            name=card.name.formatted_name or card.name.first_name,
            phones=[each.phone or f"+{each.wa_id}" for each in card.phones[:10] if each.phone or each.wa_id],
            emails=[each.email for each in card.emails[:10] if each.email],
        )
        for card in message.contacts[:20]
    ]
    return {"contacts": cards} if cards else None


def _interactive(message: Message) -> dict[str, Any] | None:
    if message.interactive is None:
        return None
    if choice := message.interactive.button_reply or message.interactive.list_reply:
        return _chosen(choice.id, choice.title)
    form = message.interactive.nfm_reply
    return {"text": form.body} if form and form.body else None


def _button(message: Message) -> dict[str, Any] | None:
    return _chosen(message.button.payload, message.button.text) if message.button else None


def _chosen(identifier: str, title: str) -> dict[str, Any] | None:
    """A press of one of our buttons; another one (a template's, or another tool's) says what is written on it."""
    found = marks.button(identifier)
    press = Press(message_id=found[0], index=found[1]) if found else None
    text = title or identifier
    # What a button answers is known: the message it belongs to need not be quoted as well.
    return {"text": text, "press": press, "reply_to": None} if text else None


def _reaction(message: Message) -> dict[str, Any] | None:
    if message.reaction is None:
        return None
    return {"event": "reaction", "target": message.reaction.message_id, "text": message.reaction.emoji}


def _edit(message: Message) -> dict[str, Any] | None:
    if message.edit is None:
        return None
    now = message.edit.message
    media = now.image or now.video or now.document
    text = now.text.body if now.text else media.caption if media else ""
    return {"event": "edited", "target": message.edit.original_message_id, "text": text} if text else None


def _revoke(message: Message) -> dict[str, Any] | None:
    return {"event": "deleted", "target": message.revoke.original_message_id} if message.revoke else None


def _order(message: Message) -> dict[str, Any] | None:
    if message.order is None:
        return None
    lines = [
        f"{item.quantity} × {item.product_retailer_id} {item.item_price} {item.currency}".strip()
        for item in message.order.product_items[:30]
        if item.product_retailer_id
    ]
    text = "\n".join([message.order.text, *lines]).strip()
    return {"text": text} if text else None


def _unreadable(message: Message) -> dict[str, Any]:
    kind = (message.unsupported.type if message.unsupported else "") or message.type
    return {"text": f"[{kind[:40]}]", "automatic": UNREADABLE}


_KINDS: dict[str, Callable[[Message], dict[str, Any] | None]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "order": _order,
    **dict.fromkeys(_FILES, _file),
}
