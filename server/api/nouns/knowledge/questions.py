"""Questions: those that nothing answered, by group, and those that articles must answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from crm_backend.knowledge import coverage, reading, unanswered
from crm_backend.knowledge.echo_model import ArticleTest, QuestionGroup
from server.api import ABSENT, Call, In, Listing, Out, Page, Sorts, VersionedOut
from server.api.nouns.knowledge.shared import Body, Key, Language, Question, Summary, Title, noun
from server.api.nouns.knowledge.versions import VersionOut, shown

GroupStatus = Literal["open", "drafted", "answered", "dismissed"]
AT_ONCE = 100


class GroupOut(VersionedOut):
    """`questions` is how many different ones there are, `asked` how often any was asked, `contacts` how often in a
    conversation: what a missing article costs."""

    id: UUID
    language: Language
    status: GroupStatus
    label: str
    questions: int
    asked: int
    contacts: int
    article_id: UUID | None
    settled_by: str | None
    settled_at: datetime | None
    created_at: datetime
    last_at: datetime


class GroupQuery(Listing):
    status: GroupStatus | None = None
    language: Language | None = None


GROUP_SORTS = Sorts(
    by=QuestionGroup.id,
    default="-asked",
    asked=QuestionGroup.asked,
    contacts=QuestionGroup.contacts,
    last_at=QuestionGroup.last_at,
)


@noun.get(
    "/question-groups",
    needs="knowledge.read",
    fr="Lister les questions sans réponse",
    en="List unanswered questions",
    sorts=GROUP_SORTS,
)
async def list_question_groups(call: Call, query: GroupQuery) -> Page[GroupOut]:
    found = unanswered.groups(call.actor, status=query.status, language=query.language)
    return await call.page(found, query, GroupOut.model_validate)


class UnansweredOut(Out):
    id: UUID
    text: str
    times: int
    sources: list[str]
    created_at: datetime
    last_at: datetime


class UnansweredListOut(Out):
    items: list[UnansweredOut]


@noun.get(
    "/question-groups/{group_id}/questions",
    needs="knowledge.read",
    fr="Questions d’un groupe",
    en="A group’s questions",
)
async def list_group_questions(call: Call, group_id: UUID) -> UnansweredListOut:
    """At most 200, the most asked first, masked."""
    rows = await unanswered.questions(call.session, actor=call.actor, group_id=group_id)
    return UnansweredListOut(
        items=[UnansweredOut(**{name: getattr(row, name) for name in UnansweredOut.model_fields}) for row in rows]
    )


class SettleIn(In):
    status: Literal["open", "answered", "dismissed"]
    article_id: UUID | None = None


@noun.post("/question-groups/{group_id}/settle", needs="knowledge.write", fr="Classer un groupe", en="Settle a group")
async def settle_question_group(call: Call, group_id: UUID, body: SettleIn) -> GroupOut:
    group = await unanswered.settle(
        call.session,
        actor=call.actor,
        group_id=group_id,
        status=body.status,
        article_id=body.article_id,
        version=call.version,
    )
    return GroupOut.model_validate(group)


class GroupDraftIn(In):
    """Without a title, the group’s own words; its questions are those of the draft."""

    key: Key
    category: Key
    slug: Key = ABSENT
    title: Title = ABSENT
    summary: Summary = ABSENT
    body: Body = ABSENT


@noun.post(
    "/question-groups/{group_id}/draft",
    needs="knowledge.write",
    fr="Commencer l’article qui manque",
    en="Begin the missing article",
    status=201,
)
async def draft_from_question_group(call: Call, group_id: UUID, body: GroupDraftIn) -> VersionOut:
    texts = {name: getattr(body, name) for name in body.model_fields_set & {"slug", "title", "summary", "body"}}
    row = await unanswered.draft_from(
        call.session,
        actor=call.actor,
        group_id=group_id,
        key=body.key,
        category=body.category,
        texts=texts,
        version=call.version,
    )
    return shown(row)


class TestOut(Out):
    """`rank` is where the article last stood, from 1 to 3, or null when it was not among these."""

    id: UUID
    article_id: UUID
    language: Language
    question: str
    rank: int | None
    ran_at: datetime | None
    created_at: datetime


class TestIn(In):
    article_id: UUID
    language: Language
    question: Question


class TestQuery(Listing):
    article_id: UUID | None = None
    language: Language | None = None
    failing: bool = False


TEST_SORTS = Sorts(by=ArticleTest.id, default="-created_at", created_at=ArticleTest.created_at)


@noun.get(
    "/article-tests",
    needs="knowledge.read",
    fr="Lister les questions d’essai",
    en="List test questions",
    sorts=TEST_SORTS,
)
async def list_article_tests(call: Call, query: TestQuery) -> Page[TestOut]:
    found = reading.trial_questions(
        call.actor, article_id=query.article_id, language=query.language, failing=query.failing
    )
    return await call.page(found, query, TestOut.model_validate)


@noun.post(
    "/article-tests", needs="knowledge.write", fr="Ajouter une question d’essai", en="Add a test question", status=201
)
async def add_article_test(call: Call, body: TestIn) -> TestOut:
    row = await coverage.add(
        call.session, actor=call.actor, article_id=body.article_id, language=body.language, question=body.question
    )
    return TestOut.model_validate(row)


@noun.delete(
    "/article-tests/{test_id}", needs="knowledge.write", fr="Retirer une question d’essai", en="Remove a test question"
)
async def remove_article_test(call: Call, test_id: UUID) -> None:
    await coverage.remove(call.session, actor=call.actor, test_id=test_id)


class RunIn(In):
    article_id: UUID | None = None
    language: Language | None = None
    most: Annotated[int, Field(ge=1, le=AT_ONCE)] = AT_ONCE


class OutcomeOut(Out):
    test_id: UUID
    key: str
    language: Language
    question: str
    rank: int | None
    instead: str | None


class ShareOut(Out):
    language: Language
    questions: int
    first: int
    among_first: int


class RunOut(Out):
    shares: list[ShareOut]
    outcomes: list[OutcomeOut]
    untested: int = Field(description="Published texts without a test question.")


@noun.post("/article-tests/run", needs="knowledge.read", fr="Poser les questions d’essai", en="Run the test questions")
async def run_article_tests(call: Call, body: RunIn) -> RunOut:
    """Those that were not asked for longest first; `./relais knowledge test` asks them all."""
    outcomes = await coverage.run(
        call.session,
        actor=call.actor,
        embed=call.means.embedder.several,
        article_id=body.article_id,
        language=body.language,
        most=body.most,
    )
    return RunOut(
        shares=[ShareOut.model_validate(share) for share in coverage.shares(outcomes)],
        outcomes=[OutcomeOut.model_validate(outcome) for outcome in outcomes],
        untested=await coverage.untested(call.session, actor=call.actor),
    )
