"""Small files of every kind, made here, and harmful ones."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any

from PIL import Image

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What every scanner takes for a virus, by agreement, and which is none (eicar.org)."""
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
OGG = b"OggS\0\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01" + bytes(40)
MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(40)


HEIF = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAA"
    "AAAERAAAEAAQAAAAABoAABAAAAAAAAAEwAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/GlwcnAA"
    "AADcaXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AAAAMAkA"
    "AAAwAAAwAeoCCBBZbqrprm4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAA"
    "AChjbGFwAAAAKAAAAAEAAAAeAAAAAf///+gAAAAC////3gAAAAIAAAAQcGl4aQAAAAADCAgIAAAAGGlwbWEAAAAAAAAAAQABBYECAwWEAAAAVG"
    "1kYXQAAABIKAGvEyGpIGj1JyL//2q6n/rQWf9v6AH6QmVz/CbwlrsgvaMOwqE0A3/+UDA5CqxK0jrd222W3GUrCqDWVG0+652AlbQ38DsI"
)
"""The picture of 40 by 30 that `picture` paints, as telephones keep photos."""


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), *, mode: str = "RGB", **more: Any) -> bytes:
    """A picture, red on the left and blue on the right."""
    if form == "HEIF":
        # Pillow reads it with help and writes it not at all.
        return base64.b64decode(HEIF)
    made = Image.new(mode, size, (200, 30, 30) if mode == "RGB" else (200, 30, 30, 128))
    made.paste((30, 30, 200) if mode == "RGB" else (30, 30, 200, 128), (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    made.save(out, form, **more)
    return out.getvalue()


def photo(size: tuple[int, int] = (40, 30), *, orientation: int = 1) -> bytes:
    """A photo as a telephone takes it: it says where, with what, and which side is up."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Telephone", orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 45.0, 50.0), 3: "E", 4: (4.0, 50.0, 3.0)})
    return picture("JPEG", size, exif=exif, comment=b"taken at home")


def moving(frames: int = 3, size: tuple[int, int] = (20, 20)) -> bytes:
    """A GIF that moves."""
    pictures = [Image.new("RGB", size, (at * 80 % 256, 0, 0)) for at in range(frames)]
    out = io.BytesIO()
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=100, loop=0, comment=b"hidden")
    return out.getvalue()


def archive(**files: bytes) -> bytes:
    """A ZIP; `__` in a name stands for a slash and `_x` for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_x", "."), content)
    return out.getvalue()


def word(*, macros: bool = False) -> bytes:
    """The outside of a Word document."""
    files = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
    if macros:
        files["word/vbaProject.bin"] = b"code"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


async def chunks(content: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    """As a network brings it."""
    for at in range(0, len(content), size):
        yield content[at : at + size]
