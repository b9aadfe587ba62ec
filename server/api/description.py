"""The API in OpenAPI 3.1, made from what the nouns declare."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from server.api.declare import ROOT, Endpoint
from server.api.examples import example_of
from server.api.problem_responses import HEADERS, PROBLEM, failures, problem_responses
from server.api.shapes import Listing, Out, Patch
from server.api.site import endpoints, nouns
from server.api.words import WORDS

Mode = Literal["validation", "serialization"]
Json = dict[str, Any]
VERSION = "1.0"
_LIMITS = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS if name.startswith("RateLimit-")}


@cache
def description(language: str) -> Json:
    """The whole document, in `language`."""
    found = endpoints()
    schemas = _Schemas(found)
    paths: Json = {}
    for endpoint in found:
        operations = paths.setdefault(endpoint.path.removeprefix(ROOT), {})
        operations[endpoint.method.lower()] = _operation(endpoint, schemas, language)
    words = WORDS[language]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Relais API", "version": VERSION, "description": "\n\n".join(words["introduction"])},
        "servers": [{"url": ROOT}],
        "tags": [{"name": noun.name, "description": getattr(noun, language)} for noun in nouns()],
        "paths": paths,
        "components": {
            "schemas": {**schemas.components(), "Problem": PROBLEM},
            "responses": problem_responses(language),
            "headers": {name: {**header, "description": words["headers"][name]} for name, header in HEADERS.items()},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": words["key"]},
                "desk": {"type": "apiKey", "in": "cookie", "name": "relais_api", "description": words["desk"]},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": words["csrf"]},
            },
        },
    }


class _Schemas:
    """The shapes of all endpoints as JSON Schema."""

    def __init__(self, found: list[Endpoint]) -> None:
        wanted: list[tuple[type[BaseModel], Mode]] = []
        for endpoint in found:
            given = (endpoint.path_model, endpoint.query, endpoint.body)
            wanted += [(shape, "validation") for shape in given if shape is not None]
            if endpoint.answer is not None:
                wanted.append((endpoint.answer, "serialization"))
        self._refs, whole = models_json_schema(list(dict.fromkeys(wanted)), ref_template="#/components/schemas/{model}")
        self.all: Json = whole.get("$defs", {})
        self._inner = {
            self.name(*one) for one in wanted if issubclass(one[0], Listing) or self._is_address(one[0], found)
        }
        for shape, mode in wanted:
            if issubclass(shape, Patch):
                _as_patch(self.all[self.name(shape, mode)])

    def components(self) -> Json:
        """What is described by name: all but the queries and paths, whose parts stand as parameters."""
        return {name: schema for name, schema in sorted(self.all.items()) if name not in self._inner}

    def name(self, shape: type[BaseModel], mode: Mode) -> str:
        """What a shape is called."""
        return str(self._refs[shape, mode]["$ref"]).rpartition("/")[2]

    def properties(self, shape: type[BaseModel] | None) -> tuple[Json, list[str]]:
        """The fields of a query or path, and which of them are needed."""
        if shape is None:
            return {}, []
        schema = self.all[self.name(shape, "validation")]
        return schema.get("properties", {}), schema.get("required", [])

    def ref(self, shape: type[BaseModel], mode: Mode) -> Json:
        """A reference to a shape."""
        return {"$ref": f"#/components/schemas/{self.name(shape, mode)}"}

    def sparse(self, shape: type[Out]) -> Json:
        """A reference to the shape of which `fields` may leave out all but the identifier."""
        name = self.name(shape, "serialization")
        chosen = copy.deepcopy(self.all[name])
        chosen["required"] = [one for one in chosen.get("required", []) if one == "id"]
        self.all[f"{name}Fields"] = chosen
        return {"$ref": f"#/components/schemas/{name}Fields"}

    @staticmethod
    def _is_address(shape: type[BaseModel], found: list[Endpoint]) -> bool:
        return any(shape in (endpoint.path_model, endpoint.query) for endpoint in found)


def _as_patch(schema: Json) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)
    schema["minProperties"] = 1


def _operation(endpoint: Endpoint, schemas: _Schemas, language: str) -> Json:
    found: Json = {
        "operationId": endpoint.name,
        "summary": endpoint.words[language],
        "tags": [endpoint.noun.name],
        "parameters": _parameters(endpoint, schemas, language),
        "responses": _responses(endpoint, schemas, language),
        "security": _security(endpoint),
    }
    needed = WORDS[language]["needs"].format(needs=endpoint.needs) if endpoint.needs else ""
    if told := "\n\n".join(text for text in (endpoint.more.get(language, ""), needed) if text):
        found["description"] = told
    if endpoint.body is not None:
        content = {"schema": schemas.ref(endpoint.body, "validation")}
        content["example"] = example_of(content["schema"], schemas.all)
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    elif endpoint.upload:
        form = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
        found["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    return found


def _security(endpoint: Endpoint) -> list[Json]:
    roles = [endpoint.needs] if endpoint.needs else []
    desk: Json = {"desk": roles} if endpoint.method == "GET" else {"desk": roles, "csrf": []}
    return [{"key": roles}, desk]


def _parameters(endpoint: Endpoint, schemas: _Schemas, language: str) -> list[Json]:
    words = WORDS[language]["parameters"]
    found = [
        {"name": name, "in": "path", "required": True, "schema": _plain(schema)}
        for name, schema in schemas.properties(endpoint.path_model)[0].items()
    ]
    fields, needed = schemas.properties(endpoint.query)
    for name, field in fields.items():
        parameter: Json = {"name": name, "in": "query", "required": name in needed, "schema": _plain(field)}
        if name in ("cursor", "limit", "sort", "fields"):
            parameter["description"] = words[name]
            parameter["schema"].pop("description", None)
        elif told := parameter["schema"].pop("description", None):
            parameter["description"] = told
        if name == "sort" and endpoint.sorts is not None:
            parameter["schema"] = {"type": "string", "enum": endpoint.sorts.names(), "default": endpoint.sorts.default}
        if name == "fields" and endpoint.answer is not None:
            names = "|".join(endpoint.answer.model_fields)
            parameter["schema"]["pattern"] = f"^({names})(,({names}))*$"
        found.append(parameter)
    return found + _header_parameters(endpoint, words)


def _header_parameters(endpoint: Endpoint, words: Json) -> list[Json]:
    found = []
    if endpoint.versioned and endpoint.method != "GET":
        tag = {"type": "string", "pattern": r'^("[0-9]{1,10}(-[0-9a-f]{8})?"|\*)$', "examples": ['"1"']}
        found.append({"name": "If-Match", "required": endpoint.must_match, "schema": tag})
    if endpoint.method == "POST":
        key = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]*[!-~])?$"}
        found.append({"name": "Idempotency-Key", "required": False, "schema": key})
    found.append({"name": "Accept-Language", "required": False, "schema": {"type": "string", "examples": ["fr", "en"]}})
    return [{**one, "in": "header", "description": words[str(one["name"])]} for one in found]


def _plain(schema: Json) -> Json:
    """A parameter's schema: what may be left out is left out, and not given as null."""
    kept = copy.deepcopy(schema)
    kept.pop("title", None)
    choices = [one for one in kept.pop("anyOf", []) if one != {"type": "null"}]
    if kept.get("default", ...) is None:
        del kept["default"]
    if len(choices) == 1:
        return {**choices[0], **kept}
    return {**kept, "anyOf": choices} if choices else kept


