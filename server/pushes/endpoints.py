"""Which addresses are pushed to: those of push services on the internet, since a browser's word is all we have."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from crm_backend.errors import Invalid
from server.reaching import Reach

LONGEST = 2000


@dataclass(frozen=True)
class Endpoints:
    """The rule. `loopback` is for tests, where the push service is on this machine."""

    loopback: bool = False
    reach: Reach = field(default_factory=lambda: Reach(private=False))

    async def checked(self, url: str) -> str:
        """The address, if it may be pushed to. Raises Invalid."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            host = ""
        plain = url.isascii() and url.isprintable() and not any(each in url for each in ' <>"\\^`{|}')
        here = self.loopback and host == "127.0.0.1" and parts.scheme == "http"
        right = host and plain and len(url) <= LONGEST and "@" not in parts.netloc and not parts.fragment
        if not right or not (parts.scheme == "https" or here) or (not here and await self.reach.bars(host)):
            raise Invalid("endpoint", "push_bad_address")
        return url

    def connector(self) -> aiohttp.TCPConnector:
        """For an HTTP client that keeps to the rule whatever a name stands for by then."""
        return Reach(private=True).connector() if self.loopback else self.reach.connector()


PUBLIC = Endpoints()
