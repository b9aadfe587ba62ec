"""What a reader sees of a PDF of ours: its text, found by the fonts' own maps, as a search or a screen reader does."""

from __future__ import annotations

import base64
import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_TOKEN = re.compile(rb"/(F\S+) [\d.]+ Tf|\(((?:[^()\\]|\\.)*)\)\s*Tj|(T\*|ET)", re.DOTALL)


def text_of(content: bytes) -> str:
    """The text of every page in the order in which it was drawn; blanks of every kind are one blank."""
    objects = {int(number): body for number, body in _OBJECT.findall(content)}
    fonts = _fonts(objects)
    found = []
    for body in objects.values():
        if b"/Type /XObject" in body or b"endstream" not in body or b"/Length1" in body:
            continue
        drawn = _unpacked(body)
        if b" Tf" in drawn:
            found.append(_read(drawn, fonts))
    return " ".join("\n".join(found).replace("\u00a0", " ").split())


def _unpacked(body: bytes) -> bytes:
    found = _STREAM.search(body)
    data = found[1] if found else b""
    if b"ASCII85Decode" in body:
        data = base64.a85decode(data.strip().removesuffix(b"~>"))
    return zlib.decompress(data) if b"FlateDecode" in body else data


def _fonts(objects: dict[int, bytes]) -> dict[bytes, dict[int, str]]:
    fonts = {}
    for body in objects.values():
        name, to_unicode = re.search(rb"/Name /(\S+)", body), re.search(rb"/ToUnicode (\d+) 0 R", body)
        if b"/Type /Font" in body and name and to_unicode:
            fonts[name[1]] = _letters(_unpacked(objects[int(to_unicode[1])]))
    return fonts


def _letters(cmap: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, letter in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(letter.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, _last, letters in re.findall(rb"<(\w+)>\s*<(\w+)>\s*\[(.*?)\]", block, re.DOTALL):
            for at, letter in enumerate(re.findall(rb"<(\w+)>", letters)):
                found[int(first, 16) + at] = bytes.fromhex(letter.decode()).decode("utf-16-be")
    return found


def _read(drawn: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    letters: dict[int, str] = {}
    found = []
    for font, text, end in _TOKEN.findall(drawn):
        if font:
            letters = fonts.get(font, {})
        elif end:
            found.append("\n")
        else:
            found.append("".join(letters.get(code, chr(code)) for code in _unescaped(text)))
    return "".join(found)


def _unescaped(text: bytes) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        said = found[1]
        if said.isdigit():
            return bytes([int(said, 8)])
        return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(said, said)

    return re.sub(rb"\\(\d{1,3}|.)", one, text, flags=re.DOTALL)
