"""How much customers spend on an order: the gamma-gamma model.

P. S. Fader and B. G. S. Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), after Colombo and Jiang (1999). A
customer's orders vary around a mean of their own (gamma: `p`), and the means vary between customers (gamma: `q`, `v`).
It takes for granted that what somebody spends on an order has nothing to do with how often they order.

The paper's example leaves the first order out. Ours counts every order: the model makes no difference between them, and
few customers have many.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from crm_backend.value.bg_nbd import Fit, Numbers

FEWEST_REPEATERS = 30
MOST_FITTED = 20_000
_BOUNDS = (-7.0, 12.0)
_WORST = 1e15


@dataclass(frozen=True)
class GammaGamma:
    """The three parameters; `v` in the unit of the amounts."""

    p: float
    q: float
    v: float

    def as_json(self) -> dict[str, float]:
        """The parameters by name."""
        return asdict(self)


def log_likelihood(model: GammaGamma, orders: Numbers, mean: Numbers) -> float:
    """The logarithm of the likelihood of customers' mean amounts: equation 1a of the paper."""
    from scipy.special import gammaln  # type: ignore[import-untyped]

    p, q, v = model.p, model.q, model.v
    px = p * orders
    each = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v) + (px - 1) * np.log(mean)
    return float(np.sum(each + px * np.log(orders) - (px + q) * np.log(v + orders * mean)))


def fit(orders: Numbers, mean: Numbers) -> Fit:
    """The parameters that make the customers' mean amounts most likely, of those that are above nothing; or the reason
    why they are not to be had: `too_few_repeaters` or `no_fit`."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    kept = (mean > 0) & (orders > 0)
    orders, mean = orders[kept], mean[kept]
    told: dict[str, Any] = {"customers": len(orders), "repeaters": int(np.sum(orders > 1))}
    if told["repeaters"] < FEWEST_REPEATERS:
        return Fit(None, "too_few_repeaters", told)
    if len(orders) > MOST_FITTED:
        chosen = np.linspace(0, len(orders) - 1, MOST_FITTED).astype(np.int64)
        orders, mean = orders[chosen], mean[chosen]
    # With amounts around 1 all parameters are of one size, which the search needs.
    unit = float(np.mean(mean))

    def cost(logs: Numbers) -> float:
        found = -log_likelihood(GammaGamma(*(float(each) for each in np.exp(logs))), orders, mean / unit) / len(orders)
        return found if np.isfinite(found) else _WORST

    start = np.log((2.0, 3.0, 1.0))
    best = minimize(cost, start, method="L-BFGS-B", bounds=[_BOUNDS] * 3)
    p, q, v = (float(each) for each in np.exp(best.x))
    told |= {
        "fitted": len(orders),
        "log_likelihood": -float(best.fun) * len(orders) - len(orders) * float(np.log(unit)),
        "iterations": int(best.nit),
        "converged": bool(best.success),
        # Far from nothing, and the model's premise does not hold.
        "correlation": _correlation(orders, mean),
    }
    model = GammaGamma(p, q, v * unit)
    if not best.success or best.fun >= _WORST or q <= 1:
        return Fit(None, "no_fit", told | {"parameters": model.as_json()})
    return Fit(model, None, told)


def expected(model: GammaGamma, orders: Numbers, mean: Numbers) -> Numbers:
    """What each will spend on an order on average: equation 5 of the paper, a mean of their own and of everybody's that
    trusts their own the more the more orders there are."""
    p, q, v = model.p, model.q, model.v
    return np.asarray(p * (v + orders * mean) / (p * orders + q - 1), dtype=np.float64)


def _correlation(orders: Numbers, mean: Numbers) -> float | None:
    repeat = orders > 1
    orders, mean = orders[repeat], mean[repeat]
    if np.std(orders) == 0 or np.std(mean) == 0:
        return None
    return float(np.corrcoef(orders, mean)[0, 1])
