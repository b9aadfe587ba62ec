"""Categories are a tree and stay one."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.cases import categories
from crm_backend.cases.settings_model import CaseCategory
from crm_backend.errors import Invalid, NotNow
from tests.crm_backend.cases.conftest import World


async def add(session: AsyncSession, name: str, under: CaseCategory | None = None) -> CaseCategory:
    names = {"fr": name, "en": name}
    return await categories.add(session, actor=SYSTEM, names=names, parent_id=under.id if under else None)


async def move(session: AsyncSession, category: CaseCategory, under: CaseCategory | None) -> None:
    parent = under.id if under else None
    await categories.change(session, category.id, actor=SYSTEM, changes={"parent_id": parent})


async def test_a_branch_moves_with_all_that_is_below(crm: AsyncSession) -> None:
    delivery, product = await add(crm, "Delivery"), await add(crm, "Product")
    late = await add(crm, "Late", delivery)
    lost = await add(crm, "Lost", late)
    await move(crm, late, product)
    assert set(await categories.within(crm, product.id)) == {product.id, late.id, lost.id}
    assert await categories.within(crm, delivery.id) == [delivery.id]


async def test_no_category_is_below_itself(crm: AsyncSession) -> None:
    top = await add(crm, "Top")
    middle = await add(crm, "Middle", top)
    low = await add(crm, "Low", middle)
    for under in (top, middle, low):
        with pytest.raises(NotNow, match="case_category_loop"):
            await move(crm, top, under)


async def test_the_tree_has_a_depth(crm: AsyncSession) -> None:
    branch = await add(crm, "1")
    for depth in range(2, categories.DEEPEST + 1):
        branch = await add(crm, str(depth), branch)
    with pytest.raises(NotNow, match="case_category_deep"):
        await add(crm, "9", branch)
    other = await add(crm, "other")
    await add(crm, "below", other)
    with pytest.raises(NotNow, match="case_category_deep"):
        await move(crm, other, branch)


async def test_only_an_unused_category_goes(world: World) -> None:
    top = await add(world.session, "Top")
    low = await add(world.session, "Low", top)
    await world.open(category_id=low.id)
    for used in (top, low):
        with pytest.raises(NotNow, match="case_category_used"):
            await categories.remove(world.session, used.id, actor=SYSTEM)
    await categories.change(world.session, low.id, actor=SYSTEM, changes={"active": False})
    with pytest.raises(Invalid, match="category_id"):
        await world.open(category_id=low.id)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5)), max_size=12))
async def test_whatever_is_moved_there_is_no_loop(crm: AsyncSession, moves: list[tuple[int, int]]) -> None:
    made = [await add(crm, str(at)) for at in range(6)]
    parents: dict[UUID, UUID | None] = {category.id: None for category in made}
    for which, to in moves:
        category, under = made[which], made[to] if to >= 0 else None
        above, seen = under.id if under else None, set()
        while above is not None:
            seen.add(above)
            above = parents[above]
        try:
            await move(crm, category, under)
        except NotNow:
            assert category.id in seen
        else:
            assert category.id not in seen
            parents[category.id] = under.id if under else None
    assert {found.id: found.parent_id for found in await categories.whole(crm) if found.id in parents} == parents
