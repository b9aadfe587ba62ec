"""BG/NBD and gamma-gamma: what was published of CDNOW's customers, and customers simulated with known parameters."""

from __future__ import annotations

import numpy as np
import pytest

from crm_backend.value import bg_nbd, gamma_gamma
from crm_backend.value.bg_nbd import BgNbd, Numbers, numbers
from crm_backend.value.gamma_gamma import GammaGamma

CDNOW = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
"""Fader, Hardie and Lee (2005), table 2."""
SPENDING = GammaGamma(p=6.25, q=3.74, v=15.44)
"""Fader and Hardie (2013)."""
FIRST = (numbers([2]), numbers([30.43]), numbers([38.86]))
"""The first of CDNOW's customers, in weeks."""


def test_the_published_example_comes_out() -> None:
    # Hardie, "Implementing the BG/NBD Model for Customer Base Analysis in Excel": 1.226 purchases in the next 39 weeks.
    assert bg_nbd.expected(CDNOW, *FIRST, weeks=39)[0] == pytest.approx(1.226, abs=5e-4)
    assert bg_nbd.alive(CDNOW, *FIRST)[0] == pytest.approx(0.7266, abs=5e-4)
    # 35.22 is the mean of all, for who has no orders yet; the two others have ordered for 22.35 (twice) and 11.77.
    found = gamma_gamma.expected(SPENDING, numbers([0, 2, 1]), numbers([0, 22.35, 11.77]))
    assert found == pytest.approx([35.22, 24.66, 18.92], abs=0.005)


def simulated(model: BgNbd, size: int, weeks: float, more: float, seed: int) -> tuple[Numbers, ...]:
    """What such customers do: (x, t_x, age), whether they have left, and what they buy in `more` weeks."""
    chance = np.random.default_rng(seed)
    age = chance.uniform(weeks / 2, weeks, size)
    x, t_x, gone, later = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    rates = chance.gamma(model.r, 1 / model.alpha, size)
    ends = chance.beta(model.a, model.b, size)
    for each in range(size):
        at = chance.exponential(1 / rates[each])
        while at <= age[each] + more:
            if at <= age[each]:
                x[each], t_x[each] = x[each] + 1, at
            else:
                later[each] += 1
            if chance.random() < ends[each]:
                gone[each] = at <= age[each]
                break
            at += chance.exponential(1 / rates[each])
    return x, t_x, age, gone, later


def test_a_fit_finds_the_parameters_that_customers_were_simulated_with() -> None:
    truth = BgNbd(r=0.8, alpha=6.0, a=0.9, b=2.5)
    x, t_x, age, gone, later = simulated(truth, 4_000, 80, 26, seed=4)
    found = bg_nbd.fit(x, t_x, age)
    assert found.reason is None and found.statistics["converged"]
    model: BgNbd = found.model
    assert model.r / model.alpha == pytest.approx(truth.r / truth.alpha, rel=0.12)
    assert model.a / (model.a + model.b) == pytest.approx(truth.a / (truth.a + truth.b), rel=0.12)
    likely = bg_nbd.log_likelihood(model, x, t_x, age)
    assert likely >= bg_nbd.log_likelihood(truth, x, t_x, age)
    assert found.statistics["log_likelihood"] == pytest.approx(likely)
    given = (model, x, t_x, age)
    foretold = bg_nbd.expected(*given, weeks=26)
    assert float(np.sum(foretold)) == pytest.approx(float(np.sum(later)), rel=0.08)
    back = x > 0
    assert float(np.mean(bg_nbd.alive(*given)[back])) == pytest.approx(1 - float(np.mean(gone[back])), abs=0.04)
    silent = bg_nbd.silent(*given, weeks=26)
    assert float(np.mean(silent)) == pytest.approx(float(np.mean(later == 0)), abs=0.03)
    # And customer by customer: of those said to be likeliest to stay silent, most are.
    for low, high in ((0.0, 0.4), (0.4, 0.7), (0.7, 0.9), (0.9, 1.01)):
        some = (silent >= low) & (silent < high)
        assert float(np.mean(later[some] == 0)) == pytest.approx(float(np.mean(silent[some])), abs=0.06)


def test_amounts_are_fitted_and_shrink_to_the_mean_of_all() -> None:
    chance, truth, size = np.random.default_rng(3), GammaGamma(p=4.0, q=5.0, v=8_000.0), 3_000
    orders = chance.integers(1, 9, size).astype(np.float64)
    scale = chance.gamma(truth.q, 1 / truth.v, size)
    mean = chance.gamma(truth.p * orders, 1 / scale) / orders
    found = gamma_gamma.fit(orders, mean)
    assert found.reason is None
    model: GammaGamma = found.model
    everybody = truth.p * truth.v / (truth.q - 1)
    assert model.p * model.v / (model.q - 1) == pytest.approx(everybody, rel=0.05)
    own = gamma_gamma.expected(model, numbers([1, 50]), numbers([100_000, 100_000]))
    assert everybody < own[0] < own[1] < 100_000


def test_what_comes_later_is_worth_less() -> None:
    plain = bg_nbd.expected(CDNOW, *FIRST, weeks=52)[0]
    undiscounted = bg_nbd.discounted(CDNOW, *FIRST, weeks=52, yearly=0.0)[0]
    discounted = bg_nbd.discounted(CDNOW, *FIRST, weeks=52, yearly=0.1)[0]
    assert undiscounted == pytest.approx(plain)
    assert plain * 0.94 < discounted < plain * 0.97


@pytest.mark.parametrize(
    ("x", "weeks", "reason"),
    [
        ([1.0] * 99, 50.0, "too_few_customers"),
        ([0.0] * 200, 50.0, "too_few_repeaters"),
        ([1.0] * 200, 5.0, "too_short"),
    ],
)
def test_too_little_to_know_is_said_and_not_guessed(x: list[float], weeks: float, reason: str) -> None:
    age = numbers([weeks] * len(x))
    found = bg_nbd.fit(numbers(x), np.where(numbers(x) > 0, age / 2, 0), age)
    assert (found.model, found.reason) == (None, reason)
    assert gamma_gamma.fit(numbers([1.0] * 50), numbers([20.0] * 50)).reason == "too_few_repeaters"


def test_extremes_give_a_number_or_none_and_never_nonsense() -> None:
    x, t_x, age = numbers([0, 0, 1, 5_000, 3]), numbers([0, 0, 0.1, 900, 0.5]), numbers([0, 2_000, 0.1, 900, 2_000])
    for model in (CDNOW, BgNbd(0.5, 10, 1.0, 2.5), BgNbd(2.0, 60.0, 0.0025, 260.0)):
        for chances in (bg_nbd.alive(model, x, t_x, age), bg_nbd.silent(model, x, t_x, age, weeks=52)):
            assert np.all((chances >= 0) & (chances <= 1))
        foretold = bg_nbd.expected(model, x, t_x, age, weeks=52)
        assert np.all(np.isnan(foretold) | (foretold >= 0))
        assert not np.any(np.isinf(foretold))
