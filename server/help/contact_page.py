"""The contact form as it stands: what it asks, what was filled in, what it says once it is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from actions.wording import instant
from channels.port import Core
from channels.site import in_words
from crm_backend.accounts.elsewhere import Way, way_to_write
from crm_backend.attachments.kinds import ASKED_FOR
from crm_backend.cases.promising import Promise
from crm_backend.database import utc_now
from crm_backend.knowledge import categories
from crm_backend.portal.schema import path_of
from server.help import forms
from server.help.contact_words import CONTACT
from server.help.forms import Filled, Seals
from server.help.pages import WRITE, HelpCentre
from server.help.searching import Result
from server.help.suggesting import item
from server.help.unbroken import unbroken


class ContactPage:
    """Shows the form, and the thanks for it."""

    def __init__(self, centre: HelpCentre, core: Core, seals: Seals) -> None:
        self._centre, self._core, self._seals = centre, core, seals

    async def way(self, session: AsyncSession) -> Way | None:
        """The mailbox that answers; None where there is none."""
        return await way_to_write(session, [channel for channel, kind in self._core.starts.items() if kind == "email"])

    async def topics(self, session: AsyncSession, language: str) -> dict[str, str]:
        """What one may write about: the shelves that stand in no other, by key."""
        shelves = await categories.shelves(session)
        return {one.key: one.names.get(language) or one.key for one in shelves if one.parent is None}

    def mail(self, promise: Promise, language: str) -> str:
        """What is mailed to whoever sent it."""
        return CONTACT[language]["mail"].format(number=promise.number, by=self._spoken(promise.by, language))

    def _spoken(self, at: datetime, language: str) -> str:
        zone = self._core.company.zone
        return instant(at.astimezone(zone), language, today=utc_now().astimezone(zone).date())

    async def shown(
        self,
        session: AsyncSession | None,
        language: str,
        filled: Filled,
        *,
        found: Sequence[Result] = (),
        status: int = 200,
    ) -> web.Response:
        """The form as it stands; without a session, what only the database knows is left out."""
        company, words = self._core.company, CONTACT[language]
        wait = {"too_many_day": "day", "too_many_minute": "minute"}.get(filled.note)
        note = words["too_many"].format(wait=words[wait]) if wait else words.get(filled.note, "")
        return self._page(
            "contact.html",
            language,
            status=status,
            contact=words,
            filled=filled,
            note=note,
            found=[item(one) for one in found],
            topics=await self.topics(session, language) if session else {},
            can_send=session is None or await self.way(session) is not None,
            seal=self._seals.fresh(filled.seal.form if filled.seal else None),
            kept=forms.kept_again(filled, self._seals),
            hours=in_words(company.opening, cast("Any", language)) if company.opening else "",
            most=company.max_length,
            largest=company.max_upload_bytes,
            megabytes=company.max_upload_bytes // (1024 * 1024),
            accepted=",".join(ASKED_FOR),
            trap=forms.TRAP,
            whose=path_of(language, "who"),
        )

    def done(self, language: str, told: list[str]) -> web.Response:
        """Thanks, for a message that was sent or one that an article made needless."""
        number, by = (told[1], datetime.fromtimestamp(int(told[2])).astimezone()) if told[0] == "sent" else ("", None)
        return self._page(
            "contact_done.html",
            language,
            contact=CONTACT[language],
            number=number,
            by=self._spoken(by, language) if by else "",
        )

    def _page(self, name: str, language: str, *, status: int = 200, **more: Any) -> web.Response:
        other = {code: path for code, path in WRITE.items() if code != language}
        text = self._centre.page_text(name, language, other=other, query="", **more)
        headers = {"Cache-Control": "no-store"}
        return web.Response(text=unbroken(text), status=status, content_type="text/html", headers=headers)
