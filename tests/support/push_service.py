"""A push service on loopback, with the browsers that read what it is given (RFC 8030, 8291, 8292)."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import http_ece
import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.assistant import free_port


@dataclass
class Browser:
    """One browser's subscription, and the keys that open what is sent to it."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def given(self) -> dict[str, str]:
        """What the browser gives the desk."""
        point = text_of(_point(self.key.public_key()))
        return {"endpoint": self.endpoint, "p256dh": point, "auth": text_of(self.secret)}

    def reads(self, body: bytes) -> dict[str, Any]:
        """What it is told."""
        opened = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        told: dict[str, Any] = json.loads(opened)
        return told


@dataclass
class PushService:
    """Answers what it is told to, then 201; and checks who sends."""

    address: str
    browsers: dict[str, Browser] = field(default_factory=dict)
    got: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)

    def browser(self) -> Browser:
        """Another browser."""
        name = f"/push/{len(self.browsers)}"
        self.browsers[name] = Browser(self.address + name)
        return self.browsers[name]

    def told(self) -> list[str]:
        """The sentences that were shown, in their order."""
        return [told["text"] for _, told in self.got]

    async def take(self, request: web.Request) -> web.Response:
        """One push."""
        said = request.headers["Authorization"].removeprefix("vapid ").split(",")
        token, public = (part.strip()[2:] for part in said)
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(public))
        jwt.decode(token, key, algorithms=["ES256"], audience=self.address, options={"require": ["exp"]})
        answer = self.answers.pop(0) if self.answers else web.Response(status=201)
        if answer.status < 300:
            told = self.browsers[request.path].reads(await request.read())
            self.got.append((dict(request.headers), told))
        return answer


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """One that runs."""
    port = free_port()
    made = PushService(f"http://127.0.0.1:{port}")
    app = web.Application()
    app.add_routes([web.post("/push/{name}", made.take)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield made
    await runner.cleanup()


def bytes_of(text: str) -> bytes:
    """Of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text_of(raw: bytes) -> str:
    """The other way round."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
