"""Rules at work: once for each event, in their order, without end only on paper."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.access.model import CustomRole
from crm_backend.canned import services as canned
from crm_backend.cases import people
from crm_backend.cases.model import Case, CaseOrder
from crm_backend.conversations import stream
from crm_backend.conversations.model import Message
from crm_backend.database import utc_now
from crm_backend.errors import Invalid
from crm_backend.events import services as events
from crm_backend.events.model import Event
from crm_backend.notices import services as notices
from crm_backend.orders.model import Order
from crm_backend.orders.telling import tell
from crm_backend.rules import running, services
from crm_backend.rules.model import Rule
from tests.crm_backend.rules.at_work import TEXTS, rule, runs, work
from tests.crm_backend.service_levels import house


async def test_a_matching_rule_does_what_it_says_and_one_that_does_not_nothing(crm: AsyncSession) -> None:
    urgent = {"field": "case.priority", "is": "is", "value": "urgent"}
    await rule(crm, {"do": "add_tag", "tag": "red"}, {"do": "assign", "team": "experts"}, condition=urgent)
    pressing, calm = await house.case(crm, impact="high", urgency="high"), await house.case(crm)
    await work(crm)
    assert ((pressing.tags, pressing.team), calm.tags) == ((["red"], "experts"), [])
    log = await services.log_of_case(crm, pressing.id, actor=COMMAND_LINE)
    assert [step["changed"] for step in log[0].steps] == [{"tags": [[], ["red"]]}, {"team": ["support", "experts"]}]
    assert await services.log_of_case(crm, calm.id, actor=COMMAND_LINE) == []


async def test_an_event_that_comes_again_does_nothing_more(crm: AsyncSession) -> None:
    agent = await house.agent(crm)
    await rule(crm, {"do": "notify_agent", "agent_id": str(agent.id), "texts": TEXTS})
    await house.case(crm)
    event = await events.claim(crm, consumer="rules")
    assert event is not None
    assert (await running.run(crm, event, now=utc_now())).told == {agent.id}
    assert (await running.run(crm, event, now=utc_now())).ran == []
    assert await notices.unseen(crm, agent.id) == 1


async def test_rules_run_in_order_see_each_other_and_stop(crm: AsyncSession) -> None:
    tagged = {"field": "case.tags", "is": "has", "value": "one"}
    await rule(crm, {"do": "add_tag", "tag": "one"})
    await rule(crm, {"do": "add_tag", "tag": "two"}, condition=tagged, stop=True)
    last = await rule(crm, {"do": "add_tag", "tag": "three"})
    case = await house.case(crm)
    await work(crm)
    assert case.tags == ["one", "two"]
    order = [last.id, *(await crm.scalars(select(Rule.id).where(Rule.id != last.id).order_by(Rule.position)))]
    await services.order(crm, order, actor=COMMAND_LINE)
    other = await house.case(crm)
    await work(crm)
    assert sorted(other.tags) == ["one", "three", "two"]


async def test_a_canned_reply_is_filled_in_or_not_sent(crm: AsyncSession) -> None:
    for shortcut, fact in (("wait", "customer.first_name"), ("total", "order.total")):
        titles, texts = {"fr": "Attente"}, {"fr": f"Bonjour {{{fact}}}."}
        fields = {"shortcut": shortcut, "titles": titles, "texts": texts}
        await canned.add(crm, actor=COMMAND_LINE, fields=fields)
        await rule(crm, {"do": "reply", "canned": shortcut}, event="case.linked")
    customer = await house.customer(crm, language="fr")
    conversation = await house.conversation(crm, customer)
    conversation.proof = "verified"
    case = await house.case(crm, customer_id=customer.id)
    await house.link(crm, case, conversation)
    await events.emit(crm, kind="case.linked", subject=("case", case.id))
    await work(crm)
    said = (await crm.scalars(select(Message.text).where(Message.conversation_id == conversation.id))).all()
    assert list(said) == ["Bonjour Marie."]
    log = await services.log_of_case(crm, case.id, actor=COMMAND_LINE)
    assert {step.get("reason") for run in log for step in run.steps} == {None, "rule_reply_lacks"}
    for wrong in ({"canned": "nowhere"}, {"canned": "wait", "texts": TEXTS}, {}):
        with pytest.raises(Invalid):
            await rule(crm, {"do": "reply", **wrong})


async def test_a_rule_does_not_set_itself_off_for_ever(crm: AsyncSession) -> None:
    low, high = ({"do": "set", "field": "urgency", "value": value} for value in ("low", "high"))
    await rule(crm, low, high, event="case.changed", condition={})
    case = await house.case(crm)
    await house.cases.change(crm, case.id, actor=COMMAND_LINE, changes={"subject": "Other"})
    await work(crm)
    assert "held" in [outcome for outcome, _ in await runs(crm)]


async def test_rules_that_lead_to_each_other_end(crm: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "DEEPEST", 3)
    for n in range(5):
        before = {"field": "case.tags", "is": "has", "value": f"t{n - 1}"} if n else {}
        event = "case.changed" if n else "case.opened"
        await rule(crm, {"do": "add_tag", "tag": f"t{n}"}, event=event, condition=before, position=9 - n)
    case = await house.case(crm)
    await work(crm)
    assert sorted(case.tags) == ["t0", "t1", "t2"]
    assert "held" in [outcome for outcome, _ in await runs(crm)]


async def test_what_is_refused_is_noted_and_the_rest_is_done(crm: AsyncSession) -> None:
    await rule(
        crm,
        {"do": "add_tag", "tag": "kept"},
        {"do": "set_status", "to": "resolved"},
        {"do": "reply", "texts": TEXTS},
        {"do": "add_tag", "tag": "too"},
    )
    case = await house.case(crm)
    await work(crm)
    assert case.tags == ["kept", "too"]
    assert await runs(crm) == [("failed", ["add_tag", "invalid", "not_now", "add_tag"])]


@pytest.mark.parametrize(("language", "text"), [("fr", "Bonjour Marie, le"), ("en", "Hello Marie, ")])
async def test_a_reply_is_in_the_customers_language(crm: AsyncSession, language: str, text: str) -> None:
    await rule(crm, {"do": "reply", "texts": TEXTS}, event="case.linked")
    customer = await house.customer(crm, language=language)
    conversation = await house.conversation(crm, customer)
    conversation.language = language
    case = await house.case(crm, customer_id=customer.id)
    await house.link(crm, case, conversation)
    await events.emit(crm, kind="case.linked", subject=("case", case.id))
    await work(crm)
    said = (await crm.scalars(select(Message).where(Message.conversation_id == conversation.id))).one()
    assert said.text.startswith(text) and case.number in said.text and said.author == "system"


async def test_supervisors_and_watchers_are_told_once(crm: AsyncSession) -> None:
    emma, paul = await house.agent(crm, "emma@example.com", "supervisor"), await house.agent(crm, "paul@example.com")
    await rule(crm, {"do": "escalate"}, {"do": "notify", "whom": "watchers", "texts": TEXTS}, event="clock.breached")
    case = await house.case(crm)
    await people.watch(crm, case.id, actor=COMMAND_LINE, agent_id=paul.id)
    await events.emit(crm, kind="clock.breached", subject=("case", case.id), data={"clock": "resolution"})
    await work(crm)
    assert case.priority == "high"
    assert [each.kind for each in await notices.of_agent(crm, emma.id)] == ["case.escalated"]
    (told,) = await notices.of_agent(crm, paul.id)
    assert told.texts["en"] == f"Hello , {case.number} is under way."
    assert await notices.seen(crm, paul.id) == 1 and await notices.unseen(crm, paul.id) == 0


async def test_supervisors_are_known_by_what_they_may_not_by_their_roles_name(crm: AsyncSession) -> None:
    name = {"fr": "Chef d’équipe", "en": "Team lead"}
    crm.add(CustomRole(key="team_lead", name=name, permissions=["cases.read", "conversations.supervise"]))
    crm.add(CustomRole(key="reader", name=name, permissions=["cases.read"]))
    roles = ("team_lead", "reader", "supervisor", "admin", "agent", "auditor")
    made = {role: (await house.agent(crm, f"{role}@example.com", role)).id for role in roles}
    gone = await house.agent(crm, "gone@example.com", "supervisor")
    gone.active = False
    assert set(await notices.supervisors(crm)) == {made["team_lead"], made["supervisor"], made["admin"]}


async def test_a_rule_hears_of_orders(crm: AsyncSession) -> None:
    lost = {
        "all": [
            {"field": "change.to", "is": "is", "value": "lost"},
            {"field": "order.status", "is": "is", "value": "lost"},
        ]
    }
    await rule(
        crm,
        {"do": "notify", "whom": "supervisors", "texts": {"fr": "{order} perdue.", "en": "{order} is lost."}},
        {"do": "open_case", "type_key": "incident"},
        {"do": "add_tag", "tag": "lost"},
        event="order.changed",
        condition=lost,
    )
    emma = await house.agent(crm, "emma@example.com", "supervisor")
    customer = await house.customer(crm, language="en")
    order = Order(
        number="1001", number_key="1001", customer_id=customer.id, status="lost", total_minor=900, currency="EUR"
    )
    crm.add(order)
    await crm.flush()
    for before, after in (("paid", "shipped"), ("shipped", "lost"), ("shipped", "lost")):
        await tell(crm, order, actor=COMMAND_LINE, action=after, old={"status": before}, new={"status": after})
    await work(crm)
    (case,) = await crm.scalars(select(Case))
    assert (case.customer_id, case.subject, case.acknowledge, case.tags) == (customer.id, "Order 1001", None, ["lost"])
    assert await crm.scalar(select(CaseOrder.order_id).where(CaseOrder.case_id == case.id)) == order.id
    first, second = sorted(await notices.of_agent(crm, emma.id), key=lambda each: each.subject_kind, reverse=True)
    assert (first.subject_kind, first.subject_id, first.texts["en"]) == ("order", order.id, "1001 is lost.")
    assert (second.subject_kind, second.subject_id) == ("case", case.id)


async def test_a_word_of_a_customer_can_open_a_case(crm: AsyncSession) -> None:
    broken = {"field": "message.text", "is": "contains", "value": "casse"}
    await rule(crm, {"do": "open_case", "type_key": "complaint"}, event="message.received", condition=broken)
    conversation = await house.conversation(crm, await house.customer(crm))
    for words in ("Bonjour", "Mon vase est CASSÉ", "Vraiment cassé"):
        stream.append(crm, conversation, author="customer", text=words, now=utc_now())
        await crm.flush()
        stream.append(crm, conversation, author="system", text="…", now=utc_now())
        await crm.flush()
    assert await work(crm) == 4
    case = (await crm.scalars(select(Case))).one()
    assert (case.type_key, case.customer_id) == ("complaint", conversation.customer_id)


async def test_messages_are_not_told_of_while_no_rule_asks(crm: AsyncSession) -> None:
    conversation = await house.conversation(crm, await house.customer(crm))
    stream.append(crm, conversation, author="customer", text="Bonjour", now=utc_now())
    await crm.flush()
    assert (await crm.scalars(select(Event).where(Event.subject_kind == "conversation"))).all() == []
