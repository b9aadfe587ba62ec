"""A program that uses the API with a key, as the outside would."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.access.permissions import ALL
from crm_backend.database import Sessions
from crm_backend.keys import services


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Any
    body: Any
    raw: bytes = field(repr=False)


@dataclass
class Program:
    """Calls `/api/v1` with its key, in English."""

    client: aiohttp.ClientSession
    address: str
    token: str

    async def __call__(self, method: str, path: str, body: Any = None, /, **headers: str) -> Answer:
        """One request, such as `await program("PATCH", "/products/…", {…}, If_Match='"1"')`; a `bytes` body goes as
        it is."""
        told = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and "Content-Type" not in told and isinstance(body, bytes):
            told["Content-Type"] = "application/json"
        sent = (
            {"data": body} if isinstance(body, bytes | aiohttp.FormData) else {"json": body} if body is not None else {}
        )
        url = self.address + (path if path.startswith("/api/") else f"/api/v1{path}")
        async with self.client.request(method, url, headers=told, allow_redirects=False, **sent) as response:
            raw = await response.read()
            read = await response.json(content_type=None) if raw and "json" in response.content_type else None
            return Answer(response.status, response.headers, read, raw)

    async def every(self, path: str) -> list[dict[str, Any]]:
        """All the items of a list, page after page."""
        found: list[dict[str, Any]] = []
        following: str | None = path
        while following is not None:
            answer = await self("GET", following)
            assert answer.status == 200, answer.body
            found += answer.body["items"]
            following = answer.body["next"]
        return found


async def key(sessions: Sessions, scopes: Collection[str] = ALL, **more: Any) -> str:
    """A fresh key."""
    async with sessions.begin() as session:
        made = await services.make(
            session, actor=COMMAND_LINE, name="Tests", scopes=list(scopes), **{"per_minute": 100_000, **more}
        )
    return made.token
