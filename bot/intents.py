"""The graph component that says what the customer wants: intent, further requests, mood and urgency."""

from __future__ import annotations

import base64
import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import stored, taught
from bot.classifier import Classifier
from bot.facts import facts_of
from bot.judge import prepared
from bot.reading import Reader
from bot.training import DOING
from bot.vectors import Vectors, folder
from bot.written import numbers_alike

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceClassifier(IntentClassifier, GraphComponent):
    """`bot.reading` on each message: the intent, the ranking of real intents, `outside`, `also`, `mood`, `urgency` and
    `slips`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threshold": 0.4, "ambiguity": 0.05}

    @staticmethod
    def required_packages() -> list[str]:
        return ["onnxruntime"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        for name in cls.get_default_config():
            if not 0 <= config[name] < 1:
                raise InvalidConfigException(f"SentenceClassifier: '{name}' must be from 0 to 1")

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage, self._resource = storage, resource
        self._reader: Reader | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as place:
            component._reader = stored.reader(place)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        examples = [(each.get(TEXT), each.get(INTENT)) for each in training_data.intent_examples if each.get(TEXT)]
        texts, intents = [text for text, _ in examples], [intent for _, intent in examples]
        classifier = Classifier()
        vectors = Vectors().many([numbers_alike(text) for text in texts], folder(), given=taught.read(), tell=tell)
        logger.info("%slearning %d sentences", DOING, len(texts))
        classifier.fit([prepared(text) for text in texts], intents, vectors)
        with self._storage.write_to(self._resource) as place:
            stored.write(classifier, place, threshold=self._config["threshold"], ambiguity=self._config["ambiguity"])
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        assert self._reader is not None
        for message in messages:
            failed = (message.get("metadata") or {}).get("not_understood") or 0
            read = self._reader.understand(message.get(TEXT) or "", facts_of(message), not_understood=int(failed))
            for key, value in {
                INTENT: {"name": read.intent, "confidence": read.confidence},
                INTENT_RANKING_KEY: [{"name": name, "confidence": share} for name, share in read.ranking],
                "outside": read.outside,
                "also": read.also,
                "mood": read.mood,
                "urgency": read.urgency,
                "slips": read.slips,
                "vector": None if read.vector is None else written(read.vector),
            }.items():
                message.set(key, value, add_to_output=True)
        return messages


def written(vector: np.ndarray) -> str:
    """A vector as actions are told of it: numbers of two bytes, the lowest first, in base64."""
    return base64.b64encode(vector.astype("<f2").tobytes()).decode()


def tell(done: int, of: int) -> None:
    """How far the vectors are, into the log."""
    logger.info("%svectors of new sentences: %d of %d", DOING, done, of)
