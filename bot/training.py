"""Trains the assistant: `python -m bot.training --out var/models/relais.tar.gz`.

Rasa's own graph of components, run without what its command line adds: every file read twice more, and fingerprints of
all sentences before and after each component, for a cache that saves nothing here. `./relais test` validates the topics
with Rasa's own validator.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import lean

if TYPE_CHECKING:
    from rasa.engine.graph import GraphModelConfiguration
    from rasa.shared.importers.importer import TrainingDataImporter

logger = logging.getLogger(__name__)
DOING = "» "
"""Begins a line of the log that tells a person how far the training is (server/supervise/assistant.py shows it)."""


def train(out: Path, *, config: Path, domain: Path, data: Path) -> None:
    """Writes the model to `out`, at once: what stood there serves until then. Raises Rasa's exceptions."""
    lean.leave_out(*lean.LEFT_OUT, *lean.LEFT_OUT_OF_TRAINING)
    from bot.topics import TopicImporter

    logger.info("%sreading the topics", DOING)
    # Not through `TrainingDataImporter.load_from_config`, which adds what end-to-end stories and response selectors
    # need: each layer copies and compares all sentences again.
    importer = TopicImporter(str(config), str(domain), [str(data)])
    examples = importer.get_nlu_data().intent_examples
    logger.info("read %d sentences of %d intents", len(examples), len({each.get("intent") for each in examples}))
    graph = graph_of(importer)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".training-", dir=out.parent) as folder:
        made = Path(folder) / out.name
        run(graph, importer, Path(folder) / "parts", made)
        made.replace(out)


def graph_of(importer: TrainingDataImporter) -> GraphModelConfiguration:
    """The components that config.yml names, put together by Rasa's recipe. Raises where they do not fit."""
    # A recipe knows the policies that have been imported.
    import rasa.core.policies.rule_policy
    import rasa.engine.validation
    from rasa.engine.graph import SchemaNode
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.shared.data import TrainingType

    from bot.material import Material

    made = DefaultV1Recipe().graph_config_for_recipe(importer.get_config(), {}, training_type=TrainingType.BOTH)
    nodes = made.train_schema.nodes
    first = nodes.pop("schema_validator")
    nodes["finetuning_validator"] = SchemaNode(first.needs, Material, "create", "provide", {}, is_input=True)
    rasa.engine.validation.validate(made)
    return made


def run(graph: GraphModelConfiguration, importer: TrainingDataImporter, parts: Path, out: Path) -> None:
    """Runs the components' training with `parts` as their folder, and packs it as `out`."""
    from rasa.engine.constants import PLACEHOLDER_IMPORTER
    from rasa.engine.graph import ExecutionContext
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.training.hooks import LoggingHook

    parts.mkdir()
    storage = LocalModelStorage(parts)
    schema = graph.train_schema
    runner = DaskGraphRunner.create(
        graph_schema=schema,
        model_storage=storage,
        execution_context=ExecutionContext(graph_schema=schema),
        hooks=[LoggingHook(pruned_schema=schema)],
    )
    runner.run(inputs={PLACEHOLDER_IMPORTER: importer})
    logger.info("%spacking the model", DOING)
    storage.create_model_package(out, graph, importer.get_domain())


def main(words: list[str] | None = None) -> int:
    """Trains; says in a line what is wrong with the topics."""
    parser = argparse.ArgumentParser(prog="python -m bot.training")
    for name, usual in (("out", "var/models/relais.tar.gz"), ("config", "config.yml"), ("domain", "domain.yml")):
        parser.add_argument(f"--{name}", type=Path, default=Path(usual))
    parser.add_argument("--data", type=Path, default=Path("data"))
    given: dict[str, Any] = vars(parser.parse_args(words))
    logging.basicConfig(format="%(asctime)s %(name)s  %(message)s", level=logging.INFO)
    logging.getLogger("rasa").setLevel(logging.INFO)
    began = time.monotonic()
    lean.leave_out(*lean.LEFT_OUT, *lean.LEFT_OUT_OF_TRAINING)
    from rasa.shared.exceptions import RasaException
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.INFO)
    try:
        train(**given)
    except RasaException as error:
        logger.error("%s: %s", type(error).__name__, error)
        return 1
    logger.info("trained in %.0f s", time.monotonic() - began)
    return 0


if __name__ == "__main__":
    sys.exit(main())
