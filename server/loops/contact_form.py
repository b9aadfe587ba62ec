"""What the contact form saved is known a day later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from crm_backend.contact_form import ends
from crm_backend.database import Sessions, utc_now


class ContactFormLoop:
    """Decides, for whoever said that an article answered, whether they wrote all the same. Several may run."""

    def __init__(self, *, sessions: Sessions, key: bytes, now: Callable[[], datetime] = utc_now) -> None:
        """`key` is that under which addresses were hashed."""
        self._sessions, self._key, self._now = sessions, key, now

    async def work(self) -> bool:
        """Decides some; whether there may be more."""
        async with self._sessions.begin() as session:
            return await ends.settle(session, key=self._key, now=self._now()) == ends.AT_ONCE
