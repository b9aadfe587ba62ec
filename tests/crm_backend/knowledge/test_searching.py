"""Search beyond the very words: typos, synonyms, who may find what, and why it was found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, Stale
from crm_backend.knowledge import drafts, indexing, measuring, publishing, reviewing, search, services, synonyms
from crm_backend.knowledge.index_model import ArticleStem, ArticleTerm, ArticleWord, Middle
from crm_backend.knowledge.measuring import Labelled
from crm_backend.knowledge.wording import likely
from tests.crm_backend.knowledge.writing import (
    AUTHOR,
    EDITOR,
    NOBODY,
    READER,
    asked,
    begun,
    embed,
    embed_later,
    next_one,
    public,
)

SHELF = {
    "returns": {"title": "Renvoyer un article", "summary": "Trente jours, étiquette comprise."},
    "gift": {"title": "Carte cadeau", "summary": "Elle se dépense en ligne."},
    "delivery": {"title": "Délais de livraison", "summary": "De deux à quatre jours ouvrés."},
}


async def stocked(crm: AsyncSession) -> None:
    for key, texts in SHELF.items():
        await public(crm, key, **texts)


async def found(crm: AsyncSession, question: str, **more) -> list[search.Found]:
    (vector,) = embed([question])
    return await search.best(crm, question=question, language="fr", vector=vector, limit=3, **more)


def why(one: search.Found) -> list[tuple[str, str, str, str]]:
    return sorted((match.word, match.read_as, match.how, match.place) for match in one.matches)


@pytest.mark.parametrize(
    ("question", "key", "reasons"),
    [
        ("étiquette", "returns", [("étiquette", "étiquette", "word", "summary")]),
        ("ETIQUETTE", "returns", [("etiquette", "etiquette", "word", "summary")]),
        ("etiqeutte", "returns", [("etiqeutte", "étiquette", "typo", "summary")]),
        ("livraisson", "delivery", [("livraisson", "livraison", "typo", "title")]),
        ("livraisons", "delivery", [("livraisons", "livraisons", "word", "title")]),
    ],
)
async def test_a_typo_finds_what_was_meant_and_says_so(crm: AsyncSession, question, key, reasons) -> None:
    await stocked(crm)
    best = (await found(crm, question))[0]
    assert (best.key, why(best)) == (key, reasons)
    assert best.wording > 0 and best.heading and best.text


@pytest.mark.parametrize("question", ["netflix", "cadre", "carde", "bateaux", "xyzzyxyzzy"])
async def test_another_word_is_not_taken_for_a_typo(crm: AsyncSession, question) -> None:
    await stocked(crm)
    assert all(one.wording == 0 for one in await found(crm, question))


@pytest.mark.parametrize(
    ("typo", "word", "slips"),
    [
        ("colsi", "colis", 1), ("colisse", "colis", None), ("livriasson", "livraison", 2), ("colis", "folis", None),
        ("remboursemnt", "remboursement", 1), ("abcd", "efgh", None),
    ],
)  # fmt: skip
def test_how_far_a_typo_may_be(typo, word, slips) -> None:
    assert likely(typo, word) == slips


async def test_synonyms_find_each_other_and_say_so(crm: AsyncSession) -> None:
    await stocked(crm)
    assert (await found(crm, "chèque-cadeau"))[0].wording < 0.6
    row = await synonyms.add(crm, actor=AUTHOR, language="fr", terms=["carte cadeau", "bon d’achat", "chèque"])
    best = (await found(crm, "un bon d’achat"))[0]
    assert best.key == "gift" and best.wording == pytest.approx(0.9)
    assert {(word, read, how) for word, read, how, _ in why(best)} == {
        ("bon", "carte cadeau", "synonym"), ("achat", "carte cadeau", "synonym"),
    }  # fmt: skip
    assert "gift" not in [one.key for one in await found(crm, "un bon repas") if one.wording > 0]
    await synonyms.change(crm, actor=AUTHOR, synonym_id=row.id, terms=["chèque", "carte"], version=1)
    assert (await found(crm, "un bon d’achat"))[0].wording == 0
    with pytest.raises(Stale):
        await synonyms.remove(crm, actor=AUTHOR, synonym_id=row.id, version=1)
    await synonyms.remove(crm, actor=AUTHOR, synonym_id=row.id, version=2)


@pytest.mark.parametrize(
    ("terms", "field", "reason"),
    [
        (["seul"], "terms", "too_short"), (["et", "carte"], "terms.0", "no_stem"), ("abc", "terms", "not_list"),
        (["carte", "Carte"], "terms", "too_short"), (["a" * 61, "b"], "terms.0", "too_long"),
    ],
)  # fmt: skip
async def test_bad_synonyms_are_refused(crm: AsyncSession, terms, field, reason) -> None:
    with pytest.raises(Invalid) as refused:
        await synonyms.add(crm, actor=AUTHOR, language="fr", terms=terms)
    assert (refused.value.field, refused.value.reason) == (field, reason)


async def test_what_is_for_agents_never_reaches_customers(crm: AsyncSession) -> None:
    await stocked(crm)
    secret = await public(crm, "refusals", title="Geste commercial", summary="Remise secrète.", audience="agents")
    question = "geste commercial remise secrete"
    (vector,) = embed([question])
    assert "refusals" not in await asked(crm, question)
    assert "refusals" not in [one.key for one in await found(crm, question)]
    # Not even by the correction of a typo, which would tell that there is such a word.
    assert all(one.wording == 0 for one in await found(crm, "comercial"))
    assert "refusals" not in [link.key for link in await services.listing(crm, language="fr")]
    with pytest.raises(NotFound):
        await services.page(crm, language="fr", slug="refusals")
    with pytest.raises(NotFound):
        await services.article(crm, key="refusals", language="fr")
    told = {"question": question, "language": "fr", "vector": vector}
    assert (await services.find(crm, actor=READER, **told))[0].key == "refusals"
    with pytest.raises(NotAllowed):
        await drafts.change_article(crm, actor=AUTHOR, article_id=secret.article_id, changes={"audience": "public"})
    await drafts.change_article(crm, actor=EDITOR, article_id=secret.article_id, changes={"audience": "public"})
    assert (await found(crm, question))[0].key == "refusals"
    await drafts.change_article(crm, actor=EDITOR, article_id=secret.article_id, changes={"audience": "agents"})
    assert "refusals" not in await asked(crm, question)
    middles = await crm.execute(select(Middle.scope, Middle.articles).order_by(Middle.scope))
    assert [tuple(row) for row in middles] == [("all", 4), ("public", 3)]


async def test_what_is_planned_for_agents_is_not_made_public_by_its_author(crm: AsyncSession) -> None:
    row = await begun(crm, "planned", audience="agents")
    tomorrow = utc_now() + timedelta(days=1)
    await reviewing.approve(crm, actor=EDITOR, version_id=row.id, embed=embed_later, publish_at=tomorrow)
    with pytest.raises(NotAllowed):
        await drafts.change_article(crm, actor=AUTHOR, article_id=row.article_id, changes={"audience": "public"})
    await drafts.change_article(crm, actor=EDITOR, article_id=row.article_id, changes={"audience": "public"})


async def test_the_index_made_anew_is_the_one_that_was_kept(crm: AsyncSession) -> None:
    await stocked(crm)
    hidden = await public(crm, "hidden", audience="agents", title="Interne")
    await next_one(crm, hidden, title="Toujours interne")

    async def index() -> tuple[object, ...]:
        terms = await crm.execute(
            select(ArticleTerm.lexeme, ArticleTerm.translation_id, ArticleTerm.audience, ArticleTerm.weight).order_by(
                ArticleTerm.lexeme, ArticleTerm.translation_id
            )
        )
        middles = await crm.execute(select(Middle.scope, Middle.articles, Middle.mean).order_by(Middle.scope))
        stems = await crm.execute(
            select(ArticleStem.lexeme, ArticleStem.public, ArticleStem.total)
            .where(ArticleStem.total > 0)
            .order_by(ArticleStem.lexeme)
        )
        return (
            terms.all(),
            stems.all(),
            [(row.scope, row.articles, [round(float(x), 4) for x in row.mean]) for row in middles],
        )

    kept = await index()
    await indexing.rebuild(crm)
    assert await index() == kept
    assert await crm.scalar(select(ArticleWord.shown).where(ArticleWord.word == "etiquette")) == "étiquette"


async def test_a_search_takes_three_statements_at_most(crm: AsyncSession) -> None:
    await stocked(crm)
    statements = []
    engine = crm.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    await found(crm, "livraisson et étiquette")
    assert len(statements) == 3
    await found(crm, "livraison")
    assert len(statements) == 5


async def test_whatever_is_asked_is_answered(crm: AsyncSession) -> None:
    await stocked(crm)

    @settings(max_examples=1, deadline=None)
    @given(st.lists(st.text(max_size=60), min_size=25, max_size=25))
    def ask(texts: list[str]) -> None:
        questions.extend(texts)

    questions: list[str] = [
        "\0",
        "\ud800",
        "a" * 500,
        "'; drop table articles",
        "e-mail http://x.y/z?a=1",
        "''''",
        "é" * 99,
    ]
    ask()
    for question in questions:
        (vector,) = embed(["x"])
        await search.best(crm, question=question, language="fr", vector=vector, limit=3, audiences=search.EVERYTHING)


async def test_labelled_questions_are_asked_as_customers_do(crm: AsyncSession) -> None:
    await stocked(crm)
    labelled = [
        Labelled("carte cadeau", "fr", ("gift",)),
        Labelled("délais de livraison", "fr", ("returns", "delivery")),
        Labelled("carte cadeau", "fr", ("delivery",)),
    ]
    asked = await measuring.ask(crm, actor=READER, labelled=labelled, embed=embed_later)
    assert [one.rank for one in asked][:2] == [1, 1] and asked[2].rank != 1 and asked[2].first == "gift"
    assert await measuring.unknown(crm, [*labelled, Labelled("?", "en", ("gift",))]) == ["gift (en)"]
    with pytest.raises(NotAllowed):
        await measuring.ask(crm, actor=NOBODY, labelled=labelled, embed=embed_later)


async def test_a_known_question_is_asked_as_if_it_were_not_known(crm: AsyncSession) -> None:
    line = "Que fait-on d'un bibelot ?"
    await public(crm, "returns", title="Renvoyer un article", questions=[line.replace(" ?", "\u00a0?")])
    await public(crm, "gift", title="Carte cadeau", summary="Un bibelot à offrir.")
    before = [(one.key, one.score, one.same_question) for one in await found(crm, line)]
    assert before[0][0] == "returns" and before[0][2]
    (one,) = await measuring.ask(crm, actor=READER, labelled=[Labelled(line, "fr", ("gift",))], embed=embed_later)
    assert (one.rank, one.first) == (1, "gift")
    assert [(each.key, each.score, each.same_question) for each in await found(crm, line)] == before


async def test_what_was_indexed_before_is_placed_anew(crm: AsyncSession) -> None:
    await stocked(crm)
    await publishing.forget_places(crm)
    assert (await found(crm, "carte cadeau"))[0].meaning == 0
    for translation_id, texts in await publishing.behind(crm, limit=10):
        assert await publishing.catch_up(crm, translation_id, texts=texts, vectors=embed(texts))
        assert not await publishing.catch_up(crm, translation_id, texts=texts, vectors=embed(texts))
    assert (await found(crm, "Carte cadeau"))[0].meaning == 1 and await publishing.behind(crm, limit=10) == []
