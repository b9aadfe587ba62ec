"""Articles, search, questions and canned replies through the API."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from crm_backend.knowledge import unanswered
from server.app import Parts
from tests.support.api import Program
from tests.support.samples import picture

ARTICLE = {
    "category": "api", "language": "fr", "title": "Renvoyer un bol",
    "summary": "Vous avez 30 jours.", "body": "## Comment\nImprimez l’étiquette.", "questions": ["comment renvoyer ?"],
}  # fmt: skip


@pytest.fixture(scope="module")
async def shelf(program: Program) -> dict[str, Any]:
    made = await program("POST", "/article-categories", {"key": "api", "names": {"fr": "Essais", "en": "Trials"}})
    assert made.status == 201, made.body
    return made.body


async def begun(program: Program, key: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    made = await program("POST", "/articles", {**ARTICLE, "key": key, "slug": key, **more})
    assert made.status == 201, made.body
    (version,) = await program.every(f"/article-versions?article_id={made.body['id']}")
    return made.body, version


async def published(program: Program, key: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    article, version = await begun(program, key, **more)
    done = await program("POST", f"/article-versions/{version['id']}/approve", {})
    assert (done.status, done.body["status"]) == (200, "published"), done.body
    return article, done.body


async def test_an_article_goes_from_draft_to_published_and_back(program: Program, shelf) -> None:
    article, version = await begun(program, "bowl")
    path = f"/article-versions/{version['id']}"
    assert (await program("PATCH", path, {"title": "x"})).status == 428
    changed = await program("PATCH", path, {"title": "Renvoyer un grand bol"}, If_Match='"1"')
    assert (changed.status, changed.body["title"]) == (200, "Renvoyer un grand bol"), changed.body
    assert (await program("PATCH", path, {"title": "y"}, If_Match='"1"')).status == 412
    assert (await program("POST", f"{path}/submit")).body["status"] == "in_review"
    refused = await program("PATCH", path, {"title": "y"}, If_Match='"3"')
    assert (refused.status, refused.body["reason"]) == (409, "version_status")
    assert (await program("POST", f"{path}/approve", {})).body["status"] == "published"
    following = await program(
        "POST", "/article-versions", {"article_id": article["id"], "language": "fr", "title": "Faux"}
    )
    assert (following.status, following.body["number"], following.body["based_on"]) == (201, 2, 1), following.body
    await program("POST", f"/article-versions/{following.body['id']}/approve", {})
    told = await program("GET", f"/articles/{article['id']}/difference?language=fr&old=1&new=2")
    assert [(change["field"], change["pieces"][-1]) for change in told.body["changes"]] == [
        ("title", {"kind": "added", "text": "Faux"})
    ]
    back = await program("POST", f"/articles/{article['id']}/roll-back", {"language": "fr", "number": 1})
    assert (back.status, back.body["number"], back.body["title"]) == (201, 3, "Renvoyer un grand bol"), back.body
    read = await program("GET", f"/articles/{article['id']}")
    (side,) = read.body["languages"]
    assert (side["title"], side["slug"], side["published"], side["open"]) == ("Renvoyer un grand bol", "bowl", 3, None)
    assert read.body in await program.every("/articles?category=api&limit=1")
    notices = (await program("GET", f"/twin-notices?article_id={article['id']}")).body["items"]
    assert [(notice["language"], notice["kind"]) for notice in notices] == [("en", "missing")]


async def test_search_tells_the_passage_and_why(program: Program, make_program, shelf) -> None:
    await published(program, "mugs", title="Laver les tasses", summary="À la main.", audience="agents")
    found = await program("GET", "/knowledge/search?q=laver+tasess&language=fr")
    assert found.status == 200, found.body
    first = found.body["items"][0]
    assert (first["key"], first["audience"], first["url"]) == ("mugs", "agents", None)
    ways = {(match["word"], match["read_as"], match["how"]) for match in first["matches"]}
    assert ways == {("laver", "laver", "word"), ("tasess", "tasses", "typo")}
    other = await make_program(["catalogue.read"])
    for path in ("/knowledge/search?q=laver&language=fr", "/articles", "/article-versions", "/canned-replies"):
        assert (await other("GET", path)).status == 403


async def test_what_is_wrong_is_told_with_its_field(program: Program, shelf) -> None:
    article, version = await begun(program, "wrong")
    for path, body, field in (
        ("/articles", {**ARTICLE, "key": "wrong", "slug": "wrong"}, "key"),
        ("/articles", {**ARTICLE, "key": "No", "slug": "no"}, "key"),
        ("/articles", {**ARTICLE, "key": "a", "slug": "a", "category": "nowhere"}, "category"),
        (f"/article-versions/{version['id']}/approve", {"publish_at": "2190-01-01T00:00:00Z"}, "publish_at"),
        (f"/article-versions/{version['id']}/approve", {"expire_at": "2001-01-01T00:00:00Z"}, "expire_at"),
        ("/synonyms", {"language": "fr", "terms": ["et", "ou"]}, "terms.0"),
        ("/canned-replies", {"shortcut": "a", "titles": {"fr": "a"}, "texts": {"fr": "{customer.age}"}}, "texts.fr"),
        ("/canned-replies", {"shortcut": "a", "titles": {}, "texts": {"fr": "a"}}, "titles.fr"),
    ):
        answer = await program("POST", path, body)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, field), (path, answer.body)
        assert answer.body["errors"][0]["detail"] != "That value won’t do."
    twice = await program("POST", "/article-versions", {"article_id": article["id"], "language": "fr"})
    assert (twice.status, twice.body.get("reason")) == (409, "draft_open"), twice.body


async def test_shelves_synonyms_and_test_questions(program: Program, shelf) -> None:
    child = await program(
        "POST", "/article-categories", {"key": "child", "names": {"fr": "a", "en": "b"}, "parent_id": shelf["id"]}
    )
    path = f"/article-categories/{child.body['id']}"
    loop = await program("PATCH", path, {"parent_id": child.body["id"]}, If_Match='"1"')
    assert (loop.status, loop.body["errors"][0]["reason"]) == (422, "category_circle")
    assert (await program("DELETE", path, If_Match='"1"')).status == 204
    words = await program("POST", "/synonyms", {"language": "fr", "terms": ["bol", "jatte"]})
    assert words.status == 201, words.body
    changed = await program("PATCH", f"/synonyms/{words.body['id']}", {"terms": ["bol", "écuelle"]}, If_Match='"1"')
    assert changed.body["terms"] == ["bol", "écuelle"]
    article, _ = await published(program, "tested", title="Cafetières à piston", audience="public")
    asked = {"article_id": article["id"], "language": "fr", "question": "cafetière à piston"}
    assert (await program("POST", "/article-tests", asked)).status == 201
    ran = await program("POST", "/article-tests/run", {"article_id": article["id"]})
    assert ran.body["shares"][0] == {"language": "fr", "questions": 1, "first": 1, "among_first": 1}, ran.body
    given = await program(
        "POST", f"/articles/{article['id']}/opinions", {"language": "fr", "helpful": False, "reason": "unclear"}
    )
    assert given.status == 204
    assert [each["reason"] for each in await program.every(f"/article-opinions?article_id={article['id']}")] == [
        "unclear"
    ]
    use = (await program("GET", "/article-use")).body["items"]
    assert [(each["unhelpful"]) for each in use if each["key"] == "tested"] == [1]


async def test_unanswered_questions_become_a_draft(program: Program, house: Parts, shelf) -> None:
    async with house.sessions.begin() as session:
        group = await unanswered.note(
            session, question="louez-vous des canapés ?", language="fr", source="help", vector=[1.0] + [0.0] * 383
        )
    assert group in [type(group)(each["id"]) for each in await program.every("/question-groups?status=open")]
    asked = (await program("GET", f"/question-groups/{group}/questions")).body["items"]
    assert [each["text"] for each in asked] == ["louez-vous des canapés ?"]
    made = await program("POST", f"/question-groups/{group}/draft", {"key": "rent", "category": "api"})
    assert (made.status, made.body["questions"]) == (201, ["louez-vous des canapés ?"]), made.body
    settled = await program("POST", f"/question-groups/{group}/settle", {"status": "dismissed"})
    assert (settled.status, settled.body["status"]) == (200, "dismissed")


async def test_a_canned_reply_is_filled_in_or_says_what_is_missing(program: Program, house: Parts) -> None:
    async with house.sessions.begin() as session:
        customer = Customer(id=new_id(), first_name="Marie", last_name="Durand")
        identity = Identity(id=new_id(), kind="webchat", value="canned-test", customer=customer)
        conversation = Conversation(
            id=new_id(), channel="webchat", address="a", identity=identity, customer=customer, proof="verified"
        )
        session.add_all([customer, identity, conversation])
    text = "Bonjour {customer.first_name}, votre commande {order.number}."
    made = await program(
        "POST",
        "/canned-replies",
        {"shortcut": "late", "titles": {"fr": "Retard"}, "texts": {"fr": text}, "teams": ["vip"]},
    )
    assert made.status == 201, made.body
    path = f"/canned-replies/{made.body['id']}"
    filled = await program("POST", f"{path}/render", {"conversation_id": str(conversation.id)})
    assert filled.body == {
        "text": "Bonjour Marie, votre commande {order.number}.", "language": "fr", "missing": ["order.number"],
    }, filled.body  # fmt: skip
    assert [each["shortcut"] for each in await program.every("/canned-replies?team=vip&q=retard")] == ["late"]
    assert await program.every("/canned-replies?team=other") == []
    assert (await program("PATCH", path, {"archived": True}, If_Match='"1"')).body["archived"] is True
    assert (await program("GET", "/canned-placeholders")).body["items"][0]["name"] == "customer.first_name"
    assert (await program("DELETE", path, If_Match='"2"')).status == 204


async def test_a_picture_belongs_to_its_article(program: Program, shelf) -> None:
    article, _ = await begun(program, "pictured")
    form = aiohttp.FormData()
    form.add_field("file", picture(), filename="bol.png", content_type="image/png")
    kept = await program("POST", f"/articles/{article['id']}/files", form)
    assert (kept.status, kept.body["kind"]) == (201, "image"), kept.body
    listed = (await program("GET", f"/articles/{article['id']}/files")).body["items"]
    assert [file["id"] for file in listed] == [kept.body["id"]]
    assert (await program("DELETE", f"/articles/{article['id']}/files/{kept.body['id']}")).status == 204


async def test_a_preview_is_what_the_help_centre_shows_and_names_broken_links(program: Program, shelf) -> None:
    article, _ = await published(program, "plates")
    body = "> [!TIP]\n> Voir [](/articles/plates) et [cela](/articles/gone).\n\n<script>x</script>"
    shown = await program("POST", "/article-previews", {"language": "fr", "body": body})
    assert shown.status == 200, shown.body
    assert shown.body["broken"] == ["gone"]
    assert 'href="/fr/aide/plates"' in shown.body["html"] and "<script>" not in shown.body["html"]
    refused = await program("POST", "/articles", {**ARTICLE, "key": "forks", "slug": "forks", "body": body})
    (version,) = await program.every(f"/article-versions?article_id={refused.body['id']}")
    refused = await program("POST", f"/article-versions/{version['id']}/approve", {})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "body"), refused.body
    assert "gone" in refused.body["errors"][0]["detail"]
    figures = await program("GET", f"/articles/{article['id']}/figures?language=fr")
    assert figures.body == {"views": 0, "helpful": 0, "unhelpful": 0, "contacts": 0, "searches": []}
    assert (await program("GET", f"/articles/{article['id']}/referrers")).body == {"items": []}
