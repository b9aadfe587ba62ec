"""Marie, who is on file, and codes for going on elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_backend.conversations.receiving import joining
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id

PHONE, EMAIL = "+33612345678", "marie@example.com"
WHATSAPP: dict[str, Any] = {
    "channel": "whatsapp",
    "identity_kind": "whatsapp",
    "identity_value": "33612345678",
    "address": "33612345678",
    "vouched": {"kind": "phone", "value": PHONE},
}
TELEGRAM: dict[str, Any] = {
    "channel": "telegram",
    "identity_kind": "telegram",
    "identity_value": "412000001",
    "address": "412000001",
}
"""Of whom Telegram says nothing but that it is the same account as before."""


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
