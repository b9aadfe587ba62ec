"""Having pictures painted anew, a few at a time, each in a process that may come to grief."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import structlog

from crm_backend.errors import FileBroken, Unavailable

log = structlog.get_logger(__name__)
PROGRAM = Path(__file__).with_name("repaint.py")
PATIENCE = 60.0
AT_ONCE = 2
DAMAGED = 3
MEDIA = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}


@dataclass(frozen=True)
class Picture:
    """A picture that holds nothing but what is seen."""

    content: bytes
    media_type: str
    width: int
    height: int


class Painter:
    """Runs `server/files/repaint.py`."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)

    async def paint(self, content: bytes, form: str, *, side: int | None = None) -> Picture:
        """The picture anew; with a `side` in pixels as a JPEG on white that fits into a square of it.

        Raises FileBroken when it cannot be; Unavailable when no process can be started.
        """
        async with self._free:
            try:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-I", str(PROGRAM), form, *([str(side)] if side else [])),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                )
            except OSError as error:
                raise Unavailable("no process for pictures") from error
            try:
                out, said = await asyncio.wait_for(process.communicate(content), PATIENCE)
            except TimeoutError:
                raise FileBroken("it takes too long") from None
            finally:
                if process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()
        if process.returncode != 0:
            if process.returncode != DAMAGED:
                log.warning("files.painter_died", code=process.returncode, form=form)
            raise FileBroken(said.decode("utf-8", "replace")[-200:].strip())
        told, _, painted = out.partition(b"\n")
        facts = json.loads(told)
        return Picture(painted, MEDIA[facts["form"]], facts["width"], facts["height"])
