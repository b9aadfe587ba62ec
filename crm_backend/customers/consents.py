"""What customers agreed to: by what right each purpose is pursued, the record of what they said, and what holds now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.records import ConsentEvent
from crm_backend.database import utc_now
from crm_backend.notifications.model import ContactPreference

Basis = Literal["contract", "consent", "interest"]
"""Article 6(1) of the GDPR: (b) what they ordered needs it, (a) they agreed, (f) our legitimate interest."""


@dataclass(frozen=True)
class Purpose:
    """Why something is done to customers. `sent_unasked` is pursued by writing to them out of the blue."""

    basis: Basis
    labels: dict[str, str]
    sent_unasked: bool = False

    @property
    def default(self) -> bool:
        """Whether it is done without a word of theirs: only what they agreed to is not. To what rests on our interest
        they may object at any time (article 21), and refuse news of their orders."""
        return self.basis != "consent"


NOTICES, SURVEYS, PROFILING = "notices", "surveys", "profiling"
PURPOSES: dict[str, Purpose] = {
    NOTICES: Purpose("contract", {"fr": "Nouvelles de ses commandes", "en": "News of their orders"}, sent_unasked=True),
    "marketing": Purpose("consent", {"fr": "Publicité", "en": "Marketing"}, sent_unasked=True),
    "offers": Purpose("consent", {"fr": "Suggestions personnelles", "en": "Personal suggestions"}),
    SURVEYS: Purpose("interest", {"fr": "Enquêtes", "en": "Surveys"}, sent_unasked=True),
    PROFILING: Purpose("interest", {"fr": "Profilage", "en": "Profiling"}),
}
HOWS = ("message", "link", "form", "phone", "mail", "in_person", "contract", "import")
"""By which way they may have said it: the word STOP and the like in a message, the link in a notice, …"""


@dataclass(frozen=True)
class Consent:
    """What holds for a purpose, on one channel or, when empty, on all; `at` is None when it was never spoken of."""

    purpose: str
    channel: str
    given: bool
    how: str | None = None
    at: datetime | None = None

    @property
    def basis(self) -> Basis | None:
        """By what right it is pursued; None for a purpose that there is no more."""
        found = PURPOSES.get(self.purpose)
        return found.basis if found else None


def note(
    session: AsyncSession,
    *,
    customer_id: UUID,
    purpose: str,
    given: bool,
    how: str,
    actor: str,
    channel: str = "",
    wording: str = "",
    at: datetime | None = None,
) -> ConsentEvent:
    """Adds to the record. For what is checked and honoured everywhere see consenting.py; this is its last step."""
    event = ConsentEvent(
        customer_id=customer_id,
        purpose=purpose,
        channel=channel,
        given=given,
        how=how,
        wording=wording,
        actor=actor,
        at=at or utc_now(),
    )
    session.add(event)
    return event


def holding(last: Iterable[Consent], *, unasked: bool) -> list[Consent]:
    """What holds for every purpose, and every channel that was spoken of by itself, after their `last` word on each;
    `unasked` says whether they want messages at all."""
    found = {(said.purpose, said.channel): said for said in last}
    for purpose, kind in PURPOSES.items():
        said = found.get((purpose, ""))
        if purpose == NOTICES:
            # What is asked before each notice is what holds; it was so before there was a record.
            told = (said.how, said.at) if said and said.given == unasked else (None, None)
            found[purpose, ""] = Consent(NOTICES, "", unasked, *told)
        elif said is None:
            found[purpose, ""] = Consent(purpose, "", given=kind.default)
    for (purpose, _), each in list(found.items()):
        found[purpose, each.channel] = _holding(each, found.get((purpose, "")), unasked)
    return [found[key] for key in sorted(found)]


async def allowed(session: AsyncSession, customer_id: UUID, purpose: str, *, channel: str = "") -> bool:
    """Whether this may be done to a customer now, on this channel. Raises KeyError for a purpose that there is not.

    The last word counts, whether it was of this channel or of all; without one, the default of `PURPOSES`. Who wants no
    messages unasked gets none, whatever they agreed to.
    """
    kind = PURPOSES[purpose]
    if kind.sent_unasked:
        wants = await _wants_messages(session, customer_id)
        if purpose == NOTICES or not wants:
            return wants
    of_channel = or_(ConsentEvent.channel == "", ConsentEvent.channel == channel)
    given = await session.scalar(
        select(ConsentEvent.given)
        .where(ConsentEvent.customer_id == customer_id, ConsentEvent.purpose == purpose, of_channel)
        .order_by(ConsentEvent.at.desc(), ConsentEvent.id.desc())
        .limit(1)
    )
    return kind.default if given is None else given


def objectors(purpose: str, *, among: Sequence[UUID] | None = None) -> Select[tuple[UUID]]:
    """The customers, of all or `among` these, whose last word on a purpose, on all channels, was no."""
    said = (
        select(ConsentEvent.customer_id, ConsentEvent.given)
        .distinct(ConsentEvent.customer_id)
        .where(ConsentEvent.purpose == purpose, ConsentEvent.channel == "")
        .order_by(ConsentEvent.customer_id, ConsentEvent.at.desc(), ConsentEvent.id.desc())
    )
    if among is not None:
        said = said.where(ConsentEvent.customer_id == func.any(list(among)))
    last = said.subquery("last_word")
    return select(last.c.customer_id).where(last.c.given.is_(False))


def _holding(said: Consent, of_all: Consent | None, unasked: bool) -> Consent:
    """What a word on a channel comes to beside the one on all channels, and beside their wish for no messages."""
    if of_all and of_all.at and said.at and of_all.at > said.at:
        said = replace(of_all, channel=said.channel)
    kind = PURPOSES.get(said.purpose)
    return replace(said, given=False) if kind and kind.sent_unasked and not unasked else said


async def _wants_messages(session: AsyncSession, customer_id: UUID) -> bool:
    said = await session.scalar(select(ContactPreference.unasked).where(ContactPreference.customer_id == customer_id))
    return said is not False
