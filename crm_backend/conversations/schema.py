"""The values that cross the border of conversations: what comes in, what goes out, who answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from crm_backend.attachments.schema import FileKind, FileRef

Language = Literal["fr", "en"]
PROOF_ORDER = ("anonymous", "channel", "verified", "signed_in")
BOT, NOBODY = "bot", "nobody"
MACHINES = frozenset({"auto_reply", "notice", "bounce", "list", "receipt", "complaint", "loop", "bulk"})
"""Of what `InboundMessage.automatic` may say: those that no person wrote to us."""


class Value(BaseModel):
    """A plain value: compared by content, never changed."""

    model_config = ConfigDict(frozen=True)


class Press(Value):
    """A button that was pressed: which message offered it (by its place in the conversation, or by its identifier), and
    which of the buttons it was."""

    seq: int = Field(0, ge=0, le=2**31 - 1)
    index: int = Field(ge=0)
    message_id: UUID | None = None


class Vouched(Value):
    """An address that the platform says is the writer's own. Phones are E.164, e-mail addresses in lower case."""

    kind: Literal["email", "phone"]
    value: str


class IncomingFile(Value):
    """A file that came with a message: kept already (`id`), or still with the platform (`remote`, which the channel's
    `fetch` understands). `name`, `media_type` and `size` are what the sender says."""

    id: UUID | None = None
    remote: dict[str, Any] | None = None
    kind: FileKind = "other"
    name: str = ""
    media_type: str = ""
    size: int = 0
    inline: bool = False
    uploaded_by: str | None = None
    """For files kept earlier: who must have uploaded it."""


class Location(Value):
    """A place that was shared, in degrees (WGS 84)."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: str = ""
    address: str = ""


class ContactCard(Value):
    """Somebody's contact details that were shared. Not a proof of anything."""

    name: str
    phones: list[str] = []
    emails: list[str] = []


class InboundMessage(Value):
    """What a channel heard. `external_id` is the platform's, and the same for every redelivery.

    `event` is `message`; or `edited`, `deleted` or `reaction`, about the earlier message whose external identifier is
    `target` (`text` is then the new text, nothing, or the emoji; an empty reaction takes the reaction back).
    """

    channel: str
    account: str = "main"
    external_id: str
    identity_kind: str
    identity_value: str
    address: str
    event: Literal["message", "edited", "deleted", "reaction"] = "message"
    target: str | None = None
    text: str = ""
    language: Language | None = None
    conversation_id: UUID | None = None
    press: Press | None = None
    action: Literal["person", "greet", "leave"] | None = None
    """A control that was used instead of words: a person is wanted; the chat was opened."""
    start_new: bool = False
    sender_name: str = ""
    """How the writer calls themselves on the platform. Anybody can call themselves anything."""
    vouched: Vouched | None = None
    signed_in: bool = False
    """The company's own site says who writes: the identity is of the kind `account`, its value their number there."""
    customer_id: UUID | None = None
    """With `signed_in`: the customer who signed in with us, and writes from the portal. They may write in every
    conversation of theirs (`crm_backend.conversations.reading.of_customer`), wherever it was begun."""
    files: list[IncomingFile] = []
    location: Location | None = None
    contacts: list[ContactCard] = []
    reply_to: str | None = None
    """The external or platform identifier of the message that is quoted."""
    order: int | None = None
    """The platform's own order of the messages of one chat, where deliveries may overtake each other."""
    said_at: datetime | None = None
    automatic: str | None = None
    """Why no answer is due: stored for people to see, never answered by the assistant. One of MACHINES, or why the
    assistant keeps quiet although a person wrote (`album`, `unsupported`, `encrypted`, `too_many`, `too_large`,
    `for_case`)."""
    join_code: str | None = None
    """The code of a conversation begun elsewhere that goes on here (`crm_backend.conversations.receiving.joining`)."""
    team: str | None = None
    """The queue that a person's help is asked of, when not the usual one."""
    details: dict[str, Any] = {}
    """What the channel needs to answer (a mail's subject and identifiers) and agents may see."""

    @property
    def by_machine(self) -> bool:
        """Whether no person wrote it: then it is stored, and changes nothing else in its conversation."""
        return self.automatic in MACHINES


