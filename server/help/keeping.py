"""Pages of articles kept as they were written, until anything of the help centre changes."""

from __future__ import annotations

from collections import OrderedDict

MOST = 1_000
"""Pages in memory: some 15 MB."""
Name = tuple[str, int, str]
"""The address of a page, the version of its article, and what else it shows."""


class KeptPages:
    """The pages of one edition that were asked for last."""

    def __init__(self) -> None:
        self._edition = ""
        self._pages: OrderedDict[Name, str] = OrderedDict()

    def get(self, edition: str, name: Name) -> str | None:
        """The page, if it is of this edition."""
        if edition != self._edition or name not in self._pages:
            return None
        self._pages.move_to_end(name)
        return self._pages[name]

    def keep(self, edition: str, name: Name, text: str) -> None:
        """Keeps a page; those of another edition are forgotten."""
        if edition != self._edition:
            self._edition = edition
            self._pages.clear()
        self._pages[name] = text
        if len(self._pages) > MOST:
            self._pages.popitem(last=False)
