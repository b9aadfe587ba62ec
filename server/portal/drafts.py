"""What was typed and waits for a yes or a code: sealed in the address of the page that asks for it, where nobody reads
it, for one place alone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from server.settings import Settings
from server.vault import Unreadable, vault_of

LONGEST = 6_000


class Drafts:
    """Seals and opens them; `place` says for which visit, and what for."""

    def __init__(self, settings: Settings) -> None:
        self._vault = vault_of(settings)

    def seal(self, typed: Mapping[str, str], *, place: str) -> str:
        """What goes into the address."""
        sealed = self._vault.seal(typed, place=f"portal/{place}")
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, draft: str, *, place: str) -> dict[str, str] | None:
        """What was typed; None where it is nothing of that place."""
        if not draft or len(draft) > LONGEST:
            return None
        try:
            sealed = base64.urlsafe_b64decode(draft.encode() + b"=" * (-len(draft) % 4))
            return self._vault.open(sealed, place=f"portal/{place}")
        except (Unreadable, ValueError, binascii.Error):
            return None
