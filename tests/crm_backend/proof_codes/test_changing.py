"""Who may have a new e-mail address put first."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation
from crm_backend.errors import NotProved
from crm_backend.proof_codes import changing
from tests.crm_backend.proof_codes.test_proof_codes import KEEPER, STARTS, code, marie, talk


async def test_the_facts_of_an_order_alone_move_no_address(crm: AsyncSession) -> None:
    owner, here = await marie(crm), await talk(crm, proof="verified")
    conversation = await crm.get_one(Conversation, here.id)
    conversation.customer_id, conversation.proof = owner, "verified"
    new = "voleuse@example.fr"
    await here.asks(new, purpose="change")
    assert await here.types(await code(crm), purpose="change") == "ok"
    change = {"actor": KEEPER, "conversation_id": here.id, "customer_id": owner, "value": new, "starts": STARTS}
    with pytest.raises(NotProved):
        await changing.change_email(crm, **change)
    conversation.proof = "signed_in"
    await crm.flush()
    assert (await changing.change_email(crm, **change))[1]
