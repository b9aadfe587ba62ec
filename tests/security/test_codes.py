"""A code that goes on with a conversation elsewhere, brought by somebody else than who was meant, or many times."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from crm_backend.accounts.elsewhere import Way
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import Button, Reply
from crm_backend.conversations.sending import by_mail
from crm_backend.customers import people
from crm_backend.database import Sessions, utc_now
from crm_backend.errors import BadInput
from server.app import Parts
from tests.channels.webchat.conftest import Browser
from tests.conftest import MakeAgent, MakeCustomer
from tests.security.marie import TELEGRAM, WHATSAPP, code_for, on_file
from tests.support import core, site


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


async def offer(sessions: Sessions, conversation: UUID, title: str) -> None:
    """The assistant offers a button on the channel where the customer last wrote."""
    async with sessions() as session, session.begin():
        row = await stream.locked(session, conversation)
        buttons = [Button(title=title, payload="/affirm")]
        stream.send(session, row, author="bot", reply=Reply(text="Alors ?", buttons=buttons), now=utc_now())


@pytest.mark.parametrize(("there", "place"), [(WHATSAPP, "WhatsApp"), (TELEGRAM, "Telegram")])
async def test_a_browser_is_not_shown_what_who_brought_its_code_says_elsewhere(
    server: Parts, customer: MakeCustomer, agent: MakeAgent, there: dict[str, Any], place: str
) -> None:
    """Whether or not the platform says who that is: the code may have been made for somebody else to bring."""
    stranger = await customer()
    await stranger.say("bonjour")
    await on_file(server.sessions)
    conversation = UUID(str(stranger.conversation))
    code = await code_for(server.sessions, conversation)
    await server.core.accept(core.inbound(code, **there))
    secret = await server.core.accept(core.inbound("la commande 10234, code postal 69003", **there))
    assert secret.conversation_id == conversation
    shown = await stranger.until("bot", after=secret.seq)
    assert "69003" not in str(stranger.messages) and "10234" not in str(stranger.messages)
    assert shown["text"] == f"Ce message est resté sur {place}, où vous pouvez le lire."
    # Nor when it comes back, asks over plain HTTP, lists its conversations, or writes again.
    await stranger.hang_up()
    welcome = await stranger.connect()
    assert welcome["conversation"] == str(conversation) and "69003" not in str(welcome)
    async with site.browser_session() as client:
        browser = Browser(client, server.settings.address, str(stranger.visitor), str(conversation))
        for path in ("/conversations", f"/messages?conversation={conversation}&after=0"):
            status, told = await browser.call("GET", path)
            assert status == 200 and "69003" not in str(told)
        # Nor by pressing a button that was offered there: what it says is not told either, and it means nothing.
        await offer(server.sessions, conversation, "Rembourser la 10234 à Marie")
        last = (await core.conversation(server.sessions, conversation)).last_seq
        pressed = await stranger.send("oui", button={"seq": last, "index": 0})
        assert pressed["type"] == "ack" and "10234" not in str(stranger.frames)
        view = (await core.transcript(server.sessions, conversation))[-1]
        assert "10234" not in view.text
        await stranger.say("et moi ?")
        assert "69003" not in str((await browser.poll())[1])
    # Who answers them sees all of it.
    claire = await agent()
    assert "69003" in str(await claire.call("GET", f"/conversations/{conversation}"))


async def test_a_code_does_not_lead_into_a_strangers_conversation_on_the_same_channel(sessions: Sessions) -> None:
    """Told to type it into the shop's chat, Marie would write what then shows in the browser that the code is from."""
    stranger = await core.write(sessions, visitor="stranger")
    code = await code_for(sessions, stranger.conversation_id)
    phished = await core.write(sessions, code, visitor="marie")
    assert phished.conversation_id != stranger.conversation_id
    # It is as good as before for who takes their own conversation to another channel, and comes back from there.
    assert (await core.write(sessions, code, **TELEGRAM)).conversation_id == stranger.conversation_id
    back = await code_for(sessions, stranger.conversation_id)
    assert (await core.write(sessions, back, visitor="stranger")).conversation_id == stranger.conversation_id


async def test_an_answer_promised_to_who_made_a_code_does_not_go_to_them_once_somebody_else_writes(
    sessions: Sessions,
) -> None:
    claire = await core.agent(sessions)
    talk = (await core.write(sessions, visitor="stranger")).conversation_id
    async with sessions() as session, session.begin():
        visitor = await people.writer(session, kind="browser", value="stranger", now=utc_now())
        way = Way(channel="mail", account="main")
        await by_mail.promise(
            session, conversation_id=talk, visitor=visitor, by=way, to="stranger@example.com", now=utc_now()
        )
    await core.write(sessions, await code_for(sessions, talk), **TELEGRAM)
    await core.change(sessions, "take", talk, claire)
    await core.reply_as(sessions, talk, claire, "Votre colis est au 12 rue des Lilas.")
    after = await core.conversation(sessions, talk)
    assert (after.channel, after.address) == ("telegram", TELEGRAM["address"])


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
