"""Things to be done as macros and rules have them written: each of a kind, with fields that are checked one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crm_backend.errors import Invalid
from crm_backend.values import choice, id_of

Checks = dict[str, Callable[[Any, str], Any]]
Kinds = Mapping[str, tuple[Checks, Checks]]
"""By the name of each kind, what it needs, and what it may have beside."""


def step_of(field: str, value: object, kinds: Kinds) -> dict[str, Any]:
    """The step as it is stored: `do` names its kind. Raises Invalid, with the path of what is wrong."""
    if not isinstance(value, Mapping) or not isinstance(value.get("do"), str) or value["do"] not in kinds:
        raise Invalid(f"{field}.do", "unknown_action", known=", ".join(kinds))
    needed, optional = kinds[value["do"]]
    for name in value:
        if name != "do" and name not in needed and name not in optional:
            raise Invalid(f"{field}.{str(name)[:40]}", "unknown_field")
    for name in needed:
        if value.get(name) is None:
            raise Invalid(f"{field}.{name}", "missing")
    given = {name: check for name, check in {**needed, **optional}.items() if value.get(name) is not None}
    return {"do": value["do"], **{name: check(value[name], f"{field}.{name}") for name, check in given.items()}}


def identifier(value: Any, field: str) -> str:
    """A check: an identifier. Raises Invalid."""
    return id_of(field, value)


def one_of(*choices: str) -> Callable[[Any, str], str]:
    """A check: one of some words. What it makes raises Invalid."""
    return lambda value, field: choice(field, value, choices)
