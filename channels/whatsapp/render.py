"""A reply as the messages that WhatsApp can carry, and in plain words where it cannot.

Limits (developers.facebook.com, WhatsApp Business Platform, Messages): text 4096 characters; up to 3 reply buttons of
20 characters under 1024 characters; lists of up to 10 rows of 24 characters with descriptions of 72 under 4096;
captions 1024; one call-to-action address under 1024.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from channels import degrade
from channels.whatsapp import marks, words
from channels.whatsapp.settings import Template
from crm_backend.attachments.schema import FileRef
from crm_backend.conversations.reading.marks import written
from crm_backend.conversations.schema import Button, Card, ContactCard, Location, Reply
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.texts import shorten

TEXT, BODY, CAPTION = 4096, 1024, 1024
MB = 1024 * 1024
_AUDIO = ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg")
_VIDEO = ("video/mp4", "video/3gpp")
_OFFICE = "application/vnd.openxmlformats-officedocument."
_DOCUMENTS = (
    "application/pdf",
    "text/plain",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    f"{_OFFICE}wordprocessingml.document",
    f"{_OFFICE}spreadsheetml.sheet",
    f"{_OFFICE}presentationml.presentation",
)
SENDABLE: dict[str, tuple[Literal["image", "audio", "video", "document"], int]] = {
    "image/jpeg": ("image", 5 * MB),
    "image/png": ("image", 5 * MB),
    **dict.fromkeys(_AUDIO, ("audio", 16 * MB)),
    **dict.fromkeys(_VIDEO, ("video", 16 * MB)),
    **dict.fromkeys(_DOCUMENTS, ("document", 100 * MB)),
}
"""What WhatsApp takes: as which kind, and up to how many bytes."""
Link = Callable[[FileRef], str]
_EMPTY_PLACE = "–"


@dataclass(frozen=True)
class FilePart:
    """A file to upload and send."""

    file: FileRef
    kind: Literal["image", "audio", "video", "document"]
    caption: str = ""

    def message(self, media_id: str) -> dict[str, Any]:
        """The message that carries it once it is uploaded."""
        content = {"id": media_id}
        if self.caption:
            content["caption"] = self.caption
        if self.kind == "document":
            content["filename"] = self.file.name or "document"
        return {"type": self.kind, self.kind: content}


@dataclass(frozen=True)
class CardPart:
    """A card with the picture at `picture`, to be fetched and uploaded; `plain` is the message without it."""

    picture: str
    plain: dict[str, Any]

    def message(self, media_id: str) -> dict[str, Any]:
        """The message with it: over the words of an interactive one, else with the words under it."""
        if self.plain["type"] == "text":
            return {"type": "image", "image": {"id": media_id, "caption": self.plain["text"]["body"]}}
        header = {"type": "image", "image": {"id": media_id}}
        return {"type": "interactive", "interactive": {**self.plain["interactive"], "header": header}}


Part = FilePart | CardPart | dict[str, Any]
_SIGNS = {"bold": ("*", "*"), "italic": ("_", "_")}
"""How WhatsApp writes them (Help Centre, how to format your messages)."""


def size(text: str) -> int:
    """Characters as WhatsApp's apps count them at worst: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parts(delivery: Delivery, *, address: str, link: Link) -> list[Part]:
    """The reply as messages in the order to send them; empty when there is nothing to say. The same every time.

    `address` is the public site's, `link` makes the address of a file that WhatsApp does not take. A few cards with
    pictures are messages of their own: a list of choices can hold none.
    """
    reply = delivery.reply
    if reply.marks:
        reply = reply.model_copy(update={"text": written(reply.text, reply.marks, _SIGNS), "marks": []})
        delivery = delivery.model_copy(update={"reply": reply})
    if not degrade.one_by_one(reply.cards):
        return _written(delivery, address=address, link=link)
    if len(reply.cards) == 1 and (found := _written(delivery, address=address, link=link)):
        dressed = _dressed(found[-1], reply.cards[0])
        if isinstance(dressed, CardPart):
            return [*found[:-1], dressed]
    said = reply.model_copy(update={"cards": [], "buttons": []})
    found = _written(delivery.model_copy(update={"reply": said}), address=address, link=link)
    for card in reply.cards:
        *rest, last = _written(delivery.model_copy(update={"reply": Reply(cards=[card])}), address=address, link=link)
        found += [*rest, _dressed(last, card)]
    asked = delivery.model_copy(update={"reply": Reply(buttons=reply.buttons)})
    return found + _written(asked, address=address, link=link)


