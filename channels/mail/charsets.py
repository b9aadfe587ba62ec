"""Bytes of a mail to text, whatever the charset says or does not say."""

from __future__ import annotations

import codecs
import re
import unicodedata

# Names seen in the wild that Python does not know, or knows as something narrower than what senders mean.
# The Latin ones follow the WHATWG Encoding Standard: mails labelled Latin-1 are written in Windows-1252.
ALIASES = {
    "ansi": "cp1252",
    "ascii": "cp1252",
    "cp-850": "cp850",
    "cp-1252": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso-latin-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "macintosh": "mac_roman",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf_7",
    "unicode-1-1-utf-8": "utf_8",
    "us-ascii": "cp1252",
    "utf8mb4": "utf_8",
    "utf-8mb4": "utf_8",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "x-mac-roman": "mac_roman",
    "x-sjis": "cp932",
    "x-x-big5": "big5hkscs",
    "big5": "big5hkscs",
}
# Not charsets of text, or not safe to run on what a stranger sent (punycode takes time squared).
NOT_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "charmap"}
BOMS = (
    (codecs.BOM_UTF8, "utf_8"),
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF32_BE, "utf_32"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
# Where ASCII bytes mean something else: a declared charset of these is believed before UTF-8 is tried.
_STATEFUL = {"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_kr", "hz", "utf_7"}

_MOST_MENDED = 10_000

_META = re.compile(rb"""charset\s{0,5}=\s{0,5}["']?([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_ZERO_WIDTH = "\u00ad\u180e\u200b\u2060\ufeff"
_INVISIBLE = dict.fromkeys([*range(32), *range(0x7F, 0xA0), *map(ord, _DIRECTION + _ZERO_WIDTH)])
_ONE_LINE = {**_INVISIBLE, **dict.fromkeys((9, 10, 11, 12, 13, 0x85, 0x2028, 0x2029), " ")}
_MANY_LINES = {**dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0x7F]), 0x2028: "\n", 0x2029: "\n"}
_RARE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Bytes that do not fit are read as Windows-1252: one stray accent must not cost the rest of the mail."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(codecs.decode(wrong[i : i + 1], "cp1252", "replace") for i in range(len(wrong))), error.end


codecs.register_error("relais.windows", _as_windows)


def known(charset: str | None) -> str | None:
    """Python's name for a declared charset, or None when it is missing, unknown or no charset of text."""
    name = (charset or "").strip().strip("\"'").lower()[:60].partition("*")[0]
    name = ALIASES.get(name, name)
    if name.startswith("x-") and ALIASES.get(name[2:], name[2:]) != name[2:]:
        name = ALIASES[name[2:]]
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # The only official way to tell base64 or zip, which are codecs too, from charsets.
    text = getattr(found, "_is_text_encoding", True)
    python = found.name.replace("-", "_")
    return python if text and python not in NOT_CHARSETS else None


def to_text(content: bytes, charset: str | None = None) -> str:
    """The text of `content`. Never fails: a wrong, unknown or missing charset falls back on what the bytes look like.

    Bytes that are valid UTF-8 beyond ASCII are UTF-8 even when a one-byte charset is declared: real text in such a
    charset is hardly ever valid UTF-8 by chance.
    """
    for bom, name in BOMS:
        if content.startswith(bom):
            return storable(content.decode(name, "replace").lstrip("\ufeff"))
    name = known(charset) or ""
    if name.startswith(("utf_16", "utf_32")) and b"\x00" not in content[:4096]:
        name = ""
    if name in _STATEFUL or (not name and b"\x1b$" in content):
        return storable(_decoded(content, name or "iso2022_jp_2"))
    if name.startswith(("utf_16", "utf_32")):
        return storable(content.decode(name, "replace"))
    try:
        return storable(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if name and name != "utf_8":
        return storable(_decoded(content, name))
    return storable(_mended(content))


def _decoded(content: bytes, name: str) -> str:
    if name == "cp1252":
        # Five bytes are undefined in Windows-1252.
        return content.decode(name, "replace")
    try:
        return content.decode(name)
    except (UnicodeDecodeError, ValueError):
        pass
    loose = content.decode(name, "replace")
    if loose.count("\ufffd") * 20 > len(loose):
        return _mended(content)
    return loose


def _mended(content: bytes) -> str:
    """Declared or supposed UTF-8, but broken: what is UTF-8 in it is kept, unless that is next to nothing."""
    if content.decode("utf-8", "replace").count("\ufffd") > _MOST_MENDED:
        return content.decode("cp1252", "replace")
    return content.decode("utf-8", "relais.windows")


def declared_in_html(content: bytes) -> str | None:
    """The charset that a page names in its first kilobyte, or None."""
    found = _META.search(content[:1024])
    return found[1].decode("ascii") if found else None


def storable(text: str) -> str:
    """The text without control characters and lone surrogates, which no database stores; lines end in \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _RARE.search(text):
        # Hardly any text has one, and looking is fifty times quicker than translating.
        text = text.translate(_MANY_LINES)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def one_line(text: str, longest: int) -> str:
    """The text on one line without control, direction and zero-width characters, at most `longest` characters."""
    tidy = " ".join(storable(text[: longest * 20]).translate(_ONE_LINE).split())
    tidy = unicodedata.normalize("NFC", tidy[: longest * 4])
    return tidy if len(tidy) <= longest else tidy[: longest - 1].rstrip() + "…"
