"""The ports of a server process: its own, or shared with others of the same machine."""

from __future__ import annotations

import pytest
from aiohttp import web

from server.app import listen
from server.settings import Settings
from tests.support.assistant import free_port


@pytest.mark.parametrize("shared", [True, False])
async def test_processes_share_a_port_where_they_are_told_to(shared: bool) -> None:
    settings = Settings(port=free_port(), share_port=shared)
    runners = [web.AppRunner(web.Application()) for _ in range(2)]
    for runner in runners:
        await runner.setup()
    try:
        await listen(settings, runners[0])
        if shared:
            await listen(settings, runners[1])
        else:
            with pytest.raises(OSError, match="in use"):
                await listen(settings, runners[1])
    finally:
        for runner in runners:
            await runner.cleanup()
