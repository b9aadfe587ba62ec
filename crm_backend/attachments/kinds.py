"""The kinds of file that are taken. What is not in this table is refused, whoever sends it."""

from __future__ import annotations

from dataclasses import dataclass

from crm_backend.attachments.schema import FileKind


@dataclass(frozen=True)
class Kind:
    """One kind of file. The first of `extensions` is given to a name that has none of them."""

    media_type: str
    kind: FileKind
    extensions: tuple[str, ...]
    inline: bool = False
    """Whether a browser may show it by itself; everything else is only ever saved."""


_WORD = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

KINDS = {
    kind.media_type: kind
    for kind in (
        Kind("image/jpeg", "image", ("jpg", "jpeg", "jpe"), inline=True),
        Kind("image/png", "image", ("png",), inline=True),
        Kind("image/gif", "image", ("gif",), inline=True),
        Kind("image/webp", "image", ("webp",), inline=True),
        Kind("application/pdf", "document", ("pdf",), inline=True),
        Kind("audio/ogg", "audio", ("ogg", "oga", "opus"), inline=True),
        Kind("audio/mpeg", "audio", ("mp3",), inline=True),
        Kind("audio/mp4", "audio", ("m4a", "mp4"), inline=True),
        Kind("audio/aac", "audio", ("aac",), inline=True),
        Kind("audio/amr", "audio", ("amr",), inline=True),
        Kind("audio/wav", "audio", ("wav",), inline=True),
        Kind("audio/webm", "audio", ("webm", "weba"), inline=True),
        Kind("video/mp4", "video", ("mp4", "m4v"), inline=True),
        Kind("video/webm", "video", ("webm",), inline=True),
        Kind("video/quicktime", "video", ("mov",), inline=True),
        Kind("video/3gpp", "video", ("3gp",), inline=True),
        Kind(_WORD + "wordprocessingml.document", "document", ("docx",)),
        Kind(_WORD + "spreadsheetml.sheet", "document", ("xlsx",)),
        Kind(_WORD + "presentationml.presentation", "document", ("pptx",)),
        Kind(_OPEN + "text", "document", ("odt",)),
        Kind(_OPEN + "spreadsheet", "document", ("ods",)),
        Kind(_OPEN + "presentation", "document", ("odp",)),
        Kind("application/msword", "document", ("doc",)),
        Kind("application/vnd.ms-excel", "document", ("xls",)),
        Kind("application/vnd.ms-powerpoint", "document", ("ppt",)),
        Kind("application/vnd.ms-outlook", "document", ("msg",)),
        Kind("application/rtf", "document", ("rtf",)),
        Kind("text/plain", "document", ("txt", "log", "md")),
        Kind("text/csv", "document", ("csv",)),
        Kind("text/calendar", "document", ("ics",)),
        Kind("text/vcard", "document", ("vcf",)),
        Kind("message/rfc822", "document", ("eml",)),
        Kind("application/zip", "other", ("zip",)),
    )
}

ASKED_FOR = [
    "image/*",
    "audio/*",
    "video/mp4",
    "video/webm",
    "video/quicktime",
    *(media_type for media_type, kind in KINDS.items() if kind.kind == "document" and media_type != "message/rfc822"),
    "application/zip",
]
"""What a page that uploads offers to choose, in the form of HTML's `accept`."""
