"""The desk on threads: originals of mails, and messages split off and put back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from channels import installed
from channels.mail.intake import Intake
from channels.mail.settings import MailSettings
from crm_backend.conversations.model import Message
from server.app import Parts
from tests.channels.mail.mails import mail
from tests.channels.mail.servers import USER

PAGE = (
    '<p onclick="x()">Bonjour</p><script>alert(1)</script><img src="https://track.example/p.gif"><img src="cid:logo@x">'
)


async def came(server: Parts, *raws: bytes) -> UUID:
    """The mails come in; the conversation of the first."""
    settings = MailSettings(address=USER, webhook_secret="x")
    for raw in raws:
        assert await Intake(settings=settings, account="main", core=server.board.core).take(raw)
    async with server.sessions() as session:
        found = await session.scalar(select(Message.conversation_id).order_by(Message.created_at).limit(1))
    assert found is not None
    return found


def page_mail() -> bytes:
    """A mail with a page, a picture in it, and one elsewhere."""
    text = mail("Bonjour", message_id="a@client.example").decode()
    body = (
        f'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\n\n{PAGE}\n'
        "--b\nContent-Type: image/gif\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\n"
        "R0lGODlhAQABAAAAACw=\n--b--\n"
    )
    head = "\n".join(line for line in text.partition("\n\n")[0].split("\n") if not line.startswith(("Content", "MIME")))
    return f"{head}\n{body}".encode()


async def test_a_mail_is_shown_as_it_came_but_harmless(server: Parts, agent: Any) -> None:
    claire = await agent()
    conversation = await came(server, page_mail())
    path = f"/conversations/{conversation}/messages/1/original"
    status, shown = await claire.call("GET", path)
    assert (
        status == 200 and shown["subject"] == "Ma commande" and shown["from"] == "Marie Dupont <marie@client.example>"
    )
    assert "Bonjour" in shown["html"] and "<script" not in shown["html"] and "onclick" not in shown["html"]
    assert shown["blocked_images"] == 1 and ' src="https://track' not in shown["html"]
    assert "data:image/gif;base64," in shown["html"]
    _, shown = await claire.call("GET", f"{path}?images=1")
    assert shown["blocked_images"] == 0 and "://track" not in shown["html"]
    assert ' src="/desk/pictures?url=https%3A%2F%2Ftrack.example%2Fp.gif&amp;until=' in shown["html"]


async def test_only_agents_see_originals_and_only_of_messages_that_have_one(
    server: Parts, agent: Any, customer: Any
) -> None:
    conversation = await came(server, mail())
    claire = await agent()
    for path in (
        f"/conversations/{conversation}/messages/9/original",
        f"/conversations/{UUID(int=1)}/messages/1/original",
    ):
        assert (await claire.call("GET", path))[0] == 404
    assert (await claire.call("GET", f"/conversations/{conversation}/messages/x/original"))[0] == 400
    await claire.call("DELETE", "/session")
    assert (await claire.call("GET", f"/conversations/{conversation}/messages/1/original"))[0] == 401


async def test_a_mail_is_split_off_and_put_back(server: Parts, agent: Any) -> None:
    claire = await agent()
    conversation = await came(
        server,
        mail("la première", message_id="a@client.example"),
        mail("la seconde", message_id="b@client.example", subject="Re: Ma commande", in_reply_to="a@client.example"),
    )
    async with server.sessions() as session:
        seq = await session.scalar(select(Message.seq).where(Message.text == "la seconde"))
    status, body = await claire.call("POST", f"/conversations/{conversation}/split", seq=seq)
    assert status == 200
    made = body["conversation"]["id"]
    assert made != str(conversation)
    texts = [one["text"] for one in (await claire.conversation(made))["messages"]]
    assert texts[0] == "la seconde"
    assert (await claire.call("POST", f"/conversations/{conversation}/split", seq=1))[0] == 400
    status, body = await claire.call("POST", f"/conversations/{made}/unsplit")
    assert status == 200 and body["conversation"]["id"] == str(conversation)
    assert (await claire.call("GET", f"/conversations/{made}"))[0] == 404
    assert (await claire.call("POST", f"/conversations/{conversation}/unsplit"))[0] == 409


def test_mail_says_how_its_originals_are_shown() -> None:
    assert installed()["mail"].original is not None
