"""Taking mails in: stored once, with what came along, and never believed without proof."""

from __future__ import annotations

import asyncio
import io

import pytest
from PIL import Image
from sqlalchemy import select

from channels.mail.reading import Unreadable
from crm_backend.attachments.model import Attachment
from crm_backend.conversations.model import Conversation, Turn
from crm_backend.customers.model import Identity
from tests.channels.mail.conftest import World
from tests.channels.mail.letters_read import PAYLOADS
from tests.channels.mail.mails import mail
from tests.channels.mail.servers import USER

TRUSTED = {"trusted_receiver": "mx.maison-tilleul.example"}
PASS = "mx.maison-tilleul.example; dmarc=pass header.from=client.example"


def vouched(raw: bytes) -> bytes:
    """The mail as our receiver passes it on, after checking it."""
    return b"Authentication-Results: " + PASS.encode() + b"\r\nReceived: from mx.client.example\r\n" + raw


async def test_a_mail_is_stored_with_its_files_and_itself(world: World) -> None:
    raw = mail(files=[("facture.pdf", "application/pdf", b"%PDF-1.4\n%%EOF\n")])
    assert await world.take(raw)
    message = await world.last()
    assert (message.text, message.author) == ("Où est ma commande ?", "customer")
    assert message.details["subject"] == "Ma commande" and message.details["from"] == "marie@client.example"
    async with world.sessions() as session:
        files = list(await session.scalars(select(Attachment).order_by(Attachment.position)))
        assert await session.scalar(select(Turn.state)) == "queued"
    assert [file.name for file in files] == ["facture.pdf", "message.eml"]
    assert str(files[1].id) == message.details["original"]
    assert await world.core.files.read(files[1].id) == raw


async def test_a_refused_file_is_noted_and_the_mail_is_stored_all_the_same(world: World) -> None:
    await world.take(mail(files=[("virus.exe", "application/x-msdownload", b"MZ\x90\x00" + b"\0" * 200)]))
    message = await world.last()
    assert [one["name"] for one in message.details["refused"]] == ["virus.exe"]


async def test_a_mail_that_comes_twice_is_stored_once_even_by_another_way(world: World) -> None:
    raw = mail(message_id="same@client.example")
    assert await world.take(raw)
    assert not await world.take(b"Received: from relay by mx; now\r\n" + raw)
    assert len(await world.messages()) == 1


async def test_many_deliveries_of_one_mail_at_once_are_stored_once(world: World) -> None:
    raw = mail(message_id="same@client.example")
    outcomes = await asyncio.gather(*(world.take(raw) for _ in range(6)))
    assert sum(outcomes) == 1 == len(await world.messages())


async def test_another_mail_under_the_same_message_id_is_another_mail(world: World) -> None:
    await world.take(mail("le premier", message_id="same@client.example"))
    assert await world.take(mail("le second", message_id="same@client.example"))
    assert not await world.take(mail("le second", message_id="same@client.example"))
    assert [message.text for message in await world.messages()] == ["le premier", "le second"]


async def test_two_mails_under_one_message_id_at_the_same_time_are_both_kept(world: World) -> None:
    await asyncio.gather(
        *(
            world.take(mail(f"mail {n}", message_id="same@client.example", sender=f"c{n}@client.example"))
            for n in (1, 2)
        )
    )
    assert sorted(message.text for message in await world.messages()) == ["mail 1", "mail 2"]


async def test_a_mail_without_message_id_is_known_by_its_content(world: World) -> None:
    raw = mail(message_id="")
    assert await world.take(raw) and not await world.take(raw)


async def test_a_forged_from_proves_nothing_and_a_vouched_one_does(world: World) -> None:
    await world.take(mail(), **TRUSTED)
    first = await world.last()
    assert (await world.conversation(first.conversation_id)).proof == "anonymous"
    await world.take(vouched(mail("encore", sender="paul@client.example")), **TRUSTED)
    second = await world.last()
    assert (await world.conversation(second.conversation_id)).proof == "channel"


