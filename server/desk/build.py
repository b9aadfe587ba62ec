"""Which build of the desk's pages is served: an open page that is of another offers to reload itself."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from server.site import DIST

PAGE = DIST / "desk" / "index.html"
_ENTRY = re.compile(r'<script[^>]+src="[^"]*/assets/([\w.-]+\.js)"')


def build(page: Path = PAGE) -> str | None:
    """The name of the script that the page begins with, which changes with what it does; None where none was built."""
    try:
        return _read(page, page.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=4)
def _read(page: Path, changed: int) -> str | None:
    found = _ENTRY.search(page.read_text("utf-8"))
    return found.group(1) if found else None
