"""What the portal reads of forms and cookies, whatever is sent."""

from __future__ import annotations

import asyncio
from unittest.mock import Mock

import pytest
from aiohttp import StreamReader
from aiohttp.test_utils import make_mocked_request

from server.portal import forms
from server.portal.askers import Askers
from tests.server.test_parts import EDGE, part


async def test_the_name_of_a_field_is_text_that_can_be_stored() -> None:
    content = StreamReader(Mock(), 2**16, loop=asyncio.get_running_loop())
    field = part("csrf", b"x") + part("NAME", b"Bonjour").replace(b"NAME", b"te\xffxt")
    content.feed_data(field + f"--{EDGE}--\r\n".encode())
    content.feed_eof()
    headers = {"Content-Type": f"multipart/form-data; boundary={EDGE}"}
    request = make_mocked_request("POST", "/fr/compte", headers=headers, payload=content)
    assert await forms.typed(request, csrf="x") == ({"text": "Bonjour"}, False)


@pytest.mark.parametrize("cookie", ["relais_connu=abc.é", "relais_connu=é.abc", "relais_connu=", "relais_connu=..."])
def test_a_cookie_that_is_none_of_ours_keeps_nobody_from_asking_for_a_code(cookie: str) -> None:
    request = make_mocked_request("GET", "/fr/compte/entree", headers={"Cookie": cookie})
    assert not Askers(b"secret", secure=False).asker(request, "fr", "b", kind="email", value="a@b.example").known
