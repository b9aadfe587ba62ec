"""Decisions, one by one and as a whole: nothing lost, nobody overloaded, nobody left behind."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crm_backend.routing.deciding import (
    Candidate,
    Need,
    TeamRules,
    Waiting,
    choose,
    decide,
    in_order,
    points,
)

EVERY = frozenset({"chat", "messaging", "mail", "case"})
WEIGHTS = {"chat": 100, "messaging": 50, "mail": 25, "case": 10}


def item(name: str, waited: float = 0, **more: object) -> Waiting:
    kind = str(more.pop("kind", "chat"))
    return Waiting(id=name, team="support", kind=kind, weight=WEIGHTS[kind], waited=waited, **more)  # type: ignore[arg-type]


def agent(name: str, **more: object) -> Candidate:
    return Candidate(**({"id": name, "kinds": EVERY, "capacity": 100} | more))  # type: ignore[arg-type]


def given_to(waiting: list[Waiting], agents: list[Candidate], **rules: object) -> dict[object, object]:
    team = TeamRules("support", **rules)  # type: ignore[arg-type]
    teams = {"support": team, "night": TeamRules("night")}
    return {made.item: made.agent for made in decide(waiting, agents, teams)}


def test_who_waits_longest_comes_first_and_the_rest_waits() -> None:
    assert given_to([item("b", 60), item("a", 120)], [agent("claire")]) == {"a": "claire"}


@pytest.mark.parametrize(
    ("better", "ahead_of", "behind"),
    [
        ({"vip": True}, 599, 601),
        ({"upset": True}, 299, 301),
        ({"priority": "urgent"}, 1199, 1201),
        ({"due_in": 0.0}, 1799, 1801),
        ({"due_in": 15 * 60.0}, 899, 901),
        ({"due_in": 31 * 60.0}, None, 1),
        ({"channel_points": 6.0}, 359, 361),
        ({"front": True}, 10_000, None),
    ],
)
def test_what_counts_is_worth_so_many_minutes_and_no_more(
    better: dict[str, object], ahead_of: float | None, behind: float | None
) -> None:
    if ahead_of is not None:
        assert in_order([item("other", ahead_of), item("better", **better)])[0].id == "better"
    if behind is not None:
        assert in_order([item("better", **better), item("other", behind)])[0].id == "other"


def test_chats_weigh_more_than_mails() -> None:
    mails = [item(f"m{n}", 100 - n, kind="mail") for n in range(6)]
    assert len(given_to(mails, [agent("claire")])) == 4
    assert given_to([item("chat", 50), *mails], [agent("claire", load=50)]).keys() == {"m0", "m1"}


def test_presence_is_by_kind_of_channel() -> None:
    only_mail = agent("claire", kinds=frozenset({"mail"}))
    assert given_to([item("chat", 9), item("mail", 1, kind="mail")], [only_mail]) == {"mail": "claire"}


def test_an_item_nobody_can_take_holds_up_no_other() -> None:
    english = item("en", 900, needs=(Need("language", "en"),))
    assert given_to([english, item("fr", 1)], [agent("claire")]) == {"fr": "claire"}


def test_skills_relax_step_by_step_and_firm_ones_never() -> None:
    needs = (Need("language", "en"), Need("topic", "refund", 3), Need("product", "lamps"))
    low = agent("low", skills={("language", "en"): 1, ("topic", "refund"): 1, ("product", "lamps"): 1})
    no_lamps = agent("lamps", skills={("language", "en"): 1, ("topic", "refund"): 1})
    speaks, nothing = agent("speaks", skills={("language", "en"): 1}), agent("nothing")
    rules = {"support": TeamRules("support", relax_after=60.0)}
    for waited, able in ((59, None), (60, low), (120, no_lamps), (180, speaks), (240, nothing)):
        others = [low, no_lamps, speaks, nothing]
        mine = others[others.index(able) :] if able else others
        found = choose(item("x", waited, needs=needs), mine, rules)
        assert found == able
    firm = (Need("language", "en", firm=True),)
    assert choose(item("x", 10_000, needs=firm), [nothing], rules) is None


def test_of_those_who_may_after_relaxing_the_best_skilled_gets_it() -> None:
    skilled = agent("skilled", skills={("topic", "refund"): 3}, idle_for=0)
    waiting = [item("x", 600, needs=(Need("topic", "refund", 2),))]
    assert given_to(waiting, [agent("idle", idle_for=900), skilled], relax_after=60.0) == {"x": "skilled"}


def test_the_strategy_is_the_team_s() -> None:
    idle = agent("idle", capacity=200, load=100, idle_for=500)
    free = agent("free", capacity=300, idle_for=5)
    assert given_to([item("x")], [idle, free], strategy="longest_idle") == {"x": "idle"}
    assert given_to([item("x")], [idle, free], strategy="most_free") == {"x": "free"}


def test_the_last_agent_is_preferred_while_free() -> None:
    one, other = agent("one", idle_for=500), agent("other", idle_for=1)
    again = item("x", last_agent="other")
    assert given_to([again], [one, other]) == {"x": "other"}
    assert given_to([again], [one, other], prefer_last=False) == {"x": "one"}
    assert given_to([again], [one, replace(other, load=100)]) == {"x": "one"}


def test_overflow_after_a_time_or_when_closed_and_never_to_a_closed_team() -> None:
    night = agent("night", teams=frozenset({"night"}))
    day = agent("day", teams=frozenset({"support"}), load=100)
    over = {"overflow_team": "night", "overflow_after": 120.0}
    assert given_to([item("x", 119)], [night, day], **over) == {}
    assert given_to([item("x", 120)], [night, day], **over) == {"x": "night"}
    assert given_to([item("x", 120)], [night, replace(day, load=0)], **over) == {"x": "day"}
    assert given_to([item("x", 1)], [night, replace(day, load=0)], open=False, **over) == {"x": "night"}
    teams = {"support": TeamRules("support", open=False, **over), "night": TeamRules("night", open=False)}  # type: ignore[arg-type]
    assert decide([item("x", 500)], [night, day], teams) == []


def test_a_team_that_does_not_distribute_gives_nothing() -> None:
    assert given_to([item("x", 900)], [agent("claire")], distributes=False) == {}


@given(
    earlier=st.floats(0, 1e6),
    more=st.floats(0, 1e6),
    due=st.none() | st.floats(-1e6, 1e6),
    vip=st.booleans(),
    priority=st.sampled_from(["urgent", "high", "normal", "low"]),
)
def test_points_never_fall_while_an_item_waits(
    earlier: float, more: float, due: float | None, vip: bool, priority: str
) -> None:
    then = item("x", earlier, due_in=due, vip=vip, priority=priority)
    later = replace(then, waited=earlier + more, due_in=None if due is None else due - more)
    assert points(later) >= points(then) + more / 60 - 1e-6


@dataclass
class Held:
    """An item of the machine: where it is, when it came, and who said no to it."""

    came: float
    kind: str
    language: str
    place: str = "queue"
    agent: str | None = None
    front: bool = False
    refused: frozenset[str] = frozenset()


class Centre(RuleBasedStateMachine):
    """A contact centre in memory that is handed out by `decide`: people come, go, accept, decline and vanish."""

    @initialize(skilled=st.lists(st.booleans(), min_size=1, max_size=4), relax=st.sampled_from([None, 120.0]))
    def opens(self, skilled: list[bool], relax: float | None) -> None:
        self.clock = 0.0
        self.items: dict[str, Held] = {}
        self.agents = {
            f"a{n}": {"capacity": 100 * (1 + n % 3), "there": True, "skills": {("language", "fr"): 2}
                      | ({("language", "en"): 1} if english else {})}
            for n, english in enumerate(skilled)
        }  # fmt: skip
        self.teams = {"support": TeamRules("support", relax_after=relax)}

    def load(self, name: str) -> int:
        return sum(WEIGHTS[one.kind] for one in self.items.values() if one.agent == name)

    def waiting(self) -> dict[str, Waiting]:
        return {
            key: Waiting(
                id=key, team="support", kind=one.kind, weight=WEIGHTS[one.kind], waited=self.clock - one.came,
                needs=(Need("language", one.language),), front=one.front, refused_by=one.refused,
            )
            for key, one in self.items.items()
            if one.place == "queue"
        }  # fmt: skip

    def candidates(self) -> list[Candidate]:
        return [
            Candidate(name, EVERY, one["capacity"], self.load(name), skills=one["skills"])  # type: ignore[arg-type]
            for name, one in self.agents.items()
            if one["there"]
        ]

    @rule(kind=st.sampled_from(sorted(EVERY)), language=st.sampled_from(["fr", "en"]))
    def comes(self, kind: str, language: str) -> None:
        self.clock += 1
        self.items[f"i{len(self.items):03}"] = Held(self.clock, kind, language)

    @rule(seconds=st.sampled_from([1, 30, 130, 400]))
    def time_passes(self, seconds: int) -> None:
        self.clock += seconds

    @rule(data=st.data(), answer=st.sampled_from(["accepted", "declined", "finished"]))
    def answers(self, data: st.DataObject, answer: str) -> None:
        held = sorted(key for key, one in self.items.items() if one.agent)
        if not held:
            return
        one = self.items[data.draw(st.sampled_from(held))]
        if answer == "declined" and one.place == "offered":
            one.refused, one.place, one.agent, one.front = one.refused | {one.agent}, "queue", None, True  # type: ignore[arg-type]
        elif answer == "finished" and one.place == "owned":
            one.place, one.agent = "done", None
        elif one.place == "offered":
            one.place = "owned"

    @rule(data=st.data(), comes_back=st.booleans())
    def goes(self, data: st.DataObject, comes_back: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.agents)))
        self.agents[name]["there"] = comes_back
        if not comes_back:
            for one in self.items.values():
                if one.agent == name:
                    one.place, one.agent, one.front = "queue", None, True

    @precondition(lambda self: self.items)
    @rule()
    def is_handed_out(self) -> None:
        waiting, before = self.waiting(), {one.id: one for one in self.candidates()}
        made = decide(waiting.values(), before.values(), self.teams)
        assert len({one.item for one in made}) == len(made)
        for one in made:
            assert one.agent not in waiting[str(one.item)].refused_by and self.agents[str(one.agent)]["there"]
            held = self.items[str(one.item)]
            assert held.place == "queue"
            held.place, held.agent = "offered", str(one.agent)
        self._nothing_that_could_be_given_is_left()
        self._equals_keep_their_order(waiting, {str(one.item) for one in made})

    def _nothing_that_could_be_given_is_left(self) -> None:
        left = self.waiting()
        assert all(choose(one, self.candidates(), self.teams) is None for one in left.values())

    def _equals_keep_their_order(self, waiting: dict[str, Waiting], given: set[str]) -> None:
        for key, one in waiting.items():
            if key in given:
                continue
            for other, after in waiting.items():
                alike = (one.kind, one.needs, one.front, one.refused_by) == (
                    after.kind, after.needs, after.front, after.refused_by
                )  # fmt: skip
                assert not (alike and after.waited < one.waited and other in given)

    @invariant()
    def nobody_holds_more_than_they_can(self) -> None:
        for name, one in getattr(self, "agents", {}).items():
            assert self.load(name) <= one["capacity"]

    @invariant()
    def everything_is_in_one_place(self) -> None:
        for one in getattr(self, "items", {}).values():
            assert (one.agent is not None) == (one.place in ("offered", "owned"))
            assert one.agent is None or self.agents[one.agent]["there"]

    def teardown(self) -> None:
        """Once nothing comes any more and people work, everything that somebody can take gets done."""
        if not hasattr(self, "items"):
            return
        for one in self.agents.values():
            one["there"], one["capacity"] = True, max(100, int(str(one["capacity"])))
            one["skills"] = {("language", "fr"): 2, ("language", "en"): 2}
        for one in self.items.values():
            one.refused = frozenset()
        for _ in range(len(self.items) + 1):
            self.is_handed_out() if self.items else None
            for one in self.items.values():
                if one.agent:
                    one.place, one.agent = "done", None
        assert all(one.place == "done" for one in self.items.values())


TestCentre = Centre.TestCase
TestCentre.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
