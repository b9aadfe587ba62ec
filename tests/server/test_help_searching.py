"""What readers search for, and what that leaves of the encoder to the assistant."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.errors import RateLimited
from crm_backend.knowledge.model import DIMENSIONS
from server.embedding import Embedder
from server.help.allowance import PAGE, SEARCH, Allowance
from server.help.searching import WAITING, WHOLE, Searcher


class Slow(Embedder):
    """Makes no vector until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.asked, self.at_once, self.most = asyncio.Event(), 0, 0, 0

    async def one(self, text: str) -> list[float]:
        self.asked, self.at_once = self.asked + 1, self.at_once + 1
        self.most = max(self.most, self.at_once)
        await self.go.wait()
        self.at_once -= 1
        return [1.0] * DIMENSIONS


async def test_readers_who_search_all_at_once_leave_the_encoder_to_the_assistant(crm: AsyncSession) -> None:
    slow = Slow()
    searcher = Searcher(slow)
    waiting = [asyncio.ensure_future(searcher._vector(f"question {number}")) for number in range(WAITING)]
    same = asyncio.ensure_future(searcher._vector("question 0"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert slow.asked == 1
    with pytest.raises(RateLimited):
        await searcher.search(crm, "une de trop", "fr")
    question = "une question de six mots ici"
    assert len(question.split()) == WHOLE and await searcher.suggest(crm, question, "fr") == []
    slow.go.set()
    await asyncio.gather(*waiting, same)
    assert (slow.asked, slow.most) == (WAITING, 1)
    assert await searcher.suggest(crm, question, "fr") == [] and slow.asked == WAITING + 1
    assert await searcher.suggest(crm, "deux mots", "fr") == [] and slow.asked == WAITING + 1


def test_a_network_that_copies_the_help_centre_waits_and_another_does_not() -> None:
    now = 0.0
    allowance = Allowance(30, clock=lambda: now)
    for _ in range(30):
        allowance.take("a scraper", SEARCH)
    with pytest.raises(RateLimited) as refused:
        allowance.take("a scraper", SEARCH)
    assert refused.value.retry_after == 2
    allowance.take("an office", SEARCH)
    now = 2.0
    allowance.take("a scraper", SEARCH)
    with pytest.raises(RateLimited):
        allowance.take("a scraper", PAGE)
