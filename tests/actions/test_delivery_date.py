"""The day of a delivery is told; another day is a wish that is passed on, once, after a yes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions import general_answers, wished_day
from actions.delivery_date import OTHER_DAY, spoken
from actions.tasks import finding
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.cases.model import Case
from crm_backend.database import Sessions, new_id
from crm_backend.knowledge.schema import KnowledgeAnswer, PassageView
from tests.support.parcels import customer_of

finding.find()
DUE = {"status": "shipped", "due": 1}


def in_days(count: int) -> str:
    return (tools().now().date() + timedelta(days=count)).isoformat()


@pytest.mark.parametrize(
    ("order", "text", "said"),
    [
        (DUE, "c'est livré quand ?", ["utter_order_shipped_expected"]),
        (DUE, "à quelle heure passe le livreur ?", ["utter_order_shipped_expected", "utter_delivery_date_no_hour"]),
        ({"status": "paid"}, "when will it come", ["utter_order_paid", "utter_delivery_date_unknown"]),
        ({"status": "delivered"}, "c'est livré quand ?", ["utter_order_delivered"]),
    ],
)
async def test_the_day_is_told_where_it_is_known(
    acting: Sessions, order: dict[str, str], text: str, said: list[str]
) -> None:
    customer, _ = await customer_of(acting, order, proof="channel")
    assert await customer.says(text, "delivery_date") == said
    assert not customer.open


async def test_a_general_question_is_answered_before_anybody_is_asked_for_a_proof(
    acting: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    passage = PassageView(article_key="slots", title="Le jour", heading="", text="Au choix.", url="/aide", score=0.9)
    answers = {"on peut choisir ?": KnowledgeAnswer(kind="answer", passages=[passage])}

    async def search(turn: Turn) -> KnowledgeAnswer:
        return answers.get(turn.text, KnowledgeAnswer(kind="none", passages=[]))

    monkeypatch.setattr(general_answers, "search", search)
    nobody, [order] = await customer_of(acting, DUE, proof="anonymous")
    assert await nobody.says("vous livrez quel jour ?", "delivery_date") == ["utter_ask_order_number"]
    answers["vous livrez quel jour ?"] = answers["on peut choisir ?"]
    nobody.open = False
    said = await nobody.says("vous livrez quel jour ?", "delivery_date")
    assert said == ["Au choix.", "utter_delivery_date_for_an_order"]
    nobody.open = False
    said = await nobody.says("on peut choisir ?", "delivery_date")
    assert said == ["Au choix.", "utter_delivery_date_for_an_order"]
    nobody.open = False
    said = await nobody.says("vous livrez quel jour ?", "delivery_date", order_number=order.number)
    assert said == ["utter_ask_email"]


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_another_day_is_passed_on_once(acting: Sessions, language: str) -> None:
    customer, [order] = await customer_of(acting, DUE, language=language)
    text = "décalez ma livraison" if language == "fr" else "can you move my delivery"
    assert await customer.says(text, "delivery_date") == ["utter_delivery_date_ask"]
    said = await customer.says("plus tard", "inform", date=in_days(12), time="17:00/19:30")
    assert said == ["utter_delivery_date_confirm"]
    wish = customer.messages[-1]["wish"]
    assert wish.endswith("entre 17\u00a0h et 19\u00a0h\u00a030" if language == "fr" else "between 17:00 and 19:30")
    before, turn = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=turn) == ["utter_delivery_date_done"]
    async with acting() as session:
        [case] = await session.scalars(select(Case))
    assert (case.type_key, case.tags) == ("request", ["delivery_date"])
    assert order.number in case.subject and wish in (case.description or "")
    assert await customer.says(text, "delivery_date") == ["utter_case_already_open"]


async def test_the_day_may_be_in_the_first_message_and_be_corrected(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, DUE)
    said = await customer.says("décalez ma livraison à la semaine prochaine", "delivery_date", date=in_days(9))
    assert said == ["utter_delivery_date_confirm"]
    assert await customer.says("plutôt dans dix jours", "second_thoughts", date=in_days(10)) == [
        "utter_delivery_date_confirm"
    ]
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.presses("Le jour") == ["utter_delivery_date_ask"]


async def test_the_day_on_which_nobody_is_in_is_not_the_one_wished_for(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, DUE)
    said = await customer.says("je ne serai pas là demain", "delivery_date", date=in_days(1))
    assert said == ["utter_delivery_date_ask"]


@pytest.mark.parametrize(
    ("days", "refusal"),
    [(0, "utter_delivery_date_past"), (-3, "utter_delivery_date_past"), (400, "utter_delivery_date_far")],
)
async def test_an_impossible_day_is_refused(acting: Sessions, days: int, refusal: str) -> None:
    customer, _ = await customer_of(acting, DUE)
    await customer.says("changez le jour", "delivery_date")
    assert await customer.says("ce jour", "inform", date=in_days(days)) == [refusal, "utter_delivery_date_ask"]


@pytest.mark.parametrize(
    ("status", "said"),
    [("out_for_delivery", "utter_delivery_date_today"), ("delivered", "utter_order_delivered")],
)
async def test_it_is_too_late_on_the_last_way(acting: Sessions, status: str, said: str) -> None:
    customer, _ = await customer_of(acting, {"status": status})
    assert await customer.says("repassez jeudi", "delivery_date") == [said]


async def test_a_wish_takes_a_proof(acting: Sessions) -> None:
    customer, [order] = await customer_of(acting, DUE, proof="channel")
    said = await customer.says("décalez la livraison", "delivery_date", order_number=order.number)
    assert said == ["utter_ask_email"]


@pytest.mark.parametrize(
    ("hours", "fr", "en"),
    [
        ("", "", ""),
        ("09:30", ", vers 9\u00a0h\u00a030", ", around 09:30"),
        ("14:00/16:00", ", entre 14\u00a0h et 16\u00a0h", ", between 14:00 and 16:00"),
        ("17:00/", ", après 17\u00a0h", ", after 17:00"),
        ("/12:00", ", avant 12\u00a0h", ", before 12:00"),
    ],
)
def test_a_wish_is_put_into_words(hours: str, fr: str, en: str) -> None:
    today = date(2026, 11, 22)
    assert spoken("2026-12-03", hours, "fr", today=today) == f"jeudi 3 décembre{fr}"
    assert spoken("2026-12-03", hours, "en", today=today) == f"on Thursday 3 December{en}"


@pytest.mark.parametrize(
    ("text", "wished"),
    [
        ("je voudrais être livré un samedi", True),
        ("peut-on décaler ma livraison à jeudi prochain ?", True),
        ("quand vais-je être livré ?", False),
        ("livraison prévue à quelle heure aujourd'hui", False),
        ("can it come on another day", True),
        ("what time will the driver come", False),
    ],
)
def test_a_wish_is_told_from_a_question(text: str, wished: bool) -> None:
    assert bool(OTHER_DAY.search(text)) == wished


MONDAY = date(2026, 11, 23)


def entity(value: str, text: str, raw: str, **more: str) -> dict[str, Any]:
    return {"entity": "date", "value": value, "start": text.index(raw), **more}


@pytest.mark.parametrize(
    ("text", "days", "wish", "fr"),
    [
        ("le jeudi 3 décembre", [("2026-12-03", "jeudi")], "2026-12-03", "jeudi 3 décembre"),
        (
            "pas mardi, mercredi",
            [("2026-11-24", "mardi"), ("2026-11-25", "mercredi")],
            "2026-11-25",
            "mercredi 25 novembre",
        ),
        (
            "jeudi ou vendredi",
            [("2026-11-26", "jeudi"), ("2026-11-27", "vendredi")],
            "2026-11-26/2026-11-27",
            "entre jeudi 26 et vendredi 27 novembre",
        ),
        ("pas lundi", [("2026-11-30", "lundi")], None, None),
    ],
)
def test_a_day_that_is_ruled_out_is_not_the_one_wished_for(
    text: str, days: list[tuple[str, str]], wish: str | None, fr: str | None
) -> None:
    found = wished_day.said(text, [entity(value, text, raw) for value, raw in days])
    assert found == wish
    assert wish is None or wished_day.in_words(wish, "fr", today=MONDAY) == fr


@pytest.mark.parametrize(
    ("text", "relation", "wish", "fr", "en"),
    [
        ("avant le 5", "before", "/2026-12-04", "au plus tard vendredi 4 décembre", "by Friday 4 December"),
        ("à partir du 5", "after", "2026-12-05/", "à partir du samedi 5 décembre", "from Saturday 5 December"),
        ("après le 5", "after", "2026-12-06/", "à partir du dimanche 6 décembre", "from Sunday 6 December"),
    ],
)
def test_a_limit_stays_a_limit(text: str, relation: str, wish: str, fr: str, en: str) -> None:
    assert wished_day.said(text, [entity("2026-12-05", text, "5", relation=relation)]) == wish
    assert wished_day.accepted(wish, today=MONDAY) == wish
    assert (wished_day.in_words(wish, "fr", today=MONDAY), wished_day.in_words(wish, "en", today=MONDAY)) == (fr, en)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2 jours plus tard", 2),
        ("décalez d’une semaine", 7),
        ("can you push it back by three days", 3),
        ("avancez-la de deux jours", -2),
        ("le lendemain", 1),
        ("the day after tomorrow", None),
        ("mardi", None),
    ],
)
def test_so_many_days_later_is_counted(text: str, days: int | None) -> None:
    assert wished_day.moved(text) == days


async def test_a_day_may_be_said_by_its_number_or_from_the_day_it_was(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, DUE)
    await customer.says("changez le jour", "delivery_date")
    assert await customer.says("le 31 février", "inform") == [
        "utter_delivery_date_no_such_day", "utter_delivery_date_ask",
    ]  # fmt: skip
    soon = date.fromisoformat(in_days(20))
    assert await customer.says(f"le {soon.day}", "choose") == ["utter_delivery_date_confirm"]
    assert customer.slots["task"]["facts"]["day"] == soon.isoformat()
    other, _ = await customer_of(acting, DUE)
    assert await other.says("décalez ma livraison de deux jours", "delivery_date") == ["utter_delivery_date_confirm"]
