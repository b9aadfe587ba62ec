"""Mapping files: which column of a CSV file fills which field of ours, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, field_validator, model_validator

from crm_backend.importing.fields import FIELDS, KINDS, Kind
from crm_backend.importing.report import UnusableMapping

Place = tuple[str, ...]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Spec(BaseModel):
    """How one field is filled. Exactly one of `column`, `constant`, `join` and `columns` says from what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str | None = None
    constant: str | None = None
    join: list[str] | None = None
    columns: dict[str, str] | None = None
    separator: str = " "
    strip_prefix: str | None = None
    split: str | None = None
    take: Literal["all", "first", "last"] = "all"
    map: dict[str, str] | None = None
    dates: Annotated[list[str] | None, BeforeValidator(_listed)] = None
    timezone: str | None = None
    decimal: Literal[".", ","] | None = None
    default: str | None = None
    required: bool = False
    optional: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> Spec:
        given = [name for name in ("column", "constant", "join", "columns") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of column, constant, join and columns")
        if self.split == "" or self.join == [] or self.columns == {}:
            raise ValueError("split, join and columns must not be empty")
        return self

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        return _zone(name)

    @property
    def reads(self) -> list[str]:
        """The columns it needs, in order."""
        if self.column is not None:
            return [self.column]
        return self.join or list((self.columns or {}).values())


@dataclass(frozen=True)
class Mapping:
    """One kind's section of a mapping file, with the file's defaults filled in."""

    kind: Kind
    source: str
    fields: dict[str, Spec]
    timezone: ZoneInfo
    decimal: Literal[".", ","]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    timezone: str = "UTC"
    decimal: Literal[".", ","] = "."
    sections: dict[Kind, dict[str, Spec]]

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return _zone(name) or "UTC"


def read_mapping(path: Path, kind: Kind) -> Mapping:
    """The section for this kind of file. Raises UnusableMapping with a sentence that names the line and the field."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnusableMapping(f"{path.name}: cannot be opened ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise UnusableMapping(f"{path.name}: is not UTF-8 text.") from None
    return parse_mapping(text, kind, source=path.name)


def parse_mapping(text: str, kind: Kind, *, source: str) -> Mapping:
    """As `read_mapping`, from the text of a file."""
    lines: dict[Place, int] = {}
    document = _document(text, source, lines)
    sections = {name: document.pop(name) for name in KINDS if name in document}
    for name, section in sections.items():
        _check_fields(name, section, source, lines)
    try:
        file = _File.model_validate({**document, "sections": sections})
    except ValidationError as error:
        raise UnusableMapping(_sentence(error, source, lines)) from None
    if kind not in file.sections:
        raise UnusableMapping(f"{source}: has no section “{kind}:”.")
    fields = file.sections[kind]
    _check_required(kind, fields, source)
    return Mapping(kind, source, fields, ZoneInfo(file.timezone), file.decimal)


def _document(text: str, source: str, lines: dict[Place, int]) -> dict[str, Any]:
    """Everything is read as text, so that `no` stays a country and `yes` a word; a key given twice is refused."""
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
        found = _plain(root, (), source, lines) if root is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{source}, line {mark.line + 1}" if mark else source
        raise UnusableMapping(f"{place}: is not YAML ({getattr(error, 'problem', None) or 'unreadable'}).") from None
    except RecursionError:
        raise UnusableMapping(f"{source}: is nested too deeply.") from None
    if not isinstance(found, dict):
        raise UnusableMapping(f"{source}: is empty or not a mapping; it needs a section such as “customers:”.")
    return found


def _plain(node: yaml.Node, place: Place, source: str, lines: dict[Place, int]) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, str(index)), source, lines) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return str(node.value)
    found: dict[str, Any] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in found:
            raise UnusableMapping(f"{source}, line {line}: “{name}” is given twice.")
        lines[(*place, name)] = line
        inner = _plain(value, (*place, name), source, lines)
        short = len(place) == 1 and place[0] in FIELDS and isinstance(inner, str)
        found[name] = {"column": inner} if short else inner
    return found


def _check_fields(kind: Kind, section: object, source: str, lines: dict[Place, int]) -> None:
    if not isinstance(section, dict):
        raise UnusableMapping(f"{source}, line {lines[(kind,)]}: “{kind}:” must hold one line a field.")
    for name in section:
        if name not in FIELDS[kind]:
            known = ", ".join(FIELDS[kind])
            line = lines[(kind, name)]
            raise UnusableMapping(f"{source}, line {line}: {kind} have no field “{name}”; known: {known}.")


def _check_required(kind: Kind, fields: dict[str, Spec], source: str) -> None:
    missing = [name for name, field in FIELDS[kind].items() if field.required and name not in fields]
    if missing:
        raise UnusableMapping(f"{source}: the section “{kind}:” must also fill {', '.join(missing)}.")
    if kind in ("products", "order-lines") and not {"name_fr", "name_en"} & set(fields):
        raise UnusableMapping(f"{source}: the section “{kind}:” must fill name_fr, name_en or both.")


def _sentence(error: ValidationError, source: str, lines: dict[Place, int]) -> str:
    return " ".join(_complaints(error, source, lines))


def _complaints(error: ValidationError, source: str, lines: dict[Place, int]) -> Iterator[str]:
    for detail in error.errors(include_url=False, include_input=False):
        place = tuple(str(part) for part in detail["loc"] if part != "sections")
        line = next((lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in lines), 1)
        where = f"{source}, line {line}" + (f", {'.'.join(place)}" if place else "")
        if detail["type"] == "extra_forbidden":
            known = ", ".join(Spec.model_fields) if len(place) > 1 else ", ".join(("timezone", "decimal", *KINDS))
            yield f"{where}: unknown key “{place[-1]}”; known: {known}."
        else:
            yield f"{where}: {detail['msg'].removeprefix('Value error, ')}."


def _zone(name: str | None) -> str | None:
    if name is not None and name not in available_timezones():
        raise ValueError(f"“{name}” is not a time zone; write it as Europe/Paris")
    return name
