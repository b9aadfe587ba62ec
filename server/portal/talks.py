"""My conversations, over all channels: the list, one as a stream, answering there, a new one, a rating."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any
from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from channels.site import masked
from crm_backend.conversations import services
from crm_backend.conversations.handing_over import asking, ratings
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import of_customer, queries
from crm_backend.conversations.reading.of_customer import Own
from crm_backend.conversations.schema import NOBODY
from crm_backend.errors import Conflict, RelaisError
from crm_backend.portal.schema import Language, Visit, path_of
from crm_backend.satisfaction import settings as satisfaction
from crm_backend.texts import shorten
from server.portal import writing
from server.portal.forms import Brought
from server.portal.frame import Frame
from server.portal.matters import Line, Matter
from server.portal.streams import Spoken, entries, gist, where
from server.portal.writing import Draft

AT = "conversations"
LONGEST_WAIT = 20.0
"""Seconds for which a page's question whether there is news is held."""


class Talks:
    """`/fr/compte/conversations…` and `/en/account/conversations…`."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        frame.matters.append(self._matter)

    def routes(self) -> list[web.RouteDef]:
        """The pages and their forms."""
        get, post = self._frame.get, self._frame.post
        return [
            *get(AT, self._list),
            *get(f"{AT}/new", self._new),
            *post(f"{AT}/new", self._begin, files=True),
            *get(f"{AT}/{{id}}", self._one),
            *get(f"{AT}/{{id}}/news", self._news),
            *post(f"{AT}/{{id}}/reply", self._reply, files=True),
            *get(f"{AT}/{{id}}/reply", self._back),
            *get(f"{AT}/{{id}}/rate", self._back),
            *post(f"{AT}/{{id}}/rate", self._rate),
        ]

    async def _matter(self, session: AsyncSession, visit: Visit) -> Matter | None:
        """On the home: what they have not read yet."""
        if visit.guest:
            return None
        found, _ = await of_customer.listing(session, visit.customer_id)
        words = self._frame.words(visit.language)
        at, said = visit.language, words["talk_unread"]
        new = [each for each in found if each.unread][:3]
        lines = [Line(self._title(each, at), path_of(at, AT, each.conversation.id), said) for each in new]
        return Matter(words["nav_conversations"], path_of(at, AT), lines)

    async def _list(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        async with self._frame.sessions() as session:
            found, following = await of_customer.listing(
                session, visit.customer_id, before=writing.place_in(request.query.get("before"))
            )
        spoken = Spoken(self._frame.zone, language, self._frame.words(language))
        rows = [
            {
                "url": path_of(language, AT, each.conversation.id),
                "title": self._title(each, language),
                "gist": gist(each.last),
                "mine": each.last is not None and each.last.author == "customer",
                "where": self._where(each.conversation, each, language),
                "when": spoken.day(each.conversation.last_message_at),
                "closed": each.conversation.owner == NOBODY,
                "unread": each.unread,
            }
            for each in found
        ]
        older = f"{path_of(language, AT)}?before={writing.place_out(following)}" if following else ""
        return self._frame.page(
            request, "talks.html", visit, language, rows=rows, older=older, later="before" in request.query
        )

    def _title(self, each: Own, language: str) -> str:
        """A mail's subject, or the words it began with."""
        begun = shorten(each.about, 80) or gist(each.last, 80)
        return each.conversation.subject or begun or self._frame.words(language)["talk_untitled"]

    def _where(self, found: Conversation, each: Own, language: str) -> str:
        portal = each.last is not None and bool(each.last.details.get("portal"))
        return where(self._frame, found.channel, portal, language) or self._frame.words(language)["talk_here"]

    async def _one(
        self, request: web.Request, visit: Visit, language: Language, draft: Draft | None = None, error: str = ""
    ) -> web.Response:
        wanted, before = writing.identifier(request.match_info["id"]), _number(request.query.get("before"))
        async with self._frame.sessions() as session, session.begin():
            found = await of_customer.one(session, wanted, visit.customer_id)
            said, more = await of_customer.stream(session, [found], visit.customer_id, before=before)
            owner = await queries.owner_view(session, found)
            shown = await self._opinion(session, found, language, asks=before is None)
            rows = entries(self._frame, said, language)
            pressed = said and not await asking.is_question(session, said[-1][1].id)
            read = []
            if before is None and said:
                read = await services.seen_by_customer(session, conversation_id=found.id, seq=found.last_seq)
        if read:
            await self._tell_read(found.id, read[-1])
        promised = (found.answer_by or {}).get("address")
        return self._frame.page(
            request,
            "talk.html",
            visit,
            language,
            status=400 if error else 200,
            found=found,
            title=found.subject or _begun(said) or self._frame.words(language)["talk_one"],
            rows=rows,
            older=f"{path_of(language, AT, found.id)}?before={said[0][1].seq}" if more and said else "",
            whole=before is None,
            owner=owner,
            answer_to=masked(promised) if promised else "",
            form=writing.form_of(self._frame, draft or writing.typed(visit, AT, found.id, "reply"), error),
            opinion=visit.typed(AT, found.id, "rate").get("comment", ""),
            presses=_presses(said, rows) if pressed else [],
            **shown,
        )

    async def _opinion(
        self, session: AsyncSession, found: Conversation, language: str, *, asks: bool
    ) -> dict[str, Any]:
        """What they said of the conversation, or how they are asked."""
        rated = (await ratings.of(session, [found.id])).get(found.id)
        rate = asks and rated is None and await ratings.wanted(session, found)
        question = (await satisfaction.of_channel(session, found.channel)).words if rate else {}
        return {
            "rate": rate,
            "rated": rated,
            "question": question.get(language) or self._frame.words(language)["talk_rate"],
            "scores": list(enumerate(asking.SCORES[language], ratings.WORST)),
        }

    async def _tell_read(self, conversation: UUID, seq: int) -> None:
        note = {"kind": "delivery", "conversation": conversation, "seq": seq, "delivery": "read"}
        await self._frame.core.live.publish("desk", note)

    async def _new(
        self, request: web.Request, visit: Visit, language: Language, draft: Draft | None = None, error: str = ""
    ) -> web.Response:
        draft = draft or writing.typed(visit, AT, "new")
        if draft is None and (about := request.query.get("about", "")):
            draft = Draft(Brought({"text": f"{about[:60]}{self._frame.words(language)['talk_colon']}"}))
        status, form = 400 if error else 200, writing.form_of(self._frame, draft, error)
        return self._frame.page(request, "talk_new.html", visit, language, status=status, form=form)

    async def _begin(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        draft = await writing.draft_of(request, visit, self._frame)
        try:
            return await self._write(request, visit, language, draft, None)
        except RelaisError as error:
            return await self._new(request, visit, language, draft, writing.why(self._frame, error, language))

    async def _reply(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        draft = await writing.draft_of(request, visit, self._frame)
        wanted = await writing.theirs(self._frame, visit, request.match_info["id"])
        try:
            return await self._write(request, visit, language, draft, wanted)
        except RelaisError as error:
            return await self._one(request, visit, language, draft, writing.why(self._frame, error, language))

    async def _write(
        self, request: web.Request, visit: Visit, language: Language, draft: Draft, conversation: UUID | None
    ) -> web.Response:
        if draft.error is not None:
            raise draft.error
        frame, title = self._frame, self._frame.words(language)["talk_page"]
        received = await writing.write(
            frame,
            request,
            visit,
            draft,
            conversation=conversation,
            title=title,
            press=writing.pressed(draft),
        )
        await writing.answered(frame, received)
        await writing.promise(frame, received.conversation_id)
        return frame.done(path_of(language, AT, received.conversation_id) + "#last", "done_written")

    async def _back(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        """From the address of a form, on whose page another language was chosen."""
        return self._frame.leads_to(path_of(language, AT, writing.identifier(request.match_info["id"])))

    async def _rate(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        wanted = writing.identifier(request.match_info["id"])
        said = await self._frame.form(request)
        if said.get("score") not in {str(each) for each in range(ratings.WORST, ratings.BEST + 1)}:
            return await self._one(request, visit, language, None, self._frame.words(language)["talk_no_score"])
        notice = "done_rated"
        try:
            async with self._frame.sessions() as session, session.begin():
                found = await of_customer.one(session, wanted, visit.customer_id)
                await ratings.rate(
                    session,
                    conversation_id=found.id,
                    score=int(said["score"]),
                    comment=said.get("comment", "")[: ratings.LONGEST_COMMENT],
                )
        except Conflict:
            notice = "done_rated_late"
        await self._frame.core.live.publish("desk", {"kind": "changed", "conversation": wanted})
        return self._frame.done(path_of(language, AT, wanted), notice)

    async def _news(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        """Whether anything was said since the message `after`: at once, or as soon as it is, or not for a while."""
        wanted, after = writing.identifier(request.match_info["id"]), _number(request.query.get("after")) or 0
        await self._frame.limiter.check("portal-news", str(visit.customer_id), 120)
        with contextlib.suppress(TimeoutError):
            async with (
                asyncio.timeout(LONGEST_WAIT),
                self._frame.core.live.listen(f"conversation:{wanted}") as notes,
            ):
                while not await self._more(wanted, visit, after):
                    await anext(notes)
                return web.json_response({"news": True})
        return web.json_response({"news": False})

    async def _more(self, wanted: UUID, visit: Visit, after: int) -> bool:
        async with self._frame.sessions() as session:
            return (await of_customer.one(session, wanted, visit.customer_id)).last_seq > after


def _begun(said: list[tuple[UUID, Any]]) -> str:
    """The customer's words that the page begins with."""
    return shorten(next((view.text for _, view in said if view.author == "customer" and view.text), ""), 80)


def _presses(said: list[tuple[UUID, Any]], rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What the assistant offers to choose from, below its last message: as a field's value and its words."""
    if not rows or said[-1][1].author != "bot":
        return []
    return [(f"{rows[-1]['seq']}:{index}:{title}", title) for index, title in enumerate(rows[-1]["buttons"])]


def _number(given: str | None) -> int | None:
    return int(given) if given and given.isdecimal() and len(given) < 10 else None
