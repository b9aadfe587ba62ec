"""The names of what the audit log tells of: in the reader's language, to who may read it, and no person's."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.agents.model import Agent
from crm_backend.cases import categories
from crm_backend.database import new_id
from crm_backend.segments.model import Segment
from server.app import Parts
from tests.conftest import MakeAgent
from tests.crm_backend.service_levels import house


async def test_things_are_called_by_name_where_they_exist(server: Parts, agent: MakeAgent) -> None:
    async with server.sessions.begin() as session:
        kept = await categories.add(session, actor=COMMAND_LINE, names={"fr": "Livraison", "en": "Delivery"})
        customer = await house.customer(session)
        session.add(segment := Segment(id=new_id(), name="Fidèles", rule={}, created_by="system"))
    things = {
        f"case_category:{kept.id}": "Livraison",
        f"segment:{segment.id}": "Fidèles",
        "case_type:complaint": "Réclamation",
        "role:auditor": "Auditeur",
        "product_category:tableware": "art de la table",
        "team:support": "",
        f"case_category:{new_id()}": None,
        "segment:tableware": None,
        f"customer:{customer.id}": None,
    }
    claire = await agent()
    asking = {"things": list(things)}
    assert (await claire.call("POST", "/audit/names", **asking))[0] == 403
    async with server.sessions.begin() as session:
        await session.execute(update(Agent).where(Agent.id == UUID(claire.id)).values(role="auditor"))
    status, told = await claire.call("POST", "/audit/names", **asking)
    assert status == 200 and told["names"].pop("team:support")
    assert told["names"] == {thing: name for thing, name in things.items() if name}
    assert (await claire.call("POST", "/audit/names", things=["no thing"]))[0] == 400
