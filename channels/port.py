"""What the core asks of a channel, and what a channel may ask of the core."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit
from uuid import UUID

import aiohttp
from aiohttp import web
from pydantic import BaseModel

from channels.degrade import Pictures
from crm_backend.accounts.asides import Asides
from crm_backend.attachments.schema import FileRef
from crm_backend.calendars.opening import OpeningHours
from crm_backend.conversations.reading.messages import MessageView
from crm_backend.conversations.schema import InboundMessage, Receipt, Received
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions

READER = web.RequestKey("READER", str)
"""In a request: the origin of a page elsewhere that may read the answer (CORS), whatever the answer is."""
Accept = Callable[[InboundMessage], Awaitable[Received]]
"""Stores an inbound message in one transaction and wakes what waits for it. Returns after commit.

Raises the errors of `conversations.receiving.receive.receive`, and Unavailable when the database cannot be reached.
"""
Report = Callable[[Receipt], Awaitable[bool]]
"""Stores what became of a sent message; false when it is not one of ours. Raises Unavailable."""


class Retry(Exception):
    """The platform could not take it now. `after` is in seconds, when the platform says so.

    With `whole_account` nothing else of the account is sent before that either: a rate limit, a platform that is down.
    """

    def __init__(self, cause: str, *, after: float | None = None, whole_account: bool = False) -> None:
        super().__init__(cause)
        self.after, self.whole_account = after, whole_account


class Rejected(Exception):
    """The platform will never take it.

    `reason`: `unreachable` (blocked, no such account, the address bounces: nothing more is sent there until they
    write), `window` (only templates may be sent now), `content` (this message is at fault), `settings` (our
    credentials).
    """

    def __init__(
        self, cause: str, *, reason: Literal["unreachable", "window", "content", "settings"] = "content"
    ) -> None:
        super().__init__(cause)
        self.reason = reason


class Waits(Exception):
    """The platform lets this go only after a message of theirs. They were asked for one: the answer is kept until then.

    `asked` is the platform's identifier of what asked them; None when that was done for an earlier answer. Who raises
    this calls `conversations.sending.held.opened` when they write.
    """

    def __init__(self, cause: str, *, asked: str | None = None) -> None:
        super().__init__(cause)
        self.asked = asked


class Health(BaseModel):
    """What a platform says of an account. `detail` is one line for the people who run the place, without secrets."""

    ok: bool
    detail: str = ""
    name: str | None = None
    """How customers see the account: `@maison_bot`, `+33 1 …`, `support@…`."""
    link: str | None = None
    """An address that opens a conversation there, with `{code}` where a code may be put."""


class Files(Protocol):
    """Where files are kept. What is kept has been looked at: typed by content, limited, cleaned."""

    async def keep(
        self, chunks: AsyncIterator[bytes], *, name: str = "", declared_type: str = "", uploaded_by: str | None = None
    ) -> FileRef:
        """Stores a file that came in. Raises BadFile (refused, with the reason as its code), TooLarge, Unavailable.

        Only a message that names the same `uploaded_by` may take it.
        """

    async def read(self, file_id: UUID) -> bytes:
        """Its bytes. Raises NotFound, Unavailable."""

    def link(self, file_id: UUID, *, minutes: int = 60) -> str:
        """An absolute, signed address that works for so long."""


@dataclass(frozen=True)
class Answered:
    """A message of a customer and what answers it, just stored, in the order they are shown in. Nothing else has
    changed in the conversation since that message came; `seq` is its number."""

    seq: int
    messages: list[MessageView]


class Live(Protocol):
    """Fan-out to whoever listens now. May lose a note: listeners read the database again from time to time."""

    async def publish(self, topic: str, note: dict[str, Any], *, here: dict[str, Any] | None = None) -> None:
        """Tells every listener of `topic`, on all servers; `here` is in the note too for listeners of this process."""

    def listen(self, *topics: str) -> AbstractAsyncContextManager[AsyncIterator[dict[str, Any] | None]]:
        """Notes of the topics as they come; None every few seconds without any, to look for what was missed."""


class Reach(Protocol):
    """Which hosts may be connected to. Hosts are named by admins, and by answers of platforms: some are traps."""

    async def connected(self, host: str, port: int) -> socket.socket:
        """A connection to a server, for what is no HTTP. Raises OSError, also for a host that is barred."""

    async def bars(self, host: str) -> bool:
        """Whether a host is never connected to, by the addresses that its name stands for now."""


class Limiter(Protocol):
    """Counts what someone does in a minute, and remembers what may be used once."""

    async def check(self, what: str, who: str, per_minute: int) -> None:
        """Raises RateLimited past `per_minute`."""

    async def bound(self, what: str, who: str, *, to: str, seconds: int) -> bool:
        """Whether `who` stands for `to`: the first to be asked decides, for so long. Raises Unavailable."""


class Renewals(Protocol):
    """Secrets of an account that its platform renews by itself: kept encrypted, they outlive the process."""

    async def latest(self, channel: str, account: str, setting: str, *, given: str) -> str:
        """The secret as the platform last renewed it; `given`, as the settings have it, where it never did."""

    async def renewed(self, channel: str, account: str, setting: str, *, given: str, value: str) -> None:
        """Keeps the new one. Raises NotFound when the account is gone."""


@dataclass(frozen=True)
class Company:
    """What the company set for all channels."""

    name: str
    address: str
    """The public site, such as `https://help.example.com`, without a slash at its end."""
    hours: str
    accent: str | None
    default_language: str
    zone: tzinfo
    max_length: int
    messages_per_minute: int
    sockets_per_address: int
    allowed_origins: frozenset[str]
    secret: bytes
    """For signing tokens. Each use derives its own key from it (`hmac` with the use's name)."""
    max_upload_bytes: int = 10 * 1024 * 1024
    """The largest file that a person may upload here; what platforms bring has a limit of its own."""
    opening: OpeningHours | None = None
    """When people answer; None when that is not known."""


@dataclass(frozen=True)
class Core:
    """All that a channel is given."""

    accept: Accept
    report: Report
    files: Files
    sessions: Sessions
    live: Live
    limiter: Limiter
    http: aiohttp.ClientSession
    company: Company
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict, kw_only=True)
    """The name of each channel by language."""
    starts: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    """The channels that may write first, and the kind of address on file they write to (`email`)."""
    renewals: Renewals | None = field(default=None, kw_only=True)
    """None where nothing is kept: then what is renewed is forgotten with the process."""
    pictures: Pictures | None = field(default=None, kw_only=True)
    reach: Reach
    """Where channels may connect to. `http` keeps to it; other connections are made with `reach.connected`."""
    part_sent: Callable[[Delivery, str], Awaitable[None]]
    """Notes that one part of a delivery has reached the platform under this id, before the next part goes: after a
    crash `delivery.parts` holds them, and sending goes on from there."""


