"""Threads taken apart, the mail hook, and machines that answer machines."""

from __future__ import annotations

from functools import partial

import pytest

from channels.mail import hook
from channels.mail.automatic import Kind, Own, sort_out
from channels.mail.compose import Envelope, compose
from channels.mail.letters import Letter, Part
from channels.mail.parse import parse
from crm_backend.conversations.desk import threads
from crm_backend.database import Sessions, utc_now
from crm_backend.errors import NotAuthenticated, NotOwner
from tests.security.marie import WHATSAPP, code_for, on_file
from tests.support import core


async def test_an_agent_does_not_take_apart_what_a_colleague_answers(sessions: Sessions) -> None:
    claire, thomas = await core.agent(sessions), await core.agent(sessions, "Thomas Roy")
    first = await core.write(sessions)
    second = await core.write(sessions, "autre chose")
    await core.change(sessions, "take", first.conversation_id, claire)
    split = partial(threads.split, conversation_id=first.conversation_id, seq=second.seq)
    async with sessions() as session:
        with pytest.raises(NotOwner):
            await split(session, agent=thomas)
    async with sessions() as session, session.begin():
        apart = (await split(session, agent=claire)).id
    async with sessions() as session:
        with pytest.raises(NotOwner):
            await threads.undo_split(session, conversation_id=apart, agent=thomas)


async def test_what_one_writer_proved_does_not_stay_when_their_messages_are_split_off(sessions: Sessions) -> None:
    await on_file(sessions)
    claire = await core.agent(sessions)
    web = await core.write(sessions, visitor="browser")
    code = await code_for(sessions, web.conversation_id)
    joined = await core.write(sessions, code, **WHATSAPP)
    assert (await core.conversation(sessions, web.conversation_id)).proof == "channel"
    async with sessions() as session, session.begin():
        apart = await threads.split(session, conversation_id=web.conversation_id, seq=joined.seq, agent=claire)
    assert (await core.conversation(sessions, web.conversation_id)).proof == "anonymous"
    async with sessions() as session, session.begin():
        await threads.undo_split(session, conversation_id=apart.id, agent=claire)
    assert (await core.conversation(sessions, web.conversation_id)).proof == "channel"


@pytest.mark.parametrize("header", [None, "", "t=1,v1=" + "0" * 64, "v1=" + "0" * 64, "t=now,v1=0"])
def test_a_mail_that_nobody_can_have_signed_is_refused_before_it_is_read(header: str | None) -> None:
    with pytest.raises(NotAuthenticated):
        hook.claimed(header)


@pytest.mark.parametrize(("automatic", "answer", "unsubscribe"), [(True, True, None), (True, False, "https://x.fr/u")])
def test_two_installations_do_not_answer_each_other(automatic: bool, answer: bool, unsubscribe: str | None) -> None:
    """What the assistant or a notification of one writes is no question to the assistant of the other."""
    letter = Letter("fr", "Maison Tilleul", "https://help.example.com", "#1f5f4a", (Part("Bonjour"),))
    envelope = Envelope(
        sender="support@tilleul.example",
        sender_name="Maison Tilleul",
        to="service@autre.example",
        to_name="",
        copies=(),
        reply_to="support@tilleul.example",
        subject="Votre demande",
        message_id="1@tilleul.example",
        date=utc_now(),
        automatic=automatic,
        answer=answer,
        unsubscribe=unsubscribe,
    )
    found = sort_out(parse(compose(envelope, letter)), own=Own(addresses=["service@autre.example"]))
    assert found.kind in (Kind.AUTO_REPLY, Kind.NOTICE, Kind.LIST)
