"""What becomes of a message when its platform lets us write no more until the customer does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from channels.port import Rejected, Waits
from crm_backend.conversations.handing_over import asking
from crm_backend.conversations.sending import deliveries, held
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.notifications.schema import Start

Became = Literal["kept", "elsewhere", "left_out", "failed", "lost"]
"""`kept` until they write, `elsewhere` by another channel, `left_out` as a notice of a moment that is over, `failed` as
a dead letter; `lost` when somebody else has the lease."""


async def settle(
    session: AsyncSession, delivery: Delivery, error: Waits | Rejected, *, starts: Sequence[Start]
) -> Became:
    """An answer waits where its channel could ask for a word, goes by another proven channel where not, and only then
    is a dead letter. Proactive messages (`template`) look for their own way."""
    # How it was is asked then or not at all: it is not worth a message asking for leave to ask.
    if delivery.author == "system" or await asking.is_question(session, delivery.message_id):
        return "left_out" if await held.leave_out(session, delivery) else "lost"
    if isinstance(error, Waits) and await held.keep(session, delivery, cause=str(error), asked=error.asked):
        return "kept"
    if delivery.reply.template is None and await held.send_elsewhere(session, delivery, starts=starts):
        return "elsewhere"
    given_up = await deliveries.rejected(session, delivery, error=str(error), reason="window")
    return "failed" if given_up else "lost"
