"""A complaint becomes a case, once, in the customer's words."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions.tasks import finding
from crm_backend.cases.model import Case
from crm_backend.database import Sessions, new_id
from tests.support import core
from tests.support.talking import Customer

finding.find()
STORY = "Trois semaines que j'attends mon canapé et personne ne me répond au téléphone, c'est inadmissible."


@pytest.mark.parametrize("told_at_once", [True, False])
async def test_it_is_taken_down_and_gets_a_number(acting: Sessions, told_at_once: bool) -> None:
    customer = Customer((await core.write(acting, visitor=new_id().hex)).conversation_id)
    if told_at_once:
        said = await customer.says(STORY, "complaint")
    else:
        assert await customer.says("je veux faire une réclamation", "complaint") == ["utter_complaint_ask_story"]
        said = await customer.says(STORY, "late_parcel")
    assert said == ["utter_complaint_confirm"]
    before, again = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=again) == ["utter_complaint_done"]
    async with acting() as session:
        [case] = (await session.scalars(select(Case))).all()
    assert (case.type_key, case.description) == ("complaint", STORY)
    assert customer.messages[-1]["number"] == case.number


async def test_what_is_told_when_it_is_shown_is_added(acting: Sessions) -> None:
    customer = Customer((await core.write(acting, visitor=new_id().hex)).conversation_id)
    assert await customer.says(STORY, "complaint") == ["utter_complaint_confirm"]
    shown_again = ["utter_story_added", "utter_complaint_confirm"]
    assert await customer.says("non, c'était un fauteuil", "second_thoughts", confidence=0.6) == shown_again
    assert await customer.says("oui mais ils étaient deux", "affirm") == shown_again
    assert await customer.says("oui c'est bien ça", "affirm") == ["utter_complaint_done"]
    async with acting() as session:
        told = (await session.scalars(select(Case.description))).one()
    assert told == f"{STORY.rstrip('.')}. C'était un fauteuil. Ils étaient deux"


@pytest.mark.parametrize(
    ("language", "begins", "asked", "story"),
    [
        ("fr", "je veux faire une réclamation", "combien de temps pour une réponse ?", STORY),
        ("en", "I want to complain", "how long for an answer?", "Nobody was there on Saturday, nor on Monday."),
    ],
)
async def test_how_long_an_answer_takes_is_told_in_its_middle(
    acting: Sessions, language: str, begins: str, asked: str, story: str
) -> None:
    customer = Customer((await core.write(acting, visitor=new_id().hex)).conversation_id, language)
    await customer.says(begins, "complaint")
    # Nobody has written down how long: none is promised.
    answered = "utter_complaint_answered_soon"
    assert await customer.says(asked, "case_status") == [answered, "utter_complaint_ask_story"]
    assert await customer.says(story, "late_parcel") == ["utter_complaint_confirm"]
    assert await customer.says(asked, "case_status") == [answered, "utter_complaint_confirm"]
    assert await customer.says("oui", "affirm") == ["utter_complaint_done"]
