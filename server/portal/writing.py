"""What customers write from the portal: into a conversation of theirs or a new one, once, and who is told of it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import structlog
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.site import NAME as CHAT
from channels.site import Person, Visitor, page_of
from crm_backend.accounts.elsewhere import way_to_write
from crm_backend.attachments.model import Attachment
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import of_customer
from crm_backend.conversations.schema import BOT, InboundMessage, IncomingFile, Press, Received, owner_kind
from crm_backend.conversations.sending import by_mail
from crm_backend.customers import people
from crm_backend.customers.model import ACCOUNT
from crm_backend.database import utc_now
from crm_backend.errors import BadAddress, BadInput, Empty, NotFound, NotProved, RateLimited, RelaisError
from crm_backend.knowledge import read_before
from crm_backend.portal.schema import Visit
from server.portal import forms
from server.portal.forms import Brought
from server.portal.frame import Frame
from server.problems import sentence

MOST_FILES: Final = 5
PATIENCE: Final = 4.0
"""Seconds in which the assistant has mostly answered: the page that follows shows it, without JavaScript."""
log = structlog.get_logger(__name__)


@dataclass
class Draft:
    """What a form brought: kept on the page when it could not be stored."""

    brought: Brought = field(default_factory=Brought)
    error: RelaisError | None = None

    @property
    def fields(self) -> dict[str, str]:
        """What was typed."""
        return self.brought.fields

    @property
    def files(self) -> list[UUID]:
        """The files that go along."""
        return self.brought.files

    @property
    def text(self) -> str:
        """The words."""
        return self.fields.get("text", "")

    @property
    def key(self) -> UUID:
        """What tells one form from another. Raises BadInput."""
        try:
            return UUID(self.fields.get("key", ""))
        except ValueError as error:
            raise BadInput("no key") from error


async def draft_of(request: web.Request, visit: Visit, frame: Frame) -> Draft:
    """What the form says; where a file was refused the words are there with the reason. Raises NotAllowed."""
    draft = Draft()
    largest = frame.settings.max_upload_bytes
    try:
        await forms.with_files(
            request, visit, frame.files, name="files", most=MOST_FILES, largest=largest, into=draft.brought
        )
        draft.error = draft.brought.refused
    except RelaisError as error:
        if error.status == 403:
            raise
        draft.error = error
    return draft


def typed(visit: Visit, *form: object) -> Draft | None:
    """What was typed into this form when a visit had ended; None mostly."""
    fields = visit.typed(*form)
    return Draft(Brought(dict(fields))) if fields else None


async def write(
    frame: Frame,
    request: web.Request,
    visit: Visit,
    draft: Draft,
    *,
    conversation: UUID | None,
    title: str,
    press: Press | None = None,
    automatic: str | None = None,
    told: dict[str, Any] | None = None,
) -> Received:
    """Stores what was written, once for each form however often it is sent; in `conversation`, or in a new one.

    Raises what `Core.accept` raises, RateLimited, and Empty for nothing at all.
    """
    if not (draft.text.strip() or draft.files or press):
        raise Empty("nothing written")
    await frame.limiter.check("portal-write", str(visit.customer_id), frame.settings.messages_per_minute)
    async with frame.sessions() as session:
        writer = Visitor("", Person(number=await people.account_of(session, visit.customer_id)))
        seal = await _seal(session, draft, press)
        read = await read_before.named(session, draft.fields.get("before"))
    beside = {"page": _page(frame, request, title), "read": read}
    return await frame.core.accept(
        InboundMessage(
            channel=CHAT,
            external_id=f"portal-{visit.customer_id.hex}:{uuid5(draft.key, seal)}",
            identity_kind=ACCOUNT,
            identity_value=writer.value,
            address=writer.address,
            signed_in=True,
            customer_id=visit.customer_id,
            text=draft.text,
            language=visit.language,
            conversation_id=conversation,
            start_new=conversation is None,
            press=press,
            automatic=automatic,
            files=[IncomingFile(id=each, uploaded_by=visit.uploader) for each in draft.files],
            details={"portal": True} | {name: each for name, each in beside.items() if each} | (told or {}),
        )
    )


def _page(frame: Frame, request: web.Request, title: str) -> dict[str, str] | None:
    """Where it was written, as the desk tells it."""
    return page_of(
        {"url": f"{frame.settings.address}{request.path}", "title": title},
        query=(),
        origins=frame.core.company.allowed_origins,
        host=request.host,
    )


async def _seal(session: AsyncSession, draft: Draft, press: Press | None) -> str:
    """What the form holds: sent again it is the same message; with other words, after a step back, it is another."""
    found = await session.scalars(select(Attachment.sha256).where(Attachment.id.in_(draft.files)))
    sums = sorted(each or "" for each in found) if draft.files else []
    told = "\n".join([draft.text.strip(), *sums, f"{press.seq}:{press.index}" if press else ""])
    return hashlib.sha256(told.encode()).hexdigest()


async def answered(frame: Frame, received: Received) -> None:
    """Waits a moment for the assistant, if it is it that answers."""
    if received.owner != BOT or received.duplicate:
        return
    with contextlib.suppress(TimeoutError):
        async with (
            asyncio.timeout(PATIENCE),
            frame.core.live.listen(f"conversation:{received.conversation_id}") as notes,
        ):
            while not await _spoken(frame, received):
                await anext(notes)


async def _spoken(frame: Frame, received: Received) -> bool:
    async with frame.sessions() as session:
        found = await session.get_one(Conversation, received.conversation_id)
        return found.last_seq > received.seq or found.owner != BOT


async def promise(frame: Frame, conversation_id: UUID, *, any_owner: bool = False) -> None:
    """Has the first answer of a person go to their e-mail, too: they will have left the page. Where that cannot be, or
    was promised often enough today, it stands here all the same."""
    channels = [channel for channel, kind in frame.core.starts.items() if kind == "email"]
    try:
        async with frame.sessions() as session, session.begin():
            conversation = await stream.locked(session, conversation_id)
            people_answer = any_owner or owner_kind(conversation.owner) in ("queue", "agent")
            way = await way_to_write(session, channels)
            if way is None or not people_answer or conversation.answer_by is not None:
                return
            to = await by_mail.address_for(session, conversation, None)
            await by_mail.promise_here(session, conversation, by=way, to=to, now=utc_now())
    except (BadAddress, NotProved, NotFound, RateLimited) as error:
        log.info("portal.not_promised", conversation=str(conversation_id), cause=type(error).__name__)


async def theirs(frame: Frame, visit: Visit, conversation_id: str) -> UUID:
    """The conversation of an address. Raises NotFound where it is none of theirs."""
    wanted = identifier(conversation_id)
    async with frame.sessions() as session:
        return (await of_customer.one(session, wanted, visit.customer_id)).id


def form_of(frame: Frame, draft: Draft | None, error: str) -> dict[str, Any]:
    """What a form to write in is made of: what was written before is kept, and the files that were not refused."""
    return {
        "key": str(uuid4()),
        "text": draft.text if draft else "",
        "error": error,
        "kept": draft.brought.again if draft else [],
        "refused": draft.brought.refused_name if draft and error else "",
        "most": frame.settings.max_length,
        "files": MOST_FILES,
    }


def why(frame: Frame, error: RelaisError, language: str) -> str:
    """Why it could not be stored, in the reader's language."""
    if (said := frame.words(language).get(f"talk_error_{error.code}")) is not None:
        return said.format(most=frame.settings.max_length)
    return sentence(error, language)


def place_out(place: tuple[datetime, UUID]) -> str:
    """Where the next page of a list begins, for its address."""
    return f"{place[0].timestamp():.6f}_{place[1]}"


def place_in(given: str | None) -> tuple[datetime, UUID] | None:
    """The same, read again. Raises BadInput."""
    if not given:
        return None
    at, _, last_id = given.partition("_")
    try:
        return datetime.fromtimestamp(float(at), tz=UTC), UUID(last_id)
    except (ValueError, OverflowError, OSError) as error:
        raise BadInput("no such page") from error


def identifier(given: str) -> UUID:
    """Raises NotFound for what is no identifier."""
    try:
        return UUID(given)
    except ValueError as error:
        raise NotFound("no such page") from error


def pressed(draft: Draft) -> Press | None:
    """The button of the assistant's that was pressed, whose words are then those of the draft. Raises BadInput."""
    given = draft.fields.get("press")
    if not given:
        return None
    seq, index, title = [*given.split(":", 2), "", ""][:3]
    if not (seq.isdecimal() and index.isdecimal() and len(seq) < 10 and len(index) < 4):
        raise BadInput("no button")
    draft.fields["text"] = title
    return Press(seq=int(seq), index=int(index))
