"""The help centre's pages: home with search, and articles. Rendered on the server, readable without JavaScript."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import nh3
from aiohttp import web
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from crm_backend.catalogue.words import category_name
from crm_backend.conversations.texts import shorten
from crm_backend.database import Sessions
from crm_backend.errors import NotFound
from crm_backend.knowledge import search, services
from crm_backend.knowledge.schema import PATHS, ArticleLink, path_of
from server.embedding import Embedder

CATEGORIES = {
    "delivery": {"fr": "Livraison", "en": "Delivery"},
    "orders": {"fr": "Commandes", "en": "Orders"},
    "returns": {"fr": "Retours et échanges", "en": "Returns and exchanges"},
    "refunds": {"fr": "Remboursements", "en": "Refunds"},
    "warranty": {"fr": "Garantie et réparation", "en": "Guarantee and repairs"},
    "payment": {"fr": "Paiement et factures", "en": "Payment and invoices"},
    "account": {"fr": "Compte et fidélité", "en": "Account and loyalty"},
    "privacy": {"fr": "Données personnelles", "en": "Privacy"},
    "shops": {"fr": "Boutiques", "en": "Shops"},
    "care": {"fr": "Entretien", "en": "Care"},
    "products": {"fr": "Produits", "en": "Products"},
    "gifts": {"fr": "Cadeaux", "en": "Gifts"},
    "service": {"fr": "Service client", "en": "Customer service"},
}
WORDS = {
    "fr": {
        "title": "Aide",
        "ask": "Quelle est votre question\u00a0?",
        "placeholder": "délai de livraison, retour, facture…",
        "search": "Chercher",
        "results": "Réponses pour «\u00a0{query}\u00a0»",
        "nothing": "Aucun article ne répond à «\u00a0{query}\u00a0». Posez la question à l’assistant, en bas à droite.",
        "updated": "Mis à jour le {date}",
        "home": "Toute l’aide",
        "other": "English",
        "shop": "La boutique",
        "missing": "Cette page n’existe pas, ou plus.",
    },
    "en": {
        "title": "Help",
        "ask": "What’s your question?",
        "placeholder": "delivery times, returns, invoice…",
        "search": "Search",
        "results": "Answers for “{query}”",
        "nothing": "No article answers “{query}”. Ask the assistant, at the bottom right.",
        "updated": "Updated on {date}",
        "home": "All help",
        "other": "Français",
        "shop": "The shop",
        "missing": "This page doesn’t exist, or no longer does.",
    },
}
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
FOUND_AT_MOST, FOUND_AT_LEAST = 6, 0.3
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def typeset(text: str) -> str:
    """The text with the apostrophes of print: authors type the straight one."""
    return re.sub(r"(?<=\w)'(?=\w)", "’", text)


def _place(link: ArticleLink) -> tuple[int, str]:
    """What customers ask most comes first; categories of the company's own come after ours."""
    known = list(CATEGORIES)
    return (known.index(link.category) if link.category in known else len(known), link.category)


class HelpCentre:
    """The pages and what they need."""

    def __init__(self, *, sessions: Sessions, embedder: Embedder, company: str, zone: ZoneInfo) -> None:
        self._sessions, self._embedder, self._company, self._zone = sessions, embedder, company, zone
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._templates.filters["typeset"] = typeset

    def routes(self) -> list[web.RouteDef]:
        """`/fr/aide…` and `/en/help…`"""
        found = []
        for language in PATHS:
            found.append(web.get(PATHS[language], self._home(language)))
            found.append(web.get(PATHS[language] + "/{slug}", self._article(language)))
        return found

    def _home(self, language: str) -> Any:
        async def home(request: web.Request) -> web.Response:
            query = shorten(request.query.get("q", "")[:300], 200)
            async with self._sessions() as session:
                links = await services.listing(session, language=language)
                results = await self._search(session, query, language) if query else []
            groups = [
                (CATEGORIES.get(key, {}).get(language) or category_name(key, language), list(group))
                for key, group in groupby(sorted(links, key=_place), key=lambda link: link.category)
            ]
            other = {code: path for code, path in PATHS.items() if code != language}
            return self._page("home.html", language, other=other, groups=groups, query=query, results=results)

        return home

    async def _search(self, session: Any, query: str, language: str) -> list[dict[str, str]]:
        vector = await self._embedder.one(query)
        found = await search.best(session, question=query, language=language, vector=vector, limit=FOUND_AT_MOST)
        return [
            {"title": one.title, "summary": one.summary, "url": path_of(one.language, one.slug)}
            for one in found
            if one.score >= FOUND_AT_LEAST
        ]

    def _article(self, language: str) -> Any:
        async def article(request: web.Request) -> web.Response:
            try:
                async with self._sessions() as session:
                    page = await services.page(session, language=language, slug=request.match_info["slug"])
            except NotFound:
                return self._page("missing.html", language, other={}, status=404)
            other = {code: path for code, path in page.addresses.items() if code != language}
            date = format_date(page.updated_at.astimezone(self._zone), "long", locale=LOCALES[language])
            body = Markup(nh3.clean(_markdown.render(typeset(page.body))))  # noqa: S704  cleaned on the spot
            return self._page("article.html", language, other=other, page=page, body=body, date=date)

        return article

    def _page(self, name: str, language: str, *, status: int = 200, **values: Any) -> web.Response:
        text = self._templates.get_template(name).render(
            language=language,
            company=self._company,
            words=WORDS[language],
            home=PATHS[language],
            **values,
        )
        return web.Response(text=text, status=status, content_type="text/html")
