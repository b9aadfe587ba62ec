"""Going on elsewhere: the channels a visitor may take their conversation to, and the code that brings it there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from channels.port import Core
from channels.webchat.visitors import Visitor
from channels.webchat.visits import Visits
from crm_backend.accounts.elsewhere import elsewhere
from crm_backend.conversations.reading.messages import instant
from crm_backend.conversations.receiving.elsewhere import take_along

CODES_PER_MINUTE = 5


async def offered(core: Core, language: str) -> list[dict[str, str]]:
    """The channels by name, for the widget's menu."""
    async with core.sessions() as session:
        found = await elsewhere(session)
    return [{"channel": one.channel, "label": _label(core, one.channel, language)} for one in found]


async def taken(core: Core, visits: Visits, *, visitor: Visitor, conversation: UUID, channel: str) -> dict[str, Any]:
    """A code for this conversation and the link that brings it along.

    Raises NotFound when the conversation is not the visitor's or the channel is not offered, RateLimited.
    """
    await core.limiter.check("elsewhere", visitor.token, CODES_PER_MINUTE)
    visit = await visits.owned(visitor, conversation)
    assert visit.conversation is not None
    async with core.sessions() as session, session.begin():
        along = await take_along(session, visit.conversation, channel)
    return {"link": along.link, "code": along.code, "expires": instant(along.expires)}


def _label(core: Core, channel: str, language: str) -> str:
    labels = core.labels.get(channel, {})
    return labels.get(language) or labels.get("en") or channel
