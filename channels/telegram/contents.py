"""What a Telegram message carries, in our terms: words, files, a place, contacts.

The fields are those of `Message` in the Bot API (https://core.telegram.org/bots/api#message).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

import phonenumbers
from telegram import Contact, Message, MessageOriginUser, PhotoSize

from channels.telegram.words import words
from crm_backend.attachments.schema import FileKind
from crm_backend.conversations.schema import ContactCard, IncomingFile, Language, Location, Vouched

_UNREADABLE = ("poll", "checklist", "story", "game", "invoice", "paid_media", "giveaway", "giveaway_winners", "gift")
_DIGITS = re.compile(r"\+?[0-9]{8,15}")


@dataclass
class Content:
    """What one message carries."""

    text: str = ""
    files: list[IncomingFile] = field(default_factory=list)
    location: Location | None = None
    contacts: list[ContactCard] = field(default_factory=list)
    vouched: Vouched | None = None
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to answer to: somebody joined, a message was pinned."""
        return not (self.text or self.files or self.location or self.contacts)


class _Media(Protocol):
    file_id: str
    file_unique_id: str
    file_size: int | None


def read(message: Message, *, language: Language) -> Content:
    """The content of a message; empty for service messages."""
    content = Content(text=message.text or message.caption or "", files=_files(message))
    if message.sticker and not content.files:
        content.text = message.sticker.emoji or "🙂"
    elif message.dice:
        content.text = f"{message.dice.emoji} {message.dice.value}"
    if message.venue:
        at = message.venue.location
        content.location = Location(
            latitude=at.latitude, longitude=at.longitude, name=message.venue.title, address=message.venue.address
        )
    elif message.location:
        content.location = Location(latitude=message.location.latitude, longitude=message.location.longitude)
    if message.contact:
        content.contacts = [_card(message.contact)]
        content.vouched = _own_number(message)
        if content.vouched:
            content.text = words("shared_number", language)
    if content.empty:
        content.text = _unreadable(message, language)
    content.details = _details(message)
    return content


def _files(message: Message) -> list[IncomingFile]:
    if message.photo:
        return [_photo(max(message.photo, key=lambda size: size.width * size.height))]
    if message.animation:
        # Telegram repeats it under `document` for apps that know no animations.
        return [_file(message.animation, "video", message.animation.file_name or "animation.mp4", "video/mp4")]
    if message.voice:
        return [_file(message.voice, "audio", "voice.ogg", message.voice.mime_type or "audio/ogg")]
    if message.audio:
        name = message.audio.file_name or "audio.mp3"
        return [_file(message.audio, "audio", name, message.audio.mime_type or "audio/mpeg")]
    if message.video:
        name = message.video.file_name or "video.mp4"
        return [_file(message.video, "video", name, message.video.mime_type or "video/mp4")]
    if message.video_note:
        return [_file(message.video_note, "video", "video.mp4", "video/mp4")]
    if message.document:
        media_type = message.document.mime_type or "application/octet-stream"
        return [_file(message.document, _kind(media_type), message.document.file_name or "document", media_type)]
    return []


def _photo(size: PhotoSize) -> IncomingFile:
    return _file(size, "image", "photo.jpg", "image/jpeg")


def _file(media: _Media, kind: FileKind, name: str, media_type: str) -> IncomingFile:
    return IncomingFile(
        remote={"file_id": media.file_id, "size": media.file_size},
        kind=kind,
        name=name,
        media_type=media_type,
        size=media.file_size or 0,
    )


def _kind(media_type: str) -> FileKind:
    major = media_type.split("/", 1)[0]
    if major in ("image", "audio", "video"):
        return major  # type: ignore[return-value]
    return "document" if major in ("application", "text") else "other"


def _card(contact: Contact) -> ContactCard:
    name = f"{contact.first_name} {contact.last_name or ''}".strip()
    return ContactCard(name=name, phones=[_e164(contact.phone_number) or contact.phone_number])


def _own_number(message: Message) -> Vouched | None:
    """The writer's own number, if that is what they shared.

    Telegram's server sets `user_id` itself, to the account that has the number; what the sender's app says of it is
    ignored (tdlib issue 2575). A contact that is passed on says nothing of who passes it on.
    """
    contact, writer = message.contact, message.from_user
    if contact is None or writer is None or contact.user_id != writer.id or message.forward_origin:
        return None
    number = _e164(contact.phone_number)
    return Vouched(kind="phone", value=number) if number else None


def _e164(number: str) -> str | None:
    """The number with its country code, as Telegram writes it with or without `+`; None for what is no telephone
    number, such as Telegram's anonymous numbers (+888)."""
    bare = re.sub(r"[ ().-]", "", number)
    # Nothing else is guessed at: the server compares numbers after a tidying of its own that is not documented.
    if not _DIGITS.fullmatch(bare):
        return None
    try:
        parsed = phonenumbers.parse("+" + bare.removeprefix("+"))
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _unreadable(message: Message, language: Language) -> str:
    """A sign that something was sent which cannot be shown; empty for what is no message of the writer's."""
    if message.poll:
        return "\n".join([message.poll.question, *(f"- {option.text}" for option in message.poll.options)])
    return words("unreadable", language) if any(getattr(message, kind, None) for kind in _UNREADABLE) else ""


def _details(message: Message) -> dict[str, Any]:
    """What agents may see beside the content."""
    found: dict[str, Any] = {}
    if message.from_user and message.from_user.username:
        found["username"] = f"@{message.from_user.username}"
    if message.chat.title:
        found["group"] = message.chat.title
    if message.media_group_id:
        found["album"] = message.media_group_id
    if message.quote:
        found["quote"] = message.quote.text
    if message.forward_origin:
        origin = message.forward_origin
        named = origin.sender_user.full_name if isinstance(origin, MessageOriginUser) else None
        chat = getattr(origin, "sender_chat", None) or getattr(origin, "chat", None)
        found["forwarded_from"] = named or getattr(origin, "sender_user_name", None) or getattr(chat, "title", "")
    return found
