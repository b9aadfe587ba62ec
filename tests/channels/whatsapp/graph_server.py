"""Meta's Graph API as far as a WhatsApp number uses it, on loopback: it refuses what the documentation refuses."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.channels.whatsapp.unfit import unfit
from tests.support.assistant import free_port

VERSION = "v25.0"
Answer = Callable[[web.Request], web.Response | None]


def envelope(code: int, title: str, details: str = "", *, subcode: int | None = None) -> dict[str, Any]:
    """An error as the Graph API words it."""
    error: dict[str, Any] = {
        "message": f"(#{code}) {title}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": details or title},
        "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam",
    }
    return {"error": error | ({"error_subcode": subcode} if subcode else {})}


def failing(status: int, code: int, title: str = "Error", **headers: str) -> Answer:
    """An answer with an error, to be given once."""
    return lambda _: web.json_response(envelope(code, title), status=status, headers=headers)


def plain(status: int, text: str = "<html>Bad gateway</html>", **headers: str) -> Answer:
    """An answer that is no JSON, as of a proxy in front of Meta."""
    return lambda _: web.Response(status=status, text=text, content_type="text/html", headers=headers)


def cut(request: web.Request) -> web.Response | None:
    """The connection ends without an answer; the message was not taken."""
    assert request.transport is not None
    request.transport.abort()
    return None


@dataclass
class Number:
    """A business number, its token and how it stands."""

    token: str
    fields: dict[str, Any] = field(
        default_factory=lambda: {
            "display_phone_number": "+33 1 87 00 00 01",
            "verified_name": "Maison Tilleul",
            "quality_rating": "GREEN",
            "name_status": "APPROVED",
            "status": "CONNECTED",
        }
    )


class GraphServer:
    """Takes messages and files, gives files out, and fails when it is told to.

    `sent` holds what was taken: the body of each message with its identifier as `wamid`. `reads` holds what was marked
    as read. `next` are answers to the next calls that send a message, instead of taking it; None takes one.
    """

    def __init__(self, numbers: dict[str, Number]) -> None:
        self.port = free_port()
        self.numbers = numbers
        self.sent: list[dict[str, Any]] = []
        self.reads: list[dict[str, Any]] = []
        self.next: deque[Answer | None] = deque()
        self.next_uploads: deque[Answer] = deque()
        """The same for files that are uploaded."""
        self.before_answer: Callable[[dict[str, Any]], Any] | None = None
        """Called with each message once it is taken, before the answer: what the webhook tells may be faster."""
        self.lost_answers = 0
        """How many of the next messages are taken without their sender hearing of it."""
        self.files: dict[str, tuple[bytes, str]] = {}
        self.uploads: dict[str, tuple[str, str, bytes]] = {}
        self.templates: list[dict[str, str]] = []
        self.damaged: set[str] = set()
        self.redirect: str | None = None
        self.asked: list[web.Request] = []
        self._ids = itertools.count(1)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application(client_max_size=128 * 1024 * 1024)
        app.add_routes(
            [
                web.post(f"/{VERSION}/{{number}}/messages", self._messages),
                web.post(f"/{VERSION}/{{number}}/media", self._upload),
                web.get(f"/{VERSION}/{{node}}", self._node),
                web.get(f"/{VERSION}/{{node}}/message_templates", self._templates),
                web.get("/attachments/{media}", self._bytes),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    def put(self, content: bytes, media_type: str) -> dict[str, str]:
        """A file that a customer sent: what the webhook says of it."""
        media_id = str(1479537139650000 + next(self._ids))
        self.files[media_id] = (content, media_type)
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        return {"id": media_id, "mime_type": media_type, "sha256": digest}

    def _refusal(self, request: web.Request, number: str | None = None) -> web.Response | None:
        self.asked.append(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        known = {each.token for each in self.numbers.values()} if number is None else set()
        if number in self.numbers:
            known = {self.numbers[number].token}
        if token not in known:
            body = envelope(190, "Invalid OAuth access token - Cannot parse access token")
            return web.json_response(body, status=401)
        return None

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        number = request.match_info["number"]
        if refusal := self._refusal(request, number):
            return refusal
        body = json.loads(await request.read())
        if body.get("status") == "read":
            self.reads.append(body)
            return web.json_response({"success": True})
        answer = self.next.popleft() if self.next else None
        if answer is not None:
            return answer(request) or await asyncio.Event().wait()
        if fault := unfit(body, self.uploads):
            return web.json_response(envelope(fault[0], "Invalid parameter", fault[1]), status=400)
        wamid = f"wamid.HBgLSENT{next(self._ids):06d}AA=="
        taken = {**body, "wamid": wamid, "number": number}
        self.sent.append(taken)
        if self.before_answer:
            await self.before_answer(taken)
        if self.lost_answers:
            self.lost_answers -= 1
            cut(request)
            return await asyncio.Event().wait()
        whom = body.get("to") or body["recipient"]
        contact = {"input": whom, "wa_id" if "to" in body else "user_id": whom}
        return web.json_response({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]})

    async def _upload(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        if refusal := self._refusal(request, number):
            return refusal
        if self.next_uploads and (answer := self.next_uploads.popleft()(request)):
            return answer
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        if form.get("messaging_product") != "whatsapp" or file.content_type != form.get("type"):
            return web.json_response(envelope(100, "Invalid parameter"), status=400)
        media_id = str(2000000000000 + next(self._ids))
        self.uploads[media_id] = (file.content_type, file.filename, file.file.read())
        return web.json_response({"id": media_id})

    async def _node(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        node = request.match_info["node"]
        if node in self.numbers:
            if refusal := self._refusal(request, node):
                return refusal
            asked = request.query.get("fields", "").split(",")
            known = {name: value for name, value in self.numbers[node].fields.items() if name in asked}
            return web.json_response({**known, "id": node})
        if node not in self.files:
            body = envelope(100, f"Unsupported get request. Object with ID '{node}' does not exist", subcode=33)
            return web.json_response(body, status=400)
        content, media_type = self.files[node]
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "url": self.redirect or f"{self.url}/attachments/{node}",
                "mime_type": media_type,
                "sha256": hashlib.sha256(content).hexdigest(),
                "file_size": len(content),
                "id": node,
            }
        )

    async def _templates(self, request: web.Request) -> web.Response:
        """One template a page, so that the pages are turned."""
        if refusal := self._refusal(request):
            return refusal
        start = int(request.query.get("after", "0"))
        page, more = self.templates[start : start + 1], start + 1 < len(self.templates)
        paging = {"cursors": {"before": str(start), "after": str(start + 1)}} | ({"next": "https://…"} if more else {})
        return web.json_response({"data": page, "paging": paging})

    async def _bytes(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        media = request.match_info["media"]
        if media not in self.files:
            return web.Response(status=404)
        content, media_type = self.files[media]
        if media in self.damaged:
            content = content[:-1] + b"?"
        return web.Response(body=content, headers={"Content-Type": media_type})
