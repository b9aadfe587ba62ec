"""What the mail server of the company refuses: for good, for now, or wholly; and what is sent again."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from channels.mail.smtp import verdict
from channels.port import Rejected, Retry
from tests.channels.mail.conftest import World
from tests.support.channels import delivery


@pytest.mark.parametrize(
    ("what", "answer", "reason"),
    [
        ("marie@client.example", "550 5.1.1 no such user", "unreachable"),
        ("marie@client.example", "550 no such user", "unreachable"),
        ("marie@client.example", "552 5.2.2 mailbox full", "content"),
        ("marie@client.example", "550 5.2.1 mailbox disabled", "unreachable"),
        ("marie@client.example", "556 5.1.10 takes no mail", "unreachable"),
        ("DATA", "554 5.7.1 looks like spam", "content"),
        ("DATA", "552 5.3.4 too large", "content"),
        ("MAIL", "550 5.7.1 not your address", "settings"),
    ],
)
async def test_what_a_final_refusal_means(world: World, what: str, answer: str, reason: str) -> None:
    world.smtp.refuse[what] = answer
    with pytest.raises(Rejected) as refused:
        await world.channel.send(delivery("Bonjour", to="marie@client.example", channel="mail"))
    assert refused.value.reason == reason and "marie" not in str(refused.value)


@pytest.mark.parametrize("what", ["marie@client.example", "DATA", "MAIL"])
async def test_a_refusal_for_now_is_tried_again(world: World, what: str) -> None:
    world.smtp.refuse_once[what] = "451 4.7.1 come back later"
    with pytest.raises(Retry):
        await world.channel.send(delivery("Bonjour", to="marie@client.example", channel="mail"))
    await world.channel.send(delivery("Bonjour", to="marie@client.example", channel="mail"))
    assert len(world.smtp.taken) == 1


async def test_a_server_that_goes_down_pauses_the_whole_account(world: World) -> None:
    world.smtp.busy = True
    with pytest.raises(Retry) as later:
        await world.channel.send(delivery("Bonjour", to="marie@client.example", channel="mail"))
    assert later.value.whole_account


async def test_no_server_and_a_wrong_password_are_told_apart(world: World) -> None:
    with pytest.raises(Rejected) as refused:
        await world.opened(smtp_password=SecretStr("wrong")).send(delivery(to="a@b.example", channel="mail"))
    assert refused.value.reason == "settings"
    with pytest.raises(Retry) as later:
        await world.opened(smtp_port=1).send(delivery(to="a@b.example", channel="mail"))
    assert later.value.whole_account


async def test_a_mail_sent_again_after_a_lost_answer_bears_the_same_message_id(world: World) -> None:
    world.smtp.hang_up = True
    one = delivery("Bonjour", to="marie@client.example", channel="mail")
    with pytest.raises(Retry) as lost:
        await world.channel.send(one)
    assert lost.value.__cause__ is not None
    await world.channel.send(one.model_copy(update={"again": True}))
    first, second = world.mailed()
    assert first["Message-ID"] == second["Message-ID"]


def test_the_servers_words_stay_out_of_the_cause() -> None:
    import aiosmtplib

    error = verdict(aiosmtplib.SMTPResponse(550, "5.1.1 <marie@client.example> unknown"), "recipient")
    assert str(error) == "the mail server says 550 5.1.1"
