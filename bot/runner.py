"""Rasa's graph run node after node, in an order that is found once.

Rasa hands the graph to dask, which plans it anew for each run: a tenth of the processor time of a turn, for some ten
nodes of which each needs what the ones before it made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

Plan = tuple[tuple[str, tuple[str, ...]], ...]
"""Nodes in an order in which each has what it needs, and what that is."""


def plan(runner: DaskGraphRunner, targets: tuple[str, ...]) -> Plan:
    """What has to run for `targets`."""
    plans: dict[tuple[str, ...], Plan] = runner.__dict__.setdefault("_plans", {})
    if targets not in plans:
        nodes = runner._graph_schema.minimal_graph_schema(list(targets)).nodes  # noqa: SLF001
        needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
        order = TopologicalSorter(needs).static_order()
        plans[targets] = tuple((name, needs[name]) for name in order if name in needs)
    return plans[targets]


def run(
    runner: DaskGraphRunner, inputs: Mapping[str, Any] | None = None, targets: Sequence[str] | None = None
) -> dict[str, Any]:
    """What the targets give, by their names, as `DaskGraphRunner.run` does. Raises GraphRunError."""
    wanted = tuple(targets or runner._graph_schema.target_names)  # noqa: SLF001
    made: dict[str, Any] = dict(inputs or {})
    for name, needed in plan(runner, wanted):
        if name in made:
            continue
        given = [(each, made[each]) if each in made else each for each in needed]
        try:
            made[name] = runner._instantiated_nodes[name](*given)[1]  # noqa: SLF001
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
    return {name: made[name] for name in wanted}


def install() -> None:
    """From now on graphs run by `run`."""
    DaskGraphRunner.run = run
