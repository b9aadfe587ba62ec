"""What pages of the help centre tell besides their words: anchors, structured data, the sitemap, what is unchanged."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Sequence
from itertools import groupby
from xml.sax.saxutils import escape

from aiohttp import web
from markupsafe import Markup

from crm_backend.knowledge.browsing import Address
from crm_backend.knowledge.schema import PATHS, ArticlePage
from server.help.excerpts import folded

_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def anchored(body: str) -> tuple[Markup, Markup, list[tuple[str, Markup]]]:
    """What stands before the first heading, the rest with a name for each heading, and the names with the headings.
    `body` is safe HTML."""
    contents: list[tuple[str, Markup]] = []
    taken: set[str] = {"content", "opinion", "contents", "related", "q"}

    def name(match: re.Match[str]) -> str:
        words = _TAG.sub("", match[1])
        anchor = first = re.sub(r"[^a-z0-9]+", "-", folded(html.unescape(words))).strip("-") or "section"
        while anchor in taken:
            anchor = f"{first}-{len(taken)}"
        taken.add(anchor)
        contents.append((anchor, Markup(words)))  # noqa: S704  escaped by the Markdown renderer, without its tags
        return f'<h2 id="{anchor}">{match[1]}</h2>'

    lead, heading, rest = _HEADING.sub(name, body).partition("<h2 id=")
    return Markup(lead), Markup(heading + rest), contents  # noqa: S704  as safe as it came


def structured(page: ArticlePage, shelf: str, title: str, address: str) -> list[Markup]:
    """What the article is and where it stands, in the words of schema.org."""
    home = PATHS[page.language]
    steps = [(title, home), (shelf, f"{home}?category={page.category}"), (page.title, page.addresses[page.language])]
    question = {
        "@type": "Question",
        "name": page.title,
        "acceptedAnswer": {"@type": "Answer", "text": page.summary},
    }
    faq = {"@type": "FAQPage", "inLanguage": page.language, "dateModified": page.updated_at.isoformat()}
    crumbs = [
        {"@type": "ListItem", "position": place, "name": name, "item": address + path}
        for place, (name, path) in enumerate(steps, 1)
    ]
    told = [{**faq, "mainEntity": [question]}, {"@type": "BreadcrumbList", "itemListElement": crumbs}]
    return [_script({"@context": "https://schema.org", **one}) for one in told]


def _script(value: object) -> Markup:
    # What ends the element or begins a comment in it is written otherwise.
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(text)  # noqa: S704


def sitemap(pages: Sequence[Address], address: str) -> str:
    """All pages with their twins."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    homes = "".join(_alternate(language, address + path) for language, path in PATHS.items())
    lines += [f"<url><loc>{escape(address + path)}</loc>{homes}</url>" for path in PATHS.values()]
    for _, group in groupby(pages, key=lambda page: page.article_id):
        twins = list(group)
        others = "".join(_alternate(one.language, address + one.path) for one in twins)
        lines += [
            f"<url><loc>{escape(address + one.path)}</loc><lastmod>{one.updated_at:%Y-%m-%d}</lastmod>{others}</url>"
            for one in twins
        ]
    return "\n".join([*lines, "</urlset>", ""])


def _alternate(language: str, url: str) -> str:
    return f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(url)}"/>'


def fresh(request: web.Request, response: web.Response) -> web.Response:
    """The answer with a name for what it says, or 304 where the browser has that: it asks each time, so that what is
    published is read at once."""
    body = response.body if isinstance(response.body, bytes) else b""
    tag = hashlib.sha256(body).hexdigest()[:24]
    response.headers["Cache-Control"] = "no-cache"
    if response.status != 200:
        return response
    if any(each.value == tag for each in request.if_none_match or ()):
        return web.Response(status=304, headers={"ETag": f'"{tag}"', "Cache-Control": "no-cache"})
    response.etag = tag
    return response
