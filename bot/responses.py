"""The wording of a response, chosen without numpy.

`numpy.random.choice` makes an array of the wordings first, which takes longer than all the rest of saying one.
"""

from __future__ import annotations

import random
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator

Wording = dict[str, Any]


def one_of(
    generator: TemplatedNaturalLanguageGenerator, name: str, channel: str, slots: dict[str, Any]
) -> Wording | None:
    """A wording that suits the channel and the slots, any of them alike; None where there is none."""
    if name not in generator.responses:
        return None
    suitable = ResponseVariationFilter(generator.responses).responses_for_utter_action(name, channel, slots)
    # Not for secrets.
    return random.choice(suitable) if suitable else None


def install() -> None:
    """From now on wordings are chosen by `one_of`."""
    TemplatedNaturalLanguageGenerator._random_response_for = one_of  # noqa: SLF001  the only seam there is
