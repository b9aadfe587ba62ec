"""How often customers will buy again: the BG/NBD model.

P. S. Fader, B. G. S. Hardie and K. L. Lee, "'Counting Your Customers' the Easy Way: An Alternative to the Pareto/NBD
Model", Marketing Science 24 (2005), 275-284. A customer buys at random at a rate of their own (gamma distributed over
customers: `r`, `alpha`) and after each purchase but the first leaves for good with a probability of their own (beta
distributed: `a`, `b`).

Of a customer it needs three numbers: `x` purchases after the first, the last of them `t_x` after the first, and `age`,
the time since the first. Times are in weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
FEWEST_CUSTOMERS, FEWEST_REPEATERS, FEWEST_WEEKS = 100, 30, 13.0
MOST_FITTED = 20_000
"""Customers that a fit looks at; of more, as many drawn evenly."""
_STARTS = ((0.5, 10.0, 0.8, 2.5), (1.5, 40.0, 0.2, 3.0))
_BOUNDS = (-7.0, 9.0)
"""Of the logarithms of the parameters. A parameter at its bound says that the data do not tell."""
_WORST = 1e15


@dataclass(frozen=True)
class BgNbd:
    """The four parameters."""

    r: float
    alpha: float
    a: float
    b: float

    def as_json(self) -> dict[str, float]:
        """The parameters by name."""
        return asdict(self)


@dataclass(frozen=True)
class Fit:
    """What came of fitting: the model, or the reason why there is none; and what the fit says of itself."""

    model: Any
    reason: str | None
    statistics: dict[str, Any]


def log_likelihood(model: BgNbd, x: Numbers, t_x: Numbers, age: Numbers) -> float:
    """The logarithm of the likelihood of what customers did: equation 6 of the paper, in the form in which no term
    overflows (Hardie's note "Implementing the BG/NBD Model for Customer Base Analysis in Excel", 2005)."""
    from scipy.special import gammaln  # type: ignore[import-untyped]

    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    first = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    second = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    still = -(r + x) * np.log(alpha + age)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    either = np.where(x > 0, np.logaddexp(still, gone), still)
    return float(np.sum(first + second + either))


def fit(x: Numbers, t_x: Numbers, age: Numbers) -> Fit:
    """The parameters that make what customers did most likely, or the reason why they are not to be had:
    `too_few_customers`, `too_few_repeaters`, `too_short` (nobody has been watched for a quarter) or `no_fit`."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    told = {"customers": len(x), "repeaters": int(np.sum(x > 0)), "weeks": float(np.max(age)) if len(age) else 0.0}
    if (reason := _lacking(told)) is not None:
        return Fit(None, reason, told)
    if len(x) > MOST_FITTED:
        chosen = np.linspace(0, len(x) - 1, MOST_FITTED).astype(np.int64)
        x, t_x, age = x[chosen], t_x[chosen], age[chosen]
    told["fitted"] = len(x)

    def cost(logs: Numbers) -> float:
        found = -log_likelihood(BgNbd(*(float(each) for each in np.exp(logs))), x, t_x, age) / len(x)
        return found if np.isfinite(found) else _WORST

    tries = []
    for start in _STARTS:
        tries.append(minimize(cost, np.log(start), method="L-BFGS-B", bounds=[_BOUNDS] * 4))
        if tries[-1].success and tries[-1].fun < _WORST:
            break
    best = min(tries, key=lambda each: float(each.fun))
    told |= {"log_likelihood": -float(best.fun) * len(x), "iterations": int(best.nit), "converged": bool(best.success)}
    model = BgNbd(*(float(each) for each in np.exp(best.x)))
    # Without an end to customers, or with one after nearly every purchase, a and b have no single best value; what the
    # model foretells does not depend on it. A rate that has none is another matter.
    if not best.success or best.fun >= _WORST or np.any(np.abs(best.x[:2]) >= np.abs(_BOUNDS[1]) - 0.01):
        return Fit(None, "no_fit", told | {"parameters": model.as_json()})
    return Fit(model, None, told)


def _lacking(told: dict[str, Any]) -> str | None:
    if told["customers"] < FEWEST_CUSTOMERS:
        return "too_few_customers"
    if told["repeaters"] < FEWEST_REPEATERS:
        return "too_few_repeaters"
    return "too_short" if told["weeks"] < FEWEST_WEEKS else None


def alive(model: BgNbd, x: Numbers, t_x: Numbers, age: Numbers) -> Numbers:
    """The probability that each is a customer still: Fader, Hardie and Lee, "Computing P(alive) Using the BG/NBD Model"
    (2008), equation 1. It is 1 for who has bought once: in this model nobody leaves before a second purchase."""
    return np.where(x > 0, 1 / (1 + _odds_gone(model, x, t_x, age)), 1.0)


def silent(model: BgNbd, x: Numbers, t_x: Numbers, age: Numbers, *, weeks: float) -> Numbers:
    """The probability that each buys nothing in the next `weeks`.

    Who is a customer still has a rate that is gamma distributed with `r + x` and `alpha + age` (what the likelihood of
    equation 3 of the paper says of it), so buys nothing with ((alpha + age) / (alpha + age + weeks)) ^ (r + x); who is
    not, buys nothing for certain.
    """
    still = alive(model, x, t_x, age)
    quiet = ((model.alpha + age) / (model.alpha + age + weeks)) ** (model.r + x)
    return np.asarray(1 - still * (1 - quiet), dtype=np.float64)


def expected(model: BgNbd, x: Numbers, t_x: Numbers, age: Numbers, *, weeks: float) -> Numbers:
    """The purchases to expect of each in the next `weeks`: equation 10 of the paper. Not a number where it cannot be
    computed."""
    from scipy.special import hyp2f1

    r, alpha, b = model.r, model.alpha, model.b
    # The equation has a gap at a = 1 that is none of the model's.
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6
    z = weeks / (alpha + age + weeks)
    shrunk = ((alpha + age) / (alpha + age + weeks)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
    found = (a + b + x - 1) / (a - 1) * (1 - shrunk)
    found = found / (1 + np.where(x > 0, _odds_gone(model, x, t_x, age), 0.0))
    return np.where(np.isfinite(found) & (found >= 0), found, np.nan)


def discounted(
    model: BgNbd, x: Numbers, t_x: Numbers, age: Numbers, *, weeks: float, yearly: float, steps: int = 12
) -> Numbers:
    """The purchases to expect of each in the next `weeks`, each worth less the later it comes: those of each of `steps`
    equal parts of the time, discounted to the middle of that part by the `yearly` rate."""
    total, before = np.zeros_like(age), np.zeros_like(age)
    for step in range(1, steps + 1):
        until = expected(model, x, t_x, age, weeks=weeks * step / steps)
        middle = weeks * (step - 0.5) / steps / (365.25 / 7)
        total += (until - before) / (1 + yearly) ** middle
        before = until
    return np.maximum(total, 0.0)


def _odds_gone(model: BgNbd, x: Numbers, t_x: Numbers, age: Numbers) -> Numbers:
    ratio = (model.r + x) * (np.log(model.alpha + age) - np.log(model.alpha + t_x))
    odds = model.a / (model.b + np.maximum(x, 1) - 1) * np.exp(np.minimum(ratio, 700.0))
    return np.asarray(odds, dtype=np.float64)


def numbers(values: Sequence[float]) -> Numbers:
    """Plain numbers as the functions here take them."""
    return np.asarray(values, dtype=np.float64)
