"""What accounts are made of: settings from the environment or the desk, checked, and told apart from secrets."""

from __future__ import annotations

import json
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError, PydanticUndefined

from channels.port import Blueprint, Reach, Rejected, Retry
from crm_backend.accounts.settings import Key
from server.reaching import host_of
from server.settings import Settings

MAIN = "main"
ACCOUNT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
ENABLED = "enabled"
ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
Kind = Literal["text", "number", "switch", "choice", "list"]
BARRED = "barred_host"
"""The type of the fault of a setting that names a host which channels do not connect to."""


@dataclass(frozen=True)
class Given:
    """An account that the environment gives: its raw values, secrets among them."""

    enabled: bool
    values: Mapping[str, Any]


class BadSettings(Exception):
    """Settings that cannot work. `faults` are pydantic's, one a field."""

    def __init__(self, error: ValidationError) -> None:
        # Not the input: it may be a secret.
        self.faults = error.errors(include_input=False, include_url=False)
        super().__init__("; ".join(f"{_place(fault['loc'])}: {fault['msg']}" for fault in self.faults))


def given_accounts(settings: Settings, blueprints: Mapping[str, Blueprint]) -> tuple[dict[Key, Given], list[str]]:
    """The accounts that the environment gives, and a line for each variable that could not be read.

    `RELAIS_<CHANNEL>_<FIELD>` is a setting of the account `main`, `RELAIS_<CHANNEL>_ENABLED` switches it off and on,
    `RELAIS_<CHANNEL>_ACCOUNTS` is a JSON object of further ones: `{"shop": {"token": "…"}}`.
    """
    found: dict[Key, Given] = {}
    faults: list[str] = []
    for name, blueprint in blueprints.items():
        prefix = f"RELAIS_{name.upper()}_"
        values = {
            field: settings.given[variable]
            for field in [ENABLED, *blueprint.settings.model_fields]
            if (variable := prefix + field.upper()) in settings.given
        }
        if values:
            found[Key(name, MAIN)] = _given(values, prefix, faults)
        for account, more in _further(settings.given.get(f"{prefix}ACCOUNTS", ""), prefix, faults).items():
            found[Key(name, account)] = _given(more, f"{prefix}ACCOUNTS {account} ", faults)
    return found, faults


def _given(values: dict[str, Any], prefix: str, faults: list[str]) -> Given:
    switch = str(values.pop(ENABLED, "true")).strip().casefold()
    if switch not in ON + OFF:
        faults.append(f"{prefix}ENABLED: true or false")
    return Given(enabled=switch in ON, values=values)


def _further(text: str, prefix: str, faults: list[str]) -> dict[str, dict[str, Any]]:
    if not text.strip():
        return {}
    try:
        read = json.loads(text)
    except ValueError:
        read = None
    if not isinstance(read, dict) or not all(isinstance(values, dict) for values in read.values()):
        faults.append(f'{prefix}ACCOUNTS: a JSON object of accounts, such as {{"shop": {{…}}}}')
        return {}
    faults += [f"{prefix}ACCOUNTS: {name!r:.60} is no name" for name in read if not ACCOUNT_NAME.fullmatch(name)]
    return {name: dict(values) for name, values in read.items() if ACCOUNT_NAME.fullmatch(name)}


def validated(blueprint: Blueprint, values: Mapping[str, Any]) -> BaseModel:
    """The settings of an account from raw values. Raises BadSettings."""
    fields = blueprint.settings.model_fields
    read = {
        name: _read(value, fields[name]) if isinstance(value, str) and name in fields else value
        for name, value in values.items()
        if not (value == "" and name in fields and is_secret(fields[name]))
    }
    try:
        return blueprint.settings.model_validate(read)
    except ValidationError as error:
        raise BadSettings(error) from None


async def within_reach(settings: BaseModel, reach: Reach) -> None:
    """Raises BadSettings for settings that lead to a host which channels do not connect to, names looked up now.

    Settings that name a host or an address to connect to say so: `json_schema_extra={"reaches": True}`. What a name
    stands for may change: it is looked at again at each connection (`server.reaching`).
    """
    barred = [name for name, host in _hosts(settings).items() if host and await reach.bars(host)]
    if barred:
        fault = PydanticCustomError(BARRED, "a host that channels may not connect to")
        faults = [InitErrorDetails(type=fault, loc=(name,), input=None) for name in barred]
        raise BadSettings(ValidationError.from_exception_data(type(settings).__name__, faults))


