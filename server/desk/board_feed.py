"""The board as it is sent to whoever looks at it: worked out once for all of them, at most once a second."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from channels.ending import ended
from crm_backend.access.actor import SYSTEM
from crm_backend.access.queries import permissions_of
from crm_backend.agents.model import Agent
from crm_backend.board import figures
from crm_backend.board.model import BoardTargets
from crm_backend.board.standing import AtWork, Queue, standing
from crm_backend.board.stepping_in import SUPERVISES
from crm_backend.board.targets import targets, told
from crm_backend.calendars.wall_clock import instant
from crm_backend.database import Sessions, reading, utc_now
from crm_backend.repeats import services as repeats
from crm_backend.reports import following, queries
from crm_backend.reports.filters import Filters
from crm_backend.reports.periods import Period
from crm_backend.routing import services as routing
from server.desk.board_words import moment

log = structlog.get_logger(__name__)
EVERY, FIGURES_EVERY, AGAIN_EVERY = 1.0, 5.0, 15.0
"""Seconds between two looks, between two counts of the day's figures, and after which the same is sent again."""
BEHIND = 120.0
"""Seconds after which what reports count is told to be old."""
PATIENCE = 5.0
"""Seconds that one screen may take to be told before it is given up."""


class BoardFeed:
    """Who looks at the board on this server, and the one look for all of them."""

    def __init__(self, sessions: Sessions, zone: ZoneInfo) -> None:
        self._sessions, self._zone = sessions, zone
        self._watchers: dict[web.WebSocketResponse, Agent] = {}
        self._task: asyncio.Task[None] | None = None
        self._slow: tuple[float, dict[str, Any]] | None = None
        self._untold: set[web.WebSocketResponse] = set()

    def watch(self, socket: web.WebSocketResponse, agent: Agent) -> None:
        """A desk looks at the board from now on, as long as its agent may."""
        self._watchers[socket] = agent
        self._untold.add(socket)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="board")

    def heard(self, socket: web.WebSocketResponse, agent: Agent, said: str) -> None:
        """A desk says whether it looks: `{"type": "board", "watch": true}`. Whatever else it says is nothing."""
        try:
            frame = json.loads(said)
            wanted = frame["watch"] if frame["type"] == "board" else None
        except (ValueError, TypeError, KeyError, RecursionError):
            return
        if wanted is True:
            self.watch(socket, agent)
        elif wanted is False:
            self.leave(socket)

    async def whispered(self, socket: web.WebSocketResponse, agent: Agent, note: dict[str, Any]) -> None:
        """Something was whispered, or read: told to the agent it is for, and to nobody else."""
        if note["agent"] == str(agent.id):
            await socket.send_json({"type": "whisper", "conversation": note["conversation"], "read": note["read"]})

    def leave(self, socket: web.WebSocketResponse) -> None:
        """A desk looks at something else, or was closed."""
        self._watchers.pop(socket, None)
        self._untold.discard(socket)

    async def close(self) -> None:
        """Looks no more."""
        self._watchers.clear()
        await ended(self._task)

    async def _run(self) -> None:
        last, sent = "", 0.0
        while self._watchers:
            begun = time.monotonic()
            try:
                async with reading(self._sessions) as session:
                    admitted = await self._admit(session)
                    frame = json.dumps(await self.frame(session))
                if frame != last or begun - sent > AGAIN_EVERY:
                    last, sent = frame, begun
                    self._untold.update(self._watchers)
                # Who came while this look was under way was not asked what they may: they are told after the next.
                due = self._untold & admitted
                self._untold -= due
                await asyncio.gather(*(self._tell(socket, frame) for socket in due))
            except Exception as error:  # noqa: BLE001  a board outlives a failed look
                log.warning("board.failed", cause=type(error).__name__)
            await asyncio.sleep(max(0.1, EVERY - (time.monotonic() - begun)))

    async def _admit(self, session: AsyncSession) -> set[web.WebSocketResponse]:
        """Those who may be told; the others look no more."""
        admitted = set()
        for socket, agent in list(self._watchers.items()):
            if SUPERVISES in await permissions_of(session, agent):
                admitted.add(socket)
            else:
                self.leave(socket)
        return admitted

    async def _tell(self, socket: web.WebSocketResponse, frame: str) -> None:
        try:
            await asyncio.wait_for(socket.send_str(frame), PATIENCE)
        except (ConnectionError, RuntimeError, TimeoutError):
            self.leave(socket)

    async def frame(self, session: AsyncSession) -> dict[str, Any]:
        """The board as its readers get it."""
        now = utc_now()
        aims = await targets(session)
        stands = await standing(session, now=now, within=aims.answered_seconds)
        slow = await self._figures(session, now, aims, [queue.team for queue in stands.queues])
        return {
            "type": "board",
            "queues": [_queue(each, slow["estimates"]) for each in stands.queues],
            "agents": [_agent(each) for each in stands.agents],
            "assistant": {"talking": stands.talking, "reasons": slow["reasons"]},
            "risk": {
                "nearly_up": stands.nearly_up, "run_out": stands.run_out, "next_due": moment(stands.next_due),
            },
            "figures": slow["figures"],
            "told_again": slow["told_again"],
            "behind": slow["behind"],
            "targets": {**told(aims), "version": aims.version},
        }  # fmt: skip

    async def _figures(
        self, session: AsyncSession, now: datetime, aims: BoardTargets, teams: list[str]
    ) -> dict[str, Any]:
        at, known = self._slow or (float("-inf"), {})
        if time.monotonic() - at < FIGURES_EVERY and known["estimates"].keys() >= set(teams):
            return known
        today = now.astimezone(self._zone).date()
        midnight = instant(today, 0, self._zone)
        read = await figures.read(session, now=now, midnight=midnight, targets=aims)
        whole_day = Period(today, today, self._zone)
        followed = await following.up_to(session)
        found = {
            "figures": [{**asdict(each), "good": each.good, "span": figures.ON_BOARD[each.key][1]} for each in read],
            "reasons": await queries.reasons(session, actor=SYSTEM, period=whole_day, filters=Filters()),
            "told_again": await repeats.told_again(session, since=midnight, until=now),
            "estimates": {team: (await routing.wait_estimate(session, team=team)).minutes for team in teams},
            "behind": followed is None or (now - followed).total_seconds() > BEHIND,
        }
        self._slow = time.monotonic(), found
        return found

    def forget(self) -> None:
        """What is aimed at has changed: the next look counts anew."""
        self._slow = None


def _queue(queue: Queue, estimates: dict[str, int | None]) -> dict[str, Any]:
    return {**asdict(queue), "since": moment(queue.since), "minutes": estimates.get(queue.team)}


def _agent(agent: AtWork) -> dict[str, Any]:
    times = {name: moment(getattr(agent, name)) for name in ("since", "customer_waits")}
    return {**asdict(agent), "id": str(agent.id), **times}
