"""Keeping those who wait in a messenger informed: their place and how long it will be, when it has changed by much."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from actions.wording import minutes, people
from crm_backend.database import Sessions, utc_now
from crm_backend.routing import telling
from crm_backend.routing.telling import Change
from server.wakes import Wakes

WORDS: dict[str, dict[str, str]] = {
    "next": {"fr": "Vous êtes en tête de file", "en": "You’re next in line"},
    "ahead": {"fr": "{people} avant vous", "en": "{people} ahead of you"},
    "longer": {
        "fr": "C’est plus long que prévu, pardon. {place}. Vous gardez votre place.",
        "en": "It’s taking longer than foreseen, sorry. {place}. You keep your place.",
    },
    "shorter": {"fr": "{place}.", "en": "{place}."},
}


class WaitingLoop:
    """One round in one transaction. Killed at any moment, it tells nobody twice."""

    def __init__(
        self, *, sessions: Sessions, wakes: Wakes, channels: Collection[str], now: Callable[[], datetime] = utc_now
    ) -> None:
        self._sessions, self._wakes, self._channels, self._now = sessions, wakes, channels, now

    async def work(self) -> bool:
        """Tells whom there is something to tell; False: it waits for its next time."""
        if not self._channels:
            return False
        async with self._sessions() as session, session.begin():
            told = await telling.tell(session, channels=self._channels, wording=in_words, now=self._now())
        for conversation in told:
            await self._wakes.changed(conversation, outgoing=True)
        return False


def in_words(change: Change) -> str:
    """`Deux personnes avant vous, environ 4 minutes.`"""
    language, now = change.language, change.now
    place = WORDS["next"][language]
    if now.ahead:
        place = WORDS["ahead"][language].format(people=people(now.ahead, language))
    if now.minutes is not None:
        place = f"{place}, {minutes(now.minutes, language)}"
    return WORDS["longer" if change.longer else "shorter"][language].format(place=place)
