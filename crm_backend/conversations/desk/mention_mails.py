"""Mails about mentions that nobody read in time: whether and when an agent wants them, and which are due.

A mail is claimed in one transaction, sent outside of any, and settled in another. Who dies in between leaves a claim
that ends; the mail then goes again under the same identifier, by which mail programs show it once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations.notes_model import LATEST, SOONEST, USUAL, Mention, MentionSettings, PrivateNote
from crm_backend.conversations.schema import agent_owner
from crm_backend.errors import Invalid

CLAIMED_FOR = timedelta(minutes=10)
TRIES = 6
PAUSE = timedelta(minutes=2)
"""After a try that failed; twice as long after each further one."""


class DueMail(NamedTuple):
    """A mail to be sent: who is told that who mentioned them where. `first` is the note it is known by; `until` the end
    of the claim."""

    agent: Agent
    author: str
    conversation_id: UUID
    first: UUID
    until: datetime


async def settings_of(session: AsyncSession, agent: Agent) -> MentionSettings:
    """What the agent chose, or what holds for who chose nothing."""
    found = await session.get(MentionSettings, agent.id, populate_existing=True)
    if found is not None:
        return found
    return MentionSettings(agent_id=agent.id, mail=True, minutes=USUAL)


async def choose(session: AsyncSession, agent: Agent, *, mail: bool, minutes: int) -> MentionSettings:
    """Keeps what the agent wants; what was to be mailed already follows, and nothing is tried again for who wants no
    mail. Raises Invalid for other minutes than 1 to
    1440."""
    if not SOONEST <= minutes <= LATEST:
        raise Invalid("minutes", "mention_minutes", least=SOONEST, most=LATEST)
    row = await session.get(MentionSettings, agent.id, with_for_update=True, populate_existing=True)
    old = {"mail": row.mail, "minutes": row.minutes} if row else None
    if row is None:
        row = MentionSettings(agent_id=agent.id)
        session.add(row)
    row.mail, row.minutes = mail, minutes
    waiting = update(Mention).where(Mention.agent_id == agent.id, Mention.mail_at.is_not(None))
    if mail:
        at = Mention.created_at + timedelta(minutes=minutes)
        await session.execute(waiting.where(Mention.mail_tries == 0).values(mail_at=at))
    else:
        await session.execute(waiting.values(mail_at=None))
    new = {"mail": mail, "minutes": minutes}
    subject = ("mention_settings", agent.id)
    audit.record(session, actor=agent_owner(agent.id), action="changed", subject=subject, old=old, new=new)
    await session.flush()
    return row


async def claim(session: AsyncSession, *, now: datetime) -> DueMail | None:
    """The mail that is due first, with all that its agent has not read in that conversation; None when there is none.
    Whoever left, or may not read conversations any more, is not mailed."""
    while True:
        query = select(Mention).where(Mention.mail_at <= now).order_by(Mention.mail_at, Mention.note_id).limit(1)
        due = await session.scalar(query.with_for_update(skip_locked=True).execution_options(populate_existing=True))
        if due is None:
            return None
        agent = await session.get_one(Agent, due.agent_id, populate_existing=True)
        if due.mail_tries >= TRIES or not await access.may(session, agent, "conversations.read"):
            await session.execute(update(Mention).where(*_of(due.agent_id, due.conversation_id)).values(mail_at=None))
            continue
        until = now + CLAIMED_FOR
        # All of the conversation in one mail: also what would be due a little later.
        taken = {"mail_at": until, "mail_tries": Mention.mail_tries + 1}
        await session.execute(update(Mention).where(*_of(due.agent_id, due.conversation_id)).values(**taken))
        author = select(Agent.name).join(PrivateNote, PrivateNote.agent_id == Agent.id)
        name = await session.scalar(author.where(PrivateNote.id == due.note_id))
        return DueMail(agent, name or "", due.conversation_id, due.note_id, until)


async def settle(session: AsyncSession, mail: DueMail, *, now: datetime, sent: bool, again: bool = False) -> None:
    """What became of a claimed mail: it went, or it did not; `again` tries it later, TRIES times at most. What was read
    meanwhile, or claimed by somebody else, stays as it is."""
    ours = (*_of(mail.agent.id, mail.conversation_id), Mention.mail_at == mail.until)
    if sent:
        await session.execute(update(Mention).where(*ours).values(mail_at=None, mailed_at=now))
        return
    tries = await session.scalar(select(Mention.mail_tries).where(*ours).order_by(Mention.mail_tries.desc()).limit(1))
    if tries is None:
        return
    later = now + PAUSE * 2 ** (tries - 1) if again and tries < TRIES else None
    await session.execute(update(Mention).where(*ours).values(mail_at=later))


def _of(agent_id: UUID, conversation_id: UUID) -> tuple[ColumnElement[bool], ...]:
    waiting = Mention.mail_at.is_not(None)
    return (Mention.agent_id == agent_id, Mention.conversation_id == conversation_id, waiting)
