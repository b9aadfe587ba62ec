"""The switchboard: every enabled account of every channel, open; reopened when its settings change."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import BaseModel

from channels.ending import ended
from channels.port import Blueprint, Channel, Core, Health
from crm_backend.accounts import settings as accounts
from crm_backend.accounts.model import Account
from crm_backend.accounts.settings import Key
from crm_backend.database import unreachable
from crm_backend.errors import BadInput
from server.accounts import MAIN, BadSettings, Given, apart, told, validated, without
from server.activity import Activity
from server.listening import Listening
from server.vault import Unreadable, Vault

log = structlog.get_logger(__name__)
TOPIC = "accounts"
START_PATIENCE = 5.0
"""Seconds that the start waits for the database; it goes on without."""
CHECK_EVERY = 240.0
CHECK_PATIENCE = 20.0
TEST_PATIENCE = 30.0
FLUSH_EVERY = 10.0
MISS_EVERY = 1.0
"""Seconds between two looks for accounts that somebody asked for and nobody knows."""
LEAVE = 20.0
"""Seconds that a replaced channel has to finish what it is sending."""
UNREADABLE = "its secrets were encrypted under another RELAIS_SECRET_KEY: enter them again"


@dataclass(frozen=True)
class Opened:
    """A channel in use, and the settings it was opened with."""

    channel: Channel
    settings: BaseModel


class Switchboard:
    """Finds the channel of an account. The database says which there are; until it answers, the environment does."""

    def __init__(
        self,
        *,
        core: Core,
        blueprints: Mapping[str, Blueprint],
        given: Mapping[Key, Given],
        vault: Vault,
        activity: Activity,
        listening: Listening | None,
    ) -> None:
        self.core, self._sessions, self._live = core, core.sessions, core.live
        self.blueprints, self.given = blueprints, given
        self._vault, self._activity, self._listening = vault, activity, listening
        self._open: dict[Key, Opened] = {}
        self._seen: dict[Key, tuple[int, bool]] = {}
        self._faults: dict[Key, str] = {}
        self._mirrored = self._informed = False
        self._looking = asyncio.Lock()
        self._missed_at = 0.0
        self._checked: dict[Key, float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def informed(self) -> bool:
        """Whether it is known which accounts there are: the database was asked, and every one was followed up."""
        return self._informed

    def find(self, channel: str, account: str) -> Channel | None:
        """The open channel of an account."""
        found = self._open.get(Key(channel, account))
        return found.channel if found else None

    def opened(self) -> dict[Key, Channel]:
        """Every open channel."""
        return {key: opened.channel for key, opened in self._open.items()}

    def fault(self, key: Key) -> str | None:
        """Why an enabled account is not open."""
        return self._faults.get(key)

    def open_given(self) -> None:
        """Opens what the environment gives and what needs no settings. Asks nobody."""
        for key in [Key(name, MAIN) for name, blueprint in self.blueprints.items() if blueprint.always]:
            self._opened(key, {})
        for key, given in self.given.items():
            if given.enabled:
                self._opened(key, given.values)

    async def start(self) -> None:
        """Looks into the database once, if it answers, and from then on whenever something may have changed."""
        try:
            await asyncio.wait_for(self.look(), START_PATIENCE)
        except Exception as error:  # noqa: BLE001  it is looked again soon (`_tend`)
            _unseen(error)
        if self._listening is not None:
            self._listening.start(note=self._stopped)
        self._begin(self._watch(), "accounts")
        self._begin(self._tend(), "accounts-health")

    async def stop(self) -> None:
        """Ends every run and closes every channel."""
        if self._listening is not None:
            await self._listening.stop()
        await ended(*self._tasks)
        with contextlib.suppress(Exception):
            await self._activity.flush(self._sessions)
        for opened in self._open.values():
            await _closed(opened.channel)

    async def hang_up(self) -> None:
        """Closes the channels that are pages: the site is about to end, and waits for who holds a connection."""
        for key, opened in self._open.items():
            if self.blueprints[key.channel].always:
                await _closed(opened.channel)

    async def look(self) -> None:
        """Brings what is open in line with the database. Raises what the database raises."""
        async with self._looking:
            async with self._sessions() as session, session.begin():
                if not self._mirrored:
                    await self._mirror(session)
                rows = {Key(row.channel, row.name): row for row in await accounts.listing(session)}
            self._mirrored = True
            for key, row in rows.items():
                if key.channel in self.blueprints and self._seen.get(key) != (row.version, row.enabled):
                    await self._follow(key, row)
                    self._seen[key] = (row.version, row.enabled)
            for key in [key for key in [*self._open, *self._faults] if key not in rows]:
                self._leave(key)
            self._informed = True
            if self._listening is not None:
                self._listening.want(self.opened())

    async def missed(self, key: Key) -> Channel | None:
        """The channel of an account that nobody here knew: it may have been made a moment ago on another server."""
        if time.monotonic() - self._missed_at > MISS_EVERY:
            self._missed_at = time.monotonic()
            await self.look()
        return self.find(*key)

    async def check(self, key: Key) -> None:
        """Asks the platform how an account fares, and stores what it says."""
        opened = self._open.get(key)
        if opened is None:
            return
        self._checked[key] = time.monotonic()
        try:
            health = await asyncio.wait_for(opened.channel.check(), CHECK_PATIENCE)
        except Exception as error:  # noqa: BLE001  whatever it is, the account is not well
            log.warning("channel.check_failed", channel=str(key), cause=type(error).__name__)
            health = Health(ok=False, detail="no answer in time" if isinstance(error, TimeoutError) else told(error))
        detail = without(health.detail, opened.settings)
        async with self._sessions() as session, session.begin():
            await accounts.checked(session, key, ok=health.ok, detail=detail, shown_as=health.name, link=health.link)

    async def changed(self) -> None:
        """Tells every server that accounts have changed; this one has followed when it returns."""
        await self.look()
        await self._live.publish(TOPIC, {"kind": "changed"})

    def clean(self, key: Key, text: str) -> str:
        """The text in one line, without any secret of the account."""
        opened = self._open.get(key)
        return without(text, opened.settings if opened else None)

    async def _stopped(self, key: Key, error: Exception) -> None:
        """Notes that listening to an account ended with an error."""
        text = self.clean(key, f"stopped listening: {told(error)}")
        async with self._sessions() as session, session.begin():
            await accounts.failed(session, key, error=text)

    async def _mirror(self, session: Any) -> None:
        for name, blueprint in self.blueprints.items():
            if blueprint.always and Key(name, MAIN) not in self.given:
                await accounts.ensure(session, Key(name, MAIN))
        for key, given in self.given.items():
            shown: dict[str, Any] = {}
            with contextlib.suppress(BadSettings):
                shown, _ = apart(self.blueprints[key.channel], validated(self.blueprints[key.channel], given.values))
            if await accounts.mirror(session, key, enabled=given.enabled, settings=shown):
                log.warning("account.taken_over", channel=str(key), by="environment")
        for key in await accounts.gone(session, self.given):
            log.warning("account.no_longer_given", channel=str(key))

    async def _follow(self, key: Key, row: Account) -> None:
        """Opens, reopens or closes one account as its row says."""
        if row.source == "environment":
            given = self.given.get(key)
            if given is None or not given.enabled:
                self._leave(key)
            elif key in self._faults:
                await self._note_fault(key)
            return
        if not row.enabled:
            self._leave(key)
            return
        try:
            secrets = self._vault.open(row.secrets, place=str(key)) if row.secrets else {}
        except Unreadable:
            self._leave(key)
            self._faults[key] = UNREADABLE
        else:
            self._opened(key, {**row.settings, **secrets})
            if row.secrets and self._vault.is_old(row.secrets):
                await self._reseal(key, row, secrets)
        if key in self._faults:
            await self._note_fault(key)

    def _opened(self, key: Key, values: Mapping[str, Any]) -> None:
        """Opens an account with these settings, unless it is open with the same. A fault is kept, not raised."""
        blueprint = self.blueprints[key.channel]
        try:
            settings = validated(blueprint, values)
            if key in self._open and self._open[key].settings == settings:
                return
            channel = blueprint.open(settings, key.name, self.core)
        except Exception as error:  # noqa: BLE001  whatever it is, it holds up no other account
            self._leave(key)
            self._faults[key] = str(error) if isinstance(error, (BadSettings, BadInput)) else told(error)
            log.error("account.unusable", channel=str(key), cause=self._faults[key])
            return
        self._leave(key)
        self._open[key] = Opened(channel, settings)
        self._checked.pop(key, None)
        log.info("account.open", channel=str(key))

    def _leave(self, key: Key) -> None:
        """Takes an account off the board; its channel finishes what it is sending."""
        self._faults.pop(key, None)
        self._seen.pop(key, None)
        if (old := self._open.pop(key, None)) is not None:
            self._begin(_closed_later(old.channel), f"close {key}")

    async def _reseal(self, key: Key, row: Account, secrets: dict[str, str]) -> None:
        async with self._sessions() as session, session.begin():
            again = await accounts.find(session, key, lock=True)
            if again.version == row.version:
                again.secrets = self._vault.seal(secrets, place=str(key))
        log.info("account.resealed", channel=str(key))

    async def _note_fault(self, key: Key) -> None:
        async with self._sessions() as session, session.begin():
            await accounts.checked(session, key, ok=False, detail=self._faults[key])

    async def _watch(self) -> None:
        async with self._live.listen(TOPIC) as notes:
            async for _ in notes:
                try:
                    await self.look()
                except Exception as error:  # noqa: BLE001  there will be more notes
                    _unseen(error)

    async def _tend(self) -> None:
        """Asks after the accounts that this process listens to, and notes what came and went."""
        while True:
            try:
                if not self._informed:
                    await self.look()
                await self._activity.flush(self._sessions)
                mine = self._listening.mine if self._listening is not None else frozenset()
                due = [key for key in mine if time.monotonic() - self._checked.get(key, -CHECK_EVERY) >= CHECK_EVERY]
                await asyncio.gather(*(self.check(key) for key in due))
            except Exception as error:
                log.warning("accounts.untended", cause=type(error).__name__, exc_info=not unreachable(error))
            await asyncio.sleep(1.0 if self._unasked() else FLUSH_EVERY)

    def _unasked(self) -> bool:
        """Whether an account here has never been asked after: soon after the start it is."""
        return not self._informed or (self._listening is not None and len(self._checked) < len(self._open))

    def _begin(self, work: Any, name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _unseen(error: Exception) -> None:
    log.warning("accounts.unseen", cause=type(error).__name__, exc_info=not unreachable(error))


async def _closed(channel: Channel) -> None:
    with contextlib.suppress(Exception):
        await channel.close()


async def _closed_later(channel: Channel) -> None:
    try:
        await asyncio.sleep(LEAVE)
    finally:
        await _closed(channel)
