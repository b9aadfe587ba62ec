"""Outside the 24 hours: the customer is told, once, that an answer is ready; it goes out when they write."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

import structlog

from channels.port import Core, Rejected, Waits
from channels.whatsapp.graph import Graph
from channels.whatsapp.inbound import NAME
from channels.whatsapp.render import recipient, template_part
from channels.whatsapp.settings import WhatsAppSettings
from crm_backend.conversations.schema import InboundMessage, Received
from crm_backend.conversations.sending import held
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import reading

log = structlog.get_logger(__name__)
ANSWER_READY = "answer_ready"
"""The notice whose template asks the customer to write, so that an answer may follow (docs/channels/whatsapp.md)."""


class Closed:
    """For one account."""

    def __init__(self, *, settings: WhatsAppSettings, account: str, core: Core, graph: Graph) -> None:
        self._settings, self._account, self._core, self._graph = settings, account, core, graph

    async def ask(self, delivery: Delivery, *, since: datetime | None) -> NoReturn:
        """Raises Waits once they have been asked to write, and Rejected with `window` where they cannot be. `since` is
        when they last wrote. Raises Retry, and Rejected for what is not the template's fault."""
        template = self._settings.template(ANSWER_READY, delivery.language)
        if template is None or delivery.author == "system" or delivery.reply.template is not None:
            raise Rejected("24 hours without a message from them, and no template", reason="window")
        async with self._core.sessions() as session:
            known = await held.asked(
                session, channel=NAME, account=self._account, address=delivery.address, since=since
            )
        if known is not None and known.refused is None:
            raise Waits("waits until they write: they were told that an answer is ready")
        if known is not None and known.of == delivery.message_id:
            raise Rejected(f"the template {template.name}: {known.refused}", reason="window")
        values = {"name": delivery.speaker or self._core.company.name, "company": self._core.company.name}
        part = template_part(
            template,
            {place: values.get(place, "") for place in template.places},
            named=self._settings.template_values == "named",
        )
        assert isinstance(part, dict)
        try:
            sent = await self._graph.send({**recipient(delivery.address), **part})
        except Rejected as error:
            if error.reason not in ("content", "window"):
                raise
            raise Rejected(f"the template {template.name}: {error}", reason="window") from error
        raise Waits("waits until they write: they are told that an answer is ready", asked=sent)


async def opened(core: Core, heard: InboundMessage, received: Received) -> None:
    """They have written: what was kept for them goes out. A process that dies before this leaves it to the next look
    at what is kept."""
    if heard.event != "message":
        return
    where = {"channel": NAME, "account": heard.account, "address": heard.address}
    async with reading(core.sessions) as session:
        if not await held.anything(session, **where):
            return
    async with core.sessions() as session, session.begin():
        freed = await held.opened(session, message_id=received.message_id, **where)
    if freed:
        log.info("whatsapp.opened", account=heard.account, answers=len(freed))
        await core.live.publish("outbox", {})
