"""Reading a mailbox for as long as the server runs: every mail once, whatever happens on the way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NoReturn, Protocol

import structlog

from channels.ending import ended
from channels.mail import position as positions
from channels.mail.imap import Folder, Imap, Outline, signed_in
from channels.mail.oauth import SignInRefused, Tokens
from channels.mail.position import Position
from channels.mail.settings import MailSettings
from channels.mail.wire import Disconnected, Refused
from channels.port import Reach
from crm_backend.database import Sessions, unreachable, utc_now
from crm_backend.errors import Unavailable

log = structlog.get_logger(__name__)
LARGEST = 25 * 1024 * 1024
"""Bytes; of larger mails only the headers are fetched."""
UNSURE = 30.0
"""Seconds of IDLE at first and after mails came: a server that missed to announce one then is asked again soon."""
RENEWED = 9 * 60.0
"""Seconds of IDLE at a time. RFC 2177 asks for less than 29 minutes; routers on the way forget sooner than that."""
AT_ONCE = 50
LONGEST_PAUSE = 300.0

AHEAD = 4_000_000
"""Bytes: a mail beyond that is not held in memory while another one is being stored."""


class Taking(Protocol):
    """What takes mails in, in two steps: while one is being stored the next one is read.

    Both raise Unreadable for a mail that no second try will help; after anything else it is tried again.
    """

    async def prepare(self, raw: bytes, *, size: int, headers_only: bool) -> Any:
        """Reads a mail of so many bytes, or its headers alone; changes nothing that anybody sees."""

    async def store(self, read: Any) -> bool:
        """Stores what `prepare` made of a mail. Returns after commit."""


class Unreadable(Exception):
    """The mail cannot be taken in, now or later."""


@dataclass
class _Begun:
    """A mail whose turn has not come: `reading` ends with what is to be stored; None for one that is
    left alone or gone.

    `broken` says why it could not be fetched.
    """

    uid: int
    reading: asyncio.Task[Any] | None = None
    broken: Exception | None = None

    async def forget(self) -> None:
        """Nobody will ask for it."""
        await ended(self.reading)


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
        reach: Reach,
        taking: Taking,
        pause: float = 1.0,
    ) -> None:
        self._settings, self._account, self._sessions = settings, account, sessions
        self._tokens, self._reach, self._taking, self._pause = tokens, reach, taking, pause
        self._careful = False

    async def run(self) -> NoReturn:
        """Reads until cancelled; after a lost connection again, with longer and longer pauses."""
        failures = 0
        while True:
            try:
                async with signed_in(self._settings, self._tokens, self._reach) as imap:
                    folder = await imap.open(self._settings.folder, read_only=self._settings.after == "leave")
                    position = await self._resume(imap, folder)
                    failures, looked = 0, False
                    while True:
                        before = position
                        position = await positions.obeyed(self._sessions, self._account, position)
                        position = await self.round(imap, position)
                        await imap.wait(self._until_next(imap, position, quiet=looked and position == before))
                        looked = True
            except SignInRefused as error:
                failures = max(failures, 6)
                log.error("mail.sign_in_refused", account=self._account, cause=str(error))
            except (OSError, Refused, Unavailable, asyncio.IncompleteReadError) as error:
                log.warning("mail.interrupted", account=self._account, cause=str(error)[:200])
            except Exception as error:
                if not unreachable(error):
                    log.exception("mail.broken", account=self._account)
            # Whichever mail it was that broke the connection: the one before it is dealt with to the end, first.
            self._careful = True
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
            start = Position(name, folder.validity, 0, since=known.since)
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

    async def round(self, imap: Imap, position: Position) -> Position:
        """Takes in what is new and what is due again, oldest first, each while the next one is fetched and read."""
        uids = position.due(utc_now()) + await imap.uids_after(position.uid)
        for start in range(0, len(uids), AT_ONCE):
            wanted = uids[start : start + AT_ONCE]
            outlines = await imap.outlines(wanted)
            position = await self._in_order(imap, outlines, position)
            gone = set(wanted) - {outline.uid for outline in outlines}
            for uid in sorted(gone):
                position = position.done(uid)
            if gone:
                await positions.save(self._sessions, self._account, position)
        self._careful = False
        return position

    async def _in_order(self, imap: Imap, outlines: Sequence[Outline], position: Position) -> Position:
        """At most two mails are in memory: the one that is stored, and the next."""
        before: _Begun | None = None
        following: _Begun | None = None
        try:
            for outline in outlines:
                if before is not None and (self._careful or outline.size > AHEAD):
                    position, before = await self._end(imap, before, position), None
                following = await self._begin(imap, outline, position)
                if before is not None:
                    position = await self._end(imap, before, position)
                before, following = following, None
            return position if before is None else await self._end(imap, before, position)
        finally:
            for begun in (before, following):
                if begun is not None:
                    await begun.forget()

    async def _begin(self, imap: Imap, outline: Outline, position: Position) -> _Begun:
        """Fetches a mail and has it read. What goes wrong with it is looked at when its turn comes."""
        if position.leaves(outline.uid, outline.arrived):
            return _Begun(outline.uid)
        too_large = outline.size > LARGEST
        try:
            raw = await imap.fetch(outline.uid, headers_only=too_large)
        except Exception as error:  # noqa: BLE001  `_end` raises it again
            return _Begun(outline.uid, broken=error)
        if raw is None:
            return _Begun(outline.uid)
        reading = self._taking.prepare(raw, size=outline.size, headers_only=too_large)
        return _Begun(outline.uid, asyncio.create_task(reading))

    async def _end(self, imap: Imap, begun: _Begun, position: Position) -> Position:
        """Stores one mail and moves the position past it. Raises what says that all others would fail too."""
        uid = begun.uid
        try:
            if begun.broken is not None:
                raise begun.broken
            if begun.reading is not None:
                await self._taking.store(await begun.reading)
        except Disconnected as error:
            # It may be this very mail that the server, or the way here, cannot bear.
            await self._failed(uid, error, position)
            raise
        except Exception as error:
            if isinstance(error, Unavailable) or unreachable(error):
                raise
            return await self._failed(uid, error, position)
        if begun.reading is not None:
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
