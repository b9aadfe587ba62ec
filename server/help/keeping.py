"""Pages of articles kept as they were written, until anything of the help centre changes."""

from __future__ import annotations

import zlib
from collections import OrderedDict

MOST = 5_000
"""Pages in memory, squeezed: some 20 MB."""
Name = tuple[str, int, str]
"""The address of a page, the version of its article, and what else it shows."""


class KeptPages:
    """The pages of one edition that were asked for last."""

    def __init__(self, most: int = MOST) -> None:
        self._edition, self._most = "", most
        self._pages: OrderedDict[Name, bytes] = OrderedDict()

    def get(self, edition: str, name: Name) -> str | None:
        """The page, if it is of this edition."""
        if edition != self._edition or name not in self._pages:
            return None
        self._pages.move_to_end(name)
        return zlib.decompress(self._pages[name]).decode()

    def keep(self, edition: str, name: Name, text: str) -> None:
        """Keeps a page; those of another edition are forgotten."""
        if edition != self._edition:
            self._edition = edition
            self._pages.clear()
        self._pages[name] = zlib.compress(text.encode(), level=1)
        if len(self._pages) > self._most:
            self._pages.popitem(last=False)
