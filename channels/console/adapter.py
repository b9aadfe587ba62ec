"""The console's way in and out."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from channels.console.settings import ConsoleSettings
from channels.degrade import as_text
from channels.port import Core, Health, Rejected
from crm_backend.conversations.schema import InboundMessage
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.errors import BadInput, NotAuthenticated, NotFound

log = structlog.get_logger(__name__)


class Line(BaseModel):
    """What a customer of the console says: who says it, and an identifier that is the same when it is said again."""

    model_config = ConfigDict(strict=True)

    id: str = Field(min_length=1, max_length=100)
    sender: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")
    text: str


class Console:
    """One console."""

    name = "console"

    def __init__(self, settings: ConsoleSettings, account: str, core: Core) -> None:
        self.account = account
        self._settings, self._core = settings, core

    def routes(self) -> list[web.RouteDef]:
        """None: it has a hook."""
        return []

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """`POST` a line as JSON, the token as Bearer: `{"id": "1", "sender": "marie", "text": "bonjour"}`.

        A `kind` that is not `message` is ignored. Raises NotAuthenticated, BadInput, and what storing raises.
        """
        self._authenticate(request)
        if request.method != "POST" or request.match_info["tail"]:
            raise NotFound("lines are posted to the hook")
        line = _read(await request.read())
        if line is None:
            return web.json_response({"ignored": True})
        received = await self._core.accept(
            InboundMessage(
                channel=self.name,
                account=self.account,
                external_id=f"{self.account}:{line.sender}:{line.id}",
                identity_kind=self.name,
                identity_value=f"{self.account}:{line.sender}",
                address=line.sender,
                sender_name=line.sender,
                text=line.text,
            )
        )
        return web.json_response({"conversation": str(received.conversation_id), "seq": received.seq})

    async def run(self) -> None:
        """Returns: lines are brought to us."""

    async def send(self, delivery: Delivery) -> str:
        """Writes the reply to the log, where `./relais logs server -f` shows it.

        A console cannot tell what it has shown: after a crash a reply may be shown twice.
        """
        reply = delivery.reply
        text = as_text(reply, language=delivery.language, address=self._core.company.address)
        links = [f"{file.name} {self._core.files.link(file.id)}" for file in reply.files]
        shown = "\n".join([text, *links] if text else links)
        if not shown:
            raise Rejected("nothing to show")
        for line in shown.splitlines():
            log.info("console.say", to=delivery.address, text=line, message=str(delivery.message_id))
        return str(delivery.message_id)

    def fetch(self, remote: dict[str, Any]) -> AsyncIterator[bytes]:
        """Lines come without files. Raises Rejected."""
        raise Rejected("the console has no files")

    async def check(self) -> Health:
        """Always well; says whether anybody can write."""
        if self._settings.token is None:
            return Health(ok=True, detail="no token is set, so nobody can write; what is sent is logged")
        return Health(ok=True, name=self.account)

    async def close(self) -> None:
        """Holds nothing."""

    def _authenticate(self, request: web.Request) -> None:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        token = self._settings.token
        known = token.get_secret_value() if token is not None else ""
        told = given.encode("utf-8", "surrogateescape")
        if kind.lower() != "bearer" or not known or not hmac.compare_digest(told, known.encode()):
            raise NotAuthenticated("wrong token")


def _read(body: bytes) -> Line | None:
    """The line; None when it is of a kind that nobody here knows. Raises BadInput."""
    try:
        known = Kind.model_validate_json(body).kind == "message"
        return Line.model_validate_json(body) if known else None
    except ValidationError as error:
        raise BadInput("a line has an id, a sender and a text") from error


class Kind(BaseModel):
    """Only what tells the kind."""

    kind: str = "message"
