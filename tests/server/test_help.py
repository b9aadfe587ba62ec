"""The help centre: articles as pages, in both languages, safe whatever was written in them."""

from __future__ import annotations

import hashlib

from crm_backend.knowledge import services
from crm_backend.knowledge.model import DIMENSIONS
from crm_backend.knowledge.schema import Draft
from server.app import Parts
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
