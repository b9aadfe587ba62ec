"""Bytes that no client sends: in headers and addresses of every door, and bodies without end at the hooks."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from crm_backend.errors import BadFile
from server.app import Parts
from server.files.pictures import Painter
from tests.support import samples, site
from tests.support.assistant import ScriptedBot
from tests.support.stores import Stores

TOKEN = "console-token-of-tests"
SECRET = "a-secret-of-tests-1234"
GIVEN = {
    "RELAIS_CONSOLE_TOKEN": TOKEN,
    "RELAIS_WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "RELAIS_WHATSAPP_ACCESS_TOKEN": SECRET,
    "RELAIS_WHATSAPP_APP_SECRET": SECRET,
    "RELAIS_WHATSAPP_VERIFY_TOKEN": SECRET,
    "RELAIS_WHATSAPP_GRAPH_URL": "http://127.0.0.1:1",
    "RELAIS_TELEGRAM_TOKEN": "123456789:AAFtesttesttest",
    "RELAIS_TELEGRAM_API_URL": "http://127.0.0.1:1",
    "RELAIS_MAIL_ADDRESS": "support@example.com",
    "RELAIS_MAIL_WEBHOOK_SECRET": SECRET,
}
ODD = "\udcff\udcc3("
"""Bytes that are no UTF-8, as the interpreter carries them."""
DOORS = (
    ("POST", "/hooks/console/main", {"Authorization": f"Bearer {ODD}"}),
    ("POST", "/hooks/telegram/main", {"X-Telegram-Bot-Api-Secret-Token": ODD}),
    ("POST", "/hooks/whatsapp/main", {"X-Hub-Signature-256": f"sha256={ODD}"}),
    ("GET", "/hooks/whatsapp/main?hub.mode=subscribe&hub.challenge=1&hub.verify_token=%ff%ed%a0%80", {}),
    ("POST", "/hooks/mail/main", {"X-Relais-Signature": f"t=1,v1={ODD}"}),
    ("GET", "/hooks/%ff/%ed%a0%80", {}),
    ("GET", "/chat/conversations", {"Authorization": f"Bearer {ODD}"}),
    ("POST", "/chat/files", {"Authorization": f"Bearer {ODD}", "X-File-Name": ODD, "Content-Type": ODD}),
    ("POST", "/chat/hello", {"X-Relais-User": ODD, "Origin": ODD}),
    ("POST", "/desk/api/files", {"Cookie": f"relais_desk={ODD}", "X-CSRF-Token": ODD}),
    ("GET", "/files/00000000-0000-7000-8000-000000000000?until=%ff&sig=%ed%a0%80", {}),
    ("GET", "/files/%ff%00?until=1&sig=1", {}),
    ("GET", "/unsubscribe/%ff%ed%a0%80", {}),
    ("POST", "/unsubscribe/AAAA", {"Content-Type": f"multipart/form-data; boundary={ODD}"}),
    ("GET", "/healthz", {"X-Forwarded-For": ODD, "Accept-Language": ODD}),
)


@pytest.fixture
async def server(database_url: str, stores: Stores, scripted: ScriptedBot, password_hash: str) -> AsyncIterator[Parts]:
    """A server with an account of every kind of hook."""
    await stores.forget()
    settings = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, given=GIVEN)
    async with site.serving(settings) as parts:
        yield parts


async def asked(server: Parts, method: str, path: str, headers: dict[str, str], *, body: int = 0) -> tuple[int, int]:
    """The status of a request as it is written here, and how many of `body` megabytes, in chunks and without a length
    told before, were taken."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.settings.port)
    length = "Transfer-Encoding: chunked" if body else "Content-Length: 0"
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", length]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode(errors="surrogateescape"))
    taken = 0
    try:
        for _ in range(body):
            writer.write(b"100000\r\n" + bytes(1 << 20) + b"\r\n")
            await asyncio.wait_for(writer.drain(), 5)
            taken += 1
            if reader.at_eof() or len(reader._buffer):  # type: ignore[attr-defined]
                break
    except (ConnectionError, TimeoutError):
        pass
    status = int((await asyncio.wait_for(reader.readline(), 10)).split()[1])
    writer.close()
    return status, taken


