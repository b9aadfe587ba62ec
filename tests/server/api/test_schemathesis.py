"""Schemathesis against the whole description, over the real server and the demo company: nothing that it makes up, of
the right shape or of a wrong one, finds a fault."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import re
from collections.abc import AsyncIterator, Callable
from functools import partial
from itertools import count
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from server.api.description import description
from server.app import Parts
from tests.support import api, site
from tests.support.stores import Stores

EXAMPLES = {GenerationMode.POSITIVE: 2, GenerationMode.NEGATIVE: 1}
"""Made-up requests for each operation, of the right shape and of a wrong one."""
WRONG_EVERY = 6
"""Wrong bodies are made for every operation that has one. Addresses and queries are read by the same lines of code for
all, so that wrong ones are made for every sixth operation only: finding them takes most of this test's time."""
ANY_TEXT = ("Accept-Language", "Idempotency-Key")
"""Headers that can hardly be wrong, and slow the search for a request that is."""
LEFT_OUT = [positive_data_acceptance, ignored_auth]
"""The company's rules refuse much that has the right shape; and test_doors.py knocks at every door."""
LONGEST = 8_000
SEED = 20260301
CONFIG = {
    "generation": {"allow-x00": False, "with-security-parameters": False},
    "checks": {"missing_required_header": {"expected-statuses": ["428", "422"]}},
}


@pytest.fixture(scope="module")
async def shop(stores: Stores, demo_template: str) -> AsyncIterator[Parts]:
    """A server with the demo company."""
    await stores.forget()
    async with stores.copy(demo_template) as url:
        settings_ = site.settings_for(url, stores.redis_url, bot_port=site.free_port(), roles=["web"])
        async with site.serving(settings_) as parts:
            yield parts


async def test_nothing_that_is_made_up_finds_a_fault(shop: Parts) -> None:
    token = await api.key(shop.sessions)
    found = await asyncio.to_thread(_faults, shop.settings.address, token)
    if found:
        pytest.fail(f"{len(found)} faults\n\n" + "\n\n".join(found))


def _faults(address: str, token: str) -> list[str]:
    schema = schemathesis.openapi.from_dict(_described(), config=SchemathesisConfig.from_dict(CONFIG))
    schema.config.update(base_url=f"{address}/api/v1")
    with requests.Session() as client:
        client.headers["Authorization"] = f"Bearer {token}"
        operations = [result.ok() for result in schema.get_all_operations()]
        known = _known(operations, client, f"{address}/api/v1")
        found = [
            fault
            for number, operation in enumerate(operations)
            for fault in _of(operation, client, known, wrong=bool(operation.body) or number % WRONG_EVERY == 0)
        ]
        assert client.get(f"{address}/api/v1/keys", timeout=10).status_code == 200, "the key was good to the end"
        return found


def _described() -> dict[str, Any]:
    document = copy.deepcopy(description("en"))
    for operation in (each for operations in document["paths"].values() for each in operations.values()):
        operation["parameters"] = [one for one in operation["parameters"] if one["name"] not in ANY_TEXT]
    return document


def _known(operations: list[Any], client: requests.Session, root: str) -> dict[str, Any]:
    """Something that there is, for each `{x_id}` whose list there is."""
    found: dict[str, Any] = {}
    lists = {operation.path for operation in operations if operation.method == "get" and "{" not in operation.path}
    for operation in operations:
        for before, name in re.findall(r"(.*?)/{(\w+)}", operation.path)[:1]:
            if name not in found and before in lists and before != "/keys":  # ours is not to be revoked
                items = client.get(root + before, timeout=10).json().get("items") or [{}]
                found[name] = items[0].get("id")
    return {name: value for name, value in found.items() if value}


def _of(operation: Any, client: requests.Session, known: dict[str, Any], *, wrong: bool) -> list[str]:
    found: dict[str, str] = {}
    asked = count(1)

    def ask(case: Any, *, mode: GenerationMode) -> None:
        if mode is GenerationMode.POSITIVE and next(asked) % 3:  # else the address and the cursor stay made up
            given_path, given_query = case.path_parameters or {}, case.query or {}
            case.path_parameters = {name: known.get(name, value) for name, value in given_path.items()}
            case.query = {name: value for name, value in given_query.items() if name != "cursor"}
        if len(case.as_curl_command()) > LONGEST:
            return  # the HTTP layer refuses the line before it comes to us
        try:
            case.call_and_validate(session=client, excluded_checks=LEFT_OUT, timeout=60)
        except FailureGroup as failures:
            for failure in failures.exceptions:
                found.setdefault(type(failure).__name__, f"{operation.label}: {failure}")

    for mode in GenerationMode:
        if wrong or mode is GenerationMode.POSITIVE:
            _run(operation, mode, partial(ask, mode=mode))
    return list(found.values())


def _run(operation: Any, mode: GenerationMode, ask: Callable[[Any], None]) -> None:
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES[mode],
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        ask(case)

    with contextlib.suppress(Unsatisfiable):  # where there is nothing that could be of a wrong shape
        run()