class Received(Value):
    """Where an inbound message was stored; `duplicate` when it had been stored before."""

    conversation_id: UUID
    message_id: UUID
    seq: int
    owner: str
    duplicate: bool = False
    outgoing: bool = False
    """A notice or thanks was queued for the customer along with it."""
    taken: bool = False
    """Who took it in thinks about it: nobody else need look for its turn."""


class Receipt(Value):
    """What became of a sent message. Named by the platform's id, or by ours where the platform gives that back."""

    channel: str
    account: str = "main"
    platform_id: str | None = None
    message_id: UUID | None = None
    state: Literal["sent", "delivered", "read", "failed"]
    cause: str = ""
    """Why it failed: short, without personal data."""
    unreachable: bool = False
    """Nothing sent to this address will arrive until they write."""
    last: bool = True
    """With `message_id`: nothing of the message is sent after this. False for every part of several but the last."""


class Button(Value):
    """An offered reply. `payload` says what it means and never leaves the server."""

    title: str
    payload: str


class Price(Value):
    """An amount of money. `minor` is in the currency's smallest unit (cents), `currency` its ISO 4217 code; with
    `lowest`, the lowest of several."""

    minor: int = Field(ge=0)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    lowest: bool = False


class Card(Value):
    """A small block beside the words: an article, an order or a product.

    `text` of a product says whether it can be had. `price` and `picture` (an address that begins with `https://`, or
    with `/` for a page of the public site) are of products only; `url` is the shop's page.
    """

    kind: Literal["article", "order", "product"]
    title: str
    text: str = ""
    url: str | None = None
    lines: list[str] = []
    price: Price | None = None
    picture: str | None = None


class Reply(Value):
    """Something to say to a customer. A channel renders what it can and degrades the rest to text."""

    text: str = ""
    buttons: list[Button] = []
    cards: list[Card] = []
    files: list[FileRef] = []
    location: Location | None = None
    contacts: list[ContactCard] = []
    template: str | None = None
    """The name of the notice this is, for platforms that only let approved texts start a conversation."""
    values: dict[str, str] = {}
    """What fills the template's places, in order."""
    marks: list[tuple[Literal["bold", "italic"], int, int]] = []
    """What of the text is marked (`marks.Mark`); a channel that cannot show it says the words alone."""


class Command(Value):
    """What the assistant asks the server to do in the transaction that stores its replies; `leave` is to leave a
    message to the people whom its writer waits for."""

    do: Literal["hand_over", "close", "leave"]
    reason: str = "asked"
    topic: str | None = None


class Understanding(Value):
    """What the assistant understood of one message."""

    intent: str | None = None
    confidence: float | None = None
    entities: list[dict[str, Any]] = []
    ranking: list[dict[str, Any]] = []
    outside: float | None = None
    """How likely it is about nothing that a shop does; 0.5 and more is taken for that."""
    also: list[dict[str, Any]] = []
    """Further requests of the same message."""
    mood: str | None = None
    urgency: str | None = None


class BotAnswer(Value):
    """The outcome of one turn."""

    replies: list[Reply]
    commands: list[Command]
    state: dict[str, Any]
    language: Language
    understanding: Understanding


class Recall(Value):
    """What the customer was about in an earlier conversation, on whichever channel."""

    channel: str
    at: datetime
    order_number: str | None


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
    recall: Recall | None = None
    """In the first turn of a conversation that goes on from another."""
    waits: bool = False
    """The customer waits for a person, and nobody is there to take the conversation."""


class OwnerView(Value):
    """Who answers, fit to show a customer. `ahead` and `minutes` only while in a queue; None means unknown."""

    kind: Literal["bot", "queue", "agent", "nobody"]
    id: UUID | None = None
    name: str | None = None
    ahead: int | None = None
    minutes: int | None = None


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
