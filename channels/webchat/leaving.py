"""A message left when nobody is there: it waits for a person, whose answer goes out by e-mail."""

from __future__ import annotations

from uuid import UUID

import structlog
from pydantic import ValidationError

from channels.webchat import mailing
from channels.webchat.visitors import Visitor
from channels.webchat.visits import Visits
from crm_backend.errors import BadAddress, NotProved, NoWay, RateLimited

log = structlog.get_logger(__name__)


async def promised(visits: Visits, visitor: Visitor, conversation: UUID, email: str) -> None:
    """Promises the answer to what was just stored by e-mail, to `email` or, when empty, to the address on file.

    What was written is kept whatever becomes of this: where nothing can be promised, the conversation does not say that
    it was, and who waits is offered it again, with the reason if it is refused.
    """
    try:
        asked = mailing.Posting(conversation=conversation, email=email or None)
        await mailing.answer_later(visits.core, visits, visitor, asked)
    except (BadAddress, NotProved, NoWay, RateLimited, ValidationError) as error:
        log.info("webchat.not_promised", conversation=str(conversation), cause=type(error).__name__)
