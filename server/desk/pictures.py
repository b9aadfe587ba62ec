"""`/desk/pictures?url=…&until=…&sig=…`: pictures that a mail names elsewhere, fetched by us and not by the agent.

Who sent the mail learns that somebody here looks at it, and neither where they are nor with what.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
import structlog
from aiohttp import web

from channels.bodies import whole
from crm_backend.errors import NotFound
from server.reaching import Reach

log = structlog.get_logger(__name__)
PATH = "/desk/pictures"
STEP = 900
"""Seconds for which an address holds at least. Its end is rounded up to these, so that a picture is fetched once."""
LONGEST_ADDRESS = 1500
LARGEST = 5 * 1024 * 1024
PATIENCE = 10.0
AT_ONCE = 8
REDIRECTS = 3
PORTS = (None, 80, 443)
_AVIF = (b"ftypavif", b"ftypavis")
_HEADERS = {"Accept": "image/*", "User-Agent": "Mozilla/5.0 (compatible; Relais)"}
_TROUBLE = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


class Fetching:
    """Fetches pictures from elsewhere, telling nothing of who will see them."""

    def __init__(self, *, reach: Reach | None = None) -> None:
        """Never to private networks: what a mail names may be a trap, and no picture of a customer's is there."""
        self._reach = reach or Reach(private=False)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._http: aiohttp.ClientSession | None = None

    async def content(self, url: str) -> bytes | None:
        """The bytes of the picture there; None where none is to be had."""
        try:
            async with self._room, asyncio.timeout(PATIENCE):
                return await self._fetch(url)
        except _TROUBLE as error:
            log.info("picture.away", cause=type(error).__name__)
            return None

    async def close(self) -> None:
        """Closes the connections."""
        if self._http is not None:
            await self._http.close()

    async def _fetch(self, url: str) -> bytes:
        """Its bytes. Raises what asking raises, and ValueError for what is not to be fetched or no picture."""
        if self._http is None:
            self._http = aiohttp.ClientSession(
                connector=self._reach.connector(), cookie_jar=aiohttp.DummyCookieJar(), headers=_HEADERS
            )
        for _ in range(REDIRECTS + 1):
            async with self._http.get(url, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    url = urljoin(url, answer.headers.get("Location", ""))
                    if not fetched(url):
                        raise ValueError("leads to what is not fetched")
                    continue
                if answer.status != 200 or (answer.content_length or 0) > LARGEST:
                    raise ValueError("not given")
                content = await whole(answer, most=LARGEST)
                if not _type(content):
                    raise ValueError("no picture")
                return content
        raise ValueError("leads on and on")


class RemotePictures(Fetching):
    """Makes the addresses, and fetches what they stand for."""

    def __init__(self, secret: bytes, *, reach: Reach | None = None) -> None:
        super().__init__(reach=reach)
        self._key = hmac.new(secret, b"pictures", hashlib.sha256).digest()

    def routes(self) -> list[web.RouteDef]:
        """Signed, and without the agent's session: a mail is shown in a frame that has no cookies."""
        return [web.get(PATH, self.serve)]

    def address(self, url: str, *, step: int = STEP) -> str | None:
        """The address on this server for a picture elsewhere, good for one to two `step`s (seconds); None for one
        that is not fetched."""
        url = "https:" + url if url.startswith("//") else url
        if len(url) > LONGEST_ADDRESS or not fetched(url):
            return None
        until = str(-(-(int(time.time()) + step) // step) * step)
        return f"{PATH}?{urlencode({'url': url, 'until': until, 'sig': self._signature(url, until)})}"

    async def serve(self, request: web.Request) -> web.Response:
        """The picture. Raises NotFound for an address that we did not make, and for what is no picture."""
        url, until, given = (request.query.get(name, "") for name in ("url", "until", "sig"))
        expected = self._signature(url, until)
        if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")) or int(until) < time.time():
            raise NotFound("forged or expired")
        content = await self.content(url)
        if content is None:
            raise NotFound("no picture")
        return web.Response(
            body=content,
            content_type=_type(content),
            headers={
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "Cross-Origin-Resource-Policy": "cross-origin",
                "Referrer-Policy": "no-referrer",
                "Cache-Control": f"private, max-age={STEP}",
            },
        )

    def _signature(self, url: str, until: str) -> str:
        return hmac.new(self._key, f"{until}:{url}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def fetched(url: str) -> bool:
    """Whether this is an address of the web, at its usual door."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port in PORTS
    except ValueError:
        return False


def _type(content: bytes) -> str:
    """The type, by the content; empty for what is no picture, and for SVG, which is a document."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "image/avif" if content[4:12] in _AVIF else ""
