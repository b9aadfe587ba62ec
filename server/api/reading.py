"""Reading a request: its address, its query, its JSON; whatever is wrong is told by field."""

from __future__ import annotations

import json
import math
import re
import types
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import aiohttp
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiMapping
from pydantic import BaseModel, ValidationError

from crm_backend.errors import BadInput, Invalid, NotFound, TooLarge
from server.api.answers import LARGEST_UPLOAD, Upload
from server.api.shapes import Patch
from server.parts import Dropping, pieces
from server.problems import Unfit, WrongType
from server.problems.reasons import reasons

LARGEST = 1024 * 1024
"""Bytes of a JSON body."""
DEEPEST = 32
_MOST_FAULTS = 20
_BIGINT = 2**63 - 1
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,18})", re.ASCII)
Shape = TypeVar("Shape", bound=BaseModel)

_REASONS: Mapping[str, tuple[str, str]] = {
    # pydantic's kind of error: our reason, and which of its facts is told as what
    "missing": ("missing", ""),
    "extra_forbidden": ("unknown_field", ""),
    "string_too_short": ("too_short", "min_length:least"),
    "too_short": ("too_short", "min_length:least"),
    "string_too_long": ("too_long", "max_length:most"),
    "too_long": ("too_long", "max_length:most"),
    "greater_than_equal": ("too_small", "ge:least"),
    "greater_than": ("too_small", "gt:least"),
    "less_than_equal": ("too_big", "le:most"),
    "less_than": ("too_big", "lt:most"),
    "literal_error": ("not_choice", "expected:expected"),
    "enum": ("not_choice", "expected:expected"),
    "union_tag_invalid": ("not_choice", "expected_tags:expected"),
    "int_parsing_size": ("out_of_range", ""),
}
_BY_BEGINNING: Mapping[str, str] = {
    "string_type": "not_text",
    "string_unicode": "unstorable_text",
    "int_": "not_integer",
    "float_": "not_number",
    "decimal_": "not_number",
    "finite_": "not_number",
    "bool_": "not_boolean",
    "list_": "not_list",
    "tuple_": "not_list",
    "set_": "not_list",
    "frozen_set_": "not_list",
    "dict_": "not_object",
    "model_": "not_object",
    "uuid_": "not_identifier",
    "datetime_": "not_moment",
    "timezone_": "not_moment",
    "date_": "not_day",
}


def path_of(request: web.Request, shape: type[BaseModel] | None) -> dict[str, Any]:
    """The values in the address. Raises NotFound for what nothing can be called."""
    if shape is None:
        return {}
    try:
        given = _typed(shape, {name: [value] for name, value in request.match_info.items()})
        read = shape.model_validate_json(json.dumps(_storable(given)), strict=True)
    except (ValidationError, Invalid, UnicodeEncodeError) as error:
        raise NotFound("no such address") from error
    return {name: getattr(read, name) for name in shape.model_fields}


def query_of(query: MultiMapping[str], shape: type[Shape]) -> Shape:
    """The query in its shape. Raises Unfit."""
    given: dict[str, list[str]] = {}
    for name, value in query.items():
        given.setdefault(name, []).append(value)
    for name, values in given.items():
        if len(values) > 1 and not (name in shape.model_fields and _is_list(shape.model_fields[name].annotation)):
            raise Unfit(Invalid(_name(name), "given_twice"))
    try:
        return shaped(json.dumps(_storable(_typed(shape, given))), shape)
    except Invalid as fault:
        raise Unfit(fault) from fault


