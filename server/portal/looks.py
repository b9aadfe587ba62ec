"""How the portal's pages look: templates and words made into a page, which leads to itself in the other language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from channels.port import Core
from channels.site import pass_of
from crm_backend.customers.checks import phone_in_groups
from crm_backend.knowledge.schema import PATHS as HELP
from crm_backend.portal.schema import PATHS, Visit, path_of, translated
from crm_backend.portal.visits import Lasting
from server.help.rendering import typeset
from server.help.theme import theme_of
from server.help.unbroken import unbroken
from server.portal.roads import section_of
from server.portal.words import words
from server.settings import Settings

NOTICE = "relais_notice"
LONGEST_QUERY = 8_000
"""Characters of a query that go along into the other language."""


class Looks:
    """Makes pages."""

    def __init__(self, settings: Settings, core: Core, lasting: Lasting) -> None:
        here = Path(__file__).parent / "templates"
        base = FileSystemLoader(Path(__file__).parents[1] / "help" / "templates")
        loader = ChoiceLoader([FileSystemLoader(here), PrefixLoader({"help": base})])
        pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        pages.filters["typeset"] = typeset
        pages.filters["phone"] = phone_in_groups
        pages.globals["path_of"] = path_of
        pages.globals["largest"] = settings.max_upload_bytes
        self._pages, self._words = pages, words()
        self._theme, self._settings = theme_of(settings), settings
        self._secret, self._lasting = core.company.secret, lasting

    def words(self, language: str) -> dict[str, str]:
        """Everything that the pages say."""
        return self._words[language]

    def page(
        self,
        request: web.Request,
        template: str,
        visit: Visit | None,
        language: str,
        /,
        *,
        status: int = 200,
        **values: Any,
    ) -> web.Response:
        """The page made of a template of ours. What a notice said last (`done`) is shown once."""
        said, section = self.words(language), section_of(request.path)
        notice = request.cookies.get(NOTICE, "")
        told = said.get(notice, "") if notice.startswith("done_") else ""
        text = self._pages.get_template(template).render(
            visit=visit,
            language=language,
            words=said,
            notice=told or self._given_back(request, visit, language),
            section=section,
            company=self._settings.company,
            canonical=None,
            chat_user=pass_of(visit, self._secret, self._lasting) if visit else "",
            dress=self._theme.dress(language),
            home=HELP[language],
            other={
                code: _elsewhere(request, section, language, code, to=values.get("to"), draft=values.get("draft"))
                for code in PATHS
                if code != language
            },
            **values,
        )
        response = web.Response(text=unbroken(text), status=status, content_type="text/html")
        if notice:
            response.del_cookie(NOTICE, path=PATHS[language])
        return response

    def _given_back(self, request: web.Request, visit: Visit | None, language: str) -> str:
        """That what was typed when a visit had ended stands on this page again."""
        if visit is None or request.method != "GET" or not visit.typed_on(request.path):
            return ""
        return self.words(language)["kept_files" if visit.kept and visit.kept.files else "kept"]


def _elsewhere(
    request: web.Request, section: str, language: str, code: str, *, to: str | None, draft: str | None
) -> str:
    """The same page in another language, with what its address says, where it leads and what was typed in it."""
    # What a form shows again has no address of its own there, unless it says what it is about.
    if request.method == "POST" and section in ("details", "data") and not request.query_string:
        return translated(path_of(language, section), code)
    url = request.rel_url.without_query_params("to")
    if to is not None:
        path, mark, rest = to.partition("?")
        url = url.update_query({"to": translated(path, code) + mark + rest})
    if draft:
        url = url.update_query({"draft": draft})
    query = url.raw_query_string
    return translated(request.path, code) + (f"?{query}" if query and len(query) <= LONGEST_QUERY else "")