def _dressed(part: Part, card: Card) -> Part:
    """The message that shows a card, with its picture where it can hold one beside the words."""
    if not card.picture or not isinstance(part, dict):
        return part
    content = part[part["type"]]
    words_, room = content.get("body", ""), CAPTION
    if part["type"] == "interactive" and content["type"] in ("button", "cta_url"):
        words_, room = content["body"]["text"], BODY
    fits = isinstance(words_, str) and card.title in words_ and size(words_) <= room
    return CardPart(card.picture, part) if fits else part


def _written(delivery: Delivery, *, address: str, link: Link) -> list[Part]:
    language = delivery.language
    files, said = _files(delivery.reply.files, language, link)
    shared = _shared(delivery.reply.location, delivery.reply.contacts)
    reply = delivery.reply.model_copy(update={"location": None, "contacts": []})
    last = _choice(delivery) or _call_to_action(delivery, address)
    numbered = bool(reply.buttons) and last is None
    text = degrade.as_text(reply, language=language, address=address, buttons=numbered)
    text = "\n\n".join(part for part in (text, *said) if part)
    if last is None:
        if len(files) == 1 and files[0].kind != "audio" and not numbered and size(text) <= CAPTION:
            return [FilePart(file=files[0].file, kind=files[0].kind, caption=text), *shared]
        return [*map(_text, _pieces(text)), *files, *shared]
    if last["type"] == "cta_url":
        return [*files, *shared, _interactive(last)]
    room = TEXT if last["type"] == "list" else BODY
    before: list[Part] = []
    if size(text) > room:
        before, text = [_text(piece) for piece in _pieces(text)], ""
    return [*before, *files, *shared, _interactive({**last, "body": {"text": text or words.CHOOSE[language]}})]


def recipient(address: str) -> dict[str, str]:
    """Numbers go in `to`; the identifier of somebody who hides theirs in `recipient`."""
    field = "to" if address.isdecimal() else "recipient"
    return {"recipient_type": "individual", field: address}


def template_part(template: Template, values: dict[str, str], *, named: bool) -> Part:
    """The approved template with its places filled in. A value is one line: Meta refuses breaks, tabs and wide gaps."""
    filled = []
    for name in template.places or values:
        place = {"type": "text", "text": " ".join(values.get(name, "").split()) or _EMPTY_PLACE}
        filled.append({**place, "parameter_name": name} if named else place)
    content: dict[str, Any] = {"name": template.name, "language": {"code": template.code}}
    if filled:
        content["components"] = [{"type": "body", "parameters": filled}]
    return {"type": "template", "template": content}


def code_part(template: Template, code: str) -> Part:
    """The approved authentication template with its code, which stands in it twice: in its words, whose place has no
    name, and in the button that copies it, which Meta calls one of an address ("Authentication templates")."""
    place = {"type": "text", "text": code}
    components = [
        {"type": "body", "parameters": [place]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [place]},
    ]
    content = {"name": template.name, "language": {"code": template.code}, "components": components}
    return {"type": "template", "template": content}


def _text(body: str) -> Part:
    return {"type": "text", "text": {"body": body, "preview_url": False}}


def _interactive(content: dict[str, Any]) -> Part:
    return {"type": "interactive", "interactive": content}