class Channel(Protocol):
    """One account on one platform: a way in and out."""

    name: str
    account: str

    def routes(self) -> list[web.RouteDef]:
        """Fixed addresses outside `/hooks`, for channels that are pages rather than platforms; usually none."""

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """Called for `/hooks/<name>/<account>` and below: authenticates (NotAuthenticated), then parses (BadInput),
        then accepts; a genuine but unknown kind is answered 200. Answers only after commit."""

    async def run(self) -> None:
        """Polls the platform until cancelled, or returns when it calls us. Runs in one process at a time."""

    async def send(self, delivery: Delivery) -> str:
        """Hands a reply to the platform; its id there. Raises Retry, Rejected or Waits.

        `delivery.again` says that an earlier attempt ended without anyone knowing how. Where the platform can tell,
        look before sending.
        """

    def fetch(self, remote: dict[str, Any]) -> AsyncIterator[bytes]:
        """The bytes of a file that an inbound message only named. Raises Retry or Rejected."""

    async def check(self) -> Health:
        """Asks the platform whether all is well. Never raises for what the platform or the network does."""

    async def close(self) -> None:
        """Lets go of connections."""


@dataclass(frozen=True)
class Blueprint:
    """How a channel is found: each folder in `channels/` has one, named `CHANNEL`, in its `__init__`."""

    name: str
    """The folder, the part of the URL, and the prefix of the settings (`RELAIS_TELEGRAM_TOKEN`)."""
    settings: type[BaseModel]
    """One account's settings. `SecretStr` fields are kept encrypted; titles and descriptions are shown in the desk, and
    for a choice what `json_schema_extra={"choices": {…}}` calls its values. What names a host or an address to connect
    to has `json_schema_extra={"reaches": True}`, and is refused when it leads where channels do not go."""
    open: Callable[[Any, str, Core], Channel]
    """Makes the channel of an account from its settings, its name and the core. Connects to nothing yet.
    Raises BadInput for settings that cannot work."""
    always: bool = False
    """Whether it is there without any settings."""
    asks_itself: bool = False
    """Whether it asks by its own means how a conversation was, once it ended, and shows what is passed on and how long
    one waits; others are given messages to send."""
    starts: str | None = None
    """The kind of address on file to which it may write first (`email`), if any."""
    label: Mapping[str, str] = field(default_factory=dict)
    """Its name by language, as customers and agents read it: `E-mail`."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Its place in a sentence, by language: `on the website`, `par e-mail`."""
    spoken: tuple[str, ...] = ()
    """Words by which people name it when they ask to go on there, in small letters without accents."""
    french: Mapping[str, str] = field(default_factory=dict)
    """The French of what the settings say in English: titles, descriptions, choices, and why a value is refused."""
    shown: bool = False
    """Whether those who write here read the conversation where it is stored: an answer is sent once it is stored."""
    largest_body: int = 1024 * 1024
    """Bytes that a request to its hook may have."""
    asides: Asides | None = None
    """For channels that set aside what they cannot take in."""
    copies: bool = False
    """Whether others may be given a copy of an answer (`Delivery.cc`, `Delivery.bcc`)."""
    tells_later: bool = False
    """Whether the platform tells by itself, under the name we gave it, that it has a message: the delivery of a process
    that died waits for that until its lease ends."""
    slow: bool = False
    """Whether who writes here looks for the answer in hours rather than minutes: they are told no place in a queue."""
    original: Callable[[bytes, Callable[[str], str | None] | None], dict[str, Any]] | None = None
    """Shows a message as it came, from the file that `details["original"]` names (docs/protocols.md); of its remote
    images those for which the second gives an address here. For channels that keep such a file."""


def own_page(origin: str, host: str) -> bool:
    """Whether the `Origin` header names the host that was asked. What cannot be read, and `null`, does not."""
    try:
        page = urlsplit(origin)
    except ValueError:
        return False
    return page.scheme in ("http", "https") and page.netloc != "" and page.netloc == host
