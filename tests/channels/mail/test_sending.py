"""Answers as mails: in their thread, readable by people and programs, and never more than asked for."""

from __future__ import annotations

import dataclasses
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from channels.port import Rejected
from crm_backend.conversations.schema import Button, Card
from tests.channels.mail.conftest import World, company
from tests.channels.mail.letters_sent import part
from tests.channels.mail.mails import mail
from tests.channels.mail.servers import USER
from tests.support.channels import delivery


async def test_an_answer_is_a_mail_in_its_thread(world: World) -> None:
    await world.take(mail(message_id="first@client.example", references=["root@client.example"]))
    await world.answer("Elle arrive demain.")
    [got] = world.mailed()
    assert got["To"] == "marie@client.example" and got["Subject"] == "Re: Ma commande"
    assert got["In-Reply-To"] == "<first@client.example>"
    assert got["References"].split() == ["<root@client.example>", "<first@client.example>"]
    assert (
        got["From"].addresses[0].addr_spec == USER
        and got["Date"]
        and got["Message-ID"].endswith("@maison-tilleul.example>")
    )
    assert got["Reply-To"].addresses[0].addr_spec.startswith("support+")
    assert "Elle arrive demain." in part(got, "plain") and "Elle arrive demain." in part(got, "html")
    assert world.smtp.taken[0].sender == USER


async def test_the_assistant_says_it_is_a_program_and_an_agent_does_not(world: World) -> None:
    await world.take(mail())
    await world.answer("Elle arrive demain.")
    await world.answer("C’est Claire.", author="agent", name="Claire")
    bot, agent = world.mailed()
    assert bot["Auto-Submitted"] == "auto-replied" and bot["X-Auto-Response-Suppress"] == "All"
    assert agent["Auto-Submitted"] is None and "Claire – Maison Tilleul" in part(agent, "plain")
    assert "automatique" in part(bot, "plain")


async def test_replies_of_one_turn_are_one_mail(world: World) -> None:
    await world.take(mail())
    sent = await world.answer("Bonjour.", "Elle est partie hier.", "Autre chose ?", buttons=buttons("Oui", "Non"))
    [got] = world.mailed()
    text = part(got, "plain")
    assert text.index("Bonjour.") < text.index("Elle est partie hier.") < text.index("1. Oui") < text.index("2. Non")
    assert len(sent) == 3 and len({one.message_id for one in sent}) == 3
    assert [message.delivery for message in await world.messages()][1:] == ["sent"] * 3


async def test_a_number_in_the_answer_is_the_choice_it_names(world: World) -> None:
    await world.take(mail())
    await world.answer("Laquelle ?", buttons=buttons("10234", "10235"))
    got = world.mailed()[0]
    quote = "\n".join(f"> {line}" for line in part(got, "plain").splitlines())
    text = f"2\n\nLe dim. 22 nov. 2026 à 10:12, Maison Tilleul <{USER}> a écrit :\n\n{quote}\n"
    await world.take(mail(text, subject=got["Subject"], in_reply_to=got["Message-ID"].strip("<>")))
    message = await world.last()
    assert message.text == "2" and message.content["payload"] == "/choice_2"


async def test_cards_are_lines_and_links_and_nothing_is_interpreted(world: World) -> None:
    await world.take(mail())
    card = Card(kind="article", title="Délais <b>", text="2 jours", url="/fr/aide/delais", lines=["a", "b"])
    await world.answer("<script>alert(1)</script> voir https://example.com/x?a=1&b=2.", cards=[card])
    [got] = world.mailed()
    page = part(got, "html")
    assert "<script>" not in page and "Délais &lt;b&gt;" in page
    assert 'href="https://help.example.com/fr/aide/delais"' in page
    assert 'href="https://example.com/x?a=1&amp;b=2"' in page
    assert "https://help.example.com/fr/aide/delais" in part(got, "plain")
    assert "http-equiv" not in page and "<img" not in page and "src=" not in page


async def test_the_letter_is_in_the_conversations_language(world: World) -> None:
    await world.take(mail("Where is my order?"), language="en")
    await world.answer("It left yesterday.")
    page = part(world.mailed()[0], "html")
    assert '<html lang="en">' in page and "automated assistant" in page