def _pieces(text: str) -> list[str]:
    found = degrade.pieces(text, TEXT)
    if all(size(piece) <= TEXT for piece in found):
        return found
    return degrade.pieces(text, TEXT // 2)


def _choice(delivery: Delivery) -> dict[str, Any] | None:
    """The reply's buttons as buttons or as a list; None when they have to be written out."""
    offered = [Button(title=" ".join(each.title.split()), payload="") for each in delivery.reply.buttons]
    titles = [each.title for each in offered]
    if not titles or not all(titles) or len(set(titles)) < len(titles):
        return None
    identifiers = [marks.of_button(delivery.message_id, number) for number in range(len(offered))]
    if len(offered) <= 3 and all(size(title) <= 20 for title in titles):
        buttons = [
            {"type": "reply", "reply": {"id": identifier, "title": title}}
            for identifier, title in zip(identifiers, titles, strict=True)
        ]
        return {"type": "button", "action": {"buttons": buttons}}
    shown = [_fitted(title, 24) for title in titles]
    if len(offered) > 10 or any(size(title) > 72 for title in titles) or len(set(shown)) < len(shown):
        return None
    rows = [
        {"id": identifier, "title": short, **({"description": title} if short != title else {})}
        for identifier, short, title in zip(identifiers, shown, titles, strict=True)
    ]
    action = {"button": words.OPEN_LIST[delivery.language], "sections": [{"rows": rows}]}
    return {"type": "list", "action": action}


def _call_to_action(delivery: Delivery, address: str) -> dict[str, Any] | None:
    """A single card with an address of ours, as a button that opens it."""
    reply, language = delivery.reply, delivery.language
    if len(reply.cards) != 1 or reply.buttons:
        return None
    card: Card = reply.cards[0]
    url = degrade.absolute(card.url, address)
    if url is None or not re.fullmatch(r"https://\S{1,2000}", url):
        return None
    shown = degrade.card_text(card.model_copy(update={"url": None}), language=language, address=address)
    text = "\n\n".join(part for part in (reply.text, shown) if part)
    if size(text) > BODY:
        return None
    label = words.OPEN[card.kind][language]
    action = {"name": "cta_url", "parameters": {"display_text": label, "url": url}}
    return {"type": "cta_url", "body": {"text": text}, "action": action}


def _shared(place: Location | None, contacts: Sequence[ContactCard]) -> list[Part]:
    """A place and people's details as messages of their own (Messages, `location` and `contacts`)."""
    found: list[Part] = []
    if place is not None:
        named = {name: value for name in ("name", "address") if (value := getattr(place, name))}
        at = {"latitude": place.latitude, "longitude": place.longitude, **named}
        found.append({"type": "location", "location": at})
    if contacts:
        found.append({"type": "contacts", "contacts": [_contact(contact) for contact in contacts]})
    return found


def _contact(contact: ContactCard) -> dict[str, Any]:
    # The whole name twice: one part beside it is asked for, and which word is the first name nobody knows.
    return {
        "name": {"formatted_name": contact.name, "first_name": contact.name},
        **({"phones": [{"phone": phone} for phone in contact.phones]} if contact.phones else {}),
        **({"emails": [{"email": email} for email in contact.emails]} if contact.emails else {}),
    }


def _files(files: Sequence[FileRef], language: str, link: Link) -> tuple[list[FilePart], list[str]]:
    """What can be sent as it is, and lines for what cannot."""
    sendable, said = [], []
    for file in files:
        if file.state != "kept":
            continue
        kind, most = SENDABLE.get(file.media_type.split(";")[0].strip().lower(), ("document", 0))
        if file.size <= most:
            sendable.append(FilePart(file=file, kind=kind))
        else:
            said.append(words.FILE[language].format(name=file.name, link=link(file)))
    return sendable, said


def _fitted(title: str, room: int) -> str:
    short = title
    length = room
    while size(short) > room:
        short = shorten(title, length)
        length -= 1
    return short
