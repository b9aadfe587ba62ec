"""Rasa without the parts that need TensorFlow or draw, for which the assistant has no use.

Rasa imports TensorFlow, JAX, scikit-learn and matplotlib whatever the pipeline. Nothing of the assistant's pipeline
calls them while it serves; left out, a process is ready in half the time and takes 400 MB less. In their place stand
modules whose names can be imported and must not be used.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, NoReturn

LEFT_OUT = (
    "rasa.utils.plotting",
    "rasa.utils.tensorflow.callback",
    "rasa.utils.tensorflow.data_generator",
    "rasa.utils.tensorflow.model_data",
)
"""What the rest of Rasa imports by name, to train and to draw neural components."""
LEFT_OUT_OF_TRAINING = (
    # Imports every component there is, so that a pipeline can name it in one word.
    "rasa.engine.recipes.default_components",
    # Compares the pipeline with components that are not in it.
    "rasa.graph_components.validators.default_recipe_validator",
)


class Absent:
    """What a name of a module that was left out stands for."""

    def __init__(self, *_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(f"{type(self).__name__} is part of what bot/lean.py leaves out of Rasa")


class StandIn(ModuleType):
    """A module in which every name is there, and is `Absent`."""

    def __getattr__(self, name: str) -> type[Absent]:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Absent,), {})


def leave_out(*names: str) -> None:
    """Puts stand-ins in the place of modules that have not been imported yet."""
    for name in names:
        sys.modules.setdefault(name, StandIn(name))
