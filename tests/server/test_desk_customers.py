"""The desk's pages of customers: lists in pages, what each role sees of somebody, merges told and undone."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from crm_backend.access.actor import SYSTEM
from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation
from crm_backend.customers import duplicates, identities, merging, profiles
from crm_backend.customers.model import Identity
from crm_backend.database import utc_now
from crm_backend.orders.model import Order
from server.app import Parts
from tests.conftest import MakeAgent


async def somebody(server: Parts, first: str, last: str, *, email: str = "", company: str = "") -> UUID:
    async with server.sessions.begin() as session:
        values = {"first_name": first, "last_name": last, "language": "fr", "company": company}
        made = await profiles.create(session, actor=SYSTEM, values=values)
        if email:
            await identities.add(session, actor=SYSTEM, customer_id=made.id, kind="email", value=email)
        return made.id


async def test_customers_are_listed_and_found_a_page_at_a_time_with_what_tells_namesakes_apart(
    server: Parts, agent: MakeAgent
) -> None:
    claire = await agent()
    made = {await somebody(server, "Marie", f"Durand-{at}", email=f"marie{at}@example.org") for at in range(23)}
    for asked in ("/customers?q=durand", "/customers?"):
        found, cursor = [], ""
        while cursor is not None:
            status, told = await claire.call("GET", f"{asked}&cursor={cursor}")
            assert status == 200 and len(told["items"]) <= 20
            found, cursor = [*found, *told["items"]], told["next"]
        assert (len(found), {UUID(one["id"]) for one in found}) == (23, made)
    assert {one["email"] for one in found} == {f"marie{at}@example.org" for at in range(23)}
    atelier = await somebody(server, "Ida", "Roux", company="Atelier Côté")
    (one,) = (await claire.call("GET", "/customers?q=atelier cote"))[1]["items"]
    assert (one["id"], one["found"], one["orders"]) == (str(atelier), {"by": "company", "value": "Atelier Côté"}, 0)
    for wrong in ("q=durand&cursor=x", "cursor=x", "q=d"):
        assert (await claire.call("GET", f"/customers?{wrong}"))[0] in (400, 422), wrong


async def test_orders_and_conversations_are_for_whom_they_are_and_a_merge_is_told_until_it_is_undone(
    server: Parts, agent: MakeAgent
) -> None:
    claire = await agent()
    kept = await somebody(server, "Marie", "Durand", email="marie@example.org")
    gone = await somebody(server, "Marie", "Durant", email="Marie@example.org")
    async with server.sessions.begin() as session:
        session.add(
            Order(
                number="M-1", number_key="M1", customer_id=gone, status="paid", placed_at=utc_now(),
                total_minor=4_500, currency="EUR",
            )
        )  # fmt: skip
        wrote = await session.scalar(select(Identity.id).where(Identity.customer_id == gone))
        place = {"channel": "mail", "account": "main", "address": "marie@example.org"}
        session.add(Conversation(customer_id=gone, identity_id=wrote, **place))
        while await duplicates.look(session):
            pass
    (pair,) = (await claire.call("GET", f"/duplicates?customer={kept}"))[1]["items"]
    assert {one["id"] for one in pair["customers"]} == {str(kept), str(gone)} and pair["evidence"]
    path = f"/customers/{kept}"
    assert (await claire.call("GET", path + "/orders"))[1]["items"] == []
    async with server.sessions.begin() as session:
        await merging.merge(session, actor=SYSTEM, kept_id=kept, gone_id=gone)
    (order,) = (await claire.call("GET", path + "/orders"))[1]["items"]
    assert order["number"] == "M-1" and order["allowed"]["cancel"]["allowed"] in (True, False)
    (talk,) = (await claire.call("GET", path + "/conversations"))[1]["items"]
    assert (talk["channel"], talk["customer"]["id"]) == ("mail", str(kept))
    (merge,) = (await claire.call("GET", path + "/merges"))[1]["items"]
    assert (merge["gone"], merge["undoable"], merge["undone_at"]) == ("Marie Durant", True, None)
    assert (await claire.call("GET", path + "/contact"))[1]["contact"]["unasked"] is True
    async with server.sessions.begin() as session:
        await session.execute(update(Agent).values(role="knowledge_editor"))
    for at in ("/customers", *(path + part for part in ("/merges", "/orders", "/contact"))):
        assert (await claire.call("GET", at))[0] == 403, at
