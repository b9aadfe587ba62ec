"""A file belongs to one message, and only its uploader may send it."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from crm_backend.attachments import services
from crm_backend.attachments.services import Looked
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.reading import queries
from crm_backend.conversations.schema import IncomingFile, agent_owner
from crm_backend.database import Sessions, new_id
from crm_backend.errors import BadInput, RateLimited
from tests.support import core

LOOKED = Looked(kind="image", media_type="image/png", name="a.png", size=3, sha256="0", width=1, height=1)


async def kept(sessions: Sessions, uploaded_by: str | None = "marie") -> UUID:
    file_id = new_id()
    async with sessions() as session, session.begin():
        await services.add(session, file_id, LOOKED, uploaded_by=uploaded_by)
    return file_id


async def test_of_two_messages_at_once_one_has_the_file(sessions: Sessions) -> None:
    file_id = await kept(sessions)
    file = IncomingFile(id=file_id, uploaded_by="marie")
    writes = [core.write(sessions, f"{n}", visitor=f"visitor {n}", files=[file]) for n in range(4)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert sum(isinstance(outcome, BadInput) for outcome in outcomes) == 3


@pytest.mark.parametrize("uploaded_by", [None, "paul", ""])
async def test_only_who_uploaded_it_sends_it(sessions: Sessions, uploaded_by: str | None) -> None:
    file = IncomingFile(id=await kept(sessions), uploaded_by=uploaded_by)
    with pytest.raises(BadInput):
        await core.write(sessions, "voici", files=[file])


async def test_an_agents_files_go_out_in_the_order_given(sessions: Sessions) -> None:
    written, claire = await core.write(sessions), await core.agent(sessions)
    await core.change(sessions, "take", written.conversation_id, claire)
    files = [await kept(sessions, agent_owner(claire.id)) for _ in range(3)][::-1]
    async with sessions() as session, session.begin():
        message, _ = await owners.answer(
            session, conversation_id=written.conversation_id, agent=claire, client_id=new_id(), text="", files=files
        )
    async with sessions() as session:
        view = await queries.message(session, conversation_id=written.conversation_id, seq=message.seq)
        assert [file.id for file in view.files] == files


async def test_nobody_hoards(sessions: Sessions) -> None:
    for _ in range(20):
        async with sessions() as session:
            await services.room_for_another(session, "marie")
        await kept(sessions)
    async with sessions() as session:
        with pytest.raises(RateLimited):
            await services.room_for_another(session, "marie")
        await services.room_for_another(session, "paul")


async def test_a_deleted_messages_files_are_shown_to_nobody(sessions: Sessions) -> None:
    file = IncomingFile(id=await kept(sessions), uploaded_by="marie")
    written = await core.write(sessions, "voici", external_id="m1", files=[file])
    await core.write(sessions, "", external_id="m1 deleted", event="deleted", target="m1")
    async with sessions() as session:
        view = await queries.message(session, conversation_id=written.conversation_id, seq=written.seq)
        assert view.deleted and view.files == [] and view.text == ""
