"""What machines write is kept with the conversation, and changes nothing else in it; what people write counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from channels.mail.automatic import Kind
from crm_backend.conversations.model import JoinCode, Participant
from crm_backend.conversations.receiving import joining
from crm_backend.conversations.schema import MACHINES
from crm_backend.database import Sessions
from tests.support import core

WHATSAPP: dict[str, Any] = {
    "channel": "whatsapp",
    "identity_kind": "whatsapp",
    "identity_value": "33612345678",
    "address": "33612345678",
    "vouched": {"kind": "phone", "value": "+33612345678"},
}
MAIL = {
    "channel": "mail",
    "identity_kind": "email",
    "identity_value": "marie@example.com",
    "address": "marie@example.com",
}
KEPT = ("owner", "version", "channel", "account", "address", "identity_id", "proof", "customer_id", "subject",
        "waiting_since", "closed_at", "dialogue_state", "answer_by")  # fmt: skip


async def gone_on_from_mail(sessions: Sessions) -> UUID:
    """A conversation that was begun by mail and goes on on WhatsApp."""
    first = await core.write(sessions, "Bonjour", **MAIL)
    await core.answered(sessions, core.saying("Bonjour"))
    await core.write(sessions, "", **WHATSAPP, join_code=await code_for(sessions, first.conversation_id))
    await core.write(sessions, "Je continue ici", **WHATSAPP)
    await core.answered(sessions, core.saying("Très bien"))
    return first.conversation_id


async def code_for(sessions: Sessions, conversation: UUID) -> str:
    async with sessions() as session, session.begin():
        return await joining.make_code(session, conversation_id=conversation)


async def standing(sessions: Sessions, conversation: UUID) -> dict[str, Any]:
    found = await core.conversation(sessions, conversation)
    parts = await participants(sessions, conversation)
    return {name: getattr(found, name) for name in KEPT} | {"parts": parts}


async def participants(sessions: Sessions, conversation: UUID) -> list[Any]:
    async with sessions() as session:
        rows = await session.execute(
            select(Participant.channel, Participant.last_at)
            .where(Participant.conversation_id == conversation)
            .order_by(Participant.channel)
        )
        return list(rows.tuples())


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("automatic", ["auto_reply", "bounce"])
async def test_a_machine_changes_nothing_but_what_is_shown(sessions: Sessions, closed: bool, automatic: str) -> None:
    talk = await gone_on_from_mail(sessions)
    claire = await core.agent(sessions)
    await core.change(sessions, "take", talk, claire)
    if closed:
        await core.change(sessions, "close", talk, claire)
    before = await standing(sessions, talk)
    assert (before["channel"], before["proof"]) == ("whatsapp", "channel")
    machine = {**MAIL, "conversation_id": talk, "automatic": automatic, "details": {"subject": "Absence"}}
    stored = await core.write(sessions, "Je suis absente. STOP", **machine, external_id="<1@example.com>")
    assert await standing(sessions, talk) == before
    assert await core.claim(sessions) is None
    said = (await core.transcript(sessions, talk))[-1]
    assert (said.id, said.channel, said.content["automatic"]) == (stored.message_id, "mail", automatic)
    assert said.identity_id != before["identity_id"], "another address wrote it"
    again = await core.write(sessions, "Je suis absente. STOP", **machine, external_id="<1@example.com>")
    assert again.duplicate


@pytest.mark.parametrize("automatic", ["album", "unsupported", "encrypted", "too_many", "too_large"])
async def test_what_a_person_wrote_opens_again_and_waits_although_no_machine_may_answer(
    sessions: Sessions, automatic: str
) -> None:
    talk = await gone_on_from_mail(sessions)
    claire = await core.agent(sessions)
    await core.change(sessions, "take", talk, claire)
    person = {**MAIL, "conversation_id": talk, "automatic": automatic}
    await core.write(sessions, "…", **person)
    found = await core.conversation(sessions, talk)
    assert found.waiting_since is not None
    assert (found.channel, found.proof) == ("mail", "anonymous")
    await core.change(sessions, "close", talk, claire)
    await core.write(sessions, "…", **person)
    assert (await core.conversation(sessions, talk)).owner == "bot"
    assert await core.claim(sessions) is None


async def test_a_machine_that_writes_first_has_a_conversation_of_its_own(sessions: Sessions) -> None:
    stored = await core.write(sessions, "Newsletter", **MAIL, automatic="list", details={"subject": "News"})
    found = await core.conversation(sessions, stored.conversation_id)
    assert (found.subject, found.proof, len(await participants(sessions, found.id))) == ("News", "anonymous", 1)


async def test_a_machine_that_quotes_a_code_does_not_use_it_up(sessions: Sessions) -> None:
    talk = (await core.write(sessions)).conversation_id
    await core.answered(sessions, core.saying("Bonjour"))
    code = await code_for(sessions, talk)
    stored = await core.write(sessions, f"Absence. {code}", **MAIL, automatic="auto_reply")
    assert stored.conversation_id != talk
    async with sessions() as session:
        assert (await session.scalars(select(JoinCode.used_at))).all() == [None]


def test_every_kind_of_mail_that_no_person_wrote_is_a_machine_s() -> None:
    assert {kind.value for kind in Kind} - {Kind.PERSON, Kind.OWN} < MACHINES
