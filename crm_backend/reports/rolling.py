"""Working out contacts, and their stays in queues, from conversations, messages, queue entries and closings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Integer, Interval, Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession

SILENCE = timedelta(hours=24)
"""With the assistant's last word unanswered for so long, a contact is over: the window in which the messaging platforms
let a company answer, too."""
RETURN = timedelta(days=7)
"""Who comes back within it was not helped for good."""
COURTESIES = ("thanks", "goodbye")
"""Intents of messages that want nothing."""

_INSTANT = TIMESTAMP(timezone=True)
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_GIVEN = (
    _IDS,
    bindparam("texts", type_=ARRAY(Text)),
    bindparam("courtesies", type_=ARRAY(Text)),
    bindparam("silence", type_=Interval),
)

# Notices that we send unasked begin nothing and answer nothing; nor do the question how it was, its answer, and what
# machines write by themselves.
_SAID = """
said as (
    select m.conversation_id, m.seq, m.author, m.agent_id, m.channel, m.created_at as at,
        m.understanding->>'intent' as intent, exists (
            select 1 from repeated_facts f where f.message_id = m.id and f.kind = 'asked') as asked_again
    from messages m
    left join (select * from ratings where conversation_id = any(:ids)) r on r.conversation_id = m.conversation_id
    where m.conversation_id = any(:ids) and m.author <> 'system'
    and not (m.author <> 'agent' and m.content ?| array['template', 'asks', 'automatic'])
    and not (m.author = 'customer' and r.id is not null and m.created_at in (r.created_at, r.changed_at))
),
closings as (
    select cast(a.subject_id as uuid) as conversation_id, a.created_at as at from audit_log a
    where a.subject_kind = 'conversation' and a.subject_id = any(:texts) and a.action = 'closed'
    union select c.id, c.closed_at from conversations c where c.id = any(:ids) and c.closed_at is not null
),
entries as (
    select e.*, case when e.taken_at is null then e.left_at else e.ended_at end as over_at
    from queue_entries e where e.conversation_id = any(:ids)
),
"""
_CUT = """
before as (
    select s.*,
        lag(s.at) over w as last_at, lag(s.author) over w as last_author,
        max(s.at) filter (where s.author = 'customer')
            over (w rows between unbounded preceding and 1 preceding) as heard
    from said s window w as (partition by s.conversation_id order by s.seq)
),
begun as (
    select b.*, b.author = 'customer' and (
        b.heard is null
        or exists (select 1 from closings k
            where k.conversation_id = b.conversation_id and k.at > b.heard and k.at <= b.at)
        or (b.last_author = 'bot' and b.at - b.last_at >= :silence and not exists (
            select 1 from entries e where e.conversation_id = b.conversation_id
            and e.entered_at <= b.at and coalesce(e.over_at, 'infinity') > b.last_at))
    ) as begins from before b
),
numbered as (
    select g.*, count(*) filter (where g.begins) over (partition by g.conversation_id order by g.seq) as number
    from begun g
),
spans as (
    select conversation_id, number, min(at) filter (where begins) as started_at,
        lead(min(at) filter (where begins)) over (partition by conversation_id order by number) as next_at,
        (array_agg(channel order by seq))[1] as channel,
        min(at) filter (where author in ('bot', 'agent')) as answered_at,
        count(*) filter (where author = 'customer') as customer_messages,
        count(*) filter (where author = 'bot') as bot_messages,
        count(*) filter (where author = 'agent') as agent_messages,
        array_agg(distinct agent_id) filter (where agent_id is not null) as wrote,
        (array_agg(agent_id order by seq desc) filter (where agent_id is not null))[1] as wrote_last,
        max(at) as last_at, (array_agg(author order by seq desc))[1] as last_author,
        coalesce(bool_or(asked_again), false) as asked_again,
        bool_and(coalesce(intent = any(:courtesies), false)) filter (where author = 'customer') as courtesy
    from numbered where number > 0 group by conversation_id, number
),
"""
_STAYS = """
placed as (
    select e.*, coalesce(p.number, 0) as number from entries e
    left join lateral (
        select s.number from spans s where s.conversation_id = e.conversation_id and s.started_at <= e.created_at
        order by s.number desc limit 1
    ) p on true
),
stays as (
    select p.*, row_number() over w = 1 as first,
        case when p.taken_at is not null then 'taken' when p.left_at is null then 'waiting'
            when lead(p.id) over w is not null then 'moved' else 'abandoned' end as outcome
    from placed p window w as (partition by p.conversation_id, p.number order by p.created_at, p.id)
),
"""
_ENDED = """
queued as (
    select conversation_id, number, count(*) as stays,
        array_agg(distinct agent_id) filter (where agent_id is not null) as took,
        (array_agg(agent_id order by taken_at desc) filter (where agent_id is not null and taken_at is not null))[1]
            as took_last,
        (array_agg(team order by created_at desc, id desc))[1] as team,
        bool_or(over_at is null) as held,
        bool_or(outcome = 'abandoned') and not bool_or(outcome in ('taken', 'waiting')) as abandoned
    from stays group by conversation_id, number
),
ended as (
    select s.*, c.owner, c.language, c.topic, coalesce(q.team, c.team) as team, coalesce(c.customer_id, c.identity_id)
        as person_id, coalesce(q.stays, 0) as stays, coalesce(q.held, false) as held,
        coalesce(q.took_last, s.wrote_last) as agent_id,
        cardinality(array(select unnest(s.wrote) union select unnest(q.took))) as agents,
        coalesce(q.abandoned, false) and s.agent_messages = 0 as abandoned,
        (select min(k.at) from closings k where k.conversation_id = s.conversation_id and k.at >= s.started_at
            and k.at <= coalesce(s.next_at, 'infinity')) as closed_at
    from spans s join conversations c on c.id = s.conversation_id
    left join queued q on q.conversation_id = s.conversation_id and q.number = s.number
),
silent as (
    select e.*, e.closed_at is null and (e.next_at is not null or (e.owner = 'bot' and not e.held
        and e.last_author = 'bot')) as falls_silent
    from ended e
)
"""
_FACTS = "with " + _SAID + _CUT + _STAYS + _ENDED

_CONTACTS = text(
    _FACTS
    + """
