"""The stage of the contract, set once for each channel that has a case."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from crm_backend.database import Sessions
from tests.channels.contract import Case, cases
from tests.channels.stage import Play, played

CASES = cases()


@pytest.fixture(params=sorted(CASES))
async def play(request: pytest.FixtureRequest, sessions: Sessions) -> AsyncIterator[Play]:
    """A channel on its stage."""
    case: Case = CASES[request.param]()
    async with played(case, sessions) as play:
        yield play
