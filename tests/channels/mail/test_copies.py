"""Copies of an answer: to who is proved, and to nobody twice."""

from __future__ import annotations

from email.utils import getaddresses

from tests.channels.mail.conftest import World
from tests.channels.mail.mails import mail
from tests.channels.mail.servers import USER
from tests.channels.mail.test_intake import TRUSTED, vouched
from tests.support.channels import delivery


async def test_copies_are_kept_for_who_is_proved_and_blind_ones_stay_blind(world: World) -> None:
    raw = vouched(mail(cc=f"Paul <paul@client.example>, {USER}"))
    await world.take(raw, **TRUSTED)
    world.channel = world.opened(blind_copy="archive@maison-tilleul.example")
    await world.answer("Elle arrive demain.")
    [got] = world.mailed()
    assert [address for _, address in getaddresses([got["Cc"]])] == ["paul@client.example"]
    assert world.smtp.taken[0].recipients == [
        "marie@client.example", "paul@client.example", "archive@maison-tilleul.example",
    ]  # fmt: skip
    assert b"archive@" not in world.smtp.taken[0].raw


async def test_an_agents_copies_join_the_customers_and_nobody_gets_two(world: World) -> None:
    await world.take(vouched(mail(cc="Paul <paul@client.example>")), **TRUSTED)
    last = await world.last()
    cc = ("atelier@partner.example", "PAUL@client.example", "marie@client.example", USER)
    bcc = ("Chef@maison-tilleul.example", "atelier@partner.example")
    sent = delivery(
        "Elle arrive demain.", to="marie@client.example", channel="mail", author="agent", cc=cc, bcc=bcc,
        conversation_id=last.conversation_id,
    )  # fmt: skip
    await world.channel.send(sent)
    [got] = world.mailed()
    assert [address for _, address in getaddresses([got["Cc"]])] == ["atelier@partner.example", "PAUL@client.example"]
    assert got["Bcc"] is None and b"Chef@" not in world.smtp.taken[0].raw
    assert world.smtp.taken[0].recipients == [
        "marie@client.example", "atelier@partner.example", "PAUL@client.example", "Chef@maison-tilleul.example",
    ]  # fmt: skip


async def test_whoever_forges_a_from_gets_no_copy(world: World) -> None:
    await world.take(mail(cc="thief@elsewhere.example"), **TRUSTED)
    await world.answer("Elle arrive demain.")
    assert world.smtp.taken[0].recipients == ["marie@client.example"]


async def test_a_copy_that_is_refused_does_not_stop_the_mail(world: World) -> None:
    await world.take(vouched(mail(cc="paul@client.example")), **TRUSTED)
    world.smtp.refuse["paul@client.example"] = "550 5.1.1 no such user"
    await world.answer("Elle arrive demain.")
    assert world.smtp.taken[0].recipients == ["marie@client.example"]
    assert (await world.last()).details["copies_refused"] == 1
