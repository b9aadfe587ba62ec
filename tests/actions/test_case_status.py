"""Where a case stands, and more for it: for the customer whose it is, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from actions.tasks import finding
from actions.tasks.casework import ASSISTANT
from crm_backend.access.actor import SYSTEM
from crm_backend.attachments.model import Attachment
from crm_backend.cases import opening, services, workflow
from crm_backend.cases.model import Case, CaseComment, CaseFile
from crm_backend.cases.schema import NewCase
from crm_backend.conversations.model import Conversation, Message
from crm_backend.database import Sessions, new_id
from tests.support import core
from tests.support.owning import buyer
from tests.support.talking import Customer

finding.find()
MORE = "le livreur est repassé ce matin et la table est rayée elle aussi"


async def case_of(sessions: Sessions, customer: Customer, *, to: str | None = None, **new: Any) -> Case:
    """A case of whoever writes there, in this status."""
    async with sessions.begin() as session:
        owner = (await session.get_one(Conversation, customer.conversation)).customer_id
        values = {"type_key": "complaint", "subject": "Table", "customer_id": owner} | new
        case = await services.open_case(session, actor=SYSTEM, new=NewCase(**values))
        if to is not None:
            await workflow.enter(
                session, case, await workflow.rows.status(session, to), actor=SYSTEM, now=case.created_at
            )
        return case


@pytest.mark.parametrize(
    ("to", "kind", "said"),
    [
        (None, "complaint", ["utter_case_status_active"]),
        (None, "privacy_request", ["utter_case_status_due"]),
        ("waiting_on_third_party", "complaint", ["utter_case_status_waiting_other"]),
        ("waiting_on_customer", "complaint", ["utter_case_status_waiting_customer", "utter_case_status_add"]),
        ("resolved", "complaint", ["utter_case_status_resolved", "utter_case_status_reopen"]),
        ("closed", "complaint", ["utter_case_status_closed"]),
    ],
)
async def test_every_stage_is_told(acting: Sessions, to: str | None, kind: str, said: list[str]) -> None:
    customer, _ = await buyer(acting)
    case = await case_of(acting, customer, to=to, type_key=kind)
    assert await customer.says("où en est ma réclamation", "case_status") == said
    assert customer.messages[0]["number"] == case.number
    assert not customer.open


async def test_open_ones_come_first_and_a_number_gives_that_one(acting: Sessions) -> None:
    customer, _ = await buyer(acting, language="en")
    over = await case_of(acting, customer, to="closed")
    going = await case_of(acting, customer)
    assert await customer.says("my complaint?", "case_status") == ["utter_case_status_active"]
    assert customer.messages[0]["number"] == going.number
    said = await customer.says("and", "case_status", case_number=over.number)
    assert said == ["utter_case_status_closed"] and customer.messages[0]["kind"] == "Complaint"


async def test_a_case_of_somebody_else_is_not_found_and_nobody_hears_of_it_unproved(acting: Sessions) -> None:
    other, _ = await buyer(acting)
    foreign = await case_of(acting, other)
    customer, _ = await buyer(acting)
    said = await customer.says("où en est", "case_status", case_number=foreign.number)
    assert said == ["utter_case_status_unknown", "utter_case_status_none"]
    assert await customer.says("ajoutez au", "add_to_case", case_number=foreign.number) == [
        "utter_case_status_unknown",
        "utter_add_to_case_none",
    ]
    for proof in ("anonymous", "channel"):
        stranger, _ = await buyer(acting, proof=proof)
        await case_of(acting, stranger)
        assert await stranger.says("ma réclamation ?", "case_status") == ["utter_ask_order_number"]


async def test_who_opened_it_in_this_conversation_is_told_without_proof(acting: Sessions) -> None:
    customer = Customer((await core.write(acting, visitor=new_id().hex)).conversation_id)
    async with acting.begin() as session:
        await opening.open_from_conversation(session, customer.conversation, actor=ASSISTANT)
    assert await customer.says("ma demande ?", "case_status") == ["utter_case_status_active"]


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_what_is_added_is_shown_and_taken_down_once_with_the_file(acting: Sessions, language: str) -> None:
    customer, _ = await buyer(acting, language=language)
    case = await case_of(acting, customer, to="waiting_on_customer")
    async with acting.begin() as session:
        first = await session.scalar(select(Message.id).where(Message.conversation_id == customer.conversation))
        session.add(Attachment(id=new_id(), message_id=first, kind="image", name="table.jpg"))
    assert await customer.says("j'ai du nouveau", "add_to_case") == ["utter_add_to_case_text"]
    assert await customer.says(MORE, "late_parcel") == ["utter_add_to_case_confirm"]
    assert ("fichier" if language == "fr" else "file") in customer.messages[-1]["files"]
    before, again = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=again) == ["utter_add_to_case_done"]
    async with acting() as session:
        [comment] = (await session.scalars(select(CaseComment))).all()
        kept = await session.scalar(select(CaseFile.case_id))
        now = await session.get_one(Case, case.id, populate_existing=True)
    assert comment.body == MORE and comment.author == f"customer:{case.customer_id}"
    assert kept == case.id and now.stage == "active"


async def test_which_case_is_asked_where_there_are_several_and_can_be_changed(acting: Sessions) -> None:
    customer, _ = await buyer(acting)
    first, second = await case_of(acting, customer), await case_of(acting, customer, type_key="request")
    assert await customer.says(f"ajoutez ceci : {MORE}", "add_to_case") == ["utter_add_to_case_which"]
    assert await customer.says("la réclamation", "complaint") == ["utter_add_to_case_confirm"]
    assert (customer.messages[-1]["number"], customer.messages[-1]["words"]) == (first.number, MORE)
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.presses("Le dossier") == ["utter_add_to_case_which"]
    assert await customer.says("demande", "inform") == ["utter_add_to_case_confirm"]
    assert customer.messages[-1]["number"] == second.number


async def test_a_closed_case_takes_nothing_more_and_a_resolved_one_comes_back(acting: Sessions) -> None:
    customer, _ = await buyer(acting)
    await case_of(acting, customer, to="closed")
    assert await customer.says("j'ai du nouveau", "add_to_case") == ["utter_add_to_case_none"]
    assert customer.slots["proposed"]["topic"] == "complaint"
    case = await case_of(acting, customer, to="resolved")
    await customer.says("j'ai du nouveau", "add_to_case")
    await customer.says(MORE, "inform")
    await customer.says("oui", "affirm")
    async with acting() as session:
        assert (await session.get_one(Case, case.id, populate_existing=True)).status == "reopened"
