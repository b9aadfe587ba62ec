"""What each agent has in hand, weighed by channel."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.routing.settings_model import ChannelWeight

OTHERS, CASE = "*", "case"
_DEFAULTS = {OTHERS: ("messaging", 50, 2.0), CASE: ("case", 10, 0.0)}

# An agent's own conversations, those they help in, what they are offered, cases that were handed out to them, and what
# they are wrapping up: until they are done, or the time for it is over.
_HELD = text("""
select agent_id, channel, count(*) as many from (
    select substring(owner from 7)::uuid as agent_id, channel
    from conversations where owner = any(:owners)
    union all
    select h.agent_id, c.channel from conversation_helpers h
    join conversations c on c.id = h.conversation_id where h.left_at is null and h.agent_id = any(:agents)
    union all
    select o.agent_id, coalesce(c.channel, 'case') from routing_offers o
    left join conversations c on c.id = o.conversation_id where o.state = 'offered' and o.agent_id = any(:agents)
    union all
    select agent_id, 'case' from queue_entries
    where case_id is not null and taken_at is not null and ended_at is null and agent_id = any(:agents)
    union all
    select agent_id, channel from wrap_ups
    where ended_at is null and until > clock_timestamp() and agent_id = any(:agents)
) held group by agent_id, channel
""")
_IDLE = text("""
select agent_id, extract(epoch from clock_timestamp() - max(greatest(taken_at, ended_at))) as seconds
from queue_entries
where agent_id = any(:agents) and taken_at > clock_timestamp() - interval '2 days' group by agent_id
""")


class Weights:
    """What a channel is and weighs, as the company set it."""

    def __init__(self, rows: Collection[ChannelWeight]) -> None:
        self._rows = {row.channel: (row.kind, row.weight, row.points, row.returns) for row in rows}

    def _of(self, channel: str) -> tuple[str, int, float, bool]:
        # A case is no channel: what is set for other channels says nothing of it.
        for name in (channel,) if channel == CASE else (channel, OTHERS):
            if name in self._rows:
                return self._rows[name]
        return (*_DEFAULTS[CASE if channel == CASE else OTHERS], False)

    def kind(self, channel: str) -> str:
        """The kind of a channel: chat, messaging, mail, case."""
        return self._of(channel)[0]

    def weight(self, channel: str) -> int:
        """What one conversation takes, in hundredths of a chat."""
        return self._of(channel)[1]

    def points(self, channel: str) -> float:
        """Its points of priority."""
        return self._of(channel)[2]

    def returns(self, channel: str) -> bool:
        """Whether what a vanished agent held there goes back to the queue."""
        return self._of(channel)[3]


async def weights(session: AsyncSession) -> Weights:
    """What channels weigh."""
    return Weights(list(await session.scalars(select(ChannelWeight).execution_options(populate_existing=True))))


async def held(session: AsyncSession, agents: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """How many things each of these agents has in hand and is offered, by channel."""
    found: dict[UUID, dict[str, int]] = {one: {} for one in agents}
    if not found:
        return found
    asked = {"owners": [f"agent:{one}" for one in agents], "agents": list(agents)}
    for row in await session.execute(_HELD, asked):
        found[row.agent_id][row.channel] = row.many
    return found


async def loads(session: AsyncSession, agents: Collection[UUID], known: Weights) -> dict[UUID, int]:
    """What each of these agents has in hand and is offered, in hundredths of a chat."""
    by_channel = await held(session, agents)
    return {
        one: sum(many * known.weight(channel) for channel, many in counted.items())
        for one, counted in by_channel.items()
    }


async def idle(session: AsyncSession, agents: Collection[UUID]) -> dict[UUID, float]:
    """For how many seconds each has neither got nor finished anything; who had nothing for two days is left out."""
    if not agents:
        return {}
    rows = await session.execute(_IDLE, {"agents": list(agents)})
    return {row.agent_id: float(row.seconds) for row in rows}


async def load_of(session: AsyncSession, agent_id: UUID) -> int:
    """What one agent has in hand, in hundredths of a chat."""
    return (await loads(session, [agent_id], await weights(session)))[agent_id]


clock = select(func.clock_timestamp())
"""The database's clock: the one that all servers share."""