def _responses(endpoint: Endpoint, schemas: _Schemas, language: str) -> Json:
    words = WORDS[language]["answers"]
    good: Json = {"description": words[str(endpoint.status)], "headers": dict(_LIMITS)}
    if endpoint.file:
        good["content"] = {endpoint.produces: {"schema": {"type": "string", "format": "binary"}}}
    elif endpoint.answer is not None:
        schema = schemas.sparse(endpoint.answer) if endpoint.sparse else schemas.ref(endpoint.answer, "serialization")
        if endpoint.listed:
            schema = _page(schema)
        good["content"] = {"application/json": {"schema": schema, "example": example_of(schema, schemas.all)}}
    headers = {"ETag": endpoint.versioned and endpoint.answer, "Link": endpoint.listed}
    headers |= {"Location": endpoint.status == 201, "Idempotency-Replayed": endpoint.method == "POST"}
    good["headers"] |= {name: {"$ref": f"#/components/headers/{name}"} for name, there in headers.items() if there}
    found = {str(endpoint.status): good}
    if endpoint.versioned and endpoint.method == "GET":
        found["304"] = {"description": words["304"], "headers": {**good["headers"]}}
    return found | failures(endpoint)


def _page(item: Json) -> Json:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": item},
            "next": {"type": ["string", "null"], "examples": [None]},
        },
    }
