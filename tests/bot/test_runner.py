"""The graph run node after node gives what Rasa's own runner gives."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner

from bot.runner import run

DASK = DaskGraphRunner.run


class Part(GraphComponent):
    """A component that tells what it was given, and how often it was asked."""

    asked: ClassVar[list[str]] = []

    def __init__(self, name: str) -> None:
        self._name = name

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any, **__: Any) -> Part:
        return cls(config["name"])

    def tell(self, **given: Any) -> str:
        if given.get("text") == "broken":
            raise GraphRunError("broken")
        self.asked.append(self._name)
        return f"{self._name}({', '.join(f'{key}={value}' for key, value in sorted(given.items()))})"


@pytest.fixture
def graph() -> DaskGraphRunner:
    Part.asked.clear()
    needs = {
        "last": {"left": "one", "right": "two"},
        "one": {"text": "said"},
        "two": {"text": "said", "before": "one"},
        "apart": {"text": "said"},
    }
    nodes = {
        name: SchemaNode(each, Part, "create", "tell", {"name": name}, eager=True, is_target=name == "last")
        for name, each in needs.items()
    }
    schema = GraphSchema(nodes)
    return DaskGraphRunner.create(schema, None, ExecutionContext(schema))  # type: ignore[arg-type]  nothing is stored


@pytest.mark.parametrize("targets", [None, ["one"], ["two", "apart"]])
@pytest.mark.parametrize("inputs", [{"said": "bonjour"}, {"said": "bonjour", "one": "given"}])
def test_both_give_the_same(graph: DaskGraphRunner, targets: list[str] | None, inputs: dict[str, str]) -> None:
    expected = DASK(graph, inputs, targets)
    asked = sorted(Part.asked)
    Part.asked.clear()
    assert run(graph, inputs, targets) == run(graph, inputs, targets) == expected
    assert sorted(Part.asked) == sorted(asked * 2)


def test_what_a_node_meets_is_met(graph: DaskGraphRunner) -> None:
    for way in (DASK, run):
        with pytest.raises(GraphComponentException):
            way(graph, {"said": "broken"})
        with pytest.raises(GraphRunError, match="Missing input"):
            way(graph, {})