async def test_bytes_that_are_no_text_are_refused_at_every_door_without_a_failure(server: Parts) -> None:
    answers = {(method, path): (await asked(server, method, path, headers))[0] for method, path, headers in DOORS}
    assert not {door: status for door, status in answers.items() if status >= 500}


async def test_a_body_without_end_and_without_a_length_is_let_go_early(server: Parts) -> None:
    for channel in ("console", "telegram", "whatsapp", "mail"):
        status, taken = await asked(server, "POST", f"/hooks/{channel}/main", {}, body=100)
        # What the operating system holds of it besides is no concern of ours.
        assert status in (401, 413) and taken < 40, channel


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def text_bomb() -> bytes:
    """A picture whose comment unfolds into 200 MB."""
    plain = samples.picture("PNG", (8, 8))
    comment = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200 * 1024 * 1024), 6))
    return plain[:33] + comment + plain[33:]


def profile_bomb() -> bytes:
    """The same with its colour profile."""
    plain = samples.picture("PNG", (8, 8))
    profile = _chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(200 * 1024 * 1024), 9))
    return plain[:33] + profile + plain[33:]


def frame_bomb() -> bytes:
    """A moving picture of 3,000 large frames in which nothing moves."""
    frames = [Image.new("P", (900, 900), n % 2) for n in range(2)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:] * 30, duration=20)
    content = out.getvalue()
    start = content.index(b"\x21\xf9")
    return content[:start] + content[start:-1] * 100 + b";"


def size_lie() -> bytes:
    """A picture that says it is small and brings the lines of a large one, and the other way round."""
    plain = bytearray(samples.picture("PNG", (3000, 3000)))
    plain[16:24] = struct.pack(">II", 40_000, 40_000)
    plain[29:33] = struct.pack(">I", zlib.crc32(bytes(plain[12:29])))
    return bytes(plain)


@pytest.mark.parametrize("bomb", [text_bomb, profile_bomb, frame_bomb, size_lie], ids=lambda one: one.__name__)
async def test_a_bomb_in_a_picture_costs_a_process_and_nothing_else(bomb: object) -> None:
    """It is refused, or what is kept of it is what is seen."""
    content = bomb()  # type: ignore[operator]
    form = "GIF" if content.startswith(b"GIF") else "PNG"
    try:
        painted = await asyncio.wait_for(Painter().paint(content, form), 60)
    except BadFile:
        return
    assert len(painted.content) < 1_000_000
    assert painted.width * painted.height <= 900 * 900


_SAYS = {
    # Where a format says how large its picture is: (offset of the width, of the height, how each is written).
    "GIF": (6, 8, "<H"),
    "BMP": (18, 22, "<i"),
    "WEBP": (26, 28, "<H"),
}


def enormous(form: str) -> bytes:
    """A small file that says it unfolds into at least 250 million pixels, and has none of them."""
    content = bytearray(samples.picture(form))
    if form in ("HEIF", "AVIF"):
        at = content.index(b"ispe") + 8
        struct.pack_into(">II", content, at, 60_000, 60_000)
    elif form == "JPEG":
        at = content.index(b"\xff\xc0") + 5
        struct.pack_into(">HH", content, at, 65_000, 65_000)
    elif form == "TIFF":
        for tag in (256, 257):
            at = max(content.find(struct.pack("<HHI", tag, kind, 1)) for kind in (3, 4))
            struct.pack_into("<H", content, at + 8, 60_000)
    else:
        width, height, written = _SAYS[form]
        for at in (width, height):
            struct.pack_into(written, content, at, 16_383)
    return bytes(content)


@pytest.mark.parametrize("form", ["GIF", "BMP", "WEBP", "JPEG", "TIFF", "HEIF", "AVIF"])
async def test_a_picture_that_says_it_is_enormous_is_not_unfolded(form: str) -> None:
    content = enormous(form)
    assert len(content) < 20_000
    with pytest.raises(BadFile):
        await asyncio.wait_for(Painter().paint(content, form), 60)
