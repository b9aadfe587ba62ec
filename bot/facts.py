"""The graph component that finds the facts of a message (see `bot.written`) and gives them to the dialogue."""

from datetime import date
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.entities import entities, told
from bot.fact import Context, Fact
from bot.written import facts

FACTS = "relais_facts"
"""Where a message keeps what was found, for the components after this one."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FactExtractor(GraphComponent, EntityExtractorMixin):
    """Entities of every kind in docs/understanding.md, each with its value and the text as written."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"names": True}

    def __init__(self, config: dict[str, Any]) -> None:
        self._names = bool(config.get("names", True))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "FactExtractor":
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            metadata = message.get("metadata") or {}
            found = entities(
                message.get(TEXT) or "", context_of(message), catalogue=metadata.get("catalogue"), named=self._names
            )
            message.set(FACTS, found)
            all_of_it = [{**told(fact), "extractor": "FactExtractor"} for fact in found]
            message.set(ENTITIES, message.get(ENTITIES, []) + all_of_it, add_to_output=True)
        return messages


def facts_of(message: Message) -> list[Fact]:
    """The facts of a message that went through the extractor, or what it would find without names and products."""
    found = message.get(FACTS)
    return found if found is not None else facts(message.get(TEXT) or "", context_of(message))


def context_of(message: Message) -> Context:
    """What the turn says the dialogue is waiting for, its day and its language."""
    metadata = message.get("metadata") or {}
    return Context(
        asked=metadata.get("asked"),
        known=metadata.get("known") or {},
        today=day(metadata.get("today")),
        language="en" if metadata.get("language") == "en" else "fr",
    )


def day(written: Any) -> date | None:
    """The day of an ISO date, or None."""
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
