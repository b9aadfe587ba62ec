"""Cases hang together without loops, and never across customers."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from crm_backend.access.actor import SYSTEM
from crm_backend.attachments import services as attachments
from crm_backend.attachments.model import Attachment
from crm_backend.cases import discussion, links, people, queries, services
from crm_backend.cases.model import Case, CaseFile
from crm_backend.cases.schema import NewCase
from crm_backend.database import Sessions, utc_now
from crm_backend.errors import Invalid, NotNow
from tests.crm_backend.cases.conftest import World


async def test_a_case_is_never_part_of_itself(world: World) -> None:
    session, actor = world.session, world.actor
    top, middle, low = [await world.open() for _ in range(3)]
    await links.put_under(session, middle.id, actor=actor, parent_id=top.id)
    await links.put_under(session, low.id, actor=actor, parent_id=middle.id)
    for parent in (middle, low):
        with pytest.raises(NotNow, match="case_parent_loop"):
            await links.put_under(session, top.id, actor=actor, parent_id=parent.id)
    with pytest.raises(Invalid, match="case_itself"):
        await links.put_under(session, top.id, actor=actor, parent_id=top.id)
    with pytest.raises(Invalid, match="case_unknown"):
        await links.put_under(session, top.id, actor=actor, parent_id=uuid4())
    await links.put_under(session, middle.id, actor=actor, parent_id=None)
    await links.put_under(session, top.id, actor=actor, parent_id=low.id)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=12))
async def test_whatever_is_linked_parents_and_duplicates_come_to_an_end(
    world: World, moves: list[tuple[int, int, bool]]
) -> None:
    made = [await world.open() for _ in range(5)]
    for which, to, parent in moves:
        try:
            if parent:
                await links.put_under(world.session, made[which].id, actor=SYSTEM, parent_id=made[to].id)
            else:
                await links.mark_duplicate(world.session, made[which].id, actor=SYSTEM, original_id=made[to].id)
        except (Invalid, NotNow):
            continue
    await world.session.flush()
    rows = await world.session.execute(
        select(Case.id, Case.parent_id, Case.duplicate_of_id).where(Case.id.in_([case.id for case in made]))
    )
    up = {found: (parent, original) for found, parent, original in rows.tuples()}
    for start in up:
        here, steps = up[start][0], 0
        while here is not None:
            here, steps = up[here][0], steps + 1
            assert steps <= len(made)
        original = up[start][1]
        assert original is None or up[original][1] is None


async def test_two_links_at_once_make_no_loop(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        one, two = [
            await services.open_case(session, NewCase(type_key="request", subject="x"), actor=SYSTEM) for _ in range(2)
        ]

    async def put(case: Case, under: Case) -> None:
        async with sessions.begin() as session:
            await links.put_under(session, case.id, actor=SYSTEM, parent_id=under.id)

    ended = await asyncio.gather(put(one, two), put(two, one), return_exceptions=True)
    assert sorted(type(each).__name__ for each in ended) == ["NoneType", "NotNow"]


async def test_only_the_customers_own_is_linked(world: World) -> None:
    session, actor = world.session, world.actor
    other = await world.someone_else()
    theirs, order = await world.conversation(customer_id=other.id), await world.order(customer=other)
    unknown = await world.conversation(customer_id=None)
    case, elsewhere = await world.open(), await world.open(customer_id=other.id)
    for conversation in (theirs, unknown):
        with pytest.raises(NotNow, match="case_other_customer"):
            await links.link_conversation(session, case.id, actor=actor, conversation_id=conversation.id)
    with pytest.raises(NotNow, match="case_other_customer"):
        await links.link_order(session, case.id, actor=actor, order_id=order.id)
    with pytest.raises(NotNow, match="case_other_customer"):
        await links.mark_duplicate(session, case.id, actor=actor, original_id=elsewhere.id)


async def test_a_case_of_nobody_becomes_the_customers_whose_conversation_it_is_about(world: World) -> None:
    case = await world.open(customer_id=None)
    conversation = await world.conversation()
    await links.link_conversation(world.session, case.id, actor=world.actor, conversation_id=conversation.id)
    assert case.customer_id == world.customer.id


async def test_links_are_seen_from_both_sides_and_taken_away(world: World) -> None:
    session, actor = world.session, world.actor
    one, two, child = [await world.open() for _ in range(3)]
    order, conversation = await world.order(), await world.conversation()
    for _ in range(2):
        await links.relate(session, one.id, actor=actor, other_id=two.id)
    await links.link_order(session, one.id, actor=actor, order_id=order.id)
    await links.link_conversation(session, one.id, actor=actor, conversation_id=conversation.id)
    await links.put_under(session, child.id, actor=actor, parent_id=one.id)
    await people.watch(session, one.id, actor=actor, agent_id=world.agent.id)
    hangs = await queries.hanging(session, one, actor=actor)
    assert [case.id for case in hangs.related] == [two.id]
    assert ([each.id for each in hangs.orders], [each.id for each in hangs.conversations]) == (
        [order.id],
        [conversation.id],
    )
    assert [case.id for case in hangs.children] == [child.id]
    assert [agent.id for agent in hangs.watchers] == [world.agent.id]
    assert [case.id for case in (await queries.hanging(session, two, actor=actor)).related] == [one.id]
    assert {case.id for case in await queries.of_conversation(session, conversation.id)} == {one.id, two.id, child.id}
    for kind, other in (("related", two.id), ("order", order.id), ("conversation", conversation.id)):
        await links.unlink(session, one.id, actor=actor, kind=kind, other_id=other)
    await people.unwatch(session, one.id, actor=actor, agent_id=world.agent.id)
    hangs = await queries.hanging(session, one, actor=actor)
    assert not any((hangs.related, hangs.orders, hangs.conversations, hangs.watchers))
    actions = list(await session.scalars(text("select action from case_events where case_id = :id"), {"id": one.id}))
    assert actions.count("linked") == 3
    assert actions.count("unlinked") == 3


async def test_a_file_of_a_case_is_not_swept_until_it_is_taken_from_it(world: World) -> None:
    session, actor = world.session, world.actor
    case = await world.open()
    file = Attachment(name="photo.jpg", uploaded_by=actor.name, sha256="0" * 64)
    foreign = Attachment(name="other.jpg", uploaded_by="agent:somebody")
    session.add_all([file, foreign])
    await session.flush()
    with pytest.raises(Invalid, match="file_id"):
        await people.attach(session, case.id, actor=actor, file_id=foreign.id)
    await people.attach(session, case.id, actor=actor, file_id=file.id)
    with pytest.raises(Invalid, match="file_id"):
        await people.attach(session, case.id, actor=actor, file_id=file.id)
    assert [each.id for each, _ in await people.files(session, case.id, actor=actor)] == [file.id]
    assert await attachments.drop_loose(session, before=utc_now()) == [foreign.id]
    await people.detach(session, case.id, actor=actor, file_id=file.id)
    assert await session.scalar(select(CaseFile)) is None
    assert await attachments.drop_loose(session, before=utc_now()) == [file.id]


async def test_files_come_with_a_comment_and_go_with_it(world: World) -> None:
    session, actor = world.session, world.actor
    case = await world.open()
    file = Attachment(name="photo.jpg", uploaded_by=actor.name, sha256="0" * 64)
    foreign = Attachment(name="other.jpg", uploaded_by="agent:somebody")
    session.add_all([file, foreign])
    await session.flush()
    with pytest.raises(Invalid, match="files"):
        await discussion.comment(session, case.id, actor=actor, body="Voir", files=[foreign.id])
    with pytest.raises(Invalid, match="body"):
        await discussion.comment(session, case.id, actor=actor, body=" ")
    made = await discussion.comment(session, case.id, actor=actor, body="", files=[file.id])
    assert [(each.id, of) for each, of in await people.files(session, case.id, actor=actor)] == [(file.id, made.id)]
    await discussion.edit(session, made.id, case_id=case.id, actor=actor, body="La photo du vase", version=made.version)
    await discussion.remove(session, made.id, case_id=case.id, actor=actor)
    assert await session.scalar(select(CaseFile)) is None
    assert file.held_by is None
