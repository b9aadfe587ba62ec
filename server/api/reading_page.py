"""What the reading page shows, taken from the OpenAPI document: it can say nothing that the document does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.api.words import WORDS

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One value that is sent or answered. `where` is where it stands, for parameters."""

    name: str
    kind: str
    limits: str
    about: str
    required: bool
    where: str = ""


@dataclass(frozen=True)
class Operation:
    """One endpoint, as it is read."""

    id: str
    method: str
    path: str
    summary: str
    about: list[str]
    parameters: list[Field]
    body: list[Field]
    body_example: str
    status: str
    answer: list[Field]
    answer_example: str
    answer_kind: str
    refusals: list[tuple[str, str]]


@dataclass(frozen=True)
class Chapter:
    """What there is about one noun."""

    id: str
    title: str
    operations: list[Operation]


def contents(document: Json, language: str) -> list[Chapter]:
    """The page's chapters."""
    reader = _Reader(document, language)
    chapters = []
    for tag in document["tags"]:
        found = [
            reader.operation(path, method, operation)
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
            if tag["name"] in operation["tags"]
        ]
        chapters.append(Chapter(tag["name"], tag["description"], found))
    return sorted(chapters, key=lambda chapter: chapter.title.casefold().replace("é", "e"))


class _Reader:
    def __init__(self, document: Json, language: str) -> None:
        self._document, self._words = document, WORDS[language]["page"]

    def operation(self, path: str, method: str, operation: Json) -> Operation:
        body = operation.get("requestBody", {}).get("content", {})
        form, media = self._media(body)
        good = next(status for status in operation["responses"] if status.startswith("2"))
        kind, answer = self._media(operation["responses"][good].get("content", {}))
        return Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            about=[part for part in operation.get("description", "").split("\n\n") if part],
            parameters=[self._parameter(one) for one in operation["parameters"] if one["name"] != "Accept-Language"],
            body=self._fields(media.get("schema", {})),
            body_example=_shown(media["example"]) if "example" in media else form,
            status=good,
            answer=self._fields(self._item(answer.get("schema", {}))),
            answer_example=_shown(answer["example"]) if "example" in answer else "",
            answer_kind=kind,
            refusals=[
                (status, self._named(told)["description"])
                for status, told in operation["responses"].items()
                if int(status) >= 400
            ],
        )

    @staticmethod
    def _media(content: Json) -> tuple[str, Json]:
        return next(iter(content.items()), ("", {}))

    def _named(self, schema: Json) -> Json:
        if "$ref" not in schema:
            return schema
        found: Any = self._document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return found  # type: ignore[no-any-return]

    def _item(self, schema: Json) -> Json:
        """The item of a page, whose own two fields every list has."""
        fields: Json = schema.get("properties", {})
        return fields["items"]["items"] if set(fields) == {"items", "next"} else schema

    def _parameter(self, one: Json) -> Field:
        schema, where = one["schema"], self._words["in"][one["in"]]
        limits = "" if one["name"] == "fields" else self._limits(schema)
        return Field(
            one["name"], self._kind(schema), limits, one.get("description", ""), one.get("required", False), where
        )

    def _fields(self, schema: Json) -> list[Field]:
        schema = self._named(schema)
        needed = schema.get("required", [])
        return [
            Field(name, self._kind(one), self._limits(one), one.get("description", ""), name in needed)
            for name, one in schema.get("properties", {}).items()
        ]

    def _kind(self, schema: Json) -> str:
        kinds, words = self._words["kinds"], self._words
        if "anyOf" in schema:
            return str(words["or"].join(dict.fromkeys(self._kind(one) for one in schema["anyOf"])))
        schema = self._named(schema)
        if "anyOf" in schema or "oneOf" in schema:
            return str(kinds["object"])
        if "enum" in schema or "const" in schema:
            return ", ".join(str(one) for one in schema.get("enum", [schema.get("const")]))
        if schema.get("type") == "array" and schema.get("items"):
            return str(words["of"].format(kind=kinds["array"], inner=self._kind(schema["items"])))
        types = schema.get("type", "object")
        many = types if isinstance(types, list) else [types]
        return str(words["or"].join(kinds.get(schema.get("format"), kinds.get(one, one)) for one in many))

    def _limits(self, schema: Json) -> str:
        schema = next((one for one in schema.get("anyOf", []) if one != {"type": "null"}), schema)
        schema = self._named(schema)
        found = []
        for words, names in (("least", ("minLength", "minimum", "minItems")), ("most", ("maxLength", "maximum"))):
            value = next((schema[name] for name in names if name in schema), None)
            if value not in (None, 0):
                found.append(self._words[words].format(**{words: value}))
        return ", ".join(found)


def _shown(example: Any) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
