"""Mails put into conversations, with a real database; and put right when that was wrong."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.desk import threads
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Participant, Turn
from crm_backend.errors import BadInput, Conflict, NotFound
from tests.channels.mail.conftest import World
from tests.channels.mail.mails import mail

PAUL = "Paul <paul@autre.example>"


async def asked(world: World) -> Any:
    """Marie has asked, and was answered; what she got."""
    await world.take(mail("Où est ma commande 10234 ?", message_id="first@client.example"))
    await world.answer("Elle est partie hier de notre entrepôt, livraison prévue mardi 25 novembre entre 9 h et 13 h.")
    return world.mailed()[-1]


async def test_an_answer_joins_the_conversation_and_says_why(world: World) -> None:
    got = await asked(world)
    identifier = got["Message-ID"].strip("<>")
    await world.take(mail("Merci", subject=got["Subject"], in_reply_to=identifier, references=[identifier]))
    first, _, third = await world.messages()
    assert third.conversation_id == first.conversation_id
    assert third.details["thread"]["reasons"][0] == "answers" and third.details["thread"]["score"] >= 50


async def test_an_answer_to_the_marked_address_joins_without_any_reference(world: World) -> None:
    got = await asked(world)
    await world.take(mail("Merci", subject="Re: ", to=got["Reply-To"].addresses[0].addr_spec))
    first, _, third = await world.messages()
    assert third.conversation_id == first.conversation_id and "token" in third.details["thread"]["reasons"]


async def test_a_second_mail_that_names_the_first_joins_it(world: World) -> None:
    await world.take(mail("Bonjour", message_id="first@client.example"))
    await world.take(mail("J’oubliais…", subject="Re: Ma commande", in_reply_to="first@client.example"))
    first, second = await world.messages()
    assert first.conversation_id == second.conversation_id


async def test_another_person_who_answers_a_forwarded_mail_is_not_let_in(world: World) -> None:
    got = await asked(world)
    identifier = got["Message-ID"].strip("<>")
    to = got["Reply-To"].addresses[0].addr_spec
    await world.take(mail("Et moi ?", sender=PAUL, subject=got["Subject"], in_reply_to=identifier, to=to))
    first, _, third = await world.messages()
    assert third.conversation_id != first.conversation_id
    assert third.details["thread"]["why"] == "other_sender"
    assert third.details["thread"]["related"] == str(first.conversation_id)


async def test_strangers_with_the_same_subject_stay_apart(world: World) -> None:
    for number in range(3):
        await world.take(mail("Bonjour", sender=f"c{number}@client.example", subject="Re: Nos nouveautés de l’automne"))
    assert len({message.conversation_id for message in await world.messages()}) == 3


async def test_a_new_subject_on_an_old_thread_opens_a_new_conversation(world: World) -> None:
    got = await asked(world)
    identifier = got["Message-ID"].strip("<>")
    await world.take(mail("Autre question", subject="Facture de mars", in_reply_to=identifier))
    first, _, third = await world.messages()
    assert third.conversation_id != first.conversation_id and third.details["thread"]["why"] == "new_subject"


async def test_quotes_are_enough_when_a_program_lost_the_references(world: World) -> None:
    await asked(world)
    text = (
        "Toujours rien reçu.\n\nLe 22 nov. 2026 à 10:00, Maison Tilleul <support@maison-tilleul.example> a écrit :\n\n"
        "> Elle est partie hier de notre entrepôt, livraison prévue mardi 25 novembre entre 9 h et 13 h.\n"
    )
    await world.take(mail(text))
    first, _, third = await world.messages()
    assert third.text == "Toujours rien reçu." and third.conversation_id == first.conversation_id


async def mixed(world: World) -> Any:
    """A conversation whose third message should have begun another; its identifier and an agent."""
    got = await asked(world)
    identifier = got["Message-ID"].strip("<>")
    await world.take(mail("Et un remboursement", subject=got["Subject"], in_reply_to=identifier))
    await world.answer("Je regarde.")
    async with world.sessions() as session, session.begin():
        agent = Agent(email="claire@example.com", name="Claire Martin", language="fr", password_hash="x")
        session.add(agent)
    return (await world.messages())[0].conversation_id, agent


async def state(world: World) -> Any:
    """All there is of conversations, but for what may not be the same again: versions."""
    async with world.sessions() as session:
        shown = []
        for table in (Conversation, Message, Turn, OutboxItem, Participant):
            for row in await session.scalars(select(table)):
                values = {c.key: getattr(row, c.key) for c in table.__table__.columns if c.key != "version"}
                shown.append((table.__tablename__, sorted(values.items(), key=lambda item: item[0])))
        return sorted(shown, key=repr)


async def test_a_split_moves_the_mail_and_what_follows(world: World) -> None:
    conversation, agent = await mixed(world)
    async with world.sessions() as session, session.begin():
        made = await threads.split(session, conversation_id=conversation, seq=3, agent=agent)
    old = await world.conversation(conversation)
    new = await world.conversation(made.id)
    assert (old.last_seq, new.last_seq) == (2, 2)
    moved = [message for message in await world.messages() if message.conversation_id == new.id]
    assert [(message.seq, message.text) for message in moved] == [(1, "Et un remboursement"), (2, "Je regarde.")]
    assert new.proof == "anonymous" and new.continues_id == old.id
    async with world.sessions() as session:
        assert list(await session.scalars(select(AuditEntry.action).where(AuditEntry.action == "split"))) == ["split"]


async def test_undoing_a_split_restores_everything_exactly(world: World) -> None:
    conversation, agent = await mixed(world)
    before = await state(world)
    async with world.sessions() as session, session.begin():
        made = await threads.split(session, conversation_id=conversation, seq=3, agent=agent)
    async with world.sessions() as session, session.begin():
        await threads.undo_split(session, conversation_id=made.id, agent=agent)
    assert await state(world) == before


async def test_undoing_a_split_after_both_went_on_loses_nothing_and_keeps_the_order(world: World) -> None:
    conversation, agent = await mixed(world)
    async with world.sessions() as session, session.begin():
        made = await threads.split(session, conversation_id=conversation, seq=3, agent=agent)
    first = (await world.messages())[0]
    await world.take(mail("Reçue !", subject="Re: Ma commande", in_reply_to=first.external_id))
    assert (await world.last()).conversation_id == conversation
    async with world.sessions() as session, session.begin():
        await threads.undo_split(session, conversation_id=made.id, agent=agent)
    async with world.sessions() as session:
        rows = list(await session.scalars(select(Message).order_by(Message.place, Message.seq)))
    assert [row.seq for row in sorted(rows, key=lambda row: row.seq)] == [1, 2, 3, 4, 5]
    assert [row.text for row in rows][2:] == ["Et un remboursement", "Je regarde.", "Reçue !"]


async def test_a_split_needs_a_customers_message_that_leaves_something(world: World) -> None:
    conversation, agent = await mixed(world)
    async with world.sessions() as session:
        with pytest.raises(BadInput):
            await threads.split(session, conversation_id=conversation, seq=1, agent=agent)
        with pytest.raises(NotFound):
            await threads.split(session, conversation_id=conversation, seq=2, agent=agent)
        with pytest.raises(Conflict):
            await threads.undo_split(session, conversation_id=conversation, agent=agent)