async def test_answers_follow_reply_to_only_when_the_sender_is_proved(world: World) -> None:
    forged = mail(Reply_To="thief@elsewhere.example")
    await world.take(forged, **TRUSTED)
    conversation = await world.conversation((await world.last()).conversation_id)
    assert conversation.address == "marie@client.example"
    proved = vouched(mail(Reply_To="marie.bureau@client.example", sender="Paul <paul@client.example>"))
    await world.take(proved, **TRUSTED)
    conversation = await world.conversation((await world.last()).conversation_id)
    assert conversation.address == "marie.bureau@client.example"


async def test_addresses_are_one_identity_whatever_their_case(world: World) -> None:
    await world.take(mail(sender="Marie.Dupont@Client.example"))
    await world.take(mail("suite", sender="marie.dupont@client.EXAMPLE", subject="Autre chose"))
    async with world.sessions() as session:
        assert list(await session.scalars(select(Identity.value))) == ["marie.dupont@client.example"]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"List_Id": "<news.shop.example>"}, "list"),
        ({"Precedence": "bulk"}, "notice"),
    ],
)
async def test_noise_is_kept_and_never_answered(world: World, headers: dict[str, str], reason: str) -> None:
    await world.take(mail(**headers))
    message = await world.last()
    assert message.content["automatic"] == reason
    async with world.sessions() as session:
        assert await session.scalar(select(Turn.id)) is None


async def test_a_mail_to_ten_thousand_is_kept_and_not_answered(world: World) -> None:
    crowd = ", ".join(f"c{number}@client.example" for number in range(10_000))
    raw = mail().replace(b"To: ", f"Cc: {crowd}\r\nTo: ".encode(), 1)
    await world.take(raw)
    message = await world.last()
    assert message.content["automatic"] == "bulk"
    assert message.details["recipients"] == 10_001 and len(message.details["cc"]) <= 50


async def test_our_own_mail_is_not_taken_for_a_customers(world: World) -> None:
    assert not await world.take(mail(sender=USER))
    await world.take(mail())
    await world.answer("Elle arrive demain.")
    assert not await world.take(world.smtp.taken[0].raw)
    assert len(await world.messages()) == 2


async def test_a_form_of_our_site_writes_for_whom_it_names_but_proves_nothing(world: World) -> None:
    await world.take(mail(sender=f"Site <{USER}>", Reply_To="Marie <marie@client.example>"))
    message = await world.last()
    assert message.details["from"] == "marie@client.example" and message.details["vouched"] is False


async def test_a_mail_that_went_round_in_circles_is_not_answered(world: World) -> None:
    hops = b"".join(f"Received: from a{n} by b{n}; x\r\n".encode() for n in range(60))
    await world.take(hops + mail())
    assert (await world.last()).content["automatic"] == "loop"


async def test_a_long_mail_is_cut_and_its_whole_is_kept(world: World) -> None:
    await world.take(mail("mot " * 10_000))
    message = await world.last()
    assert len(message.text) <= 10_000 and message.details["cut"] and message.details["original"]


async def test_a_subject_alone_is_what_the_customer_says(world: World) -> None:
    await world.take(mail(" ", subject="Où est ma commande 10234 ?"))
    assert (await world.last()).text == "Où est ma commande 10234 ?"


async def test_an_order_named_in_the_subject_alone_is_read(world: World) -> None:
    await world.take(mail("Toujours rien reçu.", subject="Commande 10234"))
    assert (await world.last()).text == "Commande 10234\n\nToujours rien reçu."


@pytest.mark.parametrize("raw", [b"", b"\0\0", b"Subject: x\r\n\r\nno sender"])
async def test_what_is_no_mail_is_refused(world: World, raw: bytes) -> None:
    with pytest.raises(Unreadable):
        await world.take(raw)
    assert await world.messages() == []


async def test_a_header_block_beyond_measure_is_refused(world: World) -> None:
    with pytest.raises(Unreadable):
        await world.take(b"X-Filler: " + b"x" * 2_000_000 + b"\r\n" + mail())


async def test_the_team_and_the_language_of_the_mailbox_are_the_conversations(world: World) -> None:
    await world.take(mail("ok"), team="returns", language="en")
    async with world.sessions() as session:
        conversation = await session.scalar(select(Conversation))
    assert conversation is not None and (conversation.team, conversation.language) == ("returns", "en")


