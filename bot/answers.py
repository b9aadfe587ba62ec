"""What an action answered, checked as Rasa checks it, but without checking Rasa's own schema again at every call.

`jsonschema.validate` first holds the schema against the schema of schemas: half of the processor time of a turn with an
action, for a thing that never changes.
"""

from functools import cache
from typing import Any

from jsonschema import ValidationError
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


@cache
def validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def check(_: RemoteAction, result: Any) -> bool:
    """Raises `ValidationError` when an action server would be refused by Rasa itself."""
    error: ValidationError | None = best_match(validator().iter_errors(result))
    if error is not None:
        error.message += ". An action answered in another shape than Rasa's."
        raise error
    return True


def install() -> None:
    """From now on remote actions are checked by `check`."""
    RemoteAction._validate_action_result = check  # noqa: SLF001  the only seam there is
