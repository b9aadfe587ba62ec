"""The help centre: articles as pages, in both languages, safe whatever was written in them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.attachments import services as attachments
from crm_backend.attachments.services import Looked
from crm_backend.database import utc_now
from crm_backend.knowledge import pictures, services
from crm_backend.knowledge.echo_model import ArticleOpinion, ArticleSearch, ArticleViews, UnansweredQuestion
from crm_backend.knowledge.model import DIMENSIONS, Article, Translation
from crm_backend.knowledge.schema import Draft
from server.app import Parts
from server.help.counting import ViewCounter
from tests.support import site


def embed(texts: list[str]) -> list[list[float]]:
    return [[byte / 128 - 1 for byte in hashlib.shake_256(text.encode()).digest(DIMENSIONS)] for text in texts]


async def published(server: Parts) -> None:
    drafts = [
        Draft(
            language="fr", slug="retour", title="Renvoyer <un> article", summary="30 jours.", body="## Comment\n" + BODY
        ),
        Draft(language="en", slug="return", title="Return an item", summary="30 days.", body="## How\n" + BODY),
    ]
    async with server.sessions() as session, session.begin():
        await services.publish(session, key="returns", category="returns", translations=drafts, embed=embed)


BODY = "<script>alert(1)</script> <b onclick=x>b</b> [bad](javascript:alert(1)) [good](https://example.com)\n"


async def page(server: Parts, path: str) -> tuple[int, str]:
    async with site.browser_session() as client, client.get(server.settings.address + path) as answer:
        return answer.status, await answer.text()


async def test_an_article_is_a_page_in_each_language_and_points_to_the_other(server: Parts) -> None:
    await published(server)
    for path, title, other in (
        ("/fr/aide/retour", "Renvoyer &lt;un&gt; article", "/en/help/return"),
        ("/en/help/return", "Return an item", "/fr/aide/retour"),
    ):
        status, html = await page(server, path)
        assert status == 200 and title in html and other in html and f'lang="{path[1:3]}"' in html


async def test_what_is_written_in_an_article_runs_nowhere(server: Parts) -> None:
    await published(server)
    _, html = await page(server, "/fr/aide/retour")
    assert "<script>alert" not in html and "<b onclick" not in html and 'href="javascript:' not in html
    assert 'href="https://example.com"' in html


async def test_the_home_lists_every_article_of_its_language(server: Parts) -> None:
    await published(server)
    _, html = await page(server, "/en/help")
    assert "Return an item" in html and "Renvoyer" not in html


async def test_an_article_that_is_gone_says_so_in_its_language(server: Parts) -> None:
    status, html = await page(server, "/fr/aide/perdu")
    assert status == 404 and "Cette page n’existe pas, ou plus." in html
    status, html = await page(server, "/en/help/retour")
    assert status == 404 and "This page doesn’t exist" in html


async def post(server: Parts, path: str, form: dict[str, str], **headers: str) -> tuple[int, str]:
    async with (
        site.browser_session() as client,
        client.post(server.settings.address + path, data=form, headers=headers, allow_redirects=False) as answer,
    ):
        return answer.status, answer.headers.get("Location", "")


async def test_a_reader_says_whether_an_article_helped_and_why_not(server: Parts) -> None:
    await published(server)
    status, location = await post(server, "/fr/aide/retour", {"helpful": "no"})
    assert (status, location) == (303, "/fr/aide/retour?opinion=no#opinion")
    _, html = await page(server, location)
    assert "Qu’est-ce qui n’allait pas" in html and 'value="outdated"' in html
    form = {"helpful": "no", "reason": "outdated", "comment": "appelez le 0612345678"}
    _, location = await post(server, "/fr/aide/retour", form)
    assert "Merci de nous l’avoir dit." in (await page(server, location))[1]
    async with server.sessions() as session:
        (kept,) = list(await session.scalars(select(ArticleOpinion)))
    assert (kept.helpful, kept.reason, kept.comment, kept.source) == (False, "outdated", "appelez le [#]", "help")
    assert (await post(server, "/fr/aide/retour", form, **{"Sec-Fetch-Site": "cross-site"}))[0] == 403
    assert (await post(server, "/fr/aide/perdu", {"helpful": "yes"}))[0] == 404
    assert (await post(server, "/fr/aide/retour", {}, **{"Content-Type": "multipart/form-data"}))[0] == 400


async def test_a_search_that_finds_nothing_is_kept_and_readers_are_counted(server: Parts) -> None:
    await published(server)
    _, html = await page(server, "/fr/aide?q=vendez-vous+des+girafes+au+0612345678")
    assert "Aucun article ne répond" in html
    _, html = await page(server, "/fr/aide?q=renvoyer+article")
    assert "/fr/aide/retour?q=renvoyer+article" in html
    for _ in range(3):
        await page(server, "/fr/aide/retour")
    async with server.sessions() as session:
        assert list(await session.scalars(select(UnansweredQuestion.text))) == ["vendez-vous des girafes au [#]"]
        assert list(await session.scalars(select(ArticleViews.views))) == []


async def test_views_are_written_together(server: Parts) -> None:
    await published(server)
    async with server.sessions() as session:
        article_id = await session.scalar(select(Article.id))
    counter = ViewCounter(server.sessions, ZoneInfo("Europe/Paris"), every=0)
    for searched in ("", "Renvoyer la MT-10482", "renvoyer la MT-20999"):
        counter.seen(article_id, "fr", searched=searched)
    await counter.close()
    async with server.sessions() as session:
        assert list(await session.scalars(select(ArticleViews.views))) == [3]
        kept = await session.execute(select(ArticleSearch.text, ArticleSearch.times))
        assert kept.tuples().all() == [("renvoyer la [#]", 2)]


async def test_pictures_of_the_article_are_shown_by_signed_addresses_and_no_others(server: Parts) -> None:
    await published(server)
    own, other = uuid4(), uuid4()
    async with server.sessions.begin() as session:
        for file_id in (own, other):
            looked = Looked(kind="image", media_type="image/png", name="a.png", size=1, sha256="0" * 64)
            await attachments.add(session, file_id, looked, uploaded_by="command-line")
        article_id = await session.scalar(select(Article.id))
        await pictures.attach(session, actor=COMMAND_LINE, article_id=article_id, file_id=own)
        text = await session.scalar(select(Translation).where(Translation.language == "fr"))
        text.body = f"![un bol](/files/{own}) ![caché](/files/{other}) ![espion](https://example.com/pixel.png)"
    _, html = await page(server, "/fr/aide/retour")
    assert f'src="/files/{own}?until=' in html and 'alt="un bol"' in html
    assert str(other) not in html and "example.com" not in html and "espion" in html


async def test_pages_tell_machines_where_they_stand_and_are_sent_once(server: Parts) -> None:
    await published(server)
    _, html = await page(server, "/fr/aide/retour")
    address = server.settings.address
    assert f'<link rel="canonical" href="{address}/fr/aide/retour">' in html
    assert f'hreflang="en" href="{address}/en/help/return"' in html and '"@type": "BreadcrumbList"' in html
    assert '<h2 id="comment">Comment</h2>' in html and "Renvoyer \\u003cun\\u003e article" in html
    _, listed = await page(server, "/sitemap.xml")
    assert listed.count("<loc>") == 4 and f"<loc>{address}/en/help/return</loc>" in listed
    async with site.browser_session() as client:
        async with client.get(address + "/fr/aide/retour") as first:
            tag = first.headers["ETag"]
        async with client.get(address + "/fr/aide/retour", headers={"If-None-Match": tag}) as second:
            assert second.status == 304
        await renamed(server)
        async with client.get(address + "/fr/aide/retour", allow_redirects=False) as moved:
            assert (moved.status, moved.headers["Location"]) == (301, "/fr/aide/renvoyer")
        async with client.get(address + "/en/help/return", headers={"If-None-Match": tag}) as fresh:
            assert fresh.status == 200 and "/fr/aide/renvoyer" in await fresh.text()


async def test_what_was_published_at_the_same_time_as_something_else_is_read_too(server: Parts) -> None:
    await published(server)
    other = Draft(language="fr", slug="autre", title="Autre", summary="Oui.", body="Oui.")
    async with server.sessions() as session, session.begin():
        await services.publish(session, key="other", category="returns", translations=[other], embed=embed)
        # Stamped after what follows, and there before it: as on another server whose clock is ahead.
        late = update(Article).where(Article.key == "other").values(updated_at=utc_now() + timedelta(minutes=1))
        await session.execute(late)
    assert "Renvoyer &lt;un&gt; article" in (await page(server, "/fr/aide/retour"))[1]
    draft = Draft(language="fr", slug="retour", title="Renvoyer un bol", summary="30 jours.", body="Oui.")
    async with server.sessions() as session, session.begin():
        await services.publish(session, key="returns", category="returns", translations=[draft], embed=embed)
    assert "Renvoyer un bol" in (await page(server, "/fr/aide/retour"))[1]


async def renamed(server: Parts) -> None:
    draft = Draft(language="fr", slug="renvoyer", title="Renvoyer", summary="30 jours.", body="Oui.")
    async with server.sessions() as session, session.begin():
        await services.publish(session, key="returns", category="returns", translations=[draft], embed=embed)


async def test_the_search_page_takes_any_words_and_answers_in_the_other_language(server: Parts) -> None:
    await published(server)
    _, html = await page(server, "/fr/aide?q=renvoyer+articel")
    assert "Vouliez-vous dire" in html and ">renvoyer article</a>" in html and "<mark>" not in html.split("</form>")[0]
    _, html = await page(server, "/fr/aide?q=return+an+item")
    assert "Seul un article en anglais" in html and "/en/help/return?q=" in html
    for words in (
        "%27%22)%3B--",
        "%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "!!!",
        "a+" * 3000,
    ):
        status, html = await page(server, f"/fr/aide?q={words}")
        assert status == 200 and "<script>alert" not in html and "data-ask" in html
    status, text = await page(server, "/fr/aide/-/suggestions?q=renvo")
    assert status == 200 and "/fr/aide/retour?q=renvo" in text
    for words in ("artic", "renvoyr+un+articl", "%22renvoyer%22+OR+1%3D1", "un+ARTICLE+%C3%A0+renvoyer+" + "x" * 5000):
        status, text = await page(server, f"/fr/aide/-/suggestions?q={words}")
        assert status == 200 and "/fr/aide/retour?q=" in text
    assert await page(server, "/fr/aide/-/suggestions?q=%D0%BF%D1%80%D0%B8") == (200, '{"items": []}')


async def test_who_asks_for_too_much_is_told_so_in_their_language_and_still_reads_what_is_kept(
    server: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await published(server)
    first = await page(server, "/fr/aide/retour")
    monkeypatch.setattr("server.help.pages.SEARCH", 1_000_000)
    monkeypatch.setattr("server.help.pages.PAGE", 1_000_000)
    assert await page(server, "/fr/aide/retour") == first
    status, html = await page(server, "/fr/aide?q=renvoyer+%3Cun%3E+bol")
    assert status == 429 and "Réessayez dans" in html and 'value="renvoyer &lt;un&gt; bol"' in html
    status, html = await page(server, "/en/help/return")
    assert status == 429 and "Please try again" in html and 'lang="en"' in html
    assert await page(server, "/en/help/-/suggestions?q=return") == (200, '{"items": []}')
    assert (await page(server, "/en/help"))[0] == 200


async def test_the_home_shows_what_was_just_published(server: Parts) -> None:
    await published(server)
    assert "Renvoyer &lt;un&gt; article" in (await page(server, "/fr/aide"))[1]
    await renamed(server)
    assert "/fr/aide/renvoyer" in (await page(server, "/fr/aide"))[1]
