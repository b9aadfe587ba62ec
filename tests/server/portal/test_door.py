"""Signing in without a password, and everything that must not work."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from yarl import URL

from crm_backend.conversations.hiding import HIDDEN
from crm_backend.conversations.model import Message, OutboxItem
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.portal.model import PortalVisit
from crm_backend.proof_codes.model import ProofCode
from server.app import Parts
from server.loops.portal import PortalLoop
from server.portal.roads import way_back
from tests.server.portal.conftest import Portal
from tests.support.portal import AtPortal

pytestmark = pytest.mark.usefixtures("mailbox")
EMAIL, PHONE = "marie@example.fr", "+33639980001"


async def marie(server: Parts) -> UUID:
    """A customer with an e-mail address and a telephone number."""
    async with server.sessions.begin() as session:
        session.add(customer := Customer(id=new_id(), first_name="Marie", last_name="Durand"))
        await session.flush()
        for kind, value in (("email", "Marie@Example.fr"), ("phone", PHONE)):
            session.add(Identity(kind=kind, value=value, customer_id=customer.id, is_primary=True))
    return customer.id


async def sent(server: Parts, many: int = 1) -> list[str]:
    """The secrets that were sent, the code before the link, once there are so many."""
    for _ in range(200):
        async with server.sessions() as session:
            rows = await session.scalars(select(OutboxItem.secret).order_by(OutboxItem.created_at, OutboxItem.id))
            found = [str(each) for each in rows]
        if len(found) >= many:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"{len(found)} of {many} were sent")


async def asks(browser: AtPortal, who: str = EMAIL, **more: str) -> str:
    """The page on which the code is typed."""
    page = await browser.follow(await browser.post("door", who=who, **more))
    assert page.status == 200
    return page.text


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def test_a_code_signs_in_once_in_the_browser_that_asked(server: Parts, portal: Portal) -> None:
    owner = await marie(server)
    browser, thief = await portal(), await portal()
    wanted = await browser.get("data?x=1")
    assert wanted.to == "/fr/compte/entree?to=%2Ffr%2Fcompte%2Fdonnees%3Fx%3D1"
    await browser.get(wanted.to)
    assert f"Si {EMAIL} figure" in await asks(browser, " MARIE@example.fr ", to="/fr/compte/donnees?x=1")
    code, link = (await sent(server))[0].split("\n")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/fr/compte/lien/[\w-]{43}\?to=%2Ffr%2Fcompte%2Fdonnees%3Fx%3D1", link)
    async with server.sessions() as session:
        [message] = await session.scalars(select(Message).where(Message.author == "system"))
        assert message.text.count(HIDDEN) == 2 and code not in message.text
    asked = browser.client.cookie_jar.filter_cookies(URL(browser.address + "/fr/compte/"))["relais_demande"].value
    assert (await thief.post("code", code=code)).status == 422
    wrong = await browser.post("code", code=other(code))
    assert wrong.status == 422 and "Ce n’est pas ce code" in wrong.text
    done = await browser.post("code", code=f" {code[:3]} {code[3:]} ", to="/fr/compte/donnees?x=1")
    assert (done.status, done.to) == (303, "/fr/compte/donnees?x=1")
    cookies = done.headers.getall("Set-Cookie")
    assert any(re.match(r"relais_compte=[\w-]{43}; HttpOnly; Path=/fr/compte; SameSite=Lax", each) for each in cookies)
    assert "Bonjour Marie" in (await browser.get("")).text
    async with server.sessions() as session:
        [visit] = await session.scalars(select(PortalVisit))
        address = await session.scalar(select(Identity).where(Identity.kind == "email", Identity.customer_id == owner))
    assert visit.customer_id == owner and address is not None and address.proof == "verified"
    # The cookie of who asked is gone with it; put back, the code is as good as used.
    browser.client.cookie_jar.update_cookies({"relais_demande": asked}, URL(browser.address + "/fr/compte/"))
    assert "code a déjà servi" in (await browser.post("code", code=code)).text


async def test_nobody_learns_whether_an_address_is_on_file(server: Parts, portal: Portal) -> None:
    await marie(server)
    pages = []
    for who in (EMAIL, "nobody@example.fr", PHONE, "+33639980009"):
        browser = await portal()
        answer = await browser.post("door", who=who)
        page = (await browser.follow(answer)).text
        wrong = await browser.post("code", code="000000")
        told = [name for name in sorted(answer.headers) if name not in ("Date", "Set-Cookie", "Content-Length")]
        pages.append(
            (answer.status, answer.to, told, page.replace(who, "WHO"), wrong.status, wrong.text.replace(who, "WHO"))
        )
    assert all(each == pages[0] for each in pages)
    assert [len(each.split("\n")) for each in await sent(server, 2)] == [2, 1]


async def test_too_many_codes_are_refused_alike_for_known_and_unknown(server: Parts, portal: Portal) -> None:
    await marie(server)
    ends = []
    for who in (EMAIL, "nobody@example.fr"):
        # A browser of one's own each time: it is the address that is counted.
        answers = [await (await portal()).post("door", who=who) for _ in range(6)]
        ends.append([(each.status, each.text) for each in answers])
    assert ends[0] == ends[1] and [status for status, _ in ends[0]] == [303] * 5 + [429]


async def test_where_an_address_was_proved_before_strangers_take_nothing_from_it(server: Parts, portal: Portal) -> None:
    await marie(server)
    browser = await portal()
    await asks(browser)
    done = await browser.post("code", code=(await sent(server))[0].split("\n")[0])
    assert any(each.startswith("relais_connu=") and "HttpOnly" in each for each in done.headers.getall("Set-Cookie"))
    await browser.post("sign-out")
    async with server.sessions.begin() as session:
        key = await session.scalar(select(ProofCode.address_key))
        for at in range(15):
            kept = {"browser_key": f"b{at}", "asked_from": f"p{at}", "expires_at": utc_now(), "address_key": key}
            session.add(ProofCode(id=new_id(), created_at=utc_now(), purpose="prove", kind="email", **kept))
    assert (await (await portal()).post("door", who=EMAIL)).status == 429
    assert (await browser.post("door", who=EMAIL)).status == 303
    assert (await browser.post("door", who="paul@example.fr")).status == 303
    forged = await portal()
    forged.client.cookie_jar.update_cookies({"relais_connu": "x.y"}, URL(forged.address + "/fr/compte/"))
    assert (await forged.post("door", who=EMAIL)).status == 429


async def test_another_language_is_the_same_page_in_the_same_browser(server: Parts, portal: Portal) -> None:
    await marie(server)
    browser = await portal()
    page = await asks(browser, to="/fr/compte/donnees?x=1")
    [other] = re.findall(r'href="(/en/account/code[^"]*)"', page)
    assert other == "/en/account/code?to=/en/account/data?x%3D1"
    there = await browser.get(other)
    assert there.status == 200 and f"If {EMAIL}" in there.text and 'value="/en/account/data?x=1"' in there.text
    browser.language = "en"
    done = await browser.post("code", code=(await sent(server))[0].split("\n")[0], to="/en/account/data?x=1")
    assert done.to == "/en/account/data?x=1"


async def test_what_was_typed_when_a_visit_had_ended_is_there_after_signing_in(server: Parts, portal: Portal) -> None:
    await marie(server)

    async def sign_in(browser: AtPortal, to: str, many: int) -> str:
        await asks(browser, to=to)
        return (await browser.post("code", code=(await sent(server, many))[-1].split("\n")[0], to=to)).to

    browser, path = await portal(), "/fr/compte/conversations/nouveau"
    await sign_in(browser, "", 1)
    await browser.get(path)
    async with server.sessions.begin() as session:
        await session.execute(update(PortalVisit).values(seen_at=utc_now() - timedelta(minutes=31)))
    before = {"Referer": f"{browser.address}{path}"}
    for forged in ({"csrf": "x"}, {"headers": {"Origin": "https://evil.example"}}):
        await browser.post("conversations/new", text="de quelqu’un d’autre", **forged)
    long = {f"f{number}": "x" * 16_000 for number in range(4)}
    lost = await browser.post("conversations/new", text="trop", headers=before, **long)
    assert "trop long pour être gardé" in (await browser.get(lost.to)).text
    ended = await browser.post("conversations/new", text="Ma table <b>est arrivée</b>", key="x", headers=before)
    assert ended.to == "/fr/compte/entree?to=%2Ffr%2Fcompte%2Fconversations%2Fnouveau"
    assert "ce que vous avez écrit vous attend" in (await browser.get(ended.to)).text
    assert await sign_in(browser, path, 2) == path
    page = (await browser.get(path)).text
    assert "Ma table &lt;b&gt;est arrivée" in page and "Voici ce que vous aviez écrit" in page
    assert "d’autre" not in page
    english = (await browser.get("/en/account/conversations/new")).text
    assert "Ma table" in english and "Here’s what you had written" in english
    # Whoever else signs in there reads nothing of it.
    async with server.sessions.begin() as session:
        await session.execute(update(Identity).where(Identity.kind == "email").values(value="m@example.fr"))
        session.add(other := Customer(id=new_id(), first_name="Paul"))
        await session.flush()
        session.add(Identity(kind="email", value=EMAIL, customer_id=other.id))
    assert await sign_in(browser, path, 3) == path
    assert "Ma table" not in (await browser.get(path)).text

    async def left(hours: int) -> int:
        later = utc_now() + timedelta(hours=hours)
        await PortalLoop(sessions=server.sessions, idle=timedelta(hours=12), now=lambda: later).work()
        async with server.sessions() as session:
            return len((await session.scalars(select(PortalVisit.id))).all())

    assert [await left(hours) for hours in (0, 13, 15)] == [1, 1, 0]


async def test_codes_are_guessed_in_vain_and_the_link_still_works(server: Parts, portal: Portal) -> None:
    await marie(server)
    browser = await portal()
    await asks(browser)
    code, link = (await sent(server))[0].split("\n")
    for _ in range(4):
        assert "Ce n’est pas ce code" in (await browser.post("code", code=other(code))).text
    assert "Trop d’essais" in (await browser.post("code", code=other(code))).text
    assert "Trop d’essais" in (await browser.post("code", code=code)).text
    path = link.removeprefix(browser.address)
    assert (await browser.post(path)).status == 303


async def test_an_older_or_expired_code_is_refused(server: Parts, portal: Portal) -> None:
    await marie(server)
    browser = await portal()
    await asks(browser)
    [first] = [each.split("\n") for each in await sent(server)]
    await asks(browser)
    second = (await sent(server, 2))[1].split("\n")
    assert "plus récent" in (await browser.post("code", code=first[0])).text
    stale = await browser.get(first[1].removeprefix(browser.address))
    assert stale.status == 200 and "plus récent" in stale.text and "Me connecter" not in stale.text
    async with server.sessions.begin() as session:
        await session.execute(update(ProofCode).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert "plus valable" in (await browser.post("code", code=second[0])).text
    assert (await browser.post(second[1].removeprefix(browser.address))).status == 422


async def test_a_scanner_that_opens_the_link_spends_nothing(server: Parts, portal: Portal) -> None:
    await marie(server)
    asking, reading = await portal(language="en"), await portal(language="en")
    await asks(asking)
    path = (await sent(server))[0].split("\n")[1].removeprefix(asking.address)
    for _ in range(3):
        scanned = await (await portal()).get(path)
        assert scanned.status == 200 and "m•••@" in scanned.text.lower() and "Set-Cookie" not in scanned.headers
        assert scanned.headers["Referrer-Policy"] == "same-origin"
    assert "asked for in another browser" in scanned.text and "another browser" not in (await asking.get(path)).text
    forged = await reading.post(path, headers={"Origin": "https://evil.example"})
    assert forged.status == 403
    assert (await reading.post(path)).to == "/en/account"
    assert "Hello Marie" in (await reading.get("")).text
    assert (await asking.get("")).status == 303, "who asked, and does not read the mailbox, is not signed in"
    assert "works once" in (await asking.get(path)).text


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/fr/compte", "//evil.example/fr/compte", "/\\evil.example", "/fr/compte/../../desk",
        "/fr/compte//evil.example", "javascript:alert(1)", "/fr/comptes", "/fr/compte\r\nX: y",
        "/fr/compte?" + "x" * 900, "/fr/compte/%2E%2e/desk",
    ],
)  # fmt: skip
async def test_the_way_back_leads_nowhere_else(to: str) -> None:
    assert way_back(to, "fr") == "/fr/compte"
    assert way_back("/en/account/orders?page=2", "fr") == "/en/account/orders?page=2"


async def test_strange_input_gets_a_friendly_page(server: Parts, portal: Portal) -> None:
    await marie(server)
    browser = await portal()
    for who in ("", "x" * 10_000, "مرحبا", "'; drop table customers; --@", "<script>alert(1)</script>", "\0@\0", "a@b"):
        page = await browser.post("door", who=who)
        assert page.status == 422 and "Écrivez une adresse e-mail" in page.text and "<script>alert" not in page.text
    assert (await browser.post("code", code="123456")).status == 422, "without the cookie of who asked"
    browser.client.cookie_jar.update_cookies({"relais_demande": "zz", "relais_compte": "x" * 3000})
    assert (await browser.get("code")).to.startswith("/fr/compte/entree")
    await asks(browser)
    for code in ("", "١٢٣٤٥٦", "9" * 10_000, "abc"):
        assert (await browser.post("code", code=code)).status == 422
    assert (await browser.get("link/" + "x" * 3000)).status == 200
    assert (await browser.post("door", who="x" * 300_000)).status == 413
    for charset in ("rot13", "utf-7", "none"):
        form = {"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"}
        async with browser.client.post(browser.address + "/fr/compte/entree", data=b"who=x", headers=form) as answer:
            assert answer.status == 400 and "<h1>" in await answer.text()
    assert (await browser.post("door", who=EMAIL, headers={"Origin": "https://evil.example"})).status == 403
    assert (await browser.post("door", who=EMAIL, headers={"Sec-Fetch-Site": "cross-site"})).status == 403