insert into report_contacts (id, created_at, conversation_id, number, person_id, channel, language, topic, team,
    agent_id, started_at, answered_at, ended_at, ending, customer_messages, bot_messages, agent_messages, stays, agents,
    abandoned, courtesy, asked_again, check_at)
select gen_random_uuid(), :now, conversation_id, number, person_id, channel, language, topic, team, agent_id,
    started_at, answered_at,
    case when closed_at is not null then closed_at
        when next_at is not null or (falls_silent and last_at + :silence <= :now) then last_at end,
    case when closed_at is not null then 'closed'
        when next_at is not null or (falls_silent and last_at + :silence <= :now) then 'silence' end,
    customer_messages, bot_messages, agent_messages, stays, agents, abandoned, courtesy,
    asked_again, case when falls_silent and next_at is null and last_at + :silence > :now then last_at + :silence end
from silent
on conflict (conversation_id, number) do update set
    person_id = excluded.person_id, channel = excluded.channel, team = excluded.team, agent_id = excluded.agent_id,
    -- What a contact was about, and in which language, is what was known when it ended.
    language = case when report_contacts.ended_at is null then excluded.language else report_contacts.language end,
    topic = case when report_contacts.ended_at is null then excluded.topic else report_contacts.topic end,
    started_at = excluded.started_at, answered_at = excluded.answered_at, ended_at = excluded.ended_at,
    ending = excluded.ending, customer_messages = excluded.customer_messages, bot_messages = excluded.bot_messages,
    agent_messages = excluded.agent_messages, stays = excluded.stays, agents = excluded.agents,
    abandoned = excluded.abandoned, courtesy = excluded.courtesy, asked_again = excluded.asked_again,
    check_at = excluded.check_at
returning conversation_id, number
"""
).bindparams(*_GIVEN, bindparam("now", type_=_INSTANT))
_QUEUES = text(
    "with "
    + _SAID
    + _CUT
    + _STAYS.rstrip().removesuffix(",")
    + """
insert into report_stays (id, conversation_id, number, channel, language, topic, team, agent_id, reason, entered_at,
    taken_at, left_at, ended_at, outcome, first)
