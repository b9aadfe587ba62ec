"""Proposals of agents, links between articles, and what led readers to them."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.roles import BUILT_IN
from crm_backend.conversations.model import Conversation, Message
from crm_backend.customers.model import Identity
from crm_backend.database import new_id
from crm_backend.errors import BadInput, Invalid, NotAllowed
from crm_backend.knowledge import arrivals, drafts, links, pictures, reviewing
from crm_backend.knowledge.echo_model import QuestionGroup
from crm_backend.knowledge.model import Passage
from tests.crm_backend.knowledge.test_echo import note
from tests.crm_backend.knowledge.writing import AUTHOR, EDITOR, READER, embed_later, next_one, public

COLLEAGUE = Actor("agent:00000000-0000-0000-0000-00000000000e", BUILT_IN["agent"].permissions)
AUDITOR = Actor("agent:00000000-0000-0000-0000-00000000000f", BUILT_IN["auditor"].permissions)


async def test_an_agent_proposes_and_works_on_what_they_wrote_and_on_nothing_else(crm: AsyncSession) -> None:
    shown = await public(crm)
    begin = {"article_id": shown.article_id, "language": "fr", "texts": {"title": "Retours"}}
    with pytest.raises(NotAllowed):
        await drafts.begin(crm, actor=AUDITOR, **begin)
    row = await drafts.begin(crm, actor=READER, **begin)
    await drafts.edit(crm, actor=READER, version_id=row.id, changes={"summary": "60 jours."})
    for forbidden in (
        drafts.edit(crm, actor=COLLEAGUE, version_id=row.id, changes={"summary": "90 jours."}),
        drafts.discard(crm, actor=COLLEAGUE, version_id=row.id),
        reviewing.submit(crm, actor=COLLEAGUE, version_id=row.id),
        reviewing.approve(crm, actor=READER, version_id=row.id, embed=embed_later),
        pictures.attach(crm, actor=COLLEAGUE, article_id=shown.article_id, file_id=new_id()),
    ):
        with pytest.raises(NotAllowed):
            await forbidden
    with pytest.raises(BadInput):
        # Theirs to add to; but there is no such file.
        await pictures.attach(crm, actor=READER, article_id=shown.article_id, file_id=new_id())
    await reviewing.submit(crm, actor=READER, version_id=row.id)
    with pytest.raises(NotAllowed):
        await reviewing.send_back(crm, actor=COLLEAGUE, version_id=row.id, note="")
    await reviewing.send_back(crm, actor=READER, version_id=row.id, note="")
    await reviewing.submit(crm, actor=READER, version_id=row.id)
    done = await reviewing.approve(crm, actor=EDITOR, version_id=row.id, embed=embed_later)
    assert (done.status, done.summary, done.writers) == ("published", "60 jours.", [READER.name])


async def test_a_text_whose_link_leads_nowhere_is_neither_submitted_nor_published(crm: AsyncSession) -> None:
    inner = await public(crm, "inside", audience="agents")
    assert inner.status == "published"
    for body in ("[x](/articles/gone)", "[](/articles/inside)"):
        with pytest.raises(Invalid) as refused:
            await public(crm, "trial" + body[1:2].strip("]"), body=body)
        assert (refused.value.field, refused.value.reason) == ("body", "broken_link")
    notes = await public(crm, "notes", audience="agents", body="## Soin\nVoir [](/articles/inside).")
    quoted = select(Passage.text).where(Passage.heading == "Soin", Passage.kind == "section")
    assert await crm.scalar(quoted) == f"Voir {inner.title}."
    await drafts.change_article(crm, actor=EDITOR, article_id=notes.article_id, changes={"audience": "public"})
    assert await crm.scalar(quoted) == "Voir ."
    row = await drafts.begin(
        crm, actor=AUTHOR, article_id=inner.article_id, language="fr", texts={"body": "[x](/articles/gone)"}
    )
    with pytest.raises(Invalid):
        await reviewing.submit(crm, actor=AUTHOR, version_id=row.id)


async def test_a_link_follows_the_article_and_is_plain_words_for_search(crm: AsyncSession) -> None:
    there = await public(crm, "there", title="Laver un bol")
    here = await public(crm, "here", body="## Soin\nVoir [](/articles/there), puis [ici](/articles/there).")
    text = await crm.scalar(select(Passage.text).where(Passage.heading == "Soin"))
    assert text == "Voir Laver un bol, puis ici."
    await next_one(crm, there, title="Laver une tasse", slug="tasse")
    to = await links.targets(crm, here.body, language="fr")
    assert links.resolved("[](/articles/there)", to) == "[Laver une tasse](/fr/aide/tasse)"
    (referrer,) = await links.referrers(crm, actor=READER, key="there")
    assert referrer.key == "here"


async def test_gaps_count_the_contacts_they_cost_and_articles_what_led_to_them(crm: AsyncSession) -> None:
    group = await note(crm, "vendez-vous des tapis ?", 0, source="help")
    await note(crm, "avez-vous des tapis ?", 5, source="assistant")
    found = await crm.get_one(QuestionGroup, group)
    assert (found.asked, found.contacts) == (2, 1)
    article = (await public(crm)).article_id
    words = {(article, "fr", "Renvoyer un bol"): 2, (article, "fr", "renvoyer un bol"): 1, (article, "fr", "1234"): 4}
    await arrivals.count_searches(crm, words)
    for number, page in enumerate(("/fr/aide/returns?q=bol", "/fr/aide/returns#x", "/fr/aide/other", "/returns")):
        await wrote_from(crm, number, f"https://shop.example{page}")
    figures = await arrivals.figures(crm, actor=READER, article_id=article, language="fr")
    assert [(each.text, each.times) for each in figures.searches] == [("renvoyer un bol", 3)]
    assert (figures.views, figures.helpful, figures.unhelpful, figures.contacts) == (0, 0, 0, 2)


async def wrote_from(crm: AsyncSession, number: int, page: str) -> None:
    """A conversation whose customer wrote while this page was before them."""
    identity = Identity(id=new_id(), kind="webchat", value=f"reader-{number}")
    conversation = Conversation(id=new_id(), channel="webchat", address="a", identity=identity)
    crm.add_all([identity, conversation])
    await crm.flush()
    told = {"page": {"url": page, "title": "Aide"}}
    for seq in (1, 2):
        crm.add(
            Message(
                id=new_id(), conversation_id=conversation.id, seq=seq, place=seq, author="customer", channel="webchat",
                text="bonjour", details=told,
            )
        )  # fmt: skip
    await crm.flush()
