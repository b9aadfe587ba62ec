"""What closing a conversation begins: its wrap-up, with a first summary, and a place among what was solved."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation
from crm_backend.database import new_id
from crm_backend.suggesting.model import SolvedConversation
from crm_backend.wrap_up import rules, summary
from crm_backend.wrap_up.model import WrapUp


async def begin(session: AsyncSession, conversation: Conversation, *, agent: Agent, now: datetime) -> WrapUp | None:
    """The wrap-up of a locked conversation that the agent has just closed; None where their team has none.

    What was still open of an earlier closing is over with it.
    """
    await _solved(session, conversation, now)
    rule = await rules.of_team(session, conversation.team)
    await session.execute(
        update(WrapUp)
        .where(WrapUp.conversation_id == conversation.id, WrapUp.ended_at.is_(None))
        .values(ended_at=now, ended_by="replaced", version=WrapUp.version + 1)
    )
    if rule.mode == "off":
        return None
    # Room is counted by the database's clock, as all of routing is.
    clock: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    made = WrapUp(
        id=new_id(),
        created_at=now,
        conversation_id=conversation.id,
        agent_id=agent.id,
        team=conversation.team,
        channel=conversation.channel,
        language=agent.language,
        required=rule.mode == "required",
        until=clock + timedelta(seconds=rule.seconds),
        summary=await summary.draft(session, conversation, language=agent.language),
    )
    session.add(made)
    await session.flush()
    return made


async def _solved(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """Has it looked at for what was asked and answered, anew if it was before."""
    waiting = {"closed_at": now, "looked_at": None}
    await session.execute(
        insert(SolvedConversation)
        .values(conversation_id=conversation.id, **waiting)
        .on_conflict_do_update(index_elements=["conversation_id"], set_=waiting)
    )
