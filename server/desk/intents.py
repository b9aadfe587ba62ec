"""Intents on the desk: which there are, what they are called, and what a supervisor says a message should have been
understood as."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

import yaml
from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.conversations.reading import queries
from crm_backend.conversations.thinking import corrections
from server.desk.api import CHANGED, Body, Desk, body, identifier

DATA = Path(__file__).resolve().parents[2] / "data"
LONGEST_SEQ = 2**31 - 1
NOT_SAID = {"nlu_fallback"}
"""Intents that nobody has: what the assistant calls it when it is not sure."""


class Correction(Body):
    intent: str | None = Field(max_length=60, pattern=r"^[^\x00]*$")


class Intents:
    """`GET /desk/api/intents`, and `PUT …/messages/{seq}/intent`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        intent = "/desk/api/conversations/{id}/messages/{seq}/intent"
        return [
            web.get("/desk/api/intents", self._desk.signed_in(self.listing, "conversations.read")),
            web.put(intent, self._desk.signed_in(self.correct, "conversations.supervise")),
        ]

    async def listing(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        called = {intent: words[agent.language] for intent, words in names().items()}
        items = sorted(topics(), key=lambda intent: folded(called[intent]))
        return web.json_response({"items": items, "names": called})

    async def correct(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        conversation_id, seq = identifier(request), _seq(request)
        given = await body(request, Correction)
        actor = await access.actor_of(session, agent, "desk")
        await corrections.correct(
            session, conversation_id=conversation_id, seq=seq, intent=given.intent, intents=topics(), actor=actor
        )
        request[CHANGED] = conversation_id
        view = await queries.message(session, conversation_id=conversation_id, seq=seq)
        return web.json_response(self._desk.shown(view, agent.language))


def _seq(request: web.Request) -> int:
    written = request.match_info["seq"]
    return min(int(written), LONGEST_SEQ) if written.isascii() and written.isdigit() and len(written) < 12 else 0


def folded(name: str) -> str:
    """A name as it is sorted: « Échange » comes with E."""
    return unicodedata.normalize("NFKD", name).casefold()


@lru_cache(maxsize=1)
def names(file: Path = DATA / "names.yml") -> dict[str, dict[str, str]]:
    """What each intent is called, by language; also those that nobody has."""
    said: dict[str, dict[str, str]] = yaml.safe_load(file.read_text(encoding="utf-8"))["names"]
    return said


@lru_cache(maxsize=1)
def topics(folder: Path = DATA) -> dict[str, str]:
    """Every intent with its topic: the folder under `data/` whose domain names it."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*/domain.yml")):
        for entry in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("intents") or ():
            name = next(iter(entry)) if isinstance(entry, dict) else str(entry)
            if name not in NOT_SAID:
                found[name] = path.parent.name
    return found