async def body_of(request: web.Request, shape: type[Shape]) -> tuple[Shape, bytes]:
    """The JSON of the body in its shape, and its bytes. Raises BadInput, TooLarge, WrongType, Unfit."""
    if request.content_type != "application/json":
        raise WrongType
    if (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise WrongType(expected="application/json; charset=utf-8")
    raw = await _bytes_of(request, LARGEST)
    value = _json(raw)
    try:
        _storable(value)
    except Invalid as fault:
        raise Unfit(fault) from fault
    if not isinstance(value, dict):
        raise Unfit(Invalid("", "not_object"))
    if not value and issubclass(shape, Patch):
        raise Unfit(Invalid("", "nothing_to_change"))
    return shaped(raw, shape), raw


async def upload_of(request: web.Request) -> Upload:
    """The file of a form, or the body as a file. Raises TooLarge, BadInput."""
    if request.content_type != "multipart/form-data":
        raise WrongType(expected="multipart/form-data")
    if (request.content_length or 0) > LARGEST_UPLOAD + 64 * 1024:
        raise TooLarge("said to be too large")
    dropping = Dropping()
    try:
        async for part in await request.multipart():
            if not isinstance(part, aiohttp.BodyPartReader):
                raise BadInput("parts within parts")
            if part.name != "file":
                if not await dropping.rest_of(part):
                    raise TooLarge("too much beside the file")
                continue
            content = bytearray()
            async for chunk in pieces(part):
                content += chunk
                if len(content) > LARGEST_UPLOAD:
                    raise TooLarge("too large")
            kind = part.headers.get("Content-Type", "application/octet-stream")
            return Upload(part.filename or "", kind, bytes(content))
    except (ValueError, AssertionError, RuntimeError, HttpProcessingError) as error:
        raise BadInput("no readable form") from error
    raise Unfit(Invalid("file", "missing"))


def shaped(raw: bytes | str, shape: type[Shape]) -> Shape:
    """JSON in its shape. Raises Unfit with every fault."""
    try:
        return shape.model_validate_json(raw, strict=True)
    except ValidationError as error:
        found = [_fault(fault) for fault in error.errors(include_url=False)[:_MOST_FAULTS]]
        raise Unfit(*found) from error


async def _bytes_of(request: web.Request, most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise TooLarge("said to be too large")
    return await request.read()


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadInput("no JSON") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _storable(value: Any, field: str = "", *, deep: int = 0) -> Any:
    """The same value. Raises Invalid, with the field, for what the database cannot keep whatever it is."""
    if deep > DEEPEST:
        raise Invalid(field, "too_deep")
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise Invalid(field, "unstorable_text")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _storable(key, field, deep=deep)
            _storable(inner, f"{field}.{_name(key)}".lstrip("."), deep=deep + 1)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            _storable(inner, f"{field}.{at}".lstrip("."), deep=deep + 1)
    elif isinstance(value, int | float) and (not math.isfinite(value) or abs(value) > _BIGINT):
        raise Invalid(field, "out_of_range")
    return value


def _typed(shape: type[BaseModel], given: Mapping[str, list[str]]) -> dict[str, Any]:
    """Words of an address as JSON would hold them, where they are written as it would write them."""
    found: dict[str, Any] = {}
    for name, values in given.items():
        annotation = shape.model_fields[name].annotation if name in shape.model_fields else str
        read = [_value(value, _kinds(annotation)) for value in values]
        found[name] = read if _is_list(annotation) else read[0]
    return found


def _value(text: str, kinds: set[type]) -> Any:
    if bool in kinds and text in ("true", "false"):
        return text == "true"
    if int in kinds and _INTEGER.fullmatch(text):
        return int(text)
    if float in kinds:
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _kinds(annotation: Any) -> set[type]:
    """The plain types in an annotation: of `list[int] | None`, `int`."""
    if get_origin(annotation) is None:
        return {annotation} if isinstance(annotation, type) else set()
    inner = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    return {kind for each in inner for kind in _kinds(each)}


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) is list:
        return True
    unions = (Union, types.UnionType, Annotated)
    return get_origin(annotation) in unions and any(_is_list(each) for each in get_args(annotation))


def _fault(fault: Any) -> Invalid:
    kind, facts = fault["type"], fault.get("ctx") or {}
    field = ".".join(_name(str(part)) for part in fault["loc"])
    if kind in reasons() and kind not in _REASONS:
        return Invalid(field, kind, **facts)
    if fault.get("input", ...) is None and kind not in _REASONS:
        return Invalid(field, "not_null")
    reason, told = _REASONS.get(kind, ("", ""))
    if not reason:
        found = (reason for beginning, reason in _BY_BEGINNING.items() if kind.startswith(beginning))
        return Invalid(field, next(found, "wrong_form"))
    theirs, _, ours = told.partition(":")
    return Invalid(field, reason, **({ours: _plain(facts.get(theirs))} if ours else {}))


def _plain(fact: Any) -> Any:
    return fact.replace("'", "").replace(" or ", ", ") if isinstance(fact, str) else fact


def _name(name: str) -> str:
    """What a caller called a field, fit to be told."""
    return name.encode("utf-8", "replace").decode().replace("\0", "?")[:100]
