"""Finding the topics: every module of `actions` that declares one, and what carries them."""

from __future__ import annotations

import importlib
import pkgutil

import actions


def find() -> None:
    """Imports every module of `actions`, so that the topics in them are known (`topic.TOPICS`), and the actions too."""
    importlib.import_module("actions.tasks.engine")
    for module in pkgutil.iter_modules(actions.__path__):
        if not module.ispkg:
            importlib.import_module(f"actions.{module.name}")
