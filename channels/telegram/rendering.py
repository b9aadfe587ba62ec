"""A reply as Telegram messages: which methods, which texts, which buttons."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from channels import degrade
from channels.telegram.buttons import ROWS, Keyboard, keyboard
from crm_backend.attachments.schema import FileRef
from crm_backend.conversations.reading import vcards
from crm_backend.conversations.schema import Card, ContactCard, Location, Reply
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.texts import shorten

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
"""In UTF-16 code units, which is how Telegram counts (sendMessage, sendPhoto)."""
LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_UPLOAD = 50 * 1024 * 1024
"""Bytes a bot may upload (Bot API, Sending files)."""
LARGEST_VCARD = 2048
"""Bytes (sendContact)."""
LONGEST_NAME = 64
_VOICE, _AUDIO, _PHOTO = (
    ("audio/ogg", "audio/opus"),
    ("audio/mpeg", "audio/mp4"),
    ("image/jpeg", "image/png", "image/webp"),
)


@dataclass(frozen=True)
class Part:
    """One Telegram message. `text` is its text, or the caption of its file; `given` what a place or a contact has in
    their stead."""

    method: str
    text: str = ""
    file: FileRef | None = None
    keyboard: Keyboard = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    entities: tuple[dict[str, Any], ...] = ()
    """What of its text is marked (Bot API, MessageEntity)."""
    picture: str | None = None
    """Where the picture of a card is that the text goes under; without it the text goes by itself."""

    @property
    def field(self) -> str:
        """The parameter that carries the file: `photo` for `sendPhoto`."""
        return self.method.removeprefix("send").lower()

    def parameters(self) -> dict[str, Any]:
        """What is sent beside the place and the file."""
        caption = self.file is not None or self.picture is not None
        found = dict(self.given) or {"caption" if caption else "text": self.text or None}
        if self.entities:
            found["caption_entities" if caption else "entities"] = list(self.entities)
        if self.method == "sendMessage":
            # Telegram's servers would open what we link to, and some of it is for the customer alone.
            found["link_preview_options"] = {"is_disabled": True}
        if self.keyboard:
            found["reply_markup"] = {"inline_keyboard": self.keyboard}
        return found

    def unpictured(self) -> Part:
        """The same in words alone."""
        return replace(self, method="sendMessage", picture=None) if self.picture else self


def units(text: str) -> int:
    """The length as Telegram counts it: emoji and other letters beyond U+FFFF count twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitting(text: str, longest: int) -> list[str]:
    """The text in pieces of at most `longest` UTF-16 units."""
    found = []
    for piece in degrade.pieces(text, longest):
        # Half as many characters can have no more units than that.
        found += [piece] if units(piece) <= longest else degrade.pieces(piece, longest // 2)
    return found


def parts_of(delivery: Delivery, *, address: str, links: Sequence[str] = ()) -> list[Part]:
    """The messages that carry the reply, always the same for the same delivery. `address` is that of the public site,
    `links` are those to files too large to be sent. A few cards with pictures are messages of their own."""
    reply = delivery.reply
    if not degrade.one_by_one(reply.cards):
        return _written(delivery, address=address, links=links)
    if len(reply.cards) == 1 and (found := _written(delivery, address=address, links=links)):
        dressed = _dressed(found[-1], reply.cards[0])
        if dressed.picture:
            return [*found[:-1], dressed]
    before = reply.model_copy(update={"cards": [], "buttons": []})
    found = _written(delivery.model_copy(update={"reply": before}), address=address, links=links)
    for card in reply.cards:
        # What is asked stands under the last of them.
        alone = Reply(cards=[card], buttons=reply.buttons if card is reply.cards[-1] else [])
        *rest, last = _written(delivery.model_copy(update={"reply": alone}), address=address)
        found += [*rest, _dressed(last, card)]
    return found


def _dressed(part: Part, card: Card) -> Part:
    """The message that shows a card, with its picture where both fit into one."""
    fits = part.method == "sendMessage" and card.title in part.text and units(part.text) <= LONGEST_CAPTION
    return replace(part, method="sendPhoto", picture=card.picture) if card.picture and fits else part


def _written(delivery: Delivery, *, address: str, links: Sequence[str] = ()) -> list[Part]:
    reply = delivery.reply
    cards = [_linked(card, address) for card in reply.cards]
    pages = [(title, url) for _, (title, url) in cards if url]
    text = degrade.as_text(
        Reply(text=reply.text, cards=[card for card, _ in cards], contacts=[c for c in reply.contacts if not c.phones]),
        language=delivery.language,
        address=address,
    )
    text = "\n\n".join(part for part in (text, *links) if part)
    files = [file for file in reply.files if file.state == "kept" and file.size <= LARGEST_UPLOAD]
    if len(reply.buttons) + len(pages) > ROWS:
        text = f"{text}\n\n{degrade.numbered(reply.buttons, language=delivery.language)}"
        rows = keyboard((), message_id=delivery.message_id, links=pages[:ROWS])
    else:
        rows = keyboard(reply.buttons, message_id=delivery.message_id, links=pages)
    shared = [_place(reply.location)] if reply.location else []
    shared += [_contact(contact) for contact in reply.contacts if contact.phones]
    if len(files) == 1 and not shared and units(text) <= LONGEST_CAPTION:
        return [Part(_method(files[0]), text, files[0], rows, entities=_entities(reply, text))]
    # Files first: what is asked stands last, with its buttons under it.
    found = [*(Part(_method(file), file=file) for file in files), *shared]
    pieces = fitting(text or ("…" if rows else ""), LONGEST_TEXT)
    marked = _entities(reply, text) if len(pieces) == 1 else ()
    found += [Part("sendMessage", piece, entities=marked) for piece in pieces]
    if rows and found:
        found[-1] = replace(found[-1], keyboard=rows)
    return found


def too_large(reply: Reply) -> list[FileRef]:
    """Files that a bot may not upload: a link must do."""
    return [file for file in reply.files if file.state == "kept" and file.size > LARGEST_UPLOAD]


def _entities(reply: Reply, text: str) -> tuple[dict[str, Any], ...]:
    """Where the reply's marks are in a text that begins with its words, counted in UTF-16 units."""
    if not text.startswith(reply.text):
        return ()
    return tuple(
        {
            "type": kind,
            "offset": units(reply.text[:start]),
            "length": units(reply.text[start : start + length]),
        }
        for kind, start, length in reply.marks
    )


def _place(place: Location) -> Part:
    """A pin with its name and address: both are needed for one that has words (sendVenue)."""
    at = {"latitude": place.latitude, "longitude": place.longitude}
    if not place.name and not place.address:
        return Part("sendLocation", given=at)
    where = place.address if place.name and place.address else f"{place.latitude:.5f}, {place.longitude:.5f}"
    return Part("sendVenue", given={**at, "title": place.name or place.address, "address": where})


def _contact(contact: ContactCard) -> Part:
    """Somebody with a telephone number, which Telegram asks for; the rest is in the vCard."""
    given = {"phone_number": contact.phones[0], "first_name": shorten(contact.name, LONGEST_NAME)}
    card = vcards.vcard(contact)
    return Part("sendContact", given=given | ({"vcard": card.decode()} if len(card) <= LARGEST_VCARD else {}))


def _method(file: FileRef) -> str:
    if file.media_type in _PHOTO and file.size <= LARGEST_PHOTO:
        return "sendPhoto"
    if file.media_type in _VOICE:
        return "sendVoice"
    if file.media_type in _AUDIO:
        return "sendAudio"
    return "sendVideo" if file.media_type == "video/mp4" else "sendDocument"


def _linked(card: Card, address: str) -> tuple[Card, tuple[str, str | None]]:
    """The card, without its address where a button can carry that; the button's title and address."""
    url = degrade.absolute(card.url, address)
    if url is None or not _can_be_button(url):
        return card, (card.title, None)
    return card.model_copy(update={"url": None}), (card.title, url)


def _can_be_button(url: str) -> bool:
    """Telegram refuses buttons that lead to names it cannot resolve, such as `localhost`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        return parts.scheme in ("http", "https") and ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".test", ".localhost"))
