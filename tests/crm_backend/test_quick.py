"""Statements that asyncpg runs as they are: what they give is what SQLAlchemy gives, and so are their errors."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, new_id, one_by_one
from crm_backend.quick import Quick, columns_of, objects_of
from tests.crm_backend.conversations.receiving.test_foreseen import accept, message

_OF = (
    select(*columns_of(Message), *columns_of(Conversation), func.array_agg(Identity.id).over())
    .join(Conversation, Conversation.id == Message.conversation_id)
    .join(Identity, Identity.id == Conversation.identity_id)
    .where(Message.external_id == bindparam("named"), Message.author == "customer")
)


async def test_it_gives_what_the_session_gives(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    await accept(sessions, message("un", order=1, sender_name="Marie"))
    quick, asked = Quick(_OF), {"named": "un"}
    async with sessions() as session:
        usual = [list(row) for row in (await session.execute(_OF, asked)).all()]
        # In any other session it is part of that one's transaction.
        assert [list(row) for row in await quick.rows(session, asked)] == usual

    def never(*_: Any, **_more: Any) -> None:
        raise AssertionError("SQLAlchemy was asked")

    with monkeypatch.context() as patched:
        patched.setattr(AsyncSession, "execute", never)
        async with one_by_one(sessions) as session:
            assert [list(row) for row in await quick.rows(session, asked)] == usual
            assert await quick.rows(session, {"named": "deux"}) == []
    said, conversation, owners = objects_of(Message, Conversation)(usual[0])
    assert (said.text, said.content["sender_name"], conversation.id) == ("un", "Marie", said.conversation_id)
    assert owners == [conversation.identity_id]


async def test_it_raises_what_the_session_raises(sessions: Sessions) -> None:
    known, values = Quick(insert(Identity).values(id=bindparam("named")).returning(Identity.id)), {"named": new_id()}
    async with one_by_one(sessions) as session:
        with pytest.raises(IntegrityError):
            await known.rows(session, values)
