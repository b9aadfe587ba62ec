"""Canned replies: their placeholders, who sees them, and what a conversation fills in."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.roles import BUILT_IN
from crm_backend.agents.model import Agent
from crm_backend.canned import services
from crm_backend.canned.placeholders import filled, used
from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from crm_backend.errors import Invalid, NotAllowed, NotFound, Stale
from crm_backend.orders.model import Order

EDITOR = Actor("agent:00000000-0000-0000-0000-00000000000b", BUILT_IN["knowledge_editor"].permissions)
NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
ALL = "{customer.first_name} {customer.name} {order.number} {order.total} {order.date} {agent.first_name} {today}"
REPLY = {"shortcut": "late", "titles": {"fr": "Retard", "en": "Late"}, "texts": {"fr": ALL, "en": "Hi {customer.name}"}}


async def conversation(crm: AsyncSession, *, proof: str = "verified", orders: int = 1) -> Conversation:
    customer = Customer(id=new_id(), first_name="Marie", last_name="Durand")
    identity = Identity(id=new_id(), kind="telegram", value="1", customer=customer, shown_name="marie_d")
    made = Conversation(
        id=new_id(), channel="telegram", address="1", identity=identity, customer=customer, proof=proof, language="fr"
    )
    crm.add_all([customer, identity, made])
    for number in range(orders):
        crm.add(
            Order(
                id=new_id(), number=f"MT-{number}", number_key=f"MT{number}", customer=customer, status="paid",
                placed_at=datetime(2026, 2, 1 + number, tzinfo=UTC), total_minor=1990, currency="EUR",
            )
        )  # fmt: skip
    await crm.flush()
    return made


async def agent(crm: AsyncSession, role: str = "agent") -> Actor:
    row = Agent(id=new_id(), email="c@example.com", name="Claire Martin", password_hash="x")
    crm.add(row)
    await crm.flush()
    return Actor(f"agent:{row.id}", BUILT_IN[role].permissions)


async def render(crm: AsyncSession, actor: Actor, talk: Conversation, **more):
    reply = await services.add(crm, actor=EDITOR, fields=REPLY)
    return await services.render(crm, actor=actor, reply=reply, conversation_id=talk.id, now=NOW, **more)


async def test_a_reply_is_filled_in_with_what_is_known(crm: AsyncSession) -> None:
    rendered = await render(crm, await agent(crm), await conversation(crm, orders=2))
    assert rendered.text == "Marie Marie Durand MT-1 19,90\u00a0€ 2 février 2026 Claire 1 mars 2026"
    assert (rendered.language, rendered.missing) == ("fr", [])


async def test_the_order_that_was_spoken_of_comes_before_the_newest(crm: AsyncSession) -> None:
    talk = await conversation(crm, orders=2)
    talk.passport = {"orders": ["mt-0"]}
    assert "MT-0" in (await render(crm, await agent(crm), talk)).text


@pytest.mark.parametrize(
    ("proof", "orders", "missing"),
    [
        ("verified", 0, ["order.number", "order.total", "order.date"]),
        ("channel", 1, ["order.number", "order.total", "order.date"]),
        ("anonymous", 1, ["customer.first_name", "order.number", "order.total", "order.date"]),
    ],
)
async def test_what_is_not_known_or_not_proved_is_named_and_never_blank(crm, proof, orders, missing) -> None:
    rendered = await render(crm, await agent(crm), await conversation(crm, proof=proof, orders=orders))
    assert rendered.missing == missing
    assert all("{" + name + "}" in rendered.text for name in missing)
    assert proof != "anonymous" or ("Durand" not in rendered.text and "marie_d" in rendered.text)


async def test_orders_are_not_told_by_whom_may_not_see_them(crm: AsyncSession) -> None:
    may = Actor("key:1", frozenset({"knowledge.read", "conversations.read"}))
    rendered = await render(crm, may, await conversation(crm))
    assert rendered.missing == ["order.number", "order.total", "order.date", "agent.first_name"]
    with pytest.raises(NotAllowed):
        await services.render(
            crm, actor=Actor("key:2", frozenset({"knowledge.read"})), reply=None, conversation_id=uuid4(), now=NOW
        )


async def test_a_reply_in_one_language_serves_the_other_too(crm: AsyncSession) -> None:
    fields = {"shortcut": "x", "titles": {"en": "x"}, "texts": {"en": "Hello"}}
    reply = await services.add(crm, actor=EDITOR, fields=fields)
    talk, actor = await conversation(crm), await agent(crm)
    asked = {"actor": actor, "reply": reply, "conversation_id": talk.id, "now": NOW}
    assert (await services.render(crm, **asked)).language == "en"
    with pytest.raises(Invalid):
        await services.render(crm, language="fr", **asked)
    with pytest.raises(NotFound):
        await services.render(crm, **{**asked, "conversation_id": uuid4()})


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"texts": {"fr": "{customer.age}"}}, "texts.fr", "no_such_placeholder"),
        ({"texts": {"fr": "oups } là"}}, "texts.fr", "stray_brace"),
        ({"texts": {"fr": "{customer.first_name"}}, "texts.fr", "stray_brace"),
        ({"texts": {}}, "texts.fr", "missing"),
        ({"texts": {"fr": "a", "de": "b"}}, "texts.de", "unknown_field"),
        ({"titles": {"fr": "a"}}, "titles.en", "missing"),
        ({"shortcut": "Not good"}, "shortcut", "not_a_key"),
        ({"teams": ["x"] * 21}, "teams", "too_many_entries"),
        ({"archived": 1}, "archived", "not_boolean"),
        ({"colour": 1}, "colour", "unknown_field"),
    ],
)
async def test_a_reply_that_could_not_be_sent_is_refused(crm: AsyncSession, fields, field, reason) -> None:
    with pytest.raises(Invalid) as refused:
        await services.add(crm, actor=EDITOR, fields={**REPLY, **fields})
    assert (refused.value.field, refused.value.reason) == (field, reason)


async def test_teams_see_their_own_replies_and_everybodys(crm: AsyncSession) -> None:
    actor = await agent(crm)
    for shortcut, teams in (("all", []), ("vip", ["vip"]), ("returns", ["returns"])):
        await services.add(crm, actor=EDITOR, fields={**REPLY, "shortcut": shortcut, "teams": teams})

    async def seen(**by) -> list[str]:
        rows = services.replies(actor, **by).order_by(services.CannedReply.shortcut)
        return [row.shortcut for row in await crm.scalars(rows)]

    assert await seen(team="vip") == ["all", "vip"]
    assert await seen(query="RETÀRD") == ["all", "returns", "vip"]
    assert await seen(query="%") == []
    with pytest.raises(Invalid, match="shortcut_taken"):
        await services.add(crm, actor=EDITOR, fields={**REPLY, "shortcut": "vip"})


async def test_a_reply_is_changed_by_those_who_may_and_who_read_its_newest_version(crm: AsyncSession) -> None:
    row = await services.add(crm, actor=EDITOR, fields=REPLY)
    with pytest.raises(NotAllowed):
        await services.change(crm, actor=await agent(crm), reply_id=row.id, changes={})
    await services.change(crm, actor=EDITOR, reply_id=row.id, changes={"archived": True}, version=1)
    with pytest.raises(Stale):
        await services.remove(crm, actor=EDITOR, reply_id=row.id, version=1)
    await services.remove(crm, actor=EDITOR, reply_id=row.id, version=2)
    with pytest.raises(NotFound):
        await services.read(crm, actor=EDITOR, reply_id=row.id)


def test_placeholders_are_told_apart_from_text() -> None:
    assert used("a {today} b { today } {x}") == ["today", "x"]
    assert filled("{today}, {x}", {"today": "hier"}) == ("hier, {x}", ["x"])
