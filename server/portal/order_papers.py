"""The papers of an order as PDF: invoice, credit notes, and the slip of a return."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from crm_backend.errors import NotFound, NotNow
from crm_backend.invoices import pdf
from crm_backend.invoices import queries as invoices
from crm_backend.invoices import services as issuing
from crm_backend.portal.schema import Language, Visit, path_of
from crm_backend.returns import queries as returns
from crm_backend.returns.slip import slip
from server.portal.order_of import OrderPages, named, own

PRINTED_PER_MINUTE = 30


class Papers(OrderPages):
    """`…/orders/{id}/invoice…` and `…/orders/{id}/return/{back}/label`."""

    def routes(self) -> list[web.RouteDef]:
        """The files, and the form that has an invoice issued."""
        get, post = self._frame.get, self._frame.post
        return [
            *post("orders/{id}/invoice", self._issue, guests=True),
            *get("orders/{id}/invoice/{number}", self._paper, guests=True),
            *get("orders/{id}/return/{back}/label", self._label, guests=True),
        ]

    async def _issue(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        """Has the invoice issued, once, and shows it."""
        try:
            async with self._frame.sessions.begin() as session:
                order = await own(session, request, visit)
                invoice = await issuing.issue(session, order.id, actor=visit.actor)
        except NotNow as no:
            return self._came_between(request, visit, language, no)
        return self._frame.leads_to(path_of(language, "orders", order.id, "invoice", invoice.number))

    async def _paper(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        await self._frame.limiter.check("portal-papers", str(visit.customer_id), PRINTED_PER_MINUTE)
        async with self._frame.sessions() as session:
            order = await own(session, request, visit)
            papers = await invoices.of_order(session, order.id, actor=visit.actor)
        number = request.match_info["number"]
        paper = next((each for each in papers if each.number == number), None)
        if paper is None:
            raise NotFound("no such paper")
        return _pdf(pdf.pdf(paper, language), pdf.name(paper, language))

    async def _label(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        await self._frame.limiter.check("portal-papers", str(visit.customer_id), PRINTED_PER_MINUTE)
        async with self._frame.sessions() as session:
            order = await own(session, request, visit)
            found = await returns.of_order(session, order.id, actor=visit.actor)
            wanted = named(request, "back")
            made = next((each for each in found if each.id == wanted), None)
            if made is None:
                raise NotFound("no such return")
            try:
                content = await slip(session, made.id, actor=visit.actor, language=language)
            except NotNow as no:
                return self._came_between(request, visit, language, no)
        name = self._frame.words(language)["return_slip_name"].format(reference=made.reference)
        return _pdf(content, f"{name}.pdf")


def _pdf(content: bytes, name: str) -> web.Response:
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name.removesuffix(".pdf"))
    return web.Response(
        body=content,
        content_type="application/pdf",
        headers={"Content-Disposition": f"inline; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(name, safe='')}"},
    )
