"""What comes with a mail, and the mail itself, put where files are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from channels.mail import words
from channels.mail.parse import Mail
from channels.port import Files
from crm_backend.conversations.schema import IncomingFile
from crm_backend.errors import RelaisError, Unavailable
from crm_backend.texts import clean_name

MOST_FILES = 40
MOST_SHOWN = 50
"""Recipients, and files that were refused, that are noted with a message."""


@dataclass
class Kept:
    """What came along: kept, or refused with why; and the mail itself, to be looked at as it came."""

    files: list[IncomingFile] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    original: IncomingFile | None = None


async def keep(place: Files, mail: Mail, raw: bytes) -> Kept:
    """Keeps the files of a mail, and the mail. Raises Unavailable."""
    kept = Kept()
    for one in mail.attachments[:MOST_FILES]:
        if (file := await _keep(place, kept, one.content, one.name, one.type)) is not None:
            kept.files.append(file.model_copy(update={"inline": one.inline}))
    kept.refused += [{"name": clean_name(one.name), "why": "too_many"} for one in mail.attachments[MOST_FILES:]]
    kept.original = await _keep(place, kept, raw, words.ORIGINAL, "message/rfc822")
    return kept


async def _keep(place: Files, kept: Kept, content: bytes, name: str, declared_type: str) -> IncomingFile | None:
    try:
        ref = await place.keep(_pieces(content), name=name, declared_type=declared_type)
    except Unavailable:
        raise
    except RelaisError as error:
        if len(kept.refused) < MOST_SHOWN:
            kept.refused.append({"name": clean_name(name), "why": error.code})
        return None
    return IncomingFile(id=ref.id, kind=ref.kind, name=ref.name)


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]
