"""Thinking: each queued turn goes to the assistant, and what it says is stored in one transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import StatementError

from channels.port import Answered, Live
from crm_backend.accounts import services as accounts
from crm_backend.conversations.reading.messages import plain
from crm_backend.conversations.schema import BotAnswer, ClaimedTurn, Reply
from crm_backend.conversations.thinking import answering, claiming, turns
from crm_backend.conversations.thinking.answering import Stored
from crm_backend.conversations.thinking.claiming import Claimed
from crm_backend.conversations.waiting.away import Away, sorry
from crm_backend.database import Sessions, one_by_one, unreachable, utc_now
from crm_backend.errors import BadInput, BotFailed
from server.bot import Bot, BotAway
from server.language import detect
from server.loops.handed import Handed
from server.metrics import DELIVERIES, TURN_SECONDS, TURNS
from server.recalling import Where, recalled
from server.wakes import Wakes

log = structlog.get_logger(__name__)
PATIENCE = timedelta(seconds=60)
"""How long a turn waits for an assistant that is away before a person is asked."""
AWAY_PAUSE = 1.5
MAX_ATTEMPTS = 3
TYPING_AFTER = 0.2
"""Seconds of thinking after which the customer is shown that an answer is being written: dots that are gone before they
are seen are told in vain, and read out by screen readers all the same."""
NOTED_EVERY = 60.0
"""Seconds between two notes that something went out by an account."""


class TurnLoop:
    """Claims a turn, asks the assistant outside any transaction, and finishes it in one."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        bot: Bot,
        live: Live,
        wakes: Wakes,
        company: str,
        lease_seconds: float,
        now: Callable[[], datetime] = utc_now,
        where: Where | None = None,
        ask_in: Collection[str] = (),
        confirm_in: Collection[str] = (),
        away: Away | None = None,
        shown_in: Collection[str] = (),
        handed: Handed | None = None,
    ) -> None:
        """`ask_in`, `confirm_in` and `shown_in` are channels: see `turns.finish` and `answering.at_once`. `handed` are
        turns that need not be looked for."""
        self._sessions, self._bot, self._live, self._wakes = sessions, bot, live, wakes
        self._company, self._lease = company, lease_seconds
        self._now, self._where, self._ask_in, self._away = now, where or {}, ask_in, away
        self._confirm_in, self._shown_in = confirm_in, shown_in
        self._noted: dict[tuple[str, str], float] = {}
        self._shown: set[asyncio.Task[None]] = set()
        self._handed = handed or Handed(most=0, lease_seconds=lease_seconds)

    async def work(self) -> bool | None:
        """Does one turn; False when there was none, None when it was handed over and nothing stands behind it."""
        handed = self._handed.next()
        taken = handed or await self._looked_for()
        if taken is None:
            return False
        with self._given_back(taken.turn.lease):
            behind = await self._do(taken)
        return None if handed and not behind else True

    async def _do(self, taken: Claimed) -> bool:
        """Whether another turn may have waited for this one."""
        if self._handed.late(taken) or await self._changed(taken):
            await self._put_back(taken.turn, 0.0, tried=False)
            return True
        with TURN_SECONDS.time(), self._typing(taken.turn):
            return await self._think(taken)

    @contextmanager
    def _typing(self, claimed: ClaimedTurn) -> Iterator[None]:
        """Shows that an answer is being written, where it takes more than a moment."""
        if claimed.waits:
            # Who waits may be answered by nothing: what they write may be for the people they wait for.
            yield
            return
        soon = asyncio.get_running_loop().call_later(TYPING_AFTER, self._show_typing, claimed.conversation_id)
        try:
            yield
        finally:
            soon.cancel()

    def _show_typing(self, conversation_id: UUID) -> None:
        note = {"kind": "typing", "from": "bot"}
        telling = asyncio.create_task(self._live.publish(f"conversation:{conversation_id}", note), name="typing")
        self._shown.add(telling)
        telling.add_done_callback(self._shown.discard)

    async def _changed(self, taken: Claimed) -> bool:
        """Whether something happened in the conversation while the turn waited to be begun: who looks for it then sees
        what."""
        if taken.conversation is None or not self._handed.doubtful(taken):
            return False
        return not await claiming.still(self._sessions, taken.conversation)

    @contextmanager
    def _given_back(self, lease: UUID) -> Iterator[None]:
        """Where the database is away, or this process stops, what is under the lease is for others. Not where something
        else fails: that would be met again and again."""
        try:
            yield
        except BaseException as error:
            if unreachable(error) or isinstance(error, asyncio.CancelledError):
                self._handed.lost(lease)
            raise

    async def _looked_for(self) -> Claimed | None:
        lease = self._handed.new_lease()
        with self._given_back(lease):
            queued = await claiming.next_turn(self._sessions, lease_seconds=self._lease, lease=lease)
        handed = self._handed.looked(found=queued is not None)
        return queued or handed

    async def close(self) -> None:
        """What was handed over and nobody has begun is queued again, for others."""
        for taken in self._handed.close():
            await self._put_back(taken.turn, 0.0, tried=False)

    async def _think(self, taken: Claimed) -> bool:
        """Whether another turn may have waited for this one."""
        claimed, outcome, behind = taken.turn, "answered", True
        try:
            answer = await self._bot.ask(claimed, language=self._language(claimed), company=self._company)
            if claimed.recall is not None:
                words = recalled(claimed.recall, answer.language, now=self._now(), where=self._where)
                answer = answer.model_copy(update={"replies": [Reply(text=words), *answer.replies]})
            said, behind = await self._finish(taken, answer)
            outcome = "answered" if said else "dropped"
        except BotAway as error:
            outcome = "away"
            if utc_now() - claimed.created_at < PATIENCE:
                await self._put_back(claimed, AWAY_PAUSE, tried=False)
            else:
                await self._give_up(claimed, error)
        except BotFailed as error:
            outcome = "failed"
            if claimed.attempts < MAX_ATTEMPTS:
                await self._put_back(claimed, 0.2)
            else:
                await self._give_up(claimed, error)
        TURNS.labels(outcome).inc()
        return behind

    def _language(self, claimed: ClaimedTurn) -> str:
        if claimed.language_pinned or claimed.text.startswith("/"):
            return claimed.language
        return detect(claimed.text, current=claimed.language)

    async def _finish(self, taken: Claimed, answer: BotAnswer) -> tuple[bool, bool]:
        """Whether the answer is said, and whether another turn may have waited for this one."""
        claimed, said = taken.turn, True
        try:
            async with one_by_one(self._sessions) as session:
                stored = await answering.at_once(
                    session, claimed, answer, as_claimed=taken.conversation, shown_in=self._shown_in
                )
            if stored is None:
                async with self._sessions() as session, session.begin():
                    said = await turns.finish(
                        session, claimed, answer, ask_in=self._ask_in, confirm_in=self._confirm_in
                    )
        except BadInput as error:
            raise BotFailed("the answer names a file that was not made for it") from error
        except (StatementError, UnicodeError) as error:
            if unreachable(error):
                raise
            # Left alone, the turn would meet the same end at every lease, and the customer would wait for ever.
            raise BotFailed("the answer cannot be stored") from error
        handed = bool(answer.commands)
        await self._wakes.changed(
            claimed.conversation_id,
            outgoing=not (stored and stored.sent),
            handed=handed,
            answered=_answered(taken, stored, answer.language),
        )
        if stored and stored.sent:
            await self._told(stored)
        return said, stored is None or stored.more

    async def _told(self, stored: Stored) -> None:
        """An answer is where it is read: counted, and noted of its account now and then."""
        DELIVERIES.labels(stored.channel, "sent").inc()
        place, now = (stored.channel, stored.account), time.monotonic()
        if self._noted.get(place, -NOTED_EVERY) + NOTED_EVERY <= now:
            self._noted[place] = now
            async with self._sessions() as session, session.begin():
                await accounts.succeeded(session, *place)

    async def _put_back(self, claimed: ClaimedTurn, seconds: float, *, tried: bool = True) -> None:
        async with self._sessions() as session, session.begin():
            await turns.put_back(session, claimed, seconds=seconds, tried=tried)
        log.info("turn.put_back", conversation=str(claimed.conversation_id), attempt=claimed.attempts)

    async def _give_up(self, claimed: ClaimedTurn, error: Exception) -> None:
        log.error("turn.failed", conversation=str(claimed.conversation_id), turn=str(claimed.id), cause=str(error))
        async with self._sessions() as session, session.begin():
            words = await sorry(
                session,
                self._away,
                language=claimed.language,
                now=self._now(),
                # Who waits has been promised an answer already, and is told nothing.
                conversation_id=None if claimed.waits else claimed.conversation_id,
            )
            await turns.give_up(session, claimed, apology=Reply(text=words))
        await self._wakes.changed(claimed.conversation_id, outgoing=True)
        await self._wakes.turn()


def _answered(taken: Claimed, stored: Stored | None, language: str) -> Answered | None:
    """The customer's message, as it is by now and in the language that it turned out to be in, and its answer, if
    nobody need read them."""
    if taken.message is None or stored is None or not stored.sent or stored.said is None:
        return None
    taken.message.language = language
    taken.message.text, taken.message.content = stored.text, stored.content
    shown = plain([taken.message, *stored.said])
    return Answered(taken.turn.seq, shown) if shown else None