async def test_files_go_along(world: World) -> None:
    await world.take(mail())
    png = b"%PDF-1.4\n%%EOF\n"

    async def chunks() -> Any:
        yield png

    ref = await world.core.files.keep(chunks(), name="bon de retour.pdf")
    last = await world.last()
    sent = delivery(
        "Voici.", to="marie@client.example", channel="mail", files=[ref], conversation_id=last.conversation_id
    )
    await world.channel.send(sent)
    [attached] = list(world.mailed()[0].iter_attachments())
    assert (attached.get_filename(), attached.get_content()) == (ref.name, png)


@pytest.mark.parametrize(
    "subject",
    ["Ma commande\r\nBcc: x@evil.example", "a\u2028Bcc: x@evil.example", "=?utf-8?q?a=0D=0ABcc:_x@evil.example?="],
)
async def test_no_field_can_be_smuggled_in_by_a_subject(world: World, subject: str) -> None:
    raw = mail().replace(b"Subject: Ma commande", b"Subject: " + subject.replace("\r\n", "\r\n ").encode(), 1)
    await world.take(raw)
    await world.answer("Elle arrive demain.")
    [got] = world.mailed()
    assert got["Bcc"] is None and world.smtp.taken[0].recipients == ["marie@client.example"]


async def test_no_field_can_be_smuggled_in_by_an_address_or_a_company(world: World) -> None:
    core = dataclasses.replace(world.core, company=company(name="Maison\r\nBcc: x@evil.example"))
    world.core = core
    channel = world.opened()
    with pytest.raises(Rejected) as refused:
        await channel.send(delivery("Bonjour", to="a@b.example\r\nBcc: x@evil.example", channel="mail"))
    assert refused.value.reason == "unreachable"
    await channel.send(delivery("Bonjour", to="marie@client.example", channel="mail"))
    assert world.mailed()[0]["Bcc"] is None


async def test_long_identifiers_are_neither_encoded_nor_broken_and_long_chains_are_capped(world: World) -> None:
    long = "x" * 150 + "@prod.outlook.example"
    chain = [f"r{number}@client.example" for number in range(60)]
    await world.take(mail(message_id=long, references=chain))
    await world.answer("Elle arrive demain.")
    raw = world.smtp.taken[0].raw
    assert b"<" + long.encode() + b">" in raw and b"References: =?" not in raw
    got = world.mailed()[0]["References"].split()
    assert len(got) == 20 and got[-1] == f"<{long}>"


async def test_a_notice_can_be_stopped_in_one_click(world: World) -> None:
    stop = "https://help.example.com/unsubscribe/abc"
    notice = delivery(
        "Votre commande 10234 est partie.", to="marie@client.example", channel="mail", template="order_shipped",
        values={"unsubscribe": stop},
    )  # fmt: skip
    await world.channel.send(notice)
    [got] = world.mailed()
    assert got["List-Unsubscribe"] == f"<{stop}>" and got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert got["Auto-Submitted"] == "auto-generated" and got["Subject"] == "Votre commande 10234 est partie."
    assert stop in part(got, "plain")


async def test_who_has_come_or_gone_is_no_mail(world: World) -> None:
    await world.take(mail())
    await world.answer("Claire a rejoint la conversation et lit vos échanges.", author="system")
    assert world.smtp.taken == [] and (await world.last()).delivery == "sent"


async def test_past_the_days_limit_nothing_automatic_goes_and_agents_still_write(world: World) -> None:
    world.channel = world.opened(automatic_per_day=1)
    await world.take(mail())
    await world.answer("La première.")
    with pytest.raises(Rejected):
        await world.answer("La seconde.")
    async with world.sessions() as session, session.begin():
        from sqlalchemy import update

        from crm_backend.conversations.model import OutboxItem

        await session.execute(update(OutboxItem).where(OutboxItem.state == "sending").values(state="failed"))
    await world.answer("C’est Claire.", author="agent", name="Claire")
    assert len(world.smtp.taken) == 2


async def test_our_dkim_signature_holds(world: World) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    import base64

    public = base64.b64encode(
        key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    channel = world.opened(dkim_selector="relais", dkim_key=SecretStr(pem.decode()))
    await channel.send(delivery("Bonjour", to="marie@client.example", channel="mail"))
    raw = world.smtp.taken[0].raw
    asked: list[Any] = []

    def dns(name: Any, timeout: int = 5) -> bytes:
        asked.append(name)
        return b"v=DKIM1; k=rsa; p=" + public

    assert dkim.verify(raw, dnsfunc=dns) and asked == [b"relais._domainkey.maison-tilleul.example."]


def buttons(*titles: str) -> list[Button]:
    return [Button(title=title, payload=f"/choice_{number}") for number, title in enumerate(titles, 1)]
