"""A channel for the tests of what is around channels: it does what it is told, and remembers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field, SecretStr

from channels.port import Blueprint, Core, Health
from crm_backend.conversations.schema import InboundMessage
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.errors import BadInput, NotAuthenticated


class ToySettings(BaseModel):
    """What a toy is told."""

    token: SecretStr = Field(title="Token", description="Opens the toy.", min_length=4)
    pause: int = Field(3, ge=1, title="Pause")
    fail: str = Field("", title="Fails", description="What goes wrong: open, run, check, hang.")


FRENCH = {
    "Token": "Jeton",
    "Opens the toy.": "Ouvre le jouet.",
    "Pause": "Pause",
    "nine is never right": "neuf ne convient jamais",
}


class Toy:
    """One account; `made` has all that were opened, in order."""

    name = "toy"
    made: list[Toy] = []  # noqa: RUF012

    def __init__(self, settings: ToySettings, account: str, core: Core) -> None:
        if settings.pause == 9:
            raise BadInput("pause: nine is never right")
        if settings.fail == "open":
            raise RuntimeError(settings.token.get_secret_value())
        self.settings, self.account, self.core = settings, account, core
        self.runs = self.running = self.closed = 0
        self.sent: list[Delivery] = []
        self.error: Exception | None = None
        Toy.made.append(self)

    def routes(self) -> list[web.RouteDef]:
        return []

    async def hook(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("X-Token") != self.settings.token.get_secret_value():
            raise NotAuthenticated("token")
        text = (await request.read()).decode()
        await self.core.accept(
            InboundMessage(
                channel=self.name,
                account=self.account,
                external_id=f"{self.account}:{text}",
                identity_kind="toy",
                identity_value="marie",
                address="marie",
                text=text,
            )
        )
        return web.Response()

    async def run(self) -> None:
        self.runs += 1
        self.running += 1
        try:
            if self.settings.fail == "run":
                raise RuntimeError(f"cannot use {self.settings.token.get_secret_value()}")
            await asyncio.Event().wait()
        finally:
            self.running -= 1

    async def send(self, delivery: Delivery) -> str:
        if self.error is not None:
            raise self.error
        self.sent.append(delivery)
        return f"sent-{len(self.sent)}"

    def fetch(self, remote: dict[str, Any]) -> AsyncIterator[bytes]:
        raise NotImplementedError

    async def check(self) -> Health:
        if self.settings.fail == "hang":
            await asyncio.Event().wait()
        if self.settings.fail == "check":
            raise ValueError("no")
        secret = self.settings.token.get_secret_value()
        return Health(ok=True, detail=f"fine with {secret}", name="@toy", link="https://toy.example/{code}")

    async def close(self) -> None:
        self.closed += 1


TOY = Blueprint(
    name="toy",
    settings=ToySettings,
    open=Toy,
    label={"fr": "Jouet", "en": "Toy"},
    where={"fr": "par jouet", "en": "by toy"},
    french=FRENCH,
)
