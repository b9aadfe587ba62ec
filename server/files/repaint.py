"""Taking a picture apart and painting it anew, so that only what is seen remains. Run as a program of its own.

Decoders of pictures are where files bite. This one runs in a process that has little memory, little time and nothing to
steal: the picture comes in on standard input, and one line of JSON followed by the new picture goes out. It imports
nothing of ours, so that it starts quickly. Exit code 3: damaged, or more than is unfolded here.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any

MEMORY = 1 << 30
SECONDS = 20
MAX_SIDE = 4096
"""Pixels: larger pictures are made smaller."""
MAX_PIXELS = 50_000_000
"""Pixels that are unfolded at a time. JPEG can be unfolded at a fraction, so only its result counts."""
MAX_ALL_FRAMES = 40_000_000
"""Pixels of all frames of a moving picture together: of a larger one the first frame is kept."""
DAMAGED = 3


def main() -> int:
    """One picture, of the format named by the first argument; with a second one flat, its sides no longer than that."""
    _confine()
    try:
        content, form = sys.stdin.buffer.read(), sys.argv[1]
        told, painted = flat(content, form, int(sys.argv[2])) if len(sys.argv) > 2 else repaint(content, form)
    except Exception as error:  # noqa: BLE001  whatever a damaged file makes of a decoder, it is damaged
        sys.stderr.write(type(error).__name__)
        return DAMAGED
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + painted)
    return 0


def _confine() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        # macOS knows some of these and refuses them.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def repaint(content: bytes, form: str) -> tuple[dict[str, Any], bytes]:
    """What it is now (`form`, `width`, `height`) and its new bytes. Raises anything for a damaged file."""
    picture = _opened(content, form)
    frames = getattr(picture, "n_frames", 1)
    if form in ("GIF", "WEBP") and frames > 1 and picture.width * picture.height * frames <= MAX_ALL_FRAMES:
        return _moving(picture, form)
    return _still(picture, form)


def flat(content: bytes, form: str, side: int) -> tuple[dict[str, Any], bytes]:
    """The same as a JPEG on white, of a moving picture the first frame: what every messenger and mailbox shows."""
    from PIL import Image

    picture = _unfolded(_opened(content, form), form, side).convert("RGBA")
    picture.thumbnail((side, side))
    sheet = Image.new("RGB", picture.size, "white")
    sheet.paste(picture, mask=picture)
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=85)
    return {"form": "JPEG", "width": sheet.width, "height": sheet.height}, out.getvalue()


def _opened(content: bytes, form: str) -> Any:
    from PIL import Image

    if form == "HEIF":
        # What telephones take photos in; Pillow itself does not read it.
        from pi_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    # Our own bounds hold, and they count frames too.
    Image.MAX_IMAGE_PIXELS = None
    return Image.open(io.BytesIO(content), formats=[form])


def _moving(picture: Any, form: str) -> tuple[dict[str, Any], bytes]:
    """Frame by frame; a comment or a description goes with none of them."""
    from PIL import Image, ImageSequence

    frames, durations = [], []
    for frame in ImageSequence.Iterator(picture):
        durations.append(max(20, int(frame.info.get("duration") or 100)))
        clean = Image.new("RGBA", frame.size)
        clean.paste(frame.convert("RGBA"))
        clean.thumbnail((MAX_SIDE, MAX_SIDE))
        frames.append(clean)
    out = io.BytesIO()
    loop = int(picture.info.get("loop", 0))
    more: dict[str, Any] = {"disposal": 2} if form == "GIF" else {"quality": 80, "method": 0}
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=durations, loop=loop, **more)
    return {"form": form, "width": frames[0].width, "height": frames[0].height}, out.getvalue()


def _still(picture: Any, form: str) -> tuple[dict[str, Any], bytes]:
    """Upright, in sRGB, as JPEG; or as PNG when it was PNG or GIF, or lets something shine through."""
    picture = _unfolded(picture, form, MAX_SIDE)
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    picture = picture.convert("RGBA" if clear else "RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    picture.info.clear()
    out = io.BytesIO()
    if clear or form in ("PNG", "GIF"):
        form = "PNG"
        picture.save(out, form, compress_level=6)
    else:
        form = "JPEG"
        picture.save(out, form, quality=88)
    return {"form": form, "width": picture.width, "height": picture.height}, out.getvalue()


def _unfolded(picture: Any, form: str, side: int) -> Any:
    """Upright and in sRGB; a JPEG at the smallest size that is still no smaller than `side`."""
    from PIL import ImageOps

    if form == "JPEG":
        picture.draft("RGB", (side, side))
    if picture.width * picture.height > MAX_PIXELS:
        raise ValueError("too many pixels")
    picture.load()
    profile = picture.info.get("icc_profile")
    return _srgb(ImageOps.exif_transpose(picture), profile)


def _srgb(picture: Any, profile: bytes | None) -> Any:
    """The same colours without the profile they were written in. One that cannot be read is left out."""
    from PIL import ImageCms

    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, ValueError, OSError):
        return picture


if __name__ == "__main__":
    sys.exit(main())
