"""The graph component at the head of a training: hands on what was read of the topics."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.importers.importer import TrainingDataImporter


class Material(GraphComponent):
    """Stands where Rasa's recipe has validators: one of them imports TensorFlow, the other remembers the training for a
    next one that goes on from it, of which there is none."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Material:
        return cls()

    def provide(self, importer: TrainingDataImporter) -> TrainingDataImporter:
        return importer
