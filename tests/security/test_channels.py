"""What somebody with bad intent may try across channels: codes, forged writers, hostile values, many things at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from channels.mail import hook
from channels.mail.automatic import Kind, Own, sort_out
from channels.mail.compose import Envelope, compose
from channels.mail.letters import Letter, Part
from channels.mail.parse import parse
from crm_backend.conversations import joining, moving, stream, threads
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import InboundMessage
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id, unreachable, utc_now
from crm_backend.errors import BadInput, Conflict, NotAuthenticated, NotFound, NotOwner
from server.app import Parts
from tests.channels.webchat.conftest import Browser
from tests.conftest import MakeCustomer
from tests.support import core, site

PHONE, EMAIL = "+33612345678", "marie@example.com"
WHATSAPP: dict[str, Any] = {
    "channel": "whatsapp",
    "identity_kind": "whatsapp",
    "identity_value": "33612345678",
    "address": "33612345678",
    "vouched": {"kind": "phone", "value": PHONE},
}


async def on_file(sessions: Sessions) -> UUID:
    async with sessions() as session, session.begin():
        marie = Customer(id=new_id(), first_name="Marie", last_name="Dupont")
        session.add(marie)
        await session.flush()
        session.add_all(
            [
                Identity(customer_id=marie.id, kind="phone", value=PHONE),
                Identity(customer_id=marie.id, kind="email", value=EMAIL),
            ]
        )
    return marie.id


async def code_for(sessions: Sessions, conversation: UUID) -> str:
    async with sessions() as session, session.begin():
        return await joining.make_code(session, conversation_id=conversation)


# A code that somebody else was made to bring


async def test_who_hands_out_a_code_gets_nothing_of_what_its_bringer_proves(sessions: Sessions) -> None:
    """A stranger sends Marie the link of their own conversation; she opens it and is known by her number."""
    marie = await on_file(sessions)
    stranger = await core.write(sessions, visitor="stranger")
    code = await code_for(sessions, stranger.conversation_id)
    joined = await core.write(sessions, code, **WHATSAPP)
    talk = await core.conversation(sessions, joined.conversation_id)
    assert (talk.id, talk.proof, talk.customer_id) == (stranger.conversation_id, "channel", marie)
    await core.write(sessions, "ma dernière commande ?", visitor="stranger", conversation_id=talk.id)
    talk = await core.conversation(sessions, talk.id)
    # Whose it was is remembered: what was said may not be mailed to somebody else.
    assert (talk.proof, talk.customer_id) == ("anonymous", marie)
    await core.write(sessions, "et moi ?", **WHATSAPP)
    talk = await core.conversation(sessions, talk.id)
    assert (talk.proof, talk.customer_id) == ("channel", marie)


@pytest.mark.parametrize("channel", ["code", "silence"])
async def test_a_number_that_vouches_for_itself_does_not_vouch_for_whom_the_conversation_once_was(
    sessions: Sessions, channel: str
) -> None:
    """Marie proved who she was in a browser that others use; one of them takes the conversation to their own phone."""
    marie = await on_file(sessions)
    own = {**WHATSAPP, "identity_value": "33699999999", "address": "33699999999"}
    own["vouched"] = {"kind": "phone", "value": "+33699999999"}
    web = await core.write(sessions)
    if channel == "silence":
        await core.write(sessions, await code_for(sessions, web.conversation_id), **own)
    async with sessions() as session, session.begin():
        talk = await session.get_one(Conversation, web.conversation_id)
        talk.proof, talk.customer_id, talk.last_message_at = "verified", marie, utc_now() - timedelta(days=1)
    if channel == "code":
        await core.write(sessions, "bonjour")
        await core.write(sessions, await code_for(sessions, web.conversation_id), **own)
    after = await core.write(sessions, "ma commande ?", **own)
    talk = await core.conversation(sessions, web.conversation_id)
    assert after.conversation_id == talk.id
    assert (talk.proof, talk.customer_id) == ("channel", None)


async def test_who_brings_a_code_has_what_was_proved_where_it_was_given(sessions: Sessions) -> None:
    marie = await on_file(sessions)
    web = await core.write(sessions)
    async with sessions() as session, session.begin():
        talk = await session.get_one(type(await core.conversation(sessions, web.conversation_id)), web.conversation_id)
        talk.proof, talk.customer_id = "verified", marie
    code = await code_for(sessions, web.conversation_id)
    number = {key: value for key, value in WHATSAPP.items() if key != "vouched"}
    await core.write(sessions, code, **number)
    await core.write(sessions, "ma commande ?", **number)
    talk = await core.conversation(sessions, web.conversation_id)
    assert (talk.proof, talk.customer_id) == ("verified", marie)


async def test_an_answer_thought_about_for_one_writer_is_not_said_to_another(sessions: Sessions) -> None:
    await on_file(sessions)
    stranger = await core.write(sessions, visitor="stranger")
    await core.answered(sessions, core.saying("bonjour"))
    code = await code_for(sessions, stranger.conversation_id)
    await core.write(sessions, code, **WHATSAPP)
    await core.write(sessions, "où est ma commande ?", **WHATSAPP)
    claimed = await core.claim(sessions)
    assert claimed is not None and claimed.proof == "channel"
    await core.write(sessions, "alors ?", visitor="stranger")
    assert not await core.finish(sessions, claimed, core.saying("Votre commande 10234 est au 12 rue des Lilas."))
    again = await core.claim(sessions)
    assert again is not None and (again.id, again.proof) == (claimed.id, "anonymous")


async def test_a_browser_is_not_shown_what_was_said_where_somebody_is_known(
    server: Parts, customer: MakeCustomer
) -> None:
    stranger = await customer()
    await stranger.say("bonjour")
    await on_file(server.sessions)
    conversation = UUID(str(stranger.conversation))
    code = await code_for(server.sessions, conversation)
    await server.core.accept(core.inbound(code, **WHATSAPP))
    secret = await server.core.accept(core.inbound("la commande 10234, code postal 69003", **WHATSAPP))
    shown = await stranger.until("bot", after=secret.seq)
    assert "69003" not in str(stranger.messages) and "10234" not in str(stranger.messages)
    assert shown["text"] == "Ce message est resté sur WhatsApp, où vous pouvez le lire."
    # Nor when it comes back, asks over plain HTTP, lists its conversations, or writes again.
    await stranger.hang_up()
    welcome = await stranger.connect()
    assert welcome["conversation"] == str(conversation) and "69003" not in str(welcome)
    async with site.browser_session() as client:
        browser = Browser(client, server.settings.address, str(stranger.visitor), str(conversation))
        for path in ("/conversations", f"/messages?conversation={conversation}&after=0"):
            status, told = await browser.call("GET", path)
            assert status == 200 and "69003" not in str(told)
        await stranger.say("et moi ?")
        assert "69003" not in str((await browser.poll())[1])


# Values that no honest platform sends

LONG = "é" * 200_000
HOSTILE = ("\x00", "\U0001f600" * 900, "a\x00b", "\ud800", "a\udfffb", "\u202egnp.exe", LONG)
PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "external_id": lambda value: {"external_id": value},
    "identity": lambda value: {"identity_value": value},
    "address": lambda value: {"address": value},
    "name": lambda value: {"sender_name": value},
    "quote": lambda value: {"reply_to": value},
    "place": lambda value: {"location": {"latitude": 1, "longitude": 2, "name": value, "address": value}},
    "contact": lambda value: {"contacts": [{"name": value, "phones": [value], "emails": [value]}]},
    "file": lambda value: {"files": [{"remote": {"id": value}, "name": value, "media_type": value, "size": 2**63 - 1}]},
    "details": lambda value: {"details": {"subject": value, value: [value, {"deep": value}]}},
    "automatic": lambda value: {"automatic": value},
    "team": lambda value: {"team": value},
    "vouched": lambda value: {"vouched": {"kind": "phone", "value": value}},
    "order": lambda value: {"order": 2**63 + len(value)},
    "size": lambda value: {"files": [{"remote": {"id": "1"}, "size": 2**63 + len(value)}]},
}


@pytest.mark.parametrize("place", PLACES)
async def test_a_value_that_cannot_be_kept_is_cleaned_or_refused_and_never_asked_for_again(
    server: Parts, place: str
) -> None:
    """A platform sends again what fails: what can never be stored would come for days, and hold up what follows."""
    for number, value in enumerate(HOSTILE):
        told = core.inbound("bonjour", visitor=f"{place} {number}").model_dump() | PLACES[place](value)
        # What is no text at all does not come as far as this: the shape of a message refuses it.
        with suppress(BadInput, ValidationError):
            await server.core.accept(InboundMessage(**told))
    after = await server.core.accept(core.inbound("et après ?", visitor="somebody else"))
    assert after.seq == 1


# Everything at once


async def insisted(work: Callable[[], Awaitable[Any]]) -> None:
    """Does it as a platform or a browser would: what is answered 503 comes again."""
    for _ in range(20):
        try:
            await work()
            return
        except (Conflict, NotFound, NotOwner, BadInput):
            return
        except DBAPIError as error:
            if not unreachable(error):
                raise


async def test_receiving_joining_splitting_moving_and_taking_at_once_loses_nothing(sessions: Sessions) -> None:
    """Locks are taken identity first, then conversation; where three meet all the same, one is told to come again."""
    claire = await core.agent(sessions)
    web = await core.write(sessions, "première", visitor="marie")
    conversation = web.conversation_id
    people = [{"visitor": "marie"}] + [
        {**WHATSAPP, "identity_value": f"3361234560{n}", "address": f"3361234560{n}", "vouched": None} for n in range(4)
    ]
    for who in people[1:]:
        await core.write(sessions, await code_for(sessions, conversation), **who)

    async def split() -> None:
        async with sessions() as session, session.begin():
            talk = await session.get_one(Conversation, conversation)
            await threads.split(session, conversation_id=conversation, seq=max(2, talk.last_seq), agent=claire)

    async def unsplit() -> None:
        async with sessions() as session:
            part = await session.scalar(select(Conversation.id).where(Conversation.continues_id == conversation))
        if part is not None:
            async with sessions() as session, session.begin():
                await threads.undo_split(session, conversation_id=part, agent=claire)

    async def move(n: int) -> None:
        async with sessions() as session, session.begin():
            old, new = f"3361234560{n}", f"3361234569{n}"
            await moving.account_moved(
                session, channel="whatsapp", kind="whatsapp", old=old, new=new, moved_at=utc_now() + timedelta(days=1)
            )

    written = 0
    works: list[Callable[[], Awaitable[Any]]] = []
    for n in range(12):
        for number, who in enumerate(people):
            works.append(partial(core.write, sessions, f"{n} {number}", external_id=f"{n} {number}", **who))
            written += 1
        works += [split, unsplit, partial(move, n % 4)]
        works.append(partial(core.change, sessions, "take" if n % 2 else "release", conversation, claire))
        works.append(partial(code_for, sessions, conversation))
    random.Random(7).shuffle(works)
    async with asyncio.timeout(60):
        await asyncio.gather(*(insisted(work) for work in works))
    async with sessions() as session:
        stored = list(await session.execute(select(Message.conversation_id, Message.seq, Message.external_id)))
        ends = dict((await session.execute(select(Conversation.id, Conversation.last_seq))).tuples().all())
    assert len([one for one in stored if one[2] and one[2][0].isdigit() and " " in one[2]]) == written
    for talk, last in ends.items():
        assert sorted(seq for each, seq, _ in stored if each == talk) == list(range(1, last + 1))


async def test_who_lost_a_race_for_locks_is_asked_to_come_again_and_not_told_of_a_failure(sessions: Sessions) -> None:
    first = (await core.write(sessions, visitor="a")).conversation_id
    second = (await core.write(sessions, visitor="b")).conversation_id
    met = asyncio.Barrier(2)

    async def both(one: UUID, other: UUID) -> None:
        async with sessions() as session, session.begin():
            await stream.locked(session, one)
            await met.wait()
            await stream.locked(session, other)

    outcomes = await asyncio.gather(both(first, second), both(second, first), return_exceptions=True)
    lost = [outcome for outcome in outcomes if outcome is not None]
    assert len(lost) == 1 and isinstance(lost[0], Exception) and unreachable(lost[0])


# Threads, the mail hook, and machines that answer machines


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


async def test_of_many_who_bring_one_code_at_once_one_is_let_in(sessions: Sessions) -> None:
    web = await core.write(sessions)
    code = await code_for(sessions, web.conversation_id)
    thieves = [{**WHATSAPP, "identity_value": f"336{n:08}", "address": f"336{n:08}", "vouched": None} for n in range(8)]
    came = await asyncio.gather(*(core.write(sessions, code, **thief) for thief in thieves))
    assert [one.conversation_id for one in came].count(web.conversation_id) == 1


async def test_what_is_refused_after_a_code_leaves_the_code_good(sessions: Sessions) -> None:
    web = await core.write(sessions)
    code = await code_for(sessions, web.conversation_id)
    with pytest.raises(BadInput):
        await core.write(sessions, code, press={"seq": 1, "index": 9}, **WHATSAPP)
    assert (await core.write(sessions, code, **WHATSAPP)).conversation_id == web.conversation_id
