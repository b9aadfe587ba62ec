"""What a reader would call the mail's text, its page and its files, gathered from the parts."""

from __future__ import annotations

import html as entities
import mimetypes
import re
from dataclasses import dataclass, field

from channels.mail.charsets import declared_in_html, one_line, to_text
from channels.mail.headers import identifiers, text_field
from channels.mail.htmltext import page_to_text
from channels.mail.mime import Part, split_header
from channels.mail.tnef import open_winmail

MAX_TEXT = 2_000_000
"""Characters of text or page that are read; the rest is cut off, the raw mail keeps it."""

_REPORTS = {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/global-disposition-notification",
    "message/feedback-report",
    "text/rfc822-headers",
    "message/global-headers",
}
_ENCLOSED = {"message/rfc822", "message/global", "message/news"}
_PGP_BEGIN = "-----BEGIN PGP MESSAGE-----"
_PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_UNSAFE_IN_NAME = re.compile(r'[/\\:*?"<>|]')


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with the mail. `type` is what the sender declared, not what the bytes are."""

    name: str
    type: str
    content: bytes = field(repr=False)
    content_id: str | None = None
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """What else the mail is. `calendar` is the method of an invitation (REQUEST, REPLY, CANCEL…)."""

    calendar: str | None = None
    pgp_encrypted: bool = False
    pgp_signed: bool = False
    smime_encrypted: bool = False
    smime_signed: bool = False
    tnef: bool = False
    truncated: bool = False
    """The text or the page was longer than is read."""


@dataclass(frozen=True, slots=True)
class Bodies:
    text: str
    text_is_own: bool
    html: str
    attachments: tuple[Attachment, ...]
    reports: tuple[Attachment, ...]
    marks: Marks
    type: str


@dataclass(slots=True)
class _Gathering:
    """Pieces of text and page in order: the alternatives each belongs to, its words, whether it is a page."""

    pieces: list[tuple[tuple[int, ...], str, bool]] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    reports: list[Attachment] = field(default_factory=list)
    marks: dict[str, bool] = field(default_factory=dict)
    calendar: str | None = None


def gather(leaves: list[Part]) -> Bodies:
    """The best plain text, the page, the files, the reports and the marks of a mail's parts."""
    seen = _Gathering()
    for part in leaves:
        _sort(part, seen)
    page = "\n<hr>\n".join(words for _, words, is_page in seen.pieces if is_page)
    text = _own_text(seen)
    truncated = len(text) > MAX_TEXT or len(page) > MAX_TEXT
    text, page = _without_armour(text[:MAX_TEXT], seen), page[:MAX_TEXT]
    own = bool(text.strip())
    return Bodies(
        text=text if own else page_to_text(page),
        text_is_own=own,
        html=page,
        attachments=tuple(seen.files),
        reports=tuple(seen.reports),
        marks=Marks(calendar=seen.calendar, truncated=truncated, **seen.marks),
        type=(leaves[0].within or (leaves[0].type,))[0] if leaves else "text/plain",
    )


def _own_text(seen: _Gathering) -> str:
    """The plain texts in order; a page that no text stands for is read too, if there is any text at all."""
    alternatives = {one for group, words, is_page in seen.pieces if not is_page and words.strip() for one in group}
    if not any(words.strip() for _, words, is_page in seen.pieces if not is_page):
        return ""
    said = [
        page_to_text(words[:MAX_TEXT]) if is_page else words
        for group, words, is_page in seen.pieces
        if not is_page or not alternatives.intersection(group)
    ]
    return "\n\n".join(words for words in said if words.strip())


def _sort(part: Part, seen: _Gathering) -> None:
    _mark(part, seen)
    kind = part.type
    if kind in _REPORTS:
        seen.reports.append(Attachment(_name(part, len(seen.files) + 1), kind, part.content))
    elif kind in ("application/ms-tnef", "application/vnd.ms-tnef") or part.filename.lower() == "winmail.dat":
        _winmail(part, seen)
    elif kind in ("text/plain", "text/html", "text/enriched") and _is_body(part):
        content = to_text(part.content[: MAX_TEXT * 4], _charset(part))
        if kind == "text/html":
            seen.pieces.append((part.group, content, True))
        else:
            seen.pieces.append((part.group, _unflowed(part, content), False))
    elif part.content.strip() or part.filename:
        seen.files.append(_file(part, len(seen.files) + 1))


def _charset(part: Part) -> str | None:
    declared = part.parameters.get("charset")
    if declared is None and part.type == "text/html":
        return declared_in_html(part.content)
    return declared


def _is_body(part: Part) -> bool:
    return part.disposition != "attachment" and not part.filename


