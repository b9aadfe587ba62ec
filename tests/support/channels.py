"""The core as channels see it, over a real database, and deliveries to hand them."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import aiohttp

from channels.degrade import Picture
from channels.port import Company, Core
from crm_backend.attachments.model import Attachment
from crm_backend.attachments.schema import FileKind, FileRef
from crm_backend.conversations.schema import Button, Card, ContactCard, Location, Price, Reply
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.errors import NotFound, RateLimited, TooLarge
from server import core as server_core

ADDRESS = "https://help.example.com"
LARGEST_FILE = 25 * 1024 * 1024
COMPANY = Company(
    name="Maison Tilleul",
    address=ADDRESS,
    hours="Mon-Sat 09:00-18:00",
    accent=None,
    default_language="fr",
    zone=ZoneInfo("Europe/Paris"),
    max_length=10_000,
    messages_per_minute=600,
    sockets_per_address=200,
    allowed_origins=frozenset([ADDRESS]),
    secret=b"secret-of-tests",
)
_KINDS: tuple[tuple[bytes, str, FileKind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "image"),
    (b"\xff\xd8\xff", "image/jpeg", "image"),
    (b"GIF8", "image/gif", "image"),
    (b"%PDF-", "application/pdf", "document"),
    (b"OggS", "audio/ogg", "audio"),
    (b"ID3", "audio/mpeg", "audio"),
)


@dataclass
class Notes:
    """A `Live` of this process alone; `published` is everything that was told, as (topic, note)."""

    published: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _queues: dict[str, list[asyncio.Queue[dict[str, Any] | None]]] = field(default_factory=lambda: defaultdict(list))

    async def publish(self, topic: str, note: dict[str, Any], *, here: dict[str, Any] | None = None) -> None:
        self.published.append((topic, note))
        for queue in self._queues[topic]:
            queue.put_nowait(note | (here or {}))

    @asynccontextmanager
    async def listen(self, *topics: str) -> AsyncIterator[AsyncIterator[dict[str, Any] | None]]:
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        for topic in topics:
            self._queues[topic].append(queue)
        try:
            yield self._notes(queue)
        finally:
            for topic in topics:
                self._queues[topic].remove(queue)

    async def _notes(self, queue: asyncio.Queue[dict[str, Any] | None]) -> AsyncIterator[dict[str, Any] | None]:
        while True:
            try:
                yield await asyncio.wait_for(queue.get(), 1)
            except TimeoutError:
                yield None


@dataclass
class Counted:
    """A `Limiter` that counts for the whole test, as if it took less than a minute."""

    counts: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    once: dict[tuple[str, str], str] = field(default_factory=dict)

    async def check(self, what: str, who: str, per_minute: int) -> None:
        self.counts[what, who] += 1
        if self.counts[what, who] > per_minute:
            raise RateLimited(what, retry_after=60)

    async def bound(self, what: str, who: str, *, to: str, seconds: int) -> bool:
        return self.once.setdefault((what, who), to) == to


@dataclass
class FilesInMemory:
    """A `Files` that types by the first bytes, limits the size, and keeps what it is given for the test's length.

    With `sessions`, what comes in is noted in the database too, so that a message can take it.
    """

    largest: int = LARGEST_FILE
    sessions: Sessions | None = None
    kept: dict[UUID, tuple[FileRef, bytes]] = field(default_factory=dict)

    async def keep(
        self, chunks: AsyncIterator[bytes], *, name: str = "", declared_type: str = "", uploaded_by: str | None = None
    ) -> FileRef:
        content = b""
        async for chunk in chunks:
            content += chunk
            if len(content) > self.largest:
                raise TooLarge("file")
        ref = self.put(content, name=name, declared_type=declared_type)
        if self.sessions is not None:
            async with self.sessions() as session, session.begin():
                row = ref.model_dump(include={"id", "kind", "name", "media_type", "size"})
                session.add(Attachment(**row, state="kept", uploaded_by=uploaded_by))
        return ref

    def put(self, content: bytes, *, name: str = "", declared_type: str = "") -> FileRef:
        """Keeps a file that a reply is to carry."""
        media_type, kind = next(
            ((media_type, kind) for mark, media_type, kind in _KINDS if content.startswith(mark)),
            (declared_type or "application/octet-stream", "other"),
        )
        ref = FileRef(id=new_id(), kind=kind, name=name or "file", media_type=media_type, size=len(content))
        self.kept[ref.id] = (ref, content)
        return ref

    async def read(self, file_id: UUID) -> bytes:
        if file_id not in self.kept:
            raise NotFound("no such file")
        return self.kept[file_id][1]

    def link(self, file_id: UUID, *, minutes: int = 60) -> str:
        signature = hashlib.sha256(f"{file_id} {minutes}".encode()).hexdigest()[:16]
        return f"{ADDRESS}/files/{file_id}?for={minutes}&sig={signature}"


@dataclass
class Album:
    """A `Pictures` that has one for every address, another for each, and that of the same address always the same."""

    away: bool = False
    """Whether none can be had."""
    asked: list[str] = field(default_factory=list)

    async def load(self, address: str) -> Picture | None:
        self.asked.append(address)
        return None if self.away else Picture(b"\xff\xd8\xff" + address.encode(), 640, 480)


@asynccontextmanager
async def core_on(sessions: Sessions, **more: Any) -> AsyncIterator[Core]:
    """The core over these sessions: real storing, receipts and parts; the platform's network is a real HTTP client.

    `async with core_on(sessions) as core`. `company`, `live`, `limiter` and `files` may be given; without, `core.live`
    is a `Notes`, `core.limiter` a `Counted`, `core.files` a `FilesInMemory` and `core.pictures` an `Album`.
    """
    files = FilesInMemory(sessions=sessions)
    parts = {"live": Notes(), "limiter": Counted(), "files": files, "company": COMPANY, "pictures": Album()} | more
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:
        yield server_core.core(sessions=sessions, http=http, **parts)


OF_REPLY = ("cards", "files", "location", "contacts", "template", "values")


def delivery(text: str = "bonjour", *, to: str, channel: str, **more: Any) -> Delivery:
    """A leased reply to `to` on `channel`. `more` are fields of the reply (`buttons`, as titles or Buttons; those of
    OF_REPLY) or of the delivery (`account`, `again`, `parts`, `language`, …)."""
    buttons = [
        each if isinstance(each, Button) else Button(title=each, payload=f"/choice_{number}")
        for number, each in enumerate(more.pop("buttons", ()), 1)
    ]
    of_reply = {name: more.pop(name) for name in OF_REPLY if name in more}
    values: dict[str, Any] = {
        "id": new_id(),
        "lease": uuid4(),
        "attempts": 1,
        "conversation_id": new_id(),
        "message_id": new_id(),
        "seq": 2,
        "channel": channel,
        "address": to,
        "created_at": utc_now() - timedelta(seconds=1),
        "reply": Reply(text=text, buttons=buttons, **of_reply),
    }
    return Delivery(**{**values, **more})


ORDER = Card(
    kind="order", title="Commande 10234", text="En route", lines=["2 × Bougie figuier", "Livraison mardi 25 novembre"]
)
PRODUCT = Card(
    kind="product",
    title="Housse de couette Aubrac",
    text="Disponible",
    url="https://shop.example/aubrac",
    price=Price(minor=11900, currency="EUR", lowest=True),
    picture="https://shop.example/aubrac.jpg",
)
PLACE = Location(latitude=45.7640, longitude=4.8357, name="Maison Tilleul", address="12 rue Mercière, Lyon")
CONTACT = ContactCard(name="Camille Martin", phones=["+33 4 72 00 00 00"], emails=["camille@maison.example"])
ARTICLE = Card(kind="article", title="Délais de livraison", text="Deux à quatre jours.", url="/fr/aide/delais")
