"""The values that cross the border of conversations: what comes in, what goes out, who answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["fr", "en"]
PROOF_ORDER = ("anonymous", "channel", "verified", "signed_in")
BOT, NOBODY = "bot", "nobody"
SUPPORT = "queue:support"


class Value(BaseModel):
    """A plain value: compared by content, never changed."""

    model_config = ConfigDict(frozen=True)


class Press(Value):
    """A button that was pressed: which message offered it, and which one it was."""

    seq: int = Field(ge=0, le=2**31 - 1)
    index: int = Field(ge=0)


class InboundMessage(Value):
    """What a channel heard. `external_id` is the platform's, and the same for every redelivery."""

    channel: str
    external_id: str
    identity_kind: str
    identity_value: str
    address: str
    text: str
    language: Language | None = None
    conversation_id: UUID | None = None
    press: Press | None = None
    action: Literal["person"] | None = None
    start_new: bool = False


class Received(Value):
    """Where an inbound message was stored; `duplicate` when it had been stored before."""

    conversation_id: UUID
    message_id: UUID
    seq: int
    owner: str
    duplicate: bool = False


class Button(Value):
    """An offered reply. `payload` says what it means and never leaves the server."""

    title: str
    payload: str


class Card(Value):
    """A small block beside the words: an article or an order."""

    kind: Literal["article", "order"]
    title: str
    text: str = ""
    url: str | None = None
    lines: list[str] = []


class Reply(Value):
    """Something to say to a customer. A channel renders what it can and degrades the rest to text."""

    text: str = ""
    buttons: list[Button] = []
    cards: list[Card] = []


class Command(Value):
    """What the assistant asks the server to do in the transaction that stores its replies."""

    do: Literal["hand_over", "close"]
    reason: str = "asked"
    topic: str | None = None


class Understanding(Value):
    """What the assistant understood of one message."""

    intent: str | None = None
    confidence: float | None = None
    entities: list[dict[str, Any]] = []
    ranking: list[dict[str, Any]] = []


class BotAnswer(Value):
    """The outcome of one turn."""

    replies: list[Reply]
    commands: list[Command]
    state: dict[str, Any]
    language: Language
    understanding: Understanding


class ClaimedTurn(Value):
    """A turn that this process may think about until its lease ends."""

    id: UUID
    lease: UUID
    attempts: int
    conversation_id: UUID
    message_id: UUID
    seq: int
    version: int
    text: str
    language: Language
    language_pinned: bool
    state: dict[str, Any] | None
    proof: str
    action: str | None
    created_at: datetime


class OwnerView(Value):
    """Who answers, fit to show a customer. `ahead` and `minutes` only while in a queue; None means unknown."""

    kind: Literal["bot", "queue", "agent", "nobody"]
    id: UUID | None = None
    name: str | None = None
    ahead: int | None = None
    minutes: int | None = None


class Proof(Value):
    """How sure we are whom we speak with."""

    level: str
    customer_first_name: str | None


def agent_owner(agent_id: UUID) -> str:
    """The owner string of an agent."""
    return f"agent:{agent_id}"


def owner_kind(owner: str) -> Literal["bot", "queue", "agent", "nobody"]:
    """`bot`, `queue`, `agent` or `nobody`."""
    kind = owner.split(":", 1)[0]
    assert kind in ("bot", "queue", "agent", "nobody")
    return kind  # type: ignore[return-value]


def owner_agent(owner: str) -> UUID | None:
    """The agent who owns, if one does."""
    return UUID(owner.removeprefix("agent:")) if owner.startswith("agent:") else None


def at_least(level: str, needed: str) -> bool:
    """Whether proof `level` is as strong as `needed`."""
    return PROOF_ORDER.index(level) >= PROOF_ORDER.index(needed)
