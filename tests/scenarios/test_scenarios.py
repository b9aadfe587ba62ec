"""Every scenario once, by one simulated customer each, against the whole product.

The conversations are held side by side, before the first test: each test then tells of one. `./relais scenarios` plays
each several times; the format is described in tests/support/scenarios/reading.py.

A wrong write, a leak or a broken policy fails its test. Business that did not come to its end is counted: on which side
of a line a sentence falls changes with every training, and with the machine it is done on.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.support.scenarios import report
from tests.support.scenarios.__main__ import company
from tests.support.scenarios.judging import Outcome
from tests.support.scenarios.reading import scenarios
from tests.support.scenarios.running import run_all
from tests.support.stores import Stores

SEED, FEW = 1, 0.05
"""The seed of the simulated customers, and the share of scenarios that may end without what was to be done."""
ALL = scenarios()


@pytest.fixture(scope="module")
async def outcomes(
    stores: Stores, demo_template: str, real_assistant: SimpleNamespace, request: pytest.FixtureRequest
) -> dict[str, Outcome]:
    """How each of the scenarios that were asked for ended, by its name."""
    wanted = {
        item.callspec.params["scenario"].id
        for item in request.session.items
        if hasattr(item, "callspec") and "scenario" in item.callspec.params
    }
    async with company(stores, demo_template, real_assistant) as parts:
        ended = await run_all(parts, [each for each in ALL if each.id in wanted], seed=SEED)
    return {each.scenario.id: each for each in ended}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scenario", ALL, ids=lambda each: each.id)
def test_scenario(scenario, outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes[scenario.id]
    assert not outcome.breaches, report.told(outcome)
    if not outcome.ok:
        pytest.xfail(scenario.flawed or report.told(outcome))


@pytest.mark.timeout(600)
def test_nearly_all_business_comes_to_its_end(outcomes: dict[str, Outcome]) -> None:
    missed = [each for each in outcomes.values() if not each.ok]
    assert len(missed) <= FEW * max(len(outcomes), 1), "\n".join(report.told(each) for each in missed)
