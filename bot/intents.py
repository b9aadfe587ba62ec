"""What the customer wants: one linear classifier over the sentence's vector, its words and its letters."""

from typing import Any

import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from bot.facts import context_of
from bot.written import facts, mask, says_only_facts

FILE = "intents.skops"
INFORM = "inform"
PERSON, PERSON_ENOUGH = "ask_person", 0.15
"""A sentence that holds a fact leans towards `inform`; one that also asks for a person must never be taken for that."""
FACT_ENOUGH, AHEAD = 0.5, 0.2
"""Below this, words say less than the fact they surround: "the number in front of me is 17321"."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Logistic regression on the dense features stacked with TF-IDF of words (1–2) and of characters (2–5).

    A message that holds facts and nothing else ("10234", "it's 69003") is `inform`, whatever the letters resemble.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"C": 10.0, "max_iter": 300}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._storage = storage
        self._resource = resource
        settings = {**self.get_default_config(), **config}
        self._words = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", token_pattern=r"(?u)\b\w+\b"
        )
        self._letters = TfidfVectorizer(
            ngram_range=(2, 5), analyzer="char_wb", sublinear_tf=True, strip_accents="unicode", min_df=2
        )
        self._linear = LogisticRegression(
            C=settings["C"], max_iter=settings["max_iter"], class_weight="balanced", tol=1e-3
        )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearIntentClassifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LinearIntentClassifier":
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            # The archive was written by `train` below and travels inside the model.
            trusted = skops.io.get_untrusted_types(file=folder / FILE)
            parts = skops.io.load(folder / FILE, trusted=trusted)
        classifier._words, classifier._letters, classifier._linear = parts
        return classifier

    def train(self, training_data: TrainingData) -> Resource:
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        texts = [prepared(message) for message in examples]
        self._words.fit(texts)
        self._letters.fit(texts)
        # Threads gain nothing on sparse rows, and cost minutes when the cores are shared.
        with threadpool_limits(limits=1):
            self._linear.fit(self._features(examples), [message.get(INTENT) for message in examples])
        with self._storage.write_to(self._resource) as folder:
            skops.io.dump([self._words, self._letters, self._linear], folder / FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = self._ranking(message)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[:10], add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        text = message.get(TEXT)
        found = facts(text, context_of(message))
        if says_only_facts(text, found):
            return [{"name": INFORM, "confidence": 1.0}]
        likely = self._linear.predict_proba(self._features([message]))[0]
        ranking = [{"name": str(n), "confidence": float(p)} for n, p in zip(self._linear.classes_, likely, strict=True)]
        ranking.sort(key=lambda intent: -intent["confidence"])
        person = next((intent for intent in ranking if intent["name"] == PERSON), None)
        unsure = bool(found) and ranking[0]["confidence"] < FACT_ENOUGH
        if person and person["confidence"] >= PERSON_ENOUGH and (unsure or ranking[0]["name"] == INFORM):
            ranking.remove(person)
            ranking.insert(0, {**person, "confidence": min(1.0, ranking[0]["confidence"] + AHEAD)})
        elif unsure:
            # Well ahead of the rest, or the fallback would call it a tie.
            ranking = [intent for intent in ranking if intent["name"] != INFORM]
            ranking.insert(0, {"name": INFORM, "confidence": ranking[0]["confidence"] + AHEAD})
        return ranking

    def _features(self, messages: list[Message]) -> csr_matrix:
        texts = [prepared(message) for message in messages]
        parts = [self._words.transform(texts), self._letters.transform(texts)]
        dense = [message.get_dense_features(TEXT)[1] for message in messages]
        if all(dense):
            parts.append(csr_matrix([features.features[0] for features in dense]))
        return hstack(parts, format="csr")


def prepared(message: Message) -> str:
    return mask(message.get(TEXT)).casefold().replace("’", "'")