select s.id, s.conversation_id, s.number, coalesce(r.channel, c.channel), coalesce(r.language, c.language),
    case when r.id is null then c.topic else r.topic end, s.team, s.agent_id, s.reason, s.entered_at, s.taken_at,
    s.left_at, s.ended_at, s.outcome, s.first
from stays s join conversations c on c.id = s.conversation_id
left join report_contacts r on r.conversation_id = s.conversation_id and r.number = s.number
on conflict (id) do update set number = excluded.number, channel = excluded.channel, language = excluded.language,
    topic = excluded.topic, team = excluded.team, agent_id = excluded.agent_id, reason = excluded.reason,
    entered_at = excluded.entered_at, taken_at = excluded.taken_at, left_at = excluded.left_at,
    ended_at = excluded.ended_at, outcome = excluded.outcome, first = excluded.first,
    conversation_id = excluded.conversation_id
"""
).bindparams(*_GIVEN)

_KNOWN = text(
    "select distinct person_id from report_contacts where conversation_id = any(:ids) and person_id is not null"
).bindparams(_IDS)
_TOO_MANY = text("""
delete from report_contacts r using unnest(:ids, :numbers) as kept (id, number)
where r.conversation_id = kept.id and r.number > kept.number
""").bindparams(_IDS, bindparam("numbers", type_=ARRAY(Integer)))
_SINCE = text("select min(started_at) from report_contacts where conversation_id = any(:ids)").bindparams(_IDS)
_RETURNS = text("""
with found as (
    select r.id, (
        select min(n.started_at) from report_contacts n where n.person_id = r.person_id and not n.courtesy
        and n.started_at > r.ended_at and n.started_at <= r.ended_at + :week) as returned_at, (
        select min(n.started_at) from report_contacts n where n.person_id = r.person_id and not n.courtesy
        and n.started_at > r.ended_at and n.started_at <= r.ended_at + :week
        and n.topic is not distinct from r.topic) as returned_same_at, not exists (
        select 1 from report_contacts n where n.person_id = r.person_id and not n.courtesy
        and n.started_at < r.started_at and n.started_at >= r.started_at - :week
        and n.topic is not distinct from r.topic) as first_of_topic
    from report_contacts r
    where r.person_id = any(:persons) and (r.ended_at is null or r.ended_at >= :since - :week)
)
update report_contacts r set returned_at = f.returned_at, returned_same_at = f.returned_same_at,
    first_of_topic = f.first_of_topic
from found f where f.id = r.id and (r.returned_at, r.returned_same_at, r.first_of_topic)
    is distinct from (f.returned_at, f.returned_same_at, f.first_of_topic)
""").bindparams(
    bindparam("persons", type_=ARRAY(Uuid)),
    bindparam("since", type_=_INSTANT),
    bindparam("week", type_=Interval),
)


async def roll(session: AsyncSession, conversations: Collection[UUID], *, now: datetime) -> None:
    """Works these conversations out anew: their contacts, their stays, and who of their people came back. Doing it
    again changes nothing. The caller sees to it that nobody else does the same at the time, and commits."""
    if not conversations:
        return
    ids = list(conversations)
    given = {"ids": ids, "texts": [str(one) for one in ids], "courtesies": list(COURTESIES), "silence": SILENCE}
    persons = set(await session.scalars(_KNOWN, {"ids": ids}))
    before = await session.scalar(_SINCE, {"ids": ids})
    most = dict.fromkeys(ids, 0)
    for conversation, number in (await session.execute(_CONTACTS, {**given, "now": now})).tuples():
        most[conversation] = max(most[conversation], number)
    # Messages may have gone to a conversation of their own since.
    await session.execute(_TOO_MANY, {"ids": ids, "numbers": [most[one] for one in ids]})
    await session.execute(_QUEUES, given)
    persons |= set(await session.scalars(_KNOWN, {"ids": ids}))
    after = await session.scalar(_SINCE, {"ids": ids})
    if persons and after is not None:
        since = min(before or after, after)
        await session.execute(_RETURNS, {"persons": list(persons), "since": since, "week": RETURN})
