"""My requests: the list, one with where it stands and what was said, and more to say about it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases import by_message, own
from crm_backend.cases.own import OwnCase
from crm_backend.conversations.reading import of_customer
from crm_backend.conversations.schema import owner_kind
from crm_backend.database import utc_now
from crm_backend.errors import NotNow, RelaisError
from crm_backend.portal.schema import ORIGIN, Language, Visit, path_of
from server.portal import writing
from server.portal.frame import Frame
from server.portal.matters import Line, Matter
from server.portal.streams import Spoken, entries, own_files, where
from server.portal.writing import Draft

AT: Final = "requests"
FOR_PEOPLE: Final = "for_case"
"""Why the assistant keeps quiet: it is a word on a case, which people see to."""

_NOTHING: Final[dict[str, Any]] = {"rows": [], "more": False, "files": [], "talks": []}


class Cases:
    """`/fr/compte/demandes…` and `/en/account/requests…`."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        frame.matters.append(self._matter)

    def routes(self) -> list[web.RouteDef]:
        """The pages and their form. A guest sees where the cases of their order stand, and nothing that was said."""
        return [
            *self._frame.get(AT, self._list, guests=True),
            *self._frame.get(f"{AT}/{{id}}", self._one, guests=True),
            *self._frame.post(f"{AT}/{{id}}/reply", self._reply, files=True),
            *self._frame.get(f"{AT}/{{id}}/reply", self._back),
        ]

    async def _matter(self, session: AsyncSession, visit: Visit) -> Matter | None:
        """On the home: the ones that go on, first those that wait for the customer."""
        words = self._frame.words(visit.language)
        found, _ = await own.listing(session, visit.customer_id, over=False, order_id=visit.order_id)
        found.sort(key=lambda each: each.case.stage != "waiting_customer")
        lines = [
            Line(
                self._title(each, visit.language),
                path_of(visit.language, AT, each.case.id),
                words[f"case_short_{each.case.stage}"],
                "waiting" if each.case.stage == "waiting_customer" else "",
            )
            for each in found[:4]
        ]
        return Matter(words["nav_requests"], path_of(visit.language, AT), lines)

    async def _list(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        before = writing.place_in(request.query.get("before"))
        async with self._frame.sessions() as session:
            mine: dict[str, Any] = {"customer_id": visit.customer_id, "order_id": visit.order_id}
            going = [] if before else (await own.listing(session, **mine, over=False, limit=100))[0]
            over, following = await own.listing(session, **mine, over=True, before=before)
        older = f"{path_of(language, AT)}?before={writing.place_out(following)}" if following else ""
        return self._frame.page(
            request,
            "cases.html",
            visit,
            language,
            going=[self._row(each, language) for each in going],
            over=[self._row(each, language) for each in over],
            older=older,
            later=before is not None,
        )

    def _title(self, each: OwnCase, language: str) -> str:
        """What it is, in the company's words for its type: what agents call it is theirs."""
        words, name = self._frame.words(language), each.kind.names[language]
        if each.orders:
            return words["case_about"].format(kind=name, orders=", ".join(each.orders))
        return name

    def _row(self, each: OwnCase, language: str) -> dict[str, Any]:
        words = self._frame.words(language)
        spoken = Spoken(self._frame.zone, language, words)
        return {
            "id": each.case.id,
            "url": path_of(language, AT, each.case.id),
            "title": self._title(each, language),
            "number": each.case.number,
            "stage": each.case.stage,
            "state": words[f"case_short_{each.case.stage}"],
            "opened": words["case_opened"].format(day=spoken.day(each.case.created_at)),
            "next": self._promised(each, spoken, language),
        }

    def _promised(self, each: OwnCase, spoken: Spoken, language: str) -> str:
        """By when they hear of us, where that is promised; that it is late, where it is. A term set by law is the one
        date that is told, here as where it was asked for."""
        words, now = self._frame.words(language), utc_now()
        at = each.due_at or each.answer_by
        if at is None or each.case.stage == "waiting_customer":
            return ""
        if at < now:
            return words["case_late"]
        if each.due_at is not None:
            return words["case_due"].format(day=spoken.day(at))
        return words["case_answer_by"].format(when=spoken.moment(at))

    async def _one(
        self, request: web.Request, visit: Visit, language: Language, draft: Draft | None = None, error: str = ""
    ) -> web.Response:
        wanted = writing.identifier(request.match_info["id"])
        words, frame = self._frame.words(language), self._frame
        async with frame.sessions() as session:
            found = await own.one(session, wanted, visit.customer_id, order_id=visit.order_id)
            said = _NOTHING if visit.guest else await self._said(session, found, visit)
        spoken = Spoken(frame.zone, language, words)
        ended = found.case.closed_at or found.case.resolved_at or found.case.status_since
        return frame.page(
            request,
            "case.html",
            visit,
            language,
            status=400 if error else 200,
            case=self._row(found, language),
            title=self._title(found, language),
            state=words[f"case_{found.case.stage}"].format(day=spoken.day(ended)),
            again=f"{path_of(language, 'conversations', 'new')}?about={found.case.number}",
            form=writing.form_of(frame, draft or writing.typed(visit, AT, wanted, "reply"), error),
            **said,
        )

    async def _said(self, session: AsyncSession, found: OwnCase, visit: Visit) -> dict[str, Any]:
        """What was said of it, the customer's files that no message shows, and the conversations to read on in."""
        frame, language = self._frame, visit.language
        talks = await own.talks(session, found.case, visit.customer_id)
        said, more = await of_customer.stream(session, talks, visit.customer_id)
        rows = entries(frame, said, language, added=await own.added(session, found.case))
        files = own_files(await own.files(session, found.case), frame.files)
        shown = {each["path"].partition("?")[0] for row in rows for each in row["files"]}
        return {
            "rows": rows,
            "more": more,
            "files": [each for each in files if each["path"].partition("?")[0] not in shown],
            "talks": [
                {
                    "url": path_of(language, "conversations", each.id),
                    "where": where(frame, each.channel, False, language),
                }
                for each in talks
            ],
        }

    async def _reply(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        draft = await writing.draft_of(request, visit, self._frame)
        wanted = writing.identifier(request.match_info["id"])
        try:
            if draft.error is not None:
                raise draft.error
            await self._write(request, visit, language, draft, wanted)
        except NotNow:
            words = self._frame.words(language)
            return await self._one(request, visit, language, draft, words["case_is_over"])
        except RelaisError as error:
            if error.status == 404:
                raise
            return await self._one(request, visit, language, draft, writing.why(self._frame, error, language))
        return self._frame.done(path_of(language, AT, wanted) + "#last", "done_written")

    async def _back(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        """From the address of the form, on whose page another language was chosen."""
        return self._frame.leads_to(path_of(language, AT, writing.identifier(request.match_info["id"])))

    async def _write(self, request: web.Request, visit: Visit, language: Language, draft: Draft, wanted: UUID) -> None:
        """Into the conversation of theirs that the case is about and in which they wrote last, or into a new one; and
        down on the case, with the files: where this is cut off in between, the loop of cases sees to it. Where no
        person has the conversation the case's people answer, and not the assistant."""
        frame, words = self._frame, self._frame.words(language)
        async with frame.sessions() as session:
            found = await own.one(session, wanted, visit.customer_id)
            if found.case.stage == "closed":
                raise NotNow("case_is_over")
            talk = next(iter(await own.talks(session, found.case, visit.customer_id)), None)
        by_people = talk is not None and owner_kind(talk.owner) in ("queue", "agent")
        received = await writing.write(
            frame,
            request,
            visit,
            draft,
            conversation=talk.id if talk is not None else None,
            title=words["case_page"].format(number=found.case.number),
            automatic=None if by_people else FOR_PEOPLE,
            told=by_message.told(found.case, without_words=words["case_files_only"], origin=ORIGIN),
        )
        async with frame.changing() as session:
            await by_message.take_down(session, received.message_id)
        await writing.promise(frame, received.conversation_id, any_owner=True)
