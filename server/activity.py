"""Which accounts something came in by, noted in memory and stored now and then."""

from __future__ import annotations

from crm_backend.accounts import services
from crm_backend.accounts.settings import Key
from crm_backend.database import Sessions


class Activity:
    """What a message costs is an entry in a set; the database hears of all of them in one transaction."""

    def __init__(self) -> None:
        self._heard: set[Key] = set()

    def heard(self, channel: str, account: str) -> None:
        """Something came in."""
        self._heard.add(Key(channel, account))

    async def flush(self, sessions: Sessions) -> None:
        """Stores what has been noted since the last time. What cannot be stored is kept for the next."""
        heard, self._heard = self._heard, set()
        if not heard:
            return
        try:
            async with sessions() as session, session.begin():
                # In one order everywhere: two servers that note the same accounts wait, and do not block each other.
                for key in sorted(heard):
                    await services.heard(session, key.channel, key.name)
        except Exception:
            self._heard |= heard
            raise
