"""A report as a mail: its figures in a few lines, the table attached."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from channels.port import Rejected
from crm_backend.access import queries as access
from crm_backend.attachments.schema import FileRef
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions, new_id
from crm_backend.reports import mailings, queries
from crm_backend.reports.figures import FIGURES
from crm_backend.reports.filters import filters_of
from crm_backend.reports.mailings import Due
from server.files import FileStore
from server.reports import sheets, words
from server.starting import by_mail
from server.switchboard import TEST_PATIENCE, Switchboard

TEMPLATE = "report"
TOLD = (
    "contacts", "containment", "first_response", "wait", "service_level", "durable_resolution", "satisfaction",
    "promises_kept",
)  # fmt: skip
"""Figures that the mail tells in its text."""


class ReportMail:
    """Makes and sends them by the first account that may write to an e-mail address."""

    def __init__(
        self, board: Switchboard, sessions: Sessions, store: FileStore, *, address: str, company: str, zone: ZoneInfo
    ) -> None:
        self._board, self._sessions, self._store = board, sessions, store
        self._address, self._company, self._zone = address, company, zone

    async def send(self, due: Due, *, now: datetime) -> None:
        """Sends one. Raises Rejected where no account writes mails, and whatever its channel does."""
        found = by_mail(self._board)
        if found is None:
            raise Rejected("no account that writes mails")
        way, channel = found
        async with self._sessions() as session:
            text, content = await self._made(session, due, now)
        file = await self._kept(content, due)
        delivery = Delivery(
            # By this the channel names the mail: tried again, it is the same one.
            id=due.send,
            message_id=due.send,
            lease=new_id(),
            attempts=due.attempts,
            conversation_id=due.mailing.id,
            seq=1,
            channel=way.channel,
            account=way.account,
            address=due.agent.email,
            reply=Reply(text=text, template=TEMPLATE, files=[file]),
            author="system",
            language="en" if due.agent.language == "en" else "fr",
            created_at=now,
        )
        await asyncio.wait_for(channel.send(delivery), TEST_PATIENCE)

    async def _made(self, session: AsyncSession, due: Due, now: datetime) -> tuple[str, bytes]:
        """The mail's words, and its table."""
        actor = await access.actor_of(session, due.agent, "mail")
        language, mailing = due.agent.language, due.mailing
        filters = filters_of(mailing.filters)
        period = mailings.told_on(due.day, mailing.rhythm, self._zone)
        table = await sheets.table(
            session,
            actor=actor,
            period=period,
            filters=filters,
            by=mailing.split_by,
            now=now,
            language=language,
        )
        told = await queries.course(session, actor=actor, period=period, filters=filters, now=now)
        before = await queries.course(session, actor=actor, period=period.before, filters=filters, now=now)
        lines = []
        for figure in (FIGURES[key] for key in TOLD if key in told.values):
            was = words.COMPARED[language].format(value=words.value(figure, before.values[figure.key], language))
            value = words.value(figure, told.values[figure.key], language)
            colon = "\u00a0:" if language == "fr" else ":"
            lines.append(f"{figure.words.name[language]}{colon} {value} ({was})")
        query = {"from": period.first, "to": period.last, **filters.as_given()}
        text = words.MAIL[language].format(
            name=mailing.name,
            when=words.when(period, language),
            agent=due.agent.first_name,
            company=self._company,
            figures="\n".join(lines),
            link=f"{self._address}/desk/#/reports?{urlencode(query)}",
        )
        return text, table

    async def _kept(self, content: bytes, due: Due) -> FileRef:
        """The table as a file, which is forgotten after a day."""

        async def whole() -> AsyncIterator[bytes]:
            yield content

        return await self._store.keep(whole(), name=f"relais-{due.day.isoformat()}.csv", declared_type="text/csv")
