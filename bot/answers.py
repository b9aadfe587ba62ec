"""What an action answered, checked as Rasa checks it, at a hundredth of the price.

`jsonschema.validate` first holds the schema against the schema of schemas, then each event against the two dozen kinds
there are. Here an answer of the usual kinds is seen to be well formed by a few comparisons; whatever is not is left to
Rasa's own schema, which says what is wrong.
"""

from functools import cache
from typing import Any

from jsonschema import ValidationError
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.utils.schemas.events import EVENT_SCHEMA, SLOT_SET

SLOT = SLOT_SET["properties"]["event"]["const"]
FREE = frozenset(
    kind["properties"]["event"]["const"]
    for kind in EVENT_SCHEMA["oneOf"]
    if set(kind) == {"properties"} and set(kind["properties"]) == {"event"}
)
"""The kinds of events of which the schema says no more than their names."""
TIMES = (float, int, type(None))


@cache
def validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def is_usual(result: Any) -> bool:
    """Whether it is certain without the schema that `result` is well formed."""
    if not isinstance(result, dict):
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    if not isinstance(events, list) or not isinstance(responses, list):
        return False
    return all(isinstance(each, dict) for each in responses) and all(map(is_usual_event, events))


def is_usual_event(event: Any) -> bool:
    """The same of an event."""
    if not isinstance(event, dict):
        return False
    name, timestamp, metadata = event.get("event"), event.get("timestamp"), event.get("metadata")
    if not isinstance(name, str) or not isinstance(metadata, dict | None) or type(timestamp) not in TIMES:
        return False
    return name in FREE or (name == SLOT and isinstance(event.get("name"), str) and "value" in event)


def check(_: RemoteAction, result: Any) -> bool:
    """Raises `ValidationError` when an action server would be refused by Rasa itself."""
    if is_usual(result):
        return True
    error: ValidationError | None = best_match(validator().iter_errors(result))
    if error is not None:
        error.message += ". An action answered in another shape than Rasa's."
        raise error
    return True


def install() -> None:
    """From now on remote actions are checked by `check`."""
    RemoteAction._validate_action_result = check  # noqa: SLF001  the only seam there is
