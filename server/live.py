"""Wake-ups and fan-out: to listeners of this process at once, to those of others over Redis. What is lost here is found
again in the database."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import redis.asyncio as redis
import structlog
from redis.exceptions import RedisError

from channels.ending import ended

log = structlog.get_logger(__name__)
TOLD_ON = "relais:notes"
"""The one channel of Redis. What is told at the same time goes as one message, with the topics in it: for each message
that Redis hands on, more is done than for each note."""
PATIENCE = 5.0
"""Seconds that Redis may take: one that is cut off says nothing, and what is told later waits behind."""
SPACING = 0.01
"""Seconds between two messages to Redis."""
IDLE = 15.0
BACKLOG = 256


class RedisLive:
    """One subscription a process, handed on to local listeners by topic."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._listeners: dict[str, set[asyncio.Queue[dict[str, Any] | None]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._told: dict[tuple[str, str], None] = {}
        self._telling: asyncio.Task[None] | None = None
        self._told_at = 0.0
        self._ponged = False
        self._here = uuid4().hex
        """Which of what Redis hands on was told by this process, and heard here already."""

    async def start(self) -> None:
        """Begins to hear."""
        self._task = asyncio.create_task(self._hear(), name="live")

    async def stop(self) -> None:
        """Tells what is still to be told, and stops hearing."""
        if self._telling:
            await self._telling
        await ended(self._task)

    async def publish(self, topic: str, note: dict[str, Any], *, here: dict[str, Any] | None = None) -> None:
        """Tells every listener of `topic`: those of this process now, all others soon, or not at all while Redis is
        away: listeners also look. Returns before those have heard. What is told only `here` leaves the process
        nowhere."""
        text = json.dumps(note, default=str)
        self._hand_on(topic, {**json.loads(text), **(here or {})})
        # What is told while an earlier note is on its way goes together, and the same thing only once.
        self._told[topic, text] = None
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(), name="live-publish")

    async def _tell(self) -> None:
        while self._told:
            # What is told soon after goes with it: one message of many notes costs little more than one of one.
            await asyncio.sleep(self._told_at + SPACING - time.monotonic())
            told, self._told = self._told, {}
            self._told_at = time.monotonic()
            try:
                notes = ",".join(f"[{json.dumps(topic)},{note}]" for topic, note in told)
                async with asyncio.timeout(PATIENCE):
                    await self._client.publish(TOLD_ON, f'["{self._here}",[{notes}]]')
            except (RedisError, OSError) as error:
                topics = sorted({topic.split(":", maxsplit=1)[0] for topic, _ in told})
                log.warning("live.publish_failed", topics=topics, cause=type(error).__name__)

    @asynccontextmanager
    async def listen(self, *topics: str) -> AsyncIterator[AsyncIterator[dict[str, Any] | None]]:
        """An iterator over notes of `topics`; None after 15 s without any, and after a gap."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(BACKLOG)
        for topic in topics:
            self._listeners[topic].add(queue)
        try:
            yield self._notes(queue)
        finally:
            for topic in topics:
                self._listeners[topic].discard(queue)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    async def _notes(self, queue: asyncio.Queue[dict[str, Any] | None]) -> AsyncIterator[dict[str, Any] | None]:
        while True:
            note = None
            # Not wait_for: before Python 3.12 it loses a cancellation that comes together with a note.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    note = await queue.get()
            yield note

    async def _hear(self) -> None:
        while True:
            try:
                async with self._client.pubsub() as pubsub:
                    async with asyncio.timeout(PATIENCE):
                        await pubsub.subscribe(TOLD_ON)
                    self._gap()
                    reading = asyncio.create_task(self._read(pubsub), name="live-read")
                    try:
                        await self._attend(pubsub, reading)
                    finally:
                        await ended(reading)
            except Exception as error:  # noqa: BLE001  a process that hears no more would do so until it is started anew
                log.warning("live.lost", cause=type(error).__name__)
                self._gap()
                await asyncio.sleep(1)

    async def _read(self, pubsub: Any) -> None:
        # Not read to be thrown away: most of what one process hears is its own.
        own = f'["{self._here}"'.encode()
        async for message in pubsub.listen():
            if message["type"] == "pong":
                self._ponged = True
            elif message["type"] == "message" and not message["data"].startswith(own):
                self._heard(message["data"])

    async def _attend(self, pubsub: Any, reading: asyncio.Task[None]) -> None:
        """Returns when reading has ended. Raises what that raised, and TimeoutError when nobody is there any more: a
        connection that is cut without a word looks as if nothing were told."""
        while not reading.done():
            self._ponged = False
            async with asyncio.timeout(PATIENCE):
                await pubsub.ping()
            await asyncio.wait({reading}, timeout=IDLE)
            if not (self._ponged or reading.done()):
                raise TimeoutError
        reading.result()

    def _heard(self, data: bytes) -> None:
        """Hands on what another process told. One of another version may say it in another way: then all look."""
        try:
            for topic, note in json.loads(data)[1]:
                self._hand_on(topic, note)
        except (ValueError, TypeError, LookupError):
            log.warning("live.not_understood")
            self._gap()

    def _hand_on(self, topic: str, note: dict[str, Any] | None) -> None:
        for queue in self._listeners.get(topic, ()):
            if queue.full():
                # The reader is far behind: one "look again" stands for all it misses.
                while not queue.empty():
                    queue.get_nowait()
                note = None
            # A copy for each: what one listener does to it is not the others' business.
            queue.put_nowait(dict(note) if note is not None else None)

    def _gap(self) -> None:
        for topic in list(self._listeners):
            self._hand_on(topic, None)
