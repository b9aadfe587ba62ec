"""The contact form: it suggests articles before it sends, and what it sends is a message left for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from actions.wording import instant
from channels.port import Core
from channels.site import in_words
from crm_backend.accounts.elsewhere import Way, way_to_write
from crm_backend.attachments.kinds import ASKED_FOR
from crm_backend.cases.promising import Promise
from crm_backend.contact_form import ends, sending
from crm_backend.contact_form.sending import Letter, Sent
from crm_backend.customers.emails import email_address
from crm_backend.database import reading, unreachable, utc_now
from crm_backend.errors import BadInput, ForeignOrigin, NotFound, RateLimited, Unavailable
from crm_backend.knowledge import browsing, categories, search, services
from crm_backend.knowledge.schema import path_of
from crm_backend.orders.numbers import number_key
from server.help import forms
from server.help.contact_words import CONTACT
from server.help.forms import Filled, Seals
from server.help.pages import WRITE, HelpCentre
from server.help.rendering import typeset
from server.help.searching import Result, readable
from server.wakes import Wakes

log = structlog.get_logger(__name__)
PER_MINUTE, FROM_ONE_NETWORK, LOOKS_FROM_ONE_NETWORK = 5, 60, 300
"""Forms in the name of one address; forms, and looks for articles, from one network: an office is many people."""
SHOWN = 3
FEWEST = 12
"""Characters from which something is looked for."""
DAY = 24 * 3600
OTHER = "other"


class ContactForm:
    """The pages of the form in both languages."""

    def __init__(self, centre: HelpCentre, core: Core, wakes: Wakes) -> None:
        self._centre, self._core, self._wakes = centre, core, wakes
        self._seals = Seals(core.company.secret)

    def routes(self) -> list[web.RouteDef]:
        """`/fr/aide/-/ecrire` and `/en/help/-/write`."""
        found = []
        for language, path in WRITE.items():
            found.append(web.get(path, self._form(language)))
            found.append(web.post(path, self._posted(language)))
            found.append(web.post(path + "/articles", self._articles(language)))
        return found

    def _form(self, language: str) -> Any:
        async def form(request: web.Request) -> web.Response:
            if (told := self._seals.untold(request.query.get("done", ""))) is not None:
                return self._done(request, language, told)
            filled = Filled(came_from=request.query.get("from", "")[:200], text=request.query.get("q", "")[:2000])
            async with reading(self._core.sessions) as session:
                if filled.came_from and (category := await self._category(session, language, filled.came_from)):
                    filled.topic = category
                return await self._shown(request, session, language, filled)

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
            return await self._shown(request, None, language, filled, status=status)

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
                return await self._shown(request, session, language, filled, status=422)
            if not (filled.seen or filled.came_from) and (close := await self._close(session, language, filled)):
                filled.seen, filled.note = True, "close"
                return await self._shown(request, session, language, filled, found=close)
            way = await self._way(session)
            if way is None:
                return await self._shown(request, session, language, filled, status=503)
        await self._core.limiter.check("contact-form", email_address(filled.email) or "", PER_MINUTE)
        sent = await self._sent(language, filled, way)
        by = str(int(sent.promise.by.timestamp()))
        raise web.HTTPSeeOther(f"{WRITE[language]}?done={self._seals.told('sent', sent.promise.number, by)}")

    async def _answered(self, language: str, filled: Filled) -> None:
        assert filled.seal is not None
        who = ends.hashed(filled.email, key=self._seals.addresses)
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
            topic = (await self._topics(session, language)).get(filled.topic)
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
                said=lambda promise: self._mail(promise, language),
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

    def _mail(self, promise: Promise, language: str) -> str:
        return CONTACT[language]["mail"].format(number=promise.number, by=self._spoken(promise.by, language))

    def _spoken(self, at: datetime, language: str) -> str:
        zone = self._core.company.zone
        return instant(at.astimezone(zone), language, today=utc_now().astimezone(zone).date())

    def _articles(self, language: str) -> Any:
        async def articles(request: web.Request) -> web.Response:
            """Articles for a message that is being written; nothing while many others look."""
            try:
                given = await request.post()
            except (ValueError, LookupError) as error:
                raise BadInput("no form") from error
            words, came_from = str(given.get("text", "")), str(given.get("from", ""))
            items: list[dict[str, str]] = []
            try:
                await self._core.limiter.check("contact-form-looks", request.remote or "", LOOKS_FROM_ONE_NETWORK)
                if len(words) >= FEWEST and (line := readable(words)):
                    async with reading(self._core.sessions) as session:
                        found = await self._centre.searcher.suggest(session, line, language)
                    items = [_item(one) for one in found if _slug(one) != came_from][:SHOWN]
            except RateLimited:
                pass
            return web.json_response({"items": items}, headers={"Cache-Control": "no-store"})

        return articles

    async def _close(self, session: AsyncSession, language: str, filled: Filled) -> list[Result]:
        """Articles to look at before a message is sent, where one surely answers; none while too many search."""
        line = readable(filled.text)
        if len(filled.text) < FEWEST or not line:
            return []
        try:
            results = await self._centre.searcher.search(session, line, language)
        except RateLimited:
            return []
        best = await search.best(session, question=line, language=language, vector=results.vector, limit=1)
        if results.language != language or not (best and best[0].may_answer(services.SURE)):
            return []
        return list(results.found[:SHOWN])

    async def _way(self, session: AsyncSession) -> Way | None:
        return await way_to_write(session, [channel for channel, kind in self._core.starts.items() if kind == "email"])

    async def _topics(self, session: AsyncSession, language: str) -> dict[str, str]:
        shelves = await categories.shelves(session)
        return {one.key: one.names.get(language) or one.key for one in shelves if one.parent is None}

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

    async def _shown(
        self,
        request: web.Request,
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
            request,
            "contact.html",
            language,
            status=status,
            contact=words,
            filled=filled,
            note=note,
            found=[_item(one) for one in found],
            topics=await self._topics(session, language) if session else {},
            can_send=session is None or await self._way(session) is not None,
            seal=self._seals.fresh(filled.seal.form if filled.seal else None),
            kept=forms.kept_again(filled, self._seals),
            hours=in_words(company.opening, cast("Any", language)) if company.opening else "",
            most=company.max_length,
            megabytes=company.max_upload_bytes // (1024 * 1024),
            accepted=",".join(ASKED_FOR),
            trap=forms.TRAP,
        )

    def _done(self, request: web.Request, language: str, told: list[str]) -> web.Response:
        number, by = (told[1], datetime.fromtimestamp(int(told[2])).astimezone()) if told[0] == "sent" else ("", None)
        return self._page(
            request,
            "contact_done.html",
            language,
            contact=CONTACT[language],
            number=number,
            by=self._spoken(by, language) if by else "",
        )

    def _page(self, request: web.Request, name: str, language: str, *, status: int = 200, **more: Any) -> web.Response:
        other = {code: path for code, path in WRITE.items() if code != language}
        text = self._centre.page_text(name, language, other=other, query="", **more)
        headers = {"Cache-Control": "no-store"}
        return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def _amiss(filled: Filled) -> str | None:
    """What keeps a form from being taken at once; people send it again."""
    if filled.trapped:
        return "trapped"
    if filled.seal is None or filled.seal.stale:
        return "stale"
    return "hasty" if filled.seal.hasty and not filled.answered else None


def _slug(found: Result) -> str:
    return urlsplit(found.url).path.rsplit("/", 1)[1]


def _item(found: Result) -> dict[str, str]:
    text = "".join(piece.text for piece in found.pieces)
    return {"title": typeset(found.title), "url": urlsplit(found.url).path, "slug": _slug(found), "text": typeset(text)}
