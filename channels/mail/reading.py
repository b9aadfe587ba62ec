"""Reading a mailbox for as long as the server runs: every mail once, whatever happens on the way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import structlog

from channels.mail import position as positions
from channels.mail.imap import Folder, Imap, Outline, signed_in
from channels.mail.oauth import SignInRefused, Tokens
from channels.mail.position import Position
from channels.mail.settings import MailSettings
from channels.mail.wire import Disconnected, Refused
from crm_backend.database import Sessions, unreachable, utc_now
from crm_backend.errors import Unavailable

log = structlog.get_logger(__name__)
LARGEST = 25 * 1024 * 1024
"""Bytes; of larger mails only the headers are fetched."""
UNSURE = 30.0
"""Seconds of IDLE after mails came: a server that missed to announce one in between is asked again soon."""
RENEWED = 9 * 60.0
"""Seconds of IDLE at a time. RFC 2177 asks for less than 29 minutes; routers on the way forget sooner than that."""
AT_ONCE = 50
LONGEST_PAUSE = 300.0

Take = Callable[[bytes, int, bool], Awaitable[None]]
"""Takes a raw mail in; returns after commit. Told its size in bytes, and whether only its headers are given.

Raises Unreadable for a mail that no second try will help; anything else is tried again.
"""


class Unreadable(Exception):
    """The mail cannot be taken in, now or later."""


class Reading:
    """One mailbox. The position moves on only after what was read is committed, so a crash at any point makes some
    mails read again, which storing them finds out."""

    def __init__(
        self,
        *,
        settings: MailSettings,
        account: str,
        sessions: Sessions,
        tokens: Tokens,
        take: Take,
        pause: float = 1.0,
    ) -> None:
        self._settings, self._account, self._sessions = settings, account, sessions
        self._tokens, self._take, self._pause = tokens, take, pause

    async def run(self) -> NoReturn:
        """Reads until cancelled; after a lost connection again, with longer and longer pauses."""
        failures = 0
        while True:
            try:
                async with signed_in(self._settings, self._tokens) as imap:
                    folder = await imap.open(self._settings.folder, read_only=self._settings.after == "leave")
                    position = await self._resume(imap, folder)
                    failures = 0
                    while True:
                        before, position = position, await self._round(imap, position)
                        await imap.wait(self._until_next(imap, position, quiet=position == before))
            except SignInRefused as error:
                failures = max(failures, 6)
                log.error("mail.sign_in_refused", account=self._account, cause=str(error))
            except (OSError, Refused, Unavailable, asyncio.IncompleteReadError) as error:
                log.warning("mail.interrupted", account=self._account, cause=str(error)[:200])
            except Exception as error:
                if not unreachable(error):
                    log.exception("mail.broken", account=self._account)
            failures += 1
            pause = min(LONGEST_PAUSE, self._pause * 2 ** min(failures, 10))
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311

    async def _resume(self, imap: Imap, folder: Folder) -> Position:
        """Where to go on: UIDs of another validity, or another folder, mean nothing."""
        known = await positions.load(self._sessions, self._account)
        name = self._settings.folder
        if known is not None and (known.folder, known.validity) == (name, folder.validity):
            return known
        if known is not None and known.folder == name:
            log.warning("mail.renumbered", account=self._account)
            # Everything may have a new UID. What was stored before is known by its content.
            start = replace(Position(name, folder.validity, 0, since=known.since), aside_count=known.aside_count)
            if known.since is not None:
                last = await self._last(imap, folder)
                young = await imap.uids_since(known.since - timedelta(days=1))
                start = replace(start, uid=young[0] - 1 if young else last, below=last + 1)
        elif self._settings.first == "all":
            start = Position(name, folder.validity, 0)
        else:
            start = Position(name, folder.validity, await self._last(imap, folder), since=utc_now())
        await positions.save(self._sessions, self._account, start)
        return start

    async def _last(self, imap: Imap, folder: Folder) -> int:
        if folder.following is not None:
            return folder.following - 1
        return max(await imap.uids_after(0), default=0)

    async def _round(self, imap: Imap, position: Position) -> Position:
        """Takes in what is new and what is due again, oldest first."""
        uids = position.due(utc_now()) + await imap.uids_after(position.uid)
        for start in range(0, len(uids), AT_ONCE):
            wanted = uids[start : start + AT_ONCE]
            outlines = await imap.outlines(wanted)
            for outline in outlines:
                position = await self._one(imap, outline, position)
            gone = set(wanted) - {outline.uid for outline in outlines}
            for uid in sorted(gone):
                position = position.done(uid)
            if gone:
                await positions.save(self._sessions, self._account, position)
        return position

    async def _one(self, imap: Imap, outline: Outline, position: Position) -> Position:
        """Takes in one mail and moves the position past it. Raises what says that all others would fail too."""
        uid = outline.uid
        if not position.leaves(uid, outline.arrived):
            too_large = outline.size > LARGEST
            try:
                raw = await imap.fetch(uid, headers_only=too_large)
                if raw is not None:
                    await self._take(raw, outline.size, too_large)
            except Disconnected as error:
                # It may be this very mail that the server, or the way here, cannot bear.
                await self._failed(uid, error, position)
                raise
            except Exception as error:
                if isinstance(error, Unavailable) or unreachable(error):
                    raise
                return await self._failed(uid, error, position)
            if raw is not None:
                await self._afterwards(imap, uid)
        position = position.done(uid)
        await positions.save(self._sessions, self._account, position)
        return position

    async def _failed(self, uid: int, error: Exception, position: Position) -> Position:
        for_good = isinstance(error, Unreadable)
        why = str(error)[:80] if for_good else type(error).__name__
        position = position.failed(uid, why, now=utc_now(), for_good=for_good)
        aside = uid in position.aside
        log.error("mail.set_aside" if aside else "mail.failed", account=self._account, uid=uid, cause=why)
        await positions.save(self._sessions, self._account, position)
        return position

    async def _afterwards(self, imap: Imap, uid: int) -> None:
        """What the settings say is done with a stored mail. That it cannot be done does not undo the storing."""
        try:
            if self._settings.after == "seen":
                await imap.mark_seen(uid)
            elif self._settings.after == "move":
                await imap.move(uid, self._settings.move_to)
        except Refused as error:
            log.warning("mail.left", account=self._account, uid=uid, cause=str(error))

    def _until_next(self, imap: Imap, position: Position, *, quiet: bool) -> float:
        """Seconds until the mailbox should be looked into though nothing was announced."""
        now = utc_now()
        soonest = min((one.again for one in position.failing.values()), default=None)
        wait = (RENEWED if quiet else UNSURE) if imap.idles else float(self._settings.poll_seconds)
        return max(1.0, min(wait, (soonest - now).total_seconds())) if soonest else wait