def _file(part: Part, number: int) -> Attachment:
    ids = identifiers(part.headers.first("content-id")) or [part.headers.first("content-id").strip(" <>")]
    content_id = one_line(ids[0], 500) or None
    shown = part.disposition == "inline" or "multipart/related" in part.within
    inline = part.disposition != "attachment" and shown and part.type.startswith("image/")
    return Attachment(_name(part, number), part.type, part.content, content_id, inline)


def _name(part: Part, number: int) -> str:
    """A file name without folders, tricks of direction or control characters, its ending kept when it is cut."""
    name = part.filename
    if not name and part.type in _ENCLOSED:
        headers, _ = split_header(part.content[:100_000])
        name = (text_field(headers.first("subject"), 100) or "message") + ".eml"
    return safe_name(name, part.type, number)


def safe_name(name: str, kind: str, number: int) -> str:
    """`name` fit for a file system and for reading: no path, no hidden or reserved characters, at most 150 of them."""
    if kind not in _ENCLOSED:
        name = name.replace("\\", "/").rpartition("/")[2]
    name = _UNSAFE_IN_NAME.sub("_", one_line(name, 1_000)).strip(" .")
    if not name:
        usual = {"text/calendar": ".ics", "text/plain": ".txt"}.get(kind) or mimetypes.guess_extension(kind)
        return f"attachment-{number}{usual or '.bin'}"
    if len(name) <= 150:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 150 - len(ending) - 2]}…{dot}{ending}" if dot and len(ending) <= 10 else name[:150]


def _mark(part: Part, seen: _Gathering) -> None:
    kind, smime = part.type, part.parameters.get("smime-type", "").lower()
    if kind == "text/calendar":
        seen.calendar = seen.calendar or one_line(part.parameters.get("method", ""), 20).upper() or "PUBLISH"
    elif kind == "application/pgp-encrypted":
        seen.marks["pgp_encrypted"] = True
    elif kind == "application/pgp-signature":
        seen.marks["pgp_signed"] = True
    elif kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        seen.marks["smime_signed" if smime == "signed-data" else "smime_encrypted"] = True
    elif kind in ("application/pkcs7-signature", "application/x-pkcs7-signature"):
        seen.marks["smime_signed"] = True


def _winmail(part: Part, seen: _Gathering) -> None:
    seen.marks["tnef"] = True
    opened = open_winmail(part.content)
    if opened is None:
        seen.files.append(_file(part, len(seen.files) + 1))
        return
    spoken = {is_page for _, words, is_page in seen.pieces if words.strip()}
    if opened.text and not spoken:
        seen.pieces.append((part.group, opened.text, False))
    if opened.html and True not in spoken:
        seen.pieces.append(((*part.group, -1), opened.html, True))
    for file in opened.files:
        name = safe_name(file.name, file.type, len(seen.files) + 1)
        inline = bool(file.content_id) and file.type.startswith("image/")
        seen.files.append(Attachment(name, file.type, file.content, file.content_id.strip("<>") or None, inline))


def _unflowed(part: Part, text: str) -> str:
    """Paragraphs put back together when the sender folded them (RFC 3676); other text as it is."""
    if part.type == "text/enriched":
        return entities.unescape(re.sub(r"<[^<>]{1,100}>", "", text))
    if part.parameters.get("format", "").lower() != "flowed":
        return text
    delete = part.parameters.get("delsp", "").lower() == "yes"
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        flows = bare.endswith(" ") and bare != "-- "
        words = bare[:-1] if flows and delete else bare
        if open_depth == depth and bare != "-- ":
            lines.append(words)
        else:
            lines.append(("\n" if lines else "") + (">" * depth + " " if depth else "") + words)
        open_depth = depth if flows else None
    return "".join(lines)


def _without_armour(text: str, seen: _Gathering) -> str:
    """The signed words of an inline PGP message; encrypted ones are only marked."""
    if _PGP_BEGIN in text:
        seen.marks["pgp_encrypted"] = True
    start = text.find(_PGP_SIGNED)
    end = text.find(_PGP_SIGNATURE, start)
    if start < 0 or end < 0:
        return text
    seen.marks["pgp_signed"] = True
    head, _, words = text[start:end].partition("\n\n")
    if not head.startswith(_PGP_SIGNED):
        return text
    close = text.find("-----END PGP SIGNATURE-----", end)
    after = text[close + len("-----END PGP SIGNATURE-----") :] if close >= 0 else ""
    words = "\n".join(line.removeprefix("- ") for line in words.split("\n"))
    return text[:start] + words.rstrip() + "\n" + after.lstrip("\n")
