"""The contact form: it suggests articles before it sends, and what it sends is a message left for a person."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from channels.port import Core
from crm_backend.accounts.elsewhere import Way
from crm_backend.contact_form import ends, sending
from crm_backend.contact_form.sending import Letter, Sent
from crm_backend.customers.emails import email_address
from crm_backend.database import reading, unreachable, utc_now
from crm_backend.errors import ForeignOrigin, NotFound, RateLimited, Unavailable
from crm_backend.knowledge import browsing, categories, services
from crm_backend.knowledge.schema import path_of
from crm_backend.orders.numbers import number_key
from server.help import forms
from server.help.contact_page import ContactPage
from server.help.contact_words import CONTACT
from server.help.forms import Filled, Seals, known_by
from server.help.pages import WRITE, HelpCentre
from server.help.suggesting import Suggesting
from server.wakes import Wakes

log = structlog.get_logger(__name__)
PER_MINUTE, FROM_ONE_NETWORK = 5, 60
"""Forms in the name of one address, and from one network: an office is many people."""
DAY = 24 * 3600


class ContactForm:
    """What becomes of the form in both languages."""

    def __init__(self, centre: HelpCentre, core: Core, wakes: Wakes) -> None:
        self._core, self._wakes = core, wakes
        self._seals = Seals(core.company.secret)
        self._page = ContactPage(centre, core, self._seals)
        self._suggesting = Suggesting(centre.searcher, core)

    def routes(self) -> list[web.RouteDef]:
        """`/fr/aide/-/ecrire` and `/en/help/-/write`."""
        found = self._suggesting.routes()
        for language, path in WRITE.items():
            found.append(web.get(path, self._form(language)))
            found.append(web.post(path, self._posted(language)))
        return found

    def _form(self, language: str) -> Any:
        async def form(request: web.Request) -> web.Response:
            if (told := self._seals.untold(request.query.get("done", ""))) is not None:
                return self._page.done(language, told)
            filled = Filled(came_from=request.query.get("from", "")[:200], text=request.query.get("q", "")[:2000])
            async with reading(self._core.sessions) as session:
                if filled.came_from and (category := await self._category(session, language, filled.came_from)):
                    filled.topic = category
                return await self._page.shown(session, language, filled)

        return form

    def _posted(self, language: str) -> Any:
        async def posted(request: web.Request) -> web.Response:
            if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
                raise ForeignOrigin("a form from elsewhere")
            company = self._core.company
            filled = await forms.read(request, self._seals, self._core.files, most_bytes=company.max_upload_bytes)
            try:
                return await self._taken(request, language, filled)
            except RateLimited as error:
                wait = "day" if error.retry_after >= DAY else "minute"
                filled.note, status = "too_many_" + wait, 429
            except (Unavailable, SQLAlchemyError, OSError) as error:
                if not (isinstance(error, Unavailable) or unreachable(error)):
                    raise
                log.warning("contact_form.unavailable", cause=type(error).__name__)
                filled.note, status = "unavailable", 503
            return await self._page.shown(None, language, filled, status=status)

        return posted

    async def _taken(self, request: web.Request, language: str, filled: Filled) -> web.Response:
        """What is answered to a form: thanks, or the form again with what is amiss."""
        await self._core.limiter.check("contact-form-network", request.remote or "", FROM_ONE_NETWORK)
        amiss = _amiss(filled)
        if filled.answered and amiss is None:
            await self._answered(language, filled)
            raise web.HTTPSeeOther(f"{WRITE[language]}?done={self._seals.told('answered')}")
        good = filled.check(most=self._core.company.max_length)
        async with self._core.sessions() as session:
            if amiss is not None or not good:
                filled.note = amiss or ""
                return await self._page.shown(session, language, filled, status=422)
            fresh = not (filled.seen or filled.came_from)
            if fresh and (close := await self._suggesting.close(session, language, filled.text)):
                filled.seen, filled.note = True, "close"
                return await self._page.shown(session, language, filled, found=close)
            way = await self._page.way(session)
            if way is None:
                return await self._page.shown(session, language, filled, status=503)
        await self._core.limiter.check("contact-form", email_address(filled.email) or "", PER_MINUTE)
        sent = await self._sent(language, filled, way)
        by = str(int(sent.promise.by.timestamp()))
        raise web.HTTPSeeOther(f"{WRITE[language]}?done={self._seals.told('sent', sent.promise.number, by)}")

    async def _answered(self, language: str, filled: Filled) -> None:
        assert filled.seal is not None
        who = known_by(filled, self._seals)
        async with self._core.sessions.begin() as session:
            article = await self._article(session, language, filled.answered)
            if article is not None:
                given: dict[str, Any] = {"form": filled.seal.form, "language": language, "article_id": article}
                await ends.answered(session, **given, who=who, now=utc_now())

    async def _sent(self, language: str, filled: Filled, way: Way) -> Sent:
        company, now = self._core.company, utc_now()
        opening = company.opening
        opens = None if opening is None or opening.open_at(now) else opening.next_opening(now)
        assert filled.seal is not None
        async with self._core.sessions.begin() as session:
            page = await self._page_of(session, language, filled.came_from)
            topic = (await self._page.topics(session, language)).get(filled.topic)
            letter = Letter(
                form=filled.seal.form,
                language=cast("Any", language),
                email=email_address(filled.email) or "",
                name=filled.name,
                topic=topic or CONTACT[language]["subject"],
                text=filled.text,
                order=number_key(filled.order),
                files=[file.id for file in filled.files],
                uploaded_by=filled.seal.owner,
                page=page,
            )
            sent = await sending.send(
                session,
                letter,
                by=way,
                opens=opens,
                said=lambda promise: self._page.mail(promise, language),
                most=company.max_length,
                now=now,
            )
            if not sent.again:
                article = await self._article(session, language, filled.came_from)
                seen: dict[str, Any] = {"article_id": article, "suggested": filled.seen}
                await ends.sent(session, form=filled.seal.form, language=language, now=now, **seen)
        if not sent.again:
            await self._wakes.changed(sent.conversation_id, outgoing=True)
        return sent

    async def _category(self, session: AsyncSession, language: str, slug: str) -> str | None:
        """The shelf, of those that stand in no other, of an article."""
        try:
            page = await services.page(session, language=language, slug=slug)
        except NotFound:
            return None
        above = {one.key: one.parent for one in await categories.shelves(session)}
        key = page.category
        while (parent := above.get(key)) is not None:
            key = parent
        return key

    async def _article(self, session: AsyncSession, language: str, slug: str) -> UUID | None:
        there = await browsing.edition(session, language=language, slug=slug) if slug else None
        return there[0] if there else None

    async def _page_of(self, session: AsyncSession, language: str, slug: str) -> dict[str, str]:
        """The article that somebody came from, as agents see it."""
        try:
            page = await services.page(session, language=language, slug=slug)
        except NotFound:
            return {}
        return {"url": self._core.company.address + path_of(language, page.slug), "title": page.title}


def _amiss(filled: Filled) -> str | None:
    """What keeps a form from being taken at once; people send it again."""
    if filled.trapped:
        return "trapped"
    if filled.seal is None or filled.seal.stale:
        return "stale"
    return "hasty" if filled.seal.hasty and not filled.answered else None
