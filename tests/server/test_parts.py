"""Forms with files: of what is not kept no more is read than an answer takes, whoever reads them."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from unittest.mock import Mock

import pytest
from aiohttp import StreamReader, web
from aiohttp.test_utils import make_mocked_request

from crm_backend.access.actor import SYSTEM
from crm_backend.database import new_id
from crm_backend.errors import TooLarge
from crm_backend.portal.schema import Visit
from server import parts
from server.api import reading
from server.help import forms as contact
from server.portal import forms as portal

EDGE = "relais"


def part(name: str, content: bytes, *, filename: str = "") -> bytes:
    of_file = f'; filename="{filename}"' if filename else ""
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"{of_file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


@pytest.fixture
async def sent(monkeypatch: pytest.MonkeyPatch) -> tuple[web.Request, StreamReader]:
    """A form with a file of 5 MB that nobody keeps, where 100 kB of such are read."""
    monkeypatch.setattr(parts, "MOST_DROPPED", 100_000)
    body = part("csrf", b"x") + part("text", b"Bonjour") + part("photos", b"a" * 5_000_000, filename="a.jpg")
    content = StreamReader(Mock(), 2**16, loop=asyncio.get_running_loop())
    content.feed_data(body + part("note", b"fin") + f"--{EDGE}--\r\n".encode())
    content.feed_eof()
    headers = {"Content-Type": f"multipart/form-data; boundary={EDGE}"}
    return make_mocked_request("POST", "/fr/compte", headers=headers, payload=content), content


async def test_by_the_contact_form(sent: tuple[web.Request, StreamReader]) -> None:
    request, content = sent
    filled = await contact.read(request, contact.Seals(b"secret"), Mock(), most_bytes=1_000)
    assert (filled.text, filled.faults) == ("Bonjour", {"files": "files_again"})
    assert len(await content.read()) > 4_000_000


async def test_at_the_portal(sent: tuple[web.Request, StreamReader]) -> None:
    request, content = sent
    visit = Visit(new_id(), new_id(), None, "code", "fr", SYSTEM, csrf="x")
    brought = await portal.with_files(request, visit, Mock(), most=0, largest=1_000)
    assert brought.fields["text"] == "Bonjour" and brought.refused is not None and brought.refused_name == "a.jpg"
    assert len(await content.read()) > 4_000_000


async def test_after_a_visit_at_the_portal_has_ended(sent: tuple[web.Request, StreamReader]) -> None:
    request, content = sent
    assert await portal.typed(request, csrf="x") == ({"text": "Bonjour"}, True)
    assert len(await content.read()) > 4_000_000


async def test_by_the_api(sent: tuple[web.Request, StreamReader]) -> None:
    request, content = sent
    with pytest.raises(TooLarge):
        await reading.upload_of(request)
    assert len(await content.read()) > 4_000_000


def test_pages_send_every_word_before_the_first_file() -> None:
    files = re.compile(r'type="file"|parts\.photos\(')
    shown = [one for one in Path("server").rglob("*.html") if files.search(one.read_text("utf-8"))]
    assert len(shown) >= 5
    for template in shown:
        after = files.split(template.read_text("utf-8"))[-1].partition("</form>")[0].partition("{% endmacro %}")[0]
        # Of the file field itself.
        after = after.partition(">")[2] if "<" in after else after
        assert ' name="' not in after, template
