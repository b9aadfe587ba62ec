"""Sharing amounts out, and the tax in a price. Everything is in minor units and whole numbers."""

from __future__ import annotations

from collections.abc import Mapping


def shared(amount: int, weights: Mapping[int, int]) -> dict[int, int]:
    """An amount shared out by weights to the last unit: what rounding leaves goes to the largest remainders (the method
    of Hare and Hamilton). All to the first where every weight is 0. `weights` must not be empty."""
    total = sum(weights.values())
    if not total:
        return {key: amount if at == 0 else 0 for at, key in enumerate(weights)}
    found = {key: amount * weight // total for key, weight in weights.items()}
    remainders = sorted(weights, key=lambda key: (-(amount * weights[key] % total), key))
    for key in remainders[: amount - sum(found.values())]:
        found[key] += 1
    return found


def tax_in(gross: int, rate: int) -> int:
    """The tax in an amount that includes it, at a rate in hundredths of a percent; half a unit is rounded up in the net
    amount."""
    net = (2 * gross * 10_000 + 10_000 + rate) // (2 * (10_000 + rate))
    return gross - net


def by_rate(gross: Mapping[int, int]) -> list[dict[str, int]]:
    """For every rate with an amount: `rate`, `gross_minor`, `net_minor` and `vat_minor`, the highest rate first."""
    found = []
    for rate in sorted(gross, reverse=True):
        if gross[rate]:
            vat = tax_in(gross[rate], rate)
            found.append({"rate": rate, "gross_minor": gross[rate], "net_minor": gross[rate] - vat, "vat_minor": vat})
    return found