def _hosts(settings: BaseModel) -> dict[str, str]:
    found = {}
    for name, field in type(settings).model_fields.items():
        extra, value = field.json_schema_extra, getattr(settings, name)
        if isinstance(extra, dict) and extra.get("reaches") and isinstance(value, str):
            found[name] = host_of(value)
    return found


def _read(value: str, field: FieldInfo) -> Any:
    """What a variable holds, or a person typed: lists by commas, the rest as pydantic reads it."""
    origin = get_origin(_bare(field))
    if origin is dict or (kind_of(field) == "list" and value.lstrip().startswith("[")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    if kind_of(field) == "list":
        return [part.strip() for part in value.split(",") if part.strip()]
    if value == "" and not is_secret(field) and not field.is_required() and _bare(field) is not str:
        return field.get_default(call_default_factory=True)
    return value


def apart(blueprint: Blueprint, settings: BaseModel) -> tuple[dict[str, Any], dict[str, str]]:
    """The settings as they are kept in the open, and the secrets that are set."""
    fields = blueprint.settings.model_fields
    open_ones = {name for name, field in fields.items() if not is_secret(field)}
    secrets = {}
    for name in fields.keys() - open_ones:
        value = getattr(settings, name)
        if isinstance(value, SecretStr) and value.get_secret_value():
            secrets[name] = value.get_secret_value()
    return settings.model_dump(mode="json", include=open_ones), secrets


def without(text: str, settings: BaseModel | None) -> str:
    """The text in one line, with every secret of the settings struck out of it."""
    for name in type(settings).model_fields if settings is not None else ():
        value = getattr(settings, name)
        if isinstance(value, SecretStr) and value.get_secret_value():
            text = text.replace(value.get_secret_value(), "…")
    return " ".join(text.split())


def told(error: Exception) -> str:
    """What may be told of an error: what a channel says itself, otherwise only its kind. May hold secrets still."""
    return str(error) if isinstance(error, (Retry, Rejected)) else type(error).__name__


def is_secret(field: FieldInfo) -> bool:
    """Whether the field is kept encrypted."""
    return _bare(field) is SecretStr


def kind_of(field: FieldInfo) -> Kind:
    """What kind of control the desk shows for a field."""
    bare = _bare(field)
    if bare is bool:
        return "switch"
    if bare in (int, float):
        return "number"
    if get_origin(bare) is Literal:
        return "choice"
    return "list" if get_origin(bare) in (list, tuple, set, frozenset) else "text"


def labels(field: FieldInfo) -> dict[str, str]:
    """What the values of a choice are called in English, in their order: `json_schema_extra={"choices": {…}}`, or as
    they are. Empty for what is no choice."""
    if kind_of(field) != "choice":
        return {}
    extra = field.json_schema_extra
    named = extra.get("choices") if isinstance(extra, dict) else None
    called = named if isinstance(named, dict) else {}
    return {value: str(called.get(value, value)) for value in map(str, get_args(_bare(field)))}


def described(name: str, field: FieldInfo, translated: Mapping[str, str]) -> dict[str, Any]:
    """A field as the desk shows it (docs/protocols.md), its words `translated` where they can be."""
    title, description = field.title or name.replace("_", " ").capitalize(), field.description or ""
    choices = labels(field)
    default = field.get_default(call_default_factory=True)
    hidden = default is PydanticUndefined or is_secret(field) or isinstance(default, SecretStr)
    kind = kind_of(field)
    return {
        "name": name,
        "title": translated.get(title, title),
        "help": translated.get(description, description),
        "kind": kind,
        "secret": is_secret(field),
        "required": field.is_required(),
        "choices": list(choices),
        "labels": {value: translated.get(label, label) for value, label in choices.items()},
        "default": None if hidden else _plain(default),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return value if isinstance(value, (str, int, float, bool, list, dict)) or value is None else str(value)


def _bare(field: FieldInfo) -> Any:
    """The field's type without None and notes about it."""
    found = field.annotation
    if get_origin(found) is typing.Annotated:
        found = get_args(found)[0]
    if get_origin(found) in (typing.Union, types.UnionType):
        kinds = [each for each in get_args(found) if each is not type(None)]
        found = kinds[0] if kinds else str
    return get_args(found)[0] if get_origin(found) is typing.Annotated else found


def _place(where: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in where) or "settings"
