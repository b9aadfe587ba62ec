"""The graph component that finds the facts of a message (see `bot.written`) and gives them to the dialogue."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.written import Context, facts, says_only_facts


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FactExtractor(GraphComponent, EntityExtractorMixin):
    """Entities `order_number`, `email`, `postcode` and `last_order`, each with its value and the text as written."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "FactExtractor":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            context = context_of(message)
            entities = [
                {
                    "entity": fact.name,
                    "value": fact.value,
                    "raw": fact.raw,
                    "start": fact.start,
                    "end": fact.end,
                    "extractor": "FactExtractor",
                }
                for fact in facts(message.get(TEXT) or "", context)
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages


def holds_only_facts(message: Message) -> bool:
    """Whether the message says nothing beyond its facts ("10234", "it's 69003")."""
    text = message.get(TEXT) or ""
    return says_only_facts(text, facts(text, context_of(message)))


def context_of(message: Message) -> Context:
    """What the turn says the dialogue is waiting for."""
    metadata = message.get("metadata") or {}
    return Context(asked=metadata.get("asked"), known=metadata.get("known") or {})
