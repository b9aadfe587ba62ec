"""What the portal reads of forms and cookies, whatever is sent."""

from __future__ import annotations

import asyncio
from unittest.mock import Mock

import pytest
from aiohttp import StreamReader
from aiohttp.test_utils import make_mocked_request

from server.portal import forms
from server.portal.askers import Askers

EDGE = "relais"


def part(name: str, content: bytes, *, filename: str = "") -> bytes:
    of_file = f'; filename="{filename}"' if filename else ""
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"{of_file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


async def test_of_files_that_are_not_kept_no_more_is_read_than_an_answer_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "MOST_DROPPED", 100_000)
    sent = part("csrf", b"x") + part("text", b"Bonjour") + part("photos", b"a" * 5_000_000, filename="a.jpg")
    content = StreamReader(Mock(), 2**16, loop=asyncio.get_running_loop())
    content.feed_data(sent + part("note", b"fin") + f"--{EDGE}--\r\n".encode())
    content.feed_eof()
    headers = {"Content-Type": f"multipart/form-data; boundary={EDGE}"}
    request = make_mocked_request("POST", "/fr/compte", headers=headers, payload=content)
    assert await forms.typed(request, csrf="x") == ({"text": "Bonjour"}, True)
    assert len(await content.read()) > 4_000_000


@pytest.mark.parametrize("cookie", ["relais_connu=abc.é", "relais_connu=é.abc", "relais_connu=", "relais_connu=..."])
def test_a_cookie_that_is_none_of_ours_keeps_nobody_from_asking_for_a_code(cookie: str) -> None:
    request = make_mocked_request("GET", "/fr/compte/entree", headers={"Cookie": cookie})
    assert not Askers(b"secret", secure=False).asker(request, "fr", "b", kind="email", value="a@b.example").known
