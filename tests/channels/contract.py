"""What the contract's tests ask of a channel's platform. `tests/channels/<name>/case.py` answers, in a class `CASE`.

Everything a platform does to us is an HTTP request here, also for channels that poll as well: those have tests of
their own for the polling. The stage runs the real switchboard, hooks and core over a real database, with two accounts
of the channel, `main` and `second` (one for channels that are always there); the platform is a real server on loopback.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Protocol

from channels import installed
from channels.port import Core

Failure = Literal["busy", "down", "cut", "refused", "blocked", "credentials"]
"""How a platform fails: `busy` (rate limit, asking to wait `BUSY` seconds), `down` (5xx), `cut` (the connection ends
without an answer), `refused` (4xx: never this message), `blocked` (that person cannot be reached), `credentials`."""
State = Literal["sent", "delivered", "read", "failed"]
BUSY = 7


@dataclass(frozen=True)
class Call:
    """A request that a platform, or somebody who says so, makes to us. `path` begins with a slash."""

    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"

    def to_account(self, name: str, account: str) -> Call:
        """The same request to the hook of another account."""
        parts = self.path.split("/")
        assert parts[:3] == ["", "hooks", name], "not a hook"
        return replace(self, path="/".join([*parts[:3], account, *parts[4:]]))


@dataclass(frozen=True)
class Arrived:
    """One message as the platform shows it to the person: its words, the titles of the choices it has as buttons or in
    a list, and the media types of its files. A file that is a link in the words counts as words."""

    to: str
    text: str = ""
    buttons: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    platform_id: str = ""


@dataclass
class Stage:
    """Where a case plays: our public address, and the core that the channel was given."""

    address: str
    core: Core


class Case(Protocol):
    """One channel and its platform. Made anew for every test: `start`, then the stage is set, `ready`, …, `stop`."""

    name: ClassVar[str]
    """The channel's folder."""
    accounts: ClassVar[tuple[str, ...]]
    """`("main", "second")`, or `("main",)` where there can only be one."""
    failures: ClassVar[frozenset[Failure]]
    """How this platform can fail."""
    states: ClassVar[frozenset[State]]
    """What this platform tells of what was sent."""
    ordered: ClassVar[bool]
    """Whether messages say which was written first, so that those which overtook each other are shown in order."""

    pictures: ClassVar[bool]
    """Whether cards come with their pictures as files; elsewhere people are shown them otherwise, or not."""

    tells_what_it_has: ClassVar[bool]
    """Whether the platform, or its own identifiers, let a message that may have been sent be recognised."""

    async def start(self) -> None:
        """Starts the platform's server."""

    async def stop(self) -> None:
        """Stops it. May be called twice."""

    def settings(self, account: str) -> dict[str, Any]:
        """Raw settings of an account that lead to that server. No two accounts share a secret."""

    async def ready(self, stage: Stage) -> None:
        """Our server runs: time to sign in, where customers do."""

    async def heard(self, text: str, *, number: int = 1, sender: str = "marie", account: str = "main") -> Call:
        """The genuine request for the message `number` (from 1, in the order of writing) of this sender. The same
        arguments give a redelivery: the same message to the letter, though a header such as a date may differ."""

    async def forged(self) -> list[Call]:
        """Requests to `main` that would be a message, but whose authentication is missing, wrong, or for another body.
        All are answered 401."""

    async def unknown(self) -> list[Call]:
        """Genuine requests of kinds that the channel has no use for, or does not know yet: answered 200, and nothing
        is stored."""

    async def broken(self) -> list[Call]:
        """Requests with the right authentication, wherever that can be, whose content is not what it should be: not
        JSON, not text, wrong types, nothing at all. Answered 200 or 4xx; nothing is stored."""

    async def address(self, sender: str = "marie") -> str:
        """Where replies to this sender go, as `InboundMessage.address` has it."""

    def fail(self, how: Failure, *, after: int = 0) -> None:
        """The platform takes `after` more messages, then fails the next one so, then is well again."""

    async def arrived(self) -> list[Arrived]:
        """What has reached the person `marie` so far, in order."""

    async def receipts(self, platform_id: str, state: State, *, account: str = "main") -> list[Call]:
        """What the platform tells when that message got to this state."""


class Quiet:
    """Parts of a case that many platforms need nothing for."""

    accounts: ClassVar[tuple[str, ...]] = ("main", "second")
    failures: ClassVar[frozenset[Failure]] = frozenset()
    states: ClassVar[frozenset[State]] = frozenset()
    ordered: ClassVar[bool] = False
    pictures: ClassVar[bool] = False
    tells_what_it_has: ClassVar[bool] = False

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def ready(self, stage: Stage) -> None:
        """Nobody signs in."""

    async def unknown(self) -> list[Call]:
        return []

    def fail(self, how: Failure, *, after: int = 0) -> None:
        raise AssertionError(f"this platform never fails so: {how}")

    async def receipts(self, platform_id: str, state: State, *, account: str = "main") -> list[Call]:
        raise AssertionError("this platform tells nothing")


def case_of(name: str) -> type[Case] | None:
    """The channel's `CASE`; None where there is no case file."""
    module = f"tests.channels.{name}.case"
    try:
        if importlib.util.find_spec(module) is None:
            return None
    except ModuleNotFoundError:
        return None
    found: type[Case] = importlib.import_module(module).CASE
    return found


def cases() -> dict[str, type[Case]]:
    """Every case of an installed channel."""
    return {name: found for name in installed() if (found := case_of(name)) is not None}
