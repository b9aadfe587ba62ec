"""The gateway. One folder is one channel; a channel never imports another."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from channels.port import Blueprint


def installed() -> dict[str, Blueprint]:
    """Every channel that has a folder here, by name, in the order of the alphabet.

    A folder is a channel when its `__init__` has a `CHANNEL`. Raises ValueError when its name is not the folder's.
    """
    found: dict[str, Blueprint] = {}
    for folder in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        if not folder.ispkg:
            continue
        blueprint: Blueprint | None = getattr(importlib.import_module(f"{__name__}.{folder.name}"), "CHANNEL", None)
        if blueprint is None:
            continue
        if blueprint.name != folder.name:
            raise ValueError(f"channels/{folder.name} calls itself {blueprint.name}")
        found[blueprint.name] = blueprint
    return found
