"""Signed in on the company's site, and what was filled in before the first message, as the core sees them."""

from __future__ import annotations

from typing import Any

import pytest

from crm_backend.accounts import settings as accounts
from crm_backend.accounts.model import Account
from crm_backend.accounts.settings import Key
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id
from crm_backend.errors import BadInput
from crm_backend.notifications import routes
from crm_backend.notifications.schema import Start
from tests.support import core

ACCOUNT: dict[str, Any] = {"identity_kind": "account", "identity_value": "C-1", "address": "a", "signed_in": True}
FORM = {"form": {"order_number": "10234", "email": "marie@example.com", "name": "Marie"}}


async def marie(sessions: Sessions) -> Customer:
    async with sessions.begin() as session:
        made = Customer(id=new_id(), external_id="C-1", first_name="Marie", last_name="Durand")
        session.add(made)
        await session.flush()
        session.add(Identity(customer_id=made.id, kind="email", value="marie@example.com"))
        session.add_all(Account(channel=channel, name="main") for channel in ("webchat", "mail"))
    return made


@pytest.mark.parametrize("odd", [{**ACCOUNT, "signed_in": False}, {"signed_in": True}])
async def test_only_an_account_is_signed_in_and_no_channel_makes_one_by_itself(
    sessions: Sessions, odd: dict[str, Any]
) -> None:
    with pytest.raises(BadInput):
        await core.write(sessions, **odd)


async def test_a_new_number_on_file_is_found_by_who_was_signed_in_before(sessions: Sessions) -> None:
    before = await core.conversation(sessions, (await core.write(sessions, **ACCOUNT)).conversation_id)
    assert (before.proof, before.customer_id) == ("signed_in", None)
    made = await marie(sessions)
    after = await core.conversation(sessions, (await core.write(sessions, **ACCOUNT)).conversation_id)
    assert (after.id, after.proof, after.customer_id) == (before.id, "signed_in", made.id)


async def test_an_account_follows_its_number_to_another_customer(sessions: Sessions) -> None:
    made = await marie(sessions)
    await core.write(sessions, **ACCOUNT)
    async with sessions.begin() as session:
        (await session.get_one(Customer, made.id)).external_id = "C-7"
    found = await core.conversation(sessions, (await core.write(sessions, **ACCOUNT)).conversation_id)
    assert (found.proof, found.customer_id) == ("signed_in", None), "nothing of whom it was before"


async def test_nothing_unasked_is_written_into_a_page(sessions: Sessions) -> None:
    made = await marie(sessions)
    await core.write(sessions, **ACCOUNT)
    starts = [Start(kind="email", channel="mail", account="main")]
    async with sessions() as session:
        best = await routes.best(session, made.id, preferred=None, starts=starts)
        assert best is not None and best.channel == "mail"
        assert await routes.best(session, made.id, preferred="webchat", starts=[]) is None


async def test_what_was_filled_in_is_in_the_passport_and_nobody_is_asked_for_it_again(sessions: Sessions) -> None:
    written = await core.write(sessions, "où en est-elle ?", details=FORM)
    claimed = await core.claim(sessions)
    assert claimed is not None and claimed.state == {"slots": {"order_number": "10234"}}
    assert claimed.proof == "anonymous"
    await core.finish(sessions, claimed, core.saying("je vous passe une personne", do="hand_over"))
    found = await core.conversation(sessions, written.conversation_id)
    assert found.passport is not None
    facts = {fact["name"]: (fact["value"], fact["seq"]) for fact in found.passport["facts"]}
    assert facts == {"order_number": ("10234", 1), "email": ("marie@example.com", 1), "name": ("Marie", 1)}
    assert (found.passport["orders"], found.customer_id) == (["10234"], None)


async def test_a_channel_that_is_always_there_stays_when_the_environment_forgets_it(sessions: Sessions) -> None:
    key = Key("webchat", "main")
    async with sessions.begin() as session:
        await accounts.mirror(session, key, enabled=True, settings={"rating": False})
    async with sessions.begin() as session:
        await accounts.ensure(session, key)
        assert await accounts.gone(session, []) == []
    async with sessions() as session:
        found = await accounts.find(session, key)
        assert (found.source, found.enabled, found.settings) == ("desk", True, {})
        version = found.version
    async with sessions.begin() as session:
        await accounts.ensure(session, key)
        assert (await accounts.find(session, key)).version == version
