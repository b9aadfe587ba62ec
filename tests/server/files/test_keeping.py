"""What becomes of a file that comes in: recognised by its content, cleaned, named, stored."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from crm_backend.attachments.schema import FileRef
from crm_backend.errors import BadFile, FileBroken, FileType, NotFound, TooLarge
from server.files.store import FileStore
from tests.server.files.conftest import on_disk
from tests.support import samples
from tests.support.samples import chunks


async def kept(store: FileStore, content: bytes, name: str = "", declared_type: str = "") -> FileRef:
    return await store.keep(chunks(content), name=name, declared_type=declared_type)


async def opened(store: FileStore, ref: FileRef) -> Image.Image:
    return Image.open(io.BytesIO(await store.read(ref.id)))


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (samples.picture("PNG"), "image/png", "image.png"),
        (samples.picture("JPEG"), "image/jpeg", "image.jpg"),
        (samples.picture("WEBP"), "image/jpeg", "image.jpg"),
        (samples.picture("BMP"), "image/jpeg", "image.jpg"),
        (samples.picture("TIFF"), "image/jpeg", "image.jpg"),
        (samples.picture("AVIF"), "image/jpeg", "image.jpg"),
        (samples.picture("HEIF"), "image/jpeg", "image.jpg"),
        (samples.picture("WEBP", mode="RGBA"), "image/png", "image.png"),
        (samples.moving(), "image/gif", "image.gif"),
        (samples.PDF, "application/pdf", "document.pdf"),
        (samples.OGG, "audio/ogg", "audio.ogg"),
        (b"ID3\x04\0\0\0\0\0\x0a" + bytes(60), "audio/mpeg", "audio.mp3"),
        (b"\xff\xfb\x90\x64" + bytes(60), "audio/mpeg", "audio.mp3"),
        (b"#!AMR\n" + bytes(60), "audio/amr", "audio.amr"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(60), "audio/mp4", "audio.m4a"),
        (samples.MP4, "video/mp4", "video.mp4"),
        (samples.word(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document.docx"),
        (samples.archive(a_xtxt=b"words"), "application/zip", "file.zip"),
        ("Été : 12 €\n".encode(), "text/plain", "document.txt"),
        ("Été".encode("utf-16"), "text/plain", "document.txt"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "text/vcard", "document.vcf"),
        (b"BEGIN:VCALENDAR\r\n", "text/calendar", "document.ics"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_content_tells_the_type_and_the_name_is_made_true(
    store: FileStore, content: bytes, media_type: str, name: str
) -> None:
    ref = await kept(store, content, declared_type="application/x-msdownload")
    assert (ref.media_type, ref.name, ref.state) == (media_type, name, "kept")
    assert ref.size == len(await store.read(ref.id))


async def test_a_name_and_a_declared_type_are_hints_only(store: FileStore) -> None:
    ref = await kept(store, samples.picture(), "invoice.pdf", "application/pdf")
    assert (ref.media_type, ref.kind, ref.name) == ("image/png", "image", "invoice.pdf.png")
    ref = await kept(store, b"a;b\n1;2\n", "prices.CSV")
    assert (ref.media_type, ref.name) == ("text/csv", "prices.csv")


@pytest.mark.parametrize(
    "content",
    [
        samples.SVG,
        b'<?xml version="1.0"?>' + samples.SVG,
        b"\xef\xbb\xbf  \n" + samples.HTML,
        "<svg onload=alert(1)>".encode("utf-16"),
        b"<!-- GIF89a -->" + samples.HTML,
        b"MZ" + bytes(100),
        b"\x7fELF" + bytes(100),
        samples.word(macros=True),
        b"\x93\x0c\0\x01 nothing known",
    ],
)
async def test_what_is_no_kind_that_is_taken_is_refused(store: FileStore, content: bytes, tmp_path: Path) -> None:
    with pytest.raises(FileType):
        await kept(store, content, "photo.png", "image/png")
    assert on_disk(tmp_path) == []


@pytest.mark.parametrize(
    "content", [b"", samples.picture()[:60], b"\xff\xd8\xff" + bytes(80), b"GIF89a" + samples.HTML]
)
async def test_a_damaged_file_is_refused(store: FileStore, content: bytes) -> None:
    with pytest.raises(FileBroken):
        await kept(store, content)


async def test_a_photo_keeps_what_is_seen_and_nothing_else(store: FileStore) -> None:
    content = samples.photo()
    assert b"Telephone" in content and b"taken at home" in content
    ref = await kept(store, content, "IMG_0001.JPG")
    clean = await store.read(ref.id)
    shown = await opened(store, ref)
    assert not shown.getexif() and "comment" not in shown.info and "exif" not in shown.info
    assert b"Telephone" not in clean and b"taken at home" not in clean
    assert (ref.name, ref.width, ref.height) == ("IMG_0001.jpg", 40, 30)


async def test_a_photo_stands_upright_before_it_forgets_which_side_is_up(store: FileStore) -> None:
    ref = await kept(store, samples.photo(orientation=6))
    assert (ref.width, ref.height) == (30, 40)
    shown = (await opened(store, ref)).convert("RGB")
    red, blue = shown.getpixel((15, 5)), shown.getpixel((15, 35))
    assert isinstance(red, tuple) and isinstance(blue, tuple)
    assert red[0] > red[2] and blue[2] > blue[0]


async def test_words_hidden_in_a_picture_are_gone(store: FileStore) -> None:
    from PIL.PngImagePlugin import PngInfo

    said = PngInfo()
    said.add_text("Comment", "<script>alert(1)</script>")
    ref = await kept(store, samples.picture("PNG", pnginfo=said) + samples.HTML)
    assert b"script" not in await store.read(ref.id)
    ref = await kept(store, samples.moving() + samples.PDF)
    clean = await store.read(ref.id)
    assert b"hidden" not in clean and b"%PDF" not in clean


async def test_a_moving_picture_still_moves(store: FileStore) -> None:
    for content in (samples.moving(4),):
        shown = await opened(store, await kept(store, content))
        assert getattr(shown, "n_frames", 1) == 4
        assert shown.info["duration"] == 100


async def test_a_large_picture_is_made_smaller(store: FileStore) -> None:
    ref = await kept(store, samples.picture("JPEG", (6000, 3000)))
    assert (ref.width, ref.height) == (4096, 2048)


async def test_a_picture_that_unfolds_into_too_much_is_refused(store: FileStore) -> None:
    bomb = samples.picture("PNG", (8_000, 8_000))
    assert len(bomb) < 3_000_000
    with pytest.raises(FileBroken):
        await kept(store, bomb)


async def test_a_file_that_is_too_large_is_cut_off_while_it_comes(store: FileStore, tmp_path: Path) -> None:
    came = 0

    async def endless() -> object:
        nonlocal came
        while True:
            came += 1
            yield bytes(1024 * 1024)

    with pytest.raises(TooLarge):
        await store.keep(endless())  # type: ignore[arg-type]
    assert came == 26
    assert on_disk(tmp_path) == []


async def test_bytes_are_stored_before_anybody_is_told(store: FileStore, tmp_path: Path) -> None:
    """The row is the promise: without the bytes there is none, and without the row no bytes stay."""

    async def broken(*args: object, **more: object) -> None:
        raise RuntimeError("row")

    from crm_backend.attachments import services

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "add", broken)
        with pytest.raises(RuntimeError):
            await kept(store, samples.PDF)
    assert on_disk(tmp_path) == []
    ref = await kept(store, samples.PDF)
    assert [path.name for path in on_disk(tmp_path)] == [str(ref.id)]


async def test_what_is_not_kept_cannot_be_read(store: FileStore) -> None:
    from crm_backend.database import new_id

    with pytest.raises(NotFound):
        await store.read(new_id())


def test_every_refusal_is_a_bad_file() -> None:
    assert issubclass(FileType, BadFile) and issubclass(FileBroken, BadFile)
