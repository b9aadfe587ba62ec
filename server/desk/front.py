"""Which desks are before their agents' eyes: whoever looks at one is not told by a browser what it shows."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict

import structlog

from crm_backend.database import Sessions
from crm_backend.pushes import services as pushes

log = structlog.get_logger(__name__)


class Front:
    """The open desks of this process that say they are looked at, by the token of their session."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: defaultdict[str, set[object]] = defaultdict(set)
        self._noting = asyncio.Lock()

    async def heard(self, token: str, desk: object, frame: str) -> None:
        """A desk says whether it is looked at. What says nothing of the kind changes nothing."""
        try:
            yes = json.loads(frame)["front"] is True
        except (ValueError, TypeError, KeyError, RecursionError):
            return
        if yes == (desk in self._looked_at.get(token, ())):
            return
        if yes:
            self._looked_at[token].add(desk)
        else:
            self._forget(token, desk)
        await self._note(token)

    async def again(self, token: str) -> None:
        """Says it again where it is still so: what is not said again for a while counts no more."""
        if token in self._looked_at:
            await self._note(token)

    async def left(self, token: str, desk: object) -> None:
        """A desk was closed; another tab of the same browser may still be looked at."""
        if desk in self._looked_at.get(token, ()):
            self._forget(token, desk)
            await self._note(token)

    def _forget(self, token: str, desk: object) -> None:
        self._looked_at[token].discard(desk)
        if not self._looked_at[token]:
            del self._looked_at[token]

    async def _note(self, token: str) -> None:
        try:
            # One after the other: what was so a moment ago is not written over what is so now.
            async with self._noting, self._sessions() as session, session.begin():
                await pushes.in_front(session, token, yes=token in self._looked_at)
        except Exception as error:  # noqa: BLE001  the database may be away for a moment
            log.warning("desk.front_failed", cause=type(error).__name__)
