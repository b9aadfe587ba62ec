"""The views of the desk's inbox: what belongs in each, in which order, how many there are, and what narrows them."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, bindparam, case, exists, func, or_, select, text
from sqlalchemy import literal_column as written
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.cases.model import CaseConversation
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.notes_model import Mention
from crm_backend.conversations.schema import BOT, NOBODY, agent_owner
from crm_backend.errors import BadInput
from crm_backend.routing.settings_model import Team, TeamMember
from crm_backend.service_levels.model import CaseClock

View = Literal["waiting", "mine", "assistant", "closed", "team", "longest", "risk", "snoozed", "mentioned"]
"""`waiting` is nobody's yet, `team` what people of the agent's teams have or should have, `longest` whoever waits for a
person, whoever has them, `risk` where a case's promised time is nearly up or over, `snoozed` what the agent put off,
`mentioned` where colleagues named the agent in a note that they have not read."""
_MOST_OF_ALL = 100


class Shown(NamedTuple):
    """What is in a view, and its order: upwards or downwards by `when`."""

    conditions: tuple[ColumnElement[bool], ...]
    when: Any
    upwards: bool

    @property
    def latest_first(self) -> bool:
        """Whether its order is that of the last messages, the latest first."""
        return self.when is _at and not self.upwards


class Criteria(NamedTuple):
    """What narrows a view; what is None narrows nothing."""

    channel: str | None = None
    language: str | None = None
    topic: str | None = None
    team: str | None = None
    tag: str | None = None
    words: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """What they ask of a conversation, but for the words."""
        equal: list[tuple[Any, str | None]] = [
            (Conversation.channel, self.channel),
            (Conversation.language, self.language),
            (Conversation.topic, self.topic),
            (Conversation.team, self.team),
        ]
        found: list[ColumnElement[bool]] = [column == wanted for column, wanted in equal if wanted]
        if self.tag:
            # The second condition is that of the index.
            found += [Conversation.tag_ids.contains([UUID(self.tag)]), _tagged]
        return found


ANY = Criteria()
_tagged: ColumnElement[bool] = written("conversations.tag_ids <> '{}'")


def known_view(name: str) -> View:
    """The view of this name. Raises BadInput."""
    if name not in get_args(View):
        raise BadInput("unknown view")
    return name  # type: ignore[return-value]


def of_agent(agent: Agent) -> dict[str, Any]:
    """What the statements of views ask of the agent who looks."""
    return {"mine": agent_owner(agent.id), "me": agent.id}


_mine = Conversation.owner == bindparam("mine", type_=String())
_queued = Conversation.owner.like("queue:%")
_with_people = or_(_queued, Conversation.owner.like("agent:%"))
# Written into the statement, not bound to it: only so does PostgreSQL see that the index of the live ones will do.
_live = Conversation.owner != written("'nobody'")
_in_sight = Conversation.snoozed_at.is_(None)
_at = Conversation.last_message_at
_waits = func.coalesce(Conversation.waiting_since, _at)
# What was put off and is back comes before whoever waits, the first back first; both are times, so that pages go on
# from a time and an identifier in every view.
_returned_first = case(
    (Conversation.returned_at.is_not(None), Conversation.returned_at - written("interval '1 year'") * _MOST_OF_ALL),
    else_=_waits,
)
_not_theirs = exists().where(
    Team.key == Conversation.team,
    ~Team.everyone,
    ~exists().where(TeamMember.team_key == Team.key, TeamMember.agent_id == bindparam("me", type_=Uuid())),
)
_nearly_up = exists().where(
    CaseConversation.conversation_id == Conversation.id,
    CaseConversation.going,
    CaseClock.case_id == CaseConversation.case_id,
    CaseClock.state == "running",
    CaseClock.warn_at <= func.now(),
)
_unread = Conversation.id.in_(
    select(Mention.conversation_id).where(Mention.agent_id == bindparam("me", type_=Uuid()), Mention.read_at.is_(None))
)
_late_snoozes = func.coalesce(
    Conversation.snoozed_until, Conversation.snoozed_at + written("interval '1 year'") * _MOST_OF_ALL
)
VIEWS: dict[View, Shown] = {
    "waiting": Shown((_queued,), _waits, True),
    "mine": Shown((_mine, _in_sight), _returned_first, True),
    "assistant": Shown((Conversation.owner == BOT,), _at, False),
    "closed": Shown((Conversation.owner == NOBODY,), _at, False),
    "team": Shown((_live, _with_people, _in_sight, ~_not_theirs), _waits, True),
    "longest": Shown((_live, _with_people, _in_sight, Conversation.waiting_since.is_not(None)), _waits, True),
    "risk": Shown((_live, _nearly_up), _waits, True),
    "snoozed": Shown((_mine, ~_in_sight), _late_snoozes, True),
    "mentioned": Shown((_unread,), _at, False),
}

# The index of the live ones is there for exactly these words. What does not depend on the conversation is asked once.
_COUNTS = text("""
select count(*) filter (where owner like 'queue:%') as waiting,
    count(*) filter (where owner = :mine and snoozed_at is null) as mine,
    count(*) filter (where owner = 'bot') as assistant,
    count(*) filter (where owner <> 'bot' and snoozed_at is null and team <> all (array(
        select t.key from teams t where not t.everyone and not exists (
            select from team_members m where m.team_key = t.key and m.agent_id = :me)))) as team,
    count(*) filter (where owner <> 'bot' and snoozed_at is null and waiting_since is not null) as longest,
    count(*) filter (where id in (
        select cc.conversation_id from case_clocks k join case_conversations cc on cc.case_id = k.case_id
        where cc.going and k.state = 'running' and k.warn_at <= now())) as risk,
    count(*) filter (where owner = :mine and snoozed_at is not null) as snoozed,
    (select count(distinct m.conversation_id) from note_mentions m
        where m.agent_id = :me and m.read_at is null) as mentioned,
    (select count(*) from reminders r where r.agent_id = :me and r.done_at is null and r.due_at <= now()) as reminders
from conversations where owner <> 'nobody'
""")


async def counts(session: AsyncSession, *, agent: Agent) -> dict[str, int]:
    """How many conversations each of the desk's live views holds, as this agent sees them; and how many of their
    reminders are due (`reminders`)."""
    return dict((await session.execute(_COUNTS, of_agent(agent))).mappings().one())
