"""Setting up wrapping up and the question how it was, over the API."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from crm_backend.audit.model import AuditEntry
from server.app import Parts
from tests.support.api import Program

NAMES = {"fr": "Livraison", "en": "Delivery"}
WORDS = {"fr": "Alors ?", "en": "Well?"}


async def test_reasons_are_made_changed_and_deleted(program: Program, house: Parts) -> None:
    top = await program("POST", "/closing-reasons", {"names": NAMES})
    assert (top.status, top.body["names"], top.body["teams"]) == (201, NAMES, [])
    path = f"/closing-reasons/{top.body['id']}"
    under = await program("POST", "/closing-reasons", {"names": NAMES, "parent_id": top.body["id"], "position": 3})
    assert (await program("DELETE", path, If_Match='"1"')).status == 409
    changed = await program("PATCH", path, {"archived": True, "teams": ["support"]}, If_Match='"1"')
    assert (changed.status, changed.body["archived"], changed.body["teams"]) == (200, True, ["support"])
    assert (await program("PATCH", path, {"position": 1}, If_Match='"1"')).status == 412
    listed = (await program("GET", "/closing-reasons")).body["items"]
    assert [each["id"] for each in listed] == [under.body["id"]]
    assert (await program("DELETE", f"/closing-reasons/{under.body['id']}", If_Match='"1"')).status == 204
    assert (await program("DELETE", path, If_Match='"2"')).status == 204
    async with house.sessions() as session:
        asked = select(AuditEntry.action).where(AuditEntry.subject_id == top.body["id"])
        assert list(await session.scalars(asked.order_by(AuditEntry.id))) == ["added", "changed", "deleted"]


@pytest.mark.parametrize(
    ("path", "given", "back"),
    [
        ("/wrap-up-rules", {"mode": "required", "seconds": 90}, "support"),
        ("/satisfaction-settings", {"enabled": False, "delay_minutes": 5, "rest_days": 7, "words": WORDS}, "telegram"),
    ],
)
async def test_what_holds_for_one_is_set_read_and_taken_back(
    program: Program, path: str, given: dict[str, Any], back: str
) -> None:
    assert (await program("PUT", f"{path}/{back}", given)).status == 428
    made = await program("PUT", f"{path}/{back}", given, If_Match="*")
    assert made.status == 200 and {name: made.body[name] for name in given} == given
    held = f'"{made.body["version"]}"'
    again = await program("PUT", f"{path}/{back}", given | dict.fromkeys(("seconds",) if "mode" in given else (), 5),
                          If_Match=held)  # fmt: skip
    assert again.status == 200
    assert (await program("PUT", f"{path}/{back}", given, If_Match='"99"')).status == 412
    assert [each["version"] for each in (await program("GET", path)).body["items"]] == [again.body["version"]]
    assert (await program("DELETE", f"{path}/{back}", If_Match=f'"{again.body["version"]}"')).status == 204
    assert (await program("GET", path)).body["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("POST", "/closing-reasons", {"names": {"fr": "x"}}),
        ("POST", "/closing-reasons", {"names": {"fr": "x" * 81, "en": "x"}}),
        ("POST", "/closing-reasons", {"names": NAMES, "teams": ["nobody"]}),
        ("POST", "/closing-reasons", {"names": NAMES, "position": 2**40}),
        ("PUT", "/wrap-up-rules/support", {"mode": "sometimes"}),
        ("PUT", "/wrap-up-rules/support", {"mode": "off", "seconds": 3_601}),
        ("PUT", "/satisfaction-settings/Mail", {}),
        ("PUT", "/satisfaction-settings/mail", {"words": {"fr": "\x00", "en": "x"}}),
    ],
)
async def test_what_cannot_be_is_told(program: Program, method: str, path: str, given: dict[str, Any]) -> None:
    assert (await program(method, path, given, If_Match="*")).status == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [("/wrap-up-rules/nobody", 404), ("/wrap-up-rules/%00", 400), ("/satisfaction-settings/Mail", 422)],
)
async def test_what_is_called_like_nothing_is_not_there(program: Program, path: str, status: int) -> None:
    given = {"mode": "off"} if "rules" in path else {}
    assert (await program("PUT", path, given, If_Match="*")).status == status
    assert (await program("DELETE", path, If_Match='"1"')).status == status
