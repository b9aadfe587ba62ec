"""What a text would look like in the help centre, and what stands in the way of its publication."""

from __future__ import annotations

from uuid import UUID

from crm_backend.knowledge import links, pictures, reading
from server.api import Call, In, Out
from server.api.nouns.knowledge.shared import Audience, Body, Language, noun
from server.help.rendering import rendered


class PreviewIn(In):
    """`article_id` gives its files and readers; a text that has no article yet is for `audience`."""

    language: Language
    body: Body
    article_id: UUID | None = None
    audience: Audience = "public"


class PreviewOut(Out):
    """`html` is safe to show. `broken` names the links that would lead nowhere: publication is refused with them."""

    html: str
    broken: list[str]


@noun.post("/article-previews", needs="knowledge.read", fr="Voir le rendu d’un texte", en="Preview a text", status=200)
async def preview_article(call: Call, body: PreviewIn) -> PreviewOut:
    """As the help centre renders it. Nothing is kept."""
    article = None
    if body.article_id is not None:
        article = await reading.article(call.session, actor=call.actor, article_id=body.article_id)
    seen = links.seen_by(article.audience if article else body.audience)
    to = await links.targets(call.session, body.body, language=body.language, audiences=seen)
    files = await pictures.of(call.session, article.id) if article else []
    html = rendered(body.body, language=body.language, files=files, link=call.means.files.path, to=to)
    return PreviewOut(html=html, broken=links.broken(body.body, to, own=article.key if article else None))


class ReferrerOut(Out):
    article_id: UUID
    key: str
    language: Language
    title: str


class ReferrersOut(Out):
    items: list[ReferrerOut]


@noun.get(
    "/articles/{article_id}/referrers",
    needs="knowledge.read",
    fr="Articles qui renvoient à celui-ci",
    en="Articles that link to this one",
)
async def list_article_referrers(call: Call, article_id: UUID) -> ReferrersOut:
    """At most 100 published texts."""
    article = await reading.article(call.session, actor=call.actor, article_id=article_id)
    found = await links.referrers(call.session, actor=call.actor, key=article.key)
    return ReferrersOut(items=[ReferrerOut.model_validate(one) for one in found])
