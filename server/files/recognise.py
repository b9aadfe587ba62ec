"""What a file is, by its content. What its sender calls it only decides between kinds that look alike."""

from __future__ import annotations

import re

from crm_backend.attachments.kinds import KINDS, Kind
from crm_backend.errors import FileType

PICTURES = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
    "__properties_version1.0": "application/vnd.ms-outlook",
}
_OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_FIRST_ENTRY = 38
"""Where the content of an OpenDocument's first entry begins: after a local header of 30 bytes and `mimetype`
(OpenDocument 1.3, part 2, 3.3)."""
_MARKUP = re.compile(rb"\s*<\s*[!?%a-z]", re.IGNORECASE)
_HEADER = re.compile(rb"[!-9;-~]{1,60}:[ \t]?[^\r\n]*\r?\n")
_VIDEO = {b"qt  ": "video/quicktime", b"3gp": "video/3gpp", b"3g2": "video/3gpp"}
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def picture(content: bytes) -> str | None:
    """The name of the picture format that can be taken apart and made anew, if it is one."""
    for mark, name in PICTURES.items():
        if content.startswith(mark):
            return name if name != "BMP" or content[6:10] == b"\0\0\0\0" else None
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in (b"avif", b"avis"):
        return "AVIF"
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"):
        return "HEIF"
    return None


def recognise(content: bytes, *, name: str = "", declared_type: str = "") -> Kind:
    """The kind of a file that is no such picture. Raises FileType when it is of none that is taken."""
    found = _media(content) or _document(content) or _text(content, name.casefold(), declared_type.casefold())
    if found is None:
        raise FileType("unknown content")
    return KINDS[found]


def _media(content: bytes) -> str | None:
    """Sound and film."""
    head = content[:4096]
    if head.startswith(b"OggS"):
        return None if b"theora" in head else "audio/ogg"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        # The codecs of tracks are named at the beginning (Matroska, CodecID).
        return "video/webm" if b"V_" in head else "audio/webm"
    if head[4:8] == b"ftyp":
        return _iso(head[8:12])
    if head.startswith(b"ID3"):
        return "audio/mpeg"
    if head[:1] == b"\xff" and len(head) > 3:
        return _frames(head)
    return None


def _iso(brand: bytes) -> str:
    """By the major brand of the container (ISO/IEC 14496-12)."""
    if brand in (b"M4A ", b"M4B "):
        return "audio/mp4"
    return next((media for mark, media in _VIDEO.items() if brand.startswith(mark)), "video/mp4")


def _frames(head: bytes) -> str | None:
    """Bare frames of sound: eleven or twelve set bits, the third layer, bit rate and sampling rate that exist."""
    if head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    layer, rate, sampling = head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return "audio/mpeg" if head[1] & 0xE0 == 0xE0 and layer == 1 and rate != 15 and sampling != 3 else None


def _document(content: bytes) -> str | None:
    """Documents and archives. None of them is ever opened here."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"{\\rtf"):
        return "application/rtf"
    if content.startswith(_OLE):
        return next((media for stream, media in _OLE_STREAMS.items() if stream.encode("utf-16-le") in content), None)
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    if b"vbaProject.bin" in content:
        raise FileType("a document with macros")
    declared = content[_FIRST_ENTRY : _FIRST_ENTRY + 80]
    for media in KINDS:
        if "opendocument" in media and declared.startswith(media.encode() + b"PK"):
            return media
    if b"[Content_Types].xml" in content:
        return next((media for folder, media in _OFFICE.items() if folder in content), "application/zip")
    return "application/zip"


def _text(content: bytes, name: str, declared_type: str) -> str | None:
    """Words without formatting. Markup is none, whatever it is called: browsers run it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeDecodeError:
            return None
    content = content.removeprefix(b"\xef\xbb\xbf")
    if not content.strip() or _CONTROLS.search(content) or _MARKUP.match(content):
        return None
    if (name.endswith(".eml") or declared_type == "message/rfc822") and _HEADER.match(content):
        return "message/rfc822"
    start = content.lstrip()[:20].upper()
    if start.startswith(b"BEGIN:VCALENDAR"):
        return "text/calendar"
    if start.startswith(b"BEGIN:VCARD"):
        return "text/vcard"
    if name.endswith(".csv") or declared_type == "text/csv":
        return "text/csv"
    return "text/plain"
