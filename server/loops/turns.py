"""Thinking: each queued turn goes to the assistant, and what it says is stored in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import StatementError

from channels.port import Live
from crm_backend.conversations import answering, turns
from crm_backend.conversations.away import Away, sorry
from crm_backend.conversations.schema import BotAnswer, ClaimedTurn, Reply
from crm_backend.database import Sessions, one_by_one, unreachable, utc_now
from crm_backend.errors import BadInput, BotFailed
from server.bot import Bot, BotAway
from server.language import detect
from server.metrics import TURN_SECONDS, TURNS
from server.recalling import Where, recalled
from server.wakes import Wakes

log = structlog.get_logger(__name__)
PATIENCE = timedelta(seconds=60)
"""How long a turn waits for an assistant that is away before a person is asked."""
AWAY_PAUSE = 1.5
MAX_ATTEMPTS = 3


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
    ) -> None:
        self._sessions, self._bot, self._live, self._wakes = sessions, bot, live, wakes
        self._company, self._lease = company, lease_seconds
        self._now, self._where, self._ask_in, self._away = now, where or {}, ask_in, away
        self._confirm_in = confirm_in

    async def work(self) -> bool:
        """Does one turn; False when there was none."""
        async with self._sessions() as session, session.begin():
            claimed = await turns.claim(session, lease_seconds=self._lease)
        if claimed is None:
            return False
        topic = f"conversation:{claimed.conversation_id}"
        await self._live.publish(topic, {"kind": "typing", "from": "bot"})
        with TURN_SECONDS.time():
            await self._think(claimed)
        return True

    async def _think(self, claimed: ClaimedTurn) -> None:
        outcome = "answered"
        try:
            answer = await self._bot.ask(claimed, language=self._language(claimed), company=self._company)
            if claimed.recall is not None:
                words = recalled(claimed.recall, answer.language, now=self._now(), where=self._where)
                answer = answer.model_copy(update={"replies": [Reply(text=words), *answer.replies]})
            if not await self._finish(claimed, answer):
                outcome = "dropped"
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

    def _language(self, claimed: ClaimedTurn) -> str:
        if claimed.language_pinned or claimed.text.startswith("/"):
            return claimed.language
        return detect(claimed.text, current=claimed.language)

    async def _finish(self, claimed: ClaimedTurn, answer: BotAnswer) -> bool:
        try:
            async with one_by_one(self._sessions) as session:
                taken = await answering.at_once(session, claimed, answer)
            if not taken:
                async with self._sessions() as session, session.begin():
                    taken = await turns.finish(
                        session, claimed, answer, ask_in=self._ask_in, confirm_in=self._confirm_in
                    )
        except BadInput as error:
            raise BotFailed("the answer names a file that was not made for it") from error
        except (StatementError, UnicodeError) as error:
            if unreachable(error):
                raise
            # Left alone, the turn would meet the same end at every lease, and the customer would wait for ever.
            raise BotFailed("the answer cannot be stored") from error
        # The conversation's next turn may run now: the worker that calls us looks for it before it rests.
        await self._wakes.changed(claimed.conversation_id, outgoing=True, handed=bool(answer.commands))
        return taken

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
                conversation_id=claimed.conversation_id,
            )
            await turns.give_up(session, claimed, apology=Reply(text=words))
        await self._wakes.changed(claimed.conversation_id, outgoing=True)
        await self._wakes.turn()
