"""What may be used once is used once, on all servers."""

from __future__ import annotations

from server.app import Parts


async def test_a_token_stands_for_what_it_first_stood_for(server: Parts) -> None:
    limiter = server.board.core.limiter
    for to, expected in (("one mail", True), ("another", False), ("one mail", True)):
        assert await limiter.bound("mailgun/main", "token", to=to, seconds=60) is expected
    assert await limiter.bound("mailgun/second", "token", to="another", seconds=60)
