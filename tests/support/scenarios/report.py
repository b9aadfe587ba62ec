"""What many runs say together: pass^1 and pass^k by topic, and what failed, with its transcript."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from math import comb
from typing import Any

from tests.support.scenarios.judging import Outcome


def passes(successes: int, runs: int, k: int) -> float:
    """The likelihood that k runs of a scenario all succeed, estimated from `runs` of which `successes` did:
    C(c, k) / C(n, k), as τ-bench has it (Yao et al. 2024, arXiv:2406.12045, section 3)."""
    return comb(successes, k) / comb(runs, k)


def tally(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """By topic, and in `all`: scenarios, runs, pass^1, pass^k for all runs of a scenario, and breaches."""
    by_scenario: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        by_scenario[each.scenario.id].append(each)
    topics: dict[str, list[list[Outcome]]] = defaultdict(list)
    for runs in by_scenario.values():
        for name in (runs[0].scenario.topic, "all"):
            topics[name].append(runs)
    return {name: _row(topics[name]) for name in (*sorted(topics.keys() - {"all"}), *topics.keys() & {"all"})}


def _row(scenarios: list[list[Outcome]]) -> dict[str, Any]:
    k = min(len(runs) for runs in scenarios)
    good = [sum(each.ok for each in runs) for runs in scenarios]
    pairs = list(zip(good, scenarios, strict=True))
    return {
        "scenarios": len(scenarios),
        "runs": sum(len(runs) for runs in scenarios),
        "pass^1": sum(passes(c, len(runs), 1) for c, runs in pairs) / len(scenarios),
        f"pass^{k}": sum(passes(c, len(runs), k) for c, runs in pairs) / len(scenarios),
        "breaches": sum(len(each.breaches) for runs in scenarios for each in runs),
    }


def printed(outcomes: Sequence[Outcome]) -> str:
    """The table, and below it every failure with its transcript; breaches first."""
    lines = []
    for name, row in tally(outcomes).items():
        figures = "  ".join(
            f"{key} {value:6.1%}" if key.startswith("pass") else f"{key} {value:4}" for key, value in row.items()
        )
        lines.append(f"{name:20} {figures}")
    bad = sorted((each for each in outcomes if not each.ok), key=lambda each: (not each.breaches, each.scenario.id))
    return "\n".join([*lines, *(told(each) for each in bad)])


def told(outcome: Outcome) -> str:
    """One run in words."""
    why = [*(f"BREACH {each}" for each in outcome.breaches), *outcome.failures]
    return "\n".join(
        ["", f"✗ {outcome.scenario.id} (seed {outcome.seed})", *(f"  ! {each}" for each in why), *outcome.transcript]
    )


def as_json(outcomes: Sequence[Outcome]) -> str:
    """The same for programs."""
    failed = [
        {
            "scenario": each.scenario.id,
            "seed": each.seed,
            "failures": each.failures,
            "breaches": each.breaches,
            "transcript": each.transcript,
        }
        for each in outcomes
        if not each.ok
    ]
    return json.dumps({"topics": tally(outcomes), "failed": failed}, ensure_ascii=False, indent=1)
