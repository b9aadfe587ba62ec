"""The contact form without JavaScript: articles first where one surely answers, then a message for a person."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select
from yarl import URL

from crm_backend.accounts.model import Account
from crm_backend.attachments.model import Attachment
from crm_backend.cases.model import Case
from crm_backend.contact_form.model import FormEnd
from crm_backend.conversations.model import Conversation, Message
from crm_backend.database import new_id
from server.app import Parts
from server.help import forms
from server.help.unbroken import unbroken
from tests.server.test_help import page, published
from tests.support import site

FORM = "/fr/aide/-/ecrire"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "SOONEST", 0)


@pytest.fixture
async def shop(server: Parts) -> Parts:
    await published(server)
    async with server.sessions.begin() as session:
        session.add(Account(channel="mail", name="main", enabled=True, source="environment"))
    return server


def fields(html: str) -> dict[str, str]:
    """What the form brings along by itself."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    return {name: value.replace("&amp;", "&") for name, value in found.items()}


async def post(
    server: Parts, given: dict[str, str], *files: tuple[str, bytes], path: str = FORM, **headers: str
) -> tuple[int, str, str]:
    body = aiohttp.FormData(default_to_multipart=True)
    for name, value in given.items():
        body.add_field(name, value)
    for name, content in files or [("", b"")]:
        body.add_field("files", content, filename=name, content_type="application/octet-stream")
    async with (
        site.browser_session() as client,
        client.post(server.settings.address + path, data=body, headers=headers, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.text(), answer.headers.get("Location", "")


async def one(server: Parts, what: Any) -> Any:
    async with server.sessions() as session:
        return await session.scalar(select(what))


async def test_a_message_is_sent_with_files_after_an_article_was_offered(shop: Parts) -> None:
    _, html = await page(shop, FORM)
    assert "Écrire à une personne" in html and 'name="robots" content="noindex"' in html
    given = fields(html) | {"text": "Renvoyer un article", "email": "Marie@example.com"}
    given |= {"name": "Marie", "order": "MT-10482", "topic": "returns"}
    # What is amiss is said, and nothing is lost over it.
    status, html, _ = await post(
        shop, given | {"email": "marie@", "order": "?"}, ("lampe.png", PNG), ("a.exe", b"MZ\x90\0" * 50)
    )
    assert status == 422 and 'value="marie@"' in html and "e-mail</span> ne semble pas complète." in html
    assert "numéro de commande. Laissez vide" in html and "une photo ou un PDF conviennent" in html
    assert "Déjà joints\u00a0: lampe.png" in html
    # Without JavaScript an article that surely answers is shown once.
    status, html, _ = await post(shop, given | fields(html))
    assert status == 200 and "Renvoyer &lt;un&gt; article" in html and 'name="answered" value="retour"' in html
    assert await one(shop, func.count(Message.id)) == 0
    given |= fields(html)
    status, _, done = await post(shop, given)
    assert status == 303
    _, html = await page(shop, done)
    number = await one(shop, Case.number)
    assert "Votre message est bien arrivé" in html and number in html and "au plus tard" in html
    # Sent twice is sent once.
    assert number in (await page(shop, (await post(shop, given))[2]))[1]
    async with shop.sessions() as session:
        (message,) = await session.scalars(select(Message).where(Message.author == "customer"))
        (talk,) = await session.scalars(select(Conversation))
        (end,) = await session.scalars(select(FormEnd))
        (file,) = await session.scalars(select(Attachment))
    assert (message.text, message.details["form"]["order_number"]) == (given["text"], "MT10482")
    assert (talk.channel, talk.proof, talk.subject, talk.customer_id) == ("mail", "anonymous", "Returns", None)
    assert (talk.owner, talk.address, file.message_id) == ("queue:support", "marie@example.com", message.id)
    assert (end.outcome, end.suggested, end.who_hash) == ("sent", True, None)


async def test_who_came_from_an_article_is_not_offered_it_again_and_sends_at_once(shop: Parts) -> None:
    _, html = await page(shop, "/fr/aide/retour?opinion=no")
    assert html.count(f'href="{FORM}?from=retour"') == 2
    _, html = await page(shop, f"{FORM}?from=retour")
    assert '<option value="returns" selected>' in html
    given = fields(html) | {"text": "Renvoyer un article", "email": "paul@example.com"}
    async with (
        site.browser_session() as client,
        client.post(shop.settings.address + FORM + "/articles", data={"text": given["text"]}) as answer,
    ):
        assert [item["slug"] for item in (await answer.json())["items"]] == ["retour"]
    async with (
        site.browser_session() as client,
        client.post(
            shop.settings.address + FORM + "/articles", data={"text": given["text"], "from": "retour"}
        ) as answer,
    ):
        assert (await answer.json())["items"] == []
    assert (await post(shop, given))[0] == 303
    async with shop.sessions() as session:
        (message,) = await session.scalars(select(Message).where(Message.author == "customer"))
        (end,) = await session.scalars(select(FormEnd))
    assert message.details["page"]["url"].endswith("/fr/aide/retour") and end.article_id and not end.suggested


async def test_an_article_that_answers_ends_it_without_a_message(shop: Parts) -> None:
    for email, fate in (("luc@example.com", "open"), ("", "unknown")):
        given = fields((await page(shop, FORM))[1]) | {"text": "x", "email": email, "answered": "retour"}
        status, _, done = await post(shop, given)
        assert status == 303 and "Rien n’a été envoyé" in (await page(shop, done))[1]
        async with shop.sessions() as session:
            end = await session.scalar(select(FormEnd).where(FormEnd.fate == fate))
        assert end is not None and end.article_id is not None and "luc" not in (end.who_hash or "")
    assert await one(shop, func.count(Message.id)) == 0


async def test_programs_and_strangers_send_nothing(shop: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    html = (await page(shop, FORM))[1]
    given = fields(html) | {"text": "Bonjour, où est mon colis ?", "email": "bot@example.com", "from": "x"}
    assert (await post(shop, given, **{"Sec-Fetch-Site": "cross-site"}))[0] == 403
    for change, said in (
        ({"website": "https://spam.example"}, "Un champ caché a été rempli"),
        ({"seal": given["seal"][:-1] + "x"}, "Rien n’est perdu"),
        ({"seal": ""}, "Rien n’est perdu"),
        ({"email": "a@b.fr\nBcc: c@d.fr"}, "ne semble pas complète"),
        ({"text": " \u200b "}, "Écrivez votre message."),
        ({"text": "x" * 20_000}, "10000 caractères au plus"),
    ):
        status, html, _ = await post(shop, given | change)
        assert status == 422 and said in html, change
    monkeypatch.setattr(forms, "SOONEST", 60)
    status, html, _ = await post(shop, given)
    assert status == 422 and "rien n’est encore parti" in html
    assert (await page(shop, FORM + "?done=sent~C-1~0~00"))[0] == 200
    assert await one(shop, func.count(Message.id)) == 0


async def test_what_no_form_of_ours_sends_is_refused_and_breaks_nothing(shop: Parts) -> None:
    status, _ = await page(shop, f"{FORM}?done=x~%C3%A9")
    assert status == 200
    _, html = await page(shop, FORM)
    given = fields(html) | {"text": "Bonjour", "email": "marie@", "from": "\0", "kept": "~é|é"}
    status, html, _ = await post(shop, given, ("lampe.png", PNG))
    assert status == 422
    kept = fields(html)["kept"]
    again = fields(html) | {"text": "Bonjour", "email": "marie@example.com", "seen": "1", "kept": f"{kept}|{kept}"}
    assert (await post(shop, again))[0] == 303 and await one(shop, func.count(Attachment.id)) == 1
    async with site.browser_session() as client:
        for kind in ("application/x-www-form-urlencoded; charset=none", "multipart/form-data; boundary=X"):
            async with client.post(
                shop.settings.address + FORM, data=b"--X\r\nx\r\n\r\n\r\n--X--", headers={"Content-Type": kind}
            ) as answer:
                assert answer.status == 400


async def test_an_address_has_had_enough_before_an_office_has(shop: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    for turn in range(7):
        given = fields((await page(shop, FORM))[1]) | {"text": f"Bonjour {turn}", "email": "a@example.com", "from": "x"}
        status, html, _ = await post(shop, given)
    assert status == 429 and "Bonjour 6" in html and "réessayez dans une minute" in html
    given = fields((await page(shop, FORM))[1]) | {"text": "Bonjour", "email": "b@example.com", "from": "x"}
    assert (await post(shop, given))[0] == 303


async def test_without_a_mailbox_nothing_is_promised(server: Parts) -> None:
    status, html = await page(server, "/en/help/-/write")
    assert status == 200 and "e-mail</span> at the moment." in html and "<textarea" not in html


async def test_who_is_signed_in_or_has_a_chat_here_is_known_again(shop: Parts) -> None:
    seals = forms.Seals(shop.core.company.secret)
    who = forms.said_of(new_id(), ["marie@example.com"], seals)
    given = fields((await page(shop, FORM))[1]) | {"text": "x", "answered": "retour", "visitor": "a token"}
    assert (await post(shop, given | {"who": who}))[0] == 303
    forged = fields((await page(shop, FORM))[1]) | {"text": "x", "answered": "retour", "who": "who~x~y"}
    assert (await post(shop, forged))[0] == 303
    async with shop.sessions() as session:
        known = {end.fate: (end.who_hash or "").split() for end in await session.scalars(select(FormEnd))}
    assert {fate: len(marks) for fate, marks in known.items()} == {"open": 3, "unknown": 0}


def test_references_are_not_broken_where_a_line_ends() -> None:
    head, tail = "<title>C-2026-000001</title>", "<textarea>e-mail</textarea>"
    whole = '<span class="whole">{}</span>'.format
    assert unbroken(f'{head}<a title="e-mail">C-2026-000001</a> e-mails, be-mail {tail}') == (
        f'{head}<a title="e-mail">{whole("C-2026-000001")}</a> {whole("e-mails")}, be-mail {tail}'
    )


async def test_an_address_that_nothing_can_mean_gets_a_page_in_its_language(shop: Parts) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml"}
    for path, headers, status, said in (
        ("/fr/aide/a%00b", {}, 400, "Cette adresse ne mène nulle part"),
        ("/en/help?q=%00", {}, 400, "This address leads nowhere"),
        ("/en/account/orders/%00?x=1", {}, 400, 'href="/en/account"'),
        ("/fr/compte?to=%00", browser, 400, "Cette adresse ne mène nulle part"),
        ("/fr/aide/%E9%FF", browser, 404, "Cette page n’existe pas"),
        ("/nowhere%00", browser | {"Accept-Language": "en"}, 400, "This address leads nowhere"),
        ("/nowhere", browser | {"Accept-Language": "en"}, 404, "This page doesn’t exist"),
        ("/fr/aide/-/suggestions?q=%00", {}, 400, '"code": "bad_input"'),
        ("/api/v1/cases/%00", browser, 400, '"code": "bad_input"'),
    ):
        url = URL(shop.settings.address + path, encoded=True)
        async with site.browser_session() as client, client.get(url, headers=headers) as answer:
            text = await answer.text()
        assert (answer.status, said in text) == (status, True), (path, text[:300])
