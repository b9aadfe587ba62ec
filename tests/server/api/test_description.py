"""The description and the reading page say what the code does, in both languages."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import aiohttp
import jsonschema_rs
import pytest
from pydantic import BaseModel

from server.api.description import description
from server.api.examples import example_of
from server.api.site import endpoints
from server.api.words import WORDS
from server.app import Parts
from tests.support.typography import faults


def operations(language: str = "en") -> list[dict[str, Any]]:
    return [each for path in description(language)["paths"].values() for each in path.values()]


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    return [text for each in inner for text in texts(each)]


async def fetch(house: Parts, path: str, **headers: str) -> tuple[int, str, Any]:
    async with aiohttp.ClientSession() as client, client.get(house.settings.address + path, headers=headers) as answer:
        return answer.status, await answer.text(), answer.headers


async def test_it_is_served_to_anybody_in_the_language_asked_for(house: Parts) -> None:
    for asked, summary in (("fr", "Lister les produits"), ("en-GB", "List products")):
        status, text, headers = await fetch(house, "/api/v1/openapi.json", **{"Accept-Language": asked})
        assert status == 200 and '"openapi": "3.1.0"' in text and summary in text
        assert headers["Content-Type"].startswith("application/json") and headers["Vary"] == "Accept-Language"
        again, empty, _ = await fetch(
            house, "/api/v1/openapi.json", **{"Accept-Language": asked, "If-None-Match": headers["ETag"]}
        )
        assert (again, empty) == (304, "")


def test_every_endpoint_is_described_with_its_key_its_refusals_and_its_headers() -> None:
    assert len(operations()) == len(endpoints())
    for operation in operations():
        assert [next(iter(way)) for way in operation["security"]] == ["key", "desk"]
        assert {"400", "401", "403", "422", "429", "503"} <= set(operation["responses"])
        good = next(told for status, told in operation["responses"].items() if status.startswith("2"))
        assert "RateLimit-Remaining" in good["headers"]
    assert operations("fr")[0]["summary"] != operations("en")[0]["summary"]


def test_every_reference_leads_somewhere() -> None:
    document = description("en")

    def check(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                found: Any = document
                for part in value["$ref"].removeprefix("#/").split("/"):
                    found = found[part]
            for inner in value.values():
                check(inner)
        elif isinstance(value, list):
            for inner in value:
                check(inner)

    check(document)


@pytest.mark.parametrize("endpoint", [each for each in endpoints() if each.body], ids=lambda each: each.name)
def test_the_example_of_a_body_is_taken(endpoint: Any) -> None:
    operation = next(each for each in operations() if each["operationId"] == endpoint.name)
    content = operation["requestBody"]["content"]["application/json"]
    shape: type[BaseModel] = endpoint.body
    shape.model_validate_json(json.dumps(content["example"]), strict=True)


def test_the_examples_of_answers_fit_their_schemas() -> None:
    components = description("en")["components"]
    for operation in operations():
        for told in operation["responses"].values():
            for content in told.get("content", {}).values():
                if "example" in content:
                    schema = {**content["schema"], "components": components}
                    jsonschema_rs.validate(schema, content["example"])


def test_an_example_of_a_tree_ends() -> None:
    named = {"Node": {"type": "object", "properties": {"below": {"type": "array", "items": {"$ref": "#/Node"}}}}}
    assert example_of({"$ref": "#/Node"}, named)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_words_are_well_set(language: str) -> None:
    words = texts(WORDS[language]) + [endpoint.words[language] for endpoint in endpoints()]
    words += [text for endpoint in endpoints() for text in [endpoint.more.get(language, "")] if text]
    assert [fault for text in words for fault in faults(text, language)] == []


class Reader(HTMLParser):
    """The identifiers and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name, value in attrs if name in ("href", "src") and value]


async def test_the_reading_page_shows_everything_and_runs_nothing(house: Parts) -> None:
    for language, other in (("fr", "en"), ("en", "fr")):
        status, text, headers = await fetch(house, f"/api/v1/docs?language={language}")
        page = Reader()
        page.feed(text)
        assert status == 200 and f'<html lang="{language}">' in text and headers["Content-Security-Policy"]
        assert "script" not in page.tags
        assert len(page.ids) == len(set(page.ids))
        assert {endpoint.name for endpoint in endpoints()} <= set(page.ids)
        assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
        assert not any(link.startswith(("http", "//")) for link in page.links)
        assert f"/api/v1/docs?language={other}" in page.links
    status, text, _ = await fetch(house, "/api/v1/docs.css")
    assert status == 200 and "--r-canvas" in text
