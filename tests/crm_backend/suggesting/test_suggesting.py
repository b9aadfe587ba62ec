"""What is suggested to an agent: what fits the customer's last words, what they may see, and nothing indecent."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.agents.model import Agent
from crm_backend.canned import services as canned
from crm_backend.cases import services as cases
from crm_backend.cases.schema import NewCase
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, Rating
from crm_backend.customers.model import Address
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound
from crm_backend.offers import services as offers
from crm_backend.suggesting import learning, outcomes, services
from crm_backend.suggesting.model import SolvedConversation
from crm_backend.suggesting.services import Suggestions
from tests.crm_backend.knowledge.writing import embed, public
from tests.crm_backend.routing import centre
from tests.crm_backend.wrap_up.ended import actor, closed, customer, said, spoken

ASKED = "Ma théière est arrivée cassée, que faire ?"
LEARNT = (
    ("customer", "Bonjour, je m'appelle Marie Dupont. La théière de Marie est arrivée cassée au 12 rue des Lilas."),
    ("customer", "mon mail est marie@example.com, commande M-10421"),
    ("agent", "Madame Dupont, la théière cassée est remplacée sous numéro 778899, rue des Lilas."),
)


def vector(text: str) -> list[float]:
    return embed([text])[0]


async def suggested(session: AsyncSession, talk: Conversation, who: Agent, doer: Actor | None = None) -> Suggestions:
    doer = doer or await actor(session, who)
    asked = await services.question(session, talk.id, actor=doer)
    assert asked is not None
    return await services.suggest(session, asked, agent=who, actor=doer, vector=vector(asked.text))


async def learnt(session: AsyncSession, vector_of: str = ASKED) -> list[SolvedConversation]:
    """Learns from all that was closed, each as if it had asked the same."""
    while lesson := await learning.next_lesson(session):
        await learning.learn(session, lesson, vector(vector_of) if lesson.question else None, now=utc_now())
    found = select(SolvedConversation).execution_options(populate_existing=True)
    return list(await session.scalars(found))


async def reply(session: AsyncSession, shortcut: str, **more: Any) -> Any:
    fields = {"shortcut": shortcut, "titles": {"fr": "Article cassé"}, "texts": {"fr": "Nous le remplaçons."}} | more
    made = await canned.add(session, actor=SYSTEM, fields=fields)
    await learning.know_reply(session, made.id, "fr", version=made.version, vector=vector(ASKED))
    return made


async def test_articles_and_canned_replies_fit_the_last_words_that_say_something(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    await public(crm, "broken", title=ASKED, summary="Votre théière est arrivée cassée : une photo suffit.")
    await public(crm, "internal", title=ASKED, audience="agents", summary="Remboursez.")
    await centre.team(crm, "returns")
    fitting = await reply(crm, "broken")
    await reply(crm, "others", teams=["returns"])
    await reply(crm, "english", titles={"en": "Broken"}, texts={"en": "We replace it."})
    talk = await spoken(crm, claire, ("customer", ASKED), ("agent", "Bonjour"), ("customer", "merci !"))
    asked = await services.question(crm, talk.id, actor=SYSTEM)
    assert asked is not None and (asked.seq, asked.text) == (1, ASKED)
    found = await suggested(crm, talk, claire)
    assert {one.key for one in found.articles} == {"broken", "internal"}
    assert [one.id for one in found.canned] == [fitting.id]
    blind = Actor("agent:x", frozenset({"conversations.read"}))
    assert (await suggested(crm, talk, claire, blind)).articles == []
    with pytest.raises(NotAllowed):
        await services.question(crm, talk.id, actor=Actor("agent:x"))
    with pytest.raises(NotFound):
        await services.question(crm, new_id(), actor=SYSTEM)


async def test_what_was_solved_is_kept_and_shown_without_what_names_anybody(crm: AsyncSession) -> None:
    claire, marie = await centre.agent(crm), await customer(crm)
    crm.add(Address(customer_id=marie.id, line1="12 rue des Lilas", city="Lyon", postcode="69002"))
    solved = await closed(crm, claire, *LEARNT, customer_id=marie.id, topic="order_status")
    (row,) = await learnt(crm)
    told = f"{row.question} {row.answer}".casefold()
    assert "théière" in told and "cassée" in told
    for private in ("marie", "dupont", "lilas", "10421", "778899", "example.com", "lyon"):
        assert private not in told, told
    talk = await spoken(crm, claire, ("customer", ASKED))
    (one,) = (await suggested(crm, talk, claire)).solved
    assert (one.conversation_id, one.topic, one.answer) == (solved.id, "order_status", row.answer)


@pytest.mark.parametrize("why", ["reopened", "badly_rated", "nothing_said", "other_language"])
async def test_what_was_not_solved_is_no_example(crm: AsyncSession, why: str) -> None:
    claire = await centre.agent(crm)
    talk = await closed(crm, claire, *(LEARNT if why != "nothing_said" else (("customer", "oui"), ("agent", "ok"))),
                        language="en" if why == "other_language" else "fr")  # fmt: skip
    if why == "reopened":
        talk.owner = "bot"
    await learnt(crm)
    if why == "badly_rated":
        crm.add(Rating(conversation_id=talk.id, score=2, author="agent", channel="webchat", language="fr"))
        await crm.flush()
    again = await spoken(crm, claire, ("customer", ASKED))
    assert (await suggested(crm, again, claire)).solved == []


async def test_a_conversation_closed_once_more_is_learnt_from_anew(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    await closed(crm, claire, *LEARNT)
    lesson = await learning.next_lesson(crm)
    assert lesson is not None
    talk = await crm.get_one(Conversation, lesson.conversation_id)
    talk.owner = centre.owner(claire)
    await said(crm, talk, ("customer", "Finalement la théière cassée n’est jamais arrivée au point relais."))
    await owners.close(crm, conversation_id=talk.id, agent=claire, version=talk.version)
    assert not await learning.learn(crm, lesson, vector(ASKED), now=utc_now()), "of the closing before"
    assert await learning.next_lesson(crm) is not None


async def test_a_canned_reply_that_changed_is_read_again(crm: AsyncSession) -> None:
    made = await reply(crm, "broken")
    assert await learning.changed_replies(crm) == []
    await canned.change(crm, actor=SYSTEM, reply_id=made.id, changes={"texts": {"fr": "Nous le remboursons."}})
    assert [(each[0], each[3]) for each in await learning.changed_replies(crm)] == [
        (made.id, "Article cassé. Nous le remboursons.")
    ]


async def test_what_was_waved_away_does_not_come_back_and_all_is_counted(crm: AsyncSession) -> None:
    claire, emma = await centre.agent(crm), await centre.agent(crm, "Emma Petit")
    made = await reply(crm, "broken")
    talk = await spoken(crm, claire, ("customer", ASKED))
    doer = await actor(crm, claire)
    told: dict[str, Any] = {"kind": "canned", "subject": str(made.id), "place": 1, "seq": 1}
    for outcome in ("used", "dismissed", "dismissed"):
        await outcomes.note(crm, talk.id, agent=claire, actor=doer, outcome=outcome, **told)
    assert (await suggested(crm, talk, claire)).canned == []
    assert len((await suggested(crm, talk, emma)).canned) == 1
    await outcomes.note(crm, talk.id, agent=emma, actor=doer, outcome="used", **told)
    counted = await outcomes.counts(crm, actor=SYSTEM, since=utc_now().replace(year=2020))
    assert (counted[1].used, counted[1].dismissed) == (1, 1)
    assert counted[4:] == [outcomes.Counted("canned", str(made.id), 1, 1)]
    with pytest.raises(NotAllowed):
        await outcomes.counts(crm, actor=doer, since=utc_now())
    for wrong in ({"kind": "joke"}, {"outcome": "liked"}, {"place": 0}, {"seq": -1}, {"subject": ""}):
        with pytest.raises(Invalid):
            await outcomes.note(crm, talk.id, agent=claire, actor=doer, **({"outcome": "used"} | told | wrong))
    with pytest.raises(NotFound):
        await outcomes.note(crm, new_id(), agent=claire, actor=doer, outcome="used", **told)


@pytest.mark.parametrize("why", [None, "upset", "case", "nobody", "dismissed", "closed"])
async def test_an_offer_is_made_only_where_it_is_decent(
    crm: AsyncSession, why: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    claire, marie = await centre.agent(crm), await customer(crm)
    one = offers.Offer(new_id(), {"fr": "Mug"}, "c", 900, "EUR", new_id(), {"fr": "Thé"}, 0.4, 3.0, 9)

    async def found(*_: Any, **__: Any) -> offers.Offers:
        return offers.Offers((one,))

    monkeypatch.setattr(services, "offers_for", found)
    talk = await spoken(crm, claire, ("customer", ASKED), customer_id=None if why == "nobody" else marie.id,
                        mood="upset" if why == "upset" else "calm")  # fmt: skip
    if why == "case":
        await cases.open_case(crm, NewCase(type_key="request", subject="x", customer_id=marie.id), actor=SYSTEM)
    if why == "dismissed":
        await outcomes.note(crm, talk.id, agent=claire, actor=await actor(crm, claire), kind="offer",
                            subject=str(one.product_id), outcome="dismissed", place=1, seq=1)  # fmt: skip
    if why == "closed":
        talk.owner = "nobody"
        await crm.flush()
        assert await services.question(crm, talk.id, actor=SYSTEM) is None
        return
    assert (await suggested(crm, talk, claire)).offer == (one if why is None else None)
