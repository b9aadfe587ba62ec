"""Static files: what the build has packed is handed out to whoever takes it, and plain to whoever does not."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from server.site import _folder, harden

SCRIPT = b"export const long = 'words that come again and again';\n" * 100


@pytest.mark.parametrize(
    ("takes", "encoding", "length"), [("gzip, br", "br", 4), ("gzip", "gzip", 4), ("identity", None, len(SCRIPT))]
)
async def test_a_script_comes_packed_to_whoever_takes_it(
    tmp_path: Path, takes: str, encoding: str | None, length: int
) -> None:
    (tmp_path / "desk.js").write_bytes(SCRIPT)
    (tmp_path / "desk.js.gz").write_bytes(gzip.compress(SCRIPT)[:4])
    (tmp_path / "desk.js.br").write_bytes(b"\x1b\x00\x00\x00")
    app = web.Application()
    app.on_response_prepare.append(harden)
    app.router.add_get("/desk/{path:.*}", _folder(tmp_path))
    async with (
        TestServer(app) as server,
        ClientSession(auto_decompress=False) as client,
        client.get(server.make_url("/desk/desk.js"), headers={"Accept-Encoding": takes}) as response,
    ):
        assert response.status == 200
        assert response.headers.get("Content-Encoding") == encoding
        assert response.content_type.endswith("/javascript")
        assert len(await response.read()) == length
        assert encoding is None or response.headers["Vary"] == "Accept-Encoding"