async def test_past_the_days_automatic_answers_mails_wait_for_a_person(world: World) -> None:
    world.channel = world.opened(automatic_per_day=2)
    for number in range(2):
        await world.take(mail(f"question {number}", subject=f"Sujet numéro {number} tout à fait différent"))
        await world.answer(f"réponse {number}")
    await world.take(mail("encore une", subject="Rien à voir avec le reste"), automatic_per_day=2)
    message = await world.last()
    assert message.content["automatic"] == "too_many"
    conversation = await world.conversation(message.conversation_id)
    assert conversation.owner == "queue:support"
    assert conversation.passport is not None and conversation.passport["reason"] == "too_many"
    assert len(world.smtp.taken) == 2


@pytest.mark.parametrize("reason", ["too_large", "encrypted"])
async def test_what_cannot_be_read_is_handed_to_a_person_who_is_told_why(world: World, reason: str) -> None:
    if reason == "too_large":
        await world.take(mail(), size=30_000_000, headers_only=True)
    else:
        await world.take(mail("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"))
    conversation = await world.conversation((await world.last()).conversation_id)
    assert conversation.owner == "queue:support"
    assert conversation.passport is not None and conversation.passport["reason"] == reason


async def test_a_mail_with_several_pictures_is_one_message_with_one_answer(world: World) -> None:
    picture = _png()
    await world.take(mail("les voici", files=[(f"photo{n}.png", "image/png", picture) for n in range(3)]))
    async with world.sessions() as session:
        assert len(list(await session.scalars(select(Turn.id)))) == 1 == len(await world.messages())
        kinds = list(await session.scalars(select(Attachment.kind).order_by(Attachment.position)))
    assert kinds[:3] == ["image"] * 3


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "green").save(out, "PNG")
    return out.getvalue()


def returned(message_id: str, *, status: str = "5.1.1", recipient: str = "marie@client.example") -> bytes:
    """A delivery report as servers write it (RFC 3464)."""
    return (
        f"From: MAILER-DAEMON@mx.client.example\r\nTo: {USER}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Date: Sun, 22 Nov 2026 09:30:00 +0000\r\nMessage-ID: <dsn1@mx.client.example>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.client.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}>\r\nSubject: Re: x\r\n\r\n--b--\r\n"
    ).encode()


async def test_a_bounce_marks_the_message_and_the_address(world: World) -> None:
    await world.take(mail())
    [sent] = await world.answer("Elle arrive demain.")
    identifier = world.mailed()[0]["Message-ID"].strip("<>")
    assert not await world.take(returned(identifier))
    answer = await world.last()
    assert (answer.id, answer.delivery) == (sent.message_id, "failed")
    async with world.sessions() as session:
        assert await session.scalar(select(Identity.unreachable_since)) is not None


async def test_a_full_mailbox_fails_the_message_and_spares_the_address(world: World) -> None:
    await world.take(mail())
    await world.answer("Elle arrive demain.")
    await world.take(returned(world.mailed()[0]["Message-ID"].strip("<>"), status="5.2.2"))
    assert (await world.last()).delivery == "failed"
    async with world.sessions() as session:
        assert await session.scalar(select(Identity.unreachable_since)) is None


async def test_an_invented_bounce_marks_nobody(world: World) -> None:
    await world.take(mail())
    await world.answer("Elle arrive demain.")
    forged = world.mailed()[0]["Message-ID"].strip("<>")
    head, _, domain = forged.rpartition("@")
    await world.take(returned(f"{head[:-10]}0123456789@{domain}"))
    async with world.sessions() as session:
        assert await session.scalar(select(Identity.unreachable_since)) is None
    assert [message.content.get("automatic") for message in await world.messages()][-1] == "bounce"


@pytest.mark.parametrize(
    ("payload", "marks"),
    [
        ("smime_signed", ["smime_signed"]),
        ("smime_encrypted", ["smime_encrypted"]),
        ("pgp_signed_inline", ["pgp_signed"]),
        ("pgp_encrypted", ["pgp_encrypted"]),
        ("calendar_invite", ["invitation"]),
        ("winmail_dat", ["tnef"]),
        ("plain", None),
    ],
)
async def test_what_else_a_mail_is_stays_with_the_message(world: World, payload: str, marks: list[str] | None) -> None:
    await world.take((PAYLOADS / f"{payload}.eml").read_bytes())
    first = next(message for message in await world.messages() if message.author == "customer")
    assert first.details.get("marks") == marks
