"""Pictures of cards, as channels are given them."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from server import illustrating
from server.desk import pictures
from server.desk.pictures import Fetching
from server.illustrating import Illustrations
from server.reaching import Reach
from server.settings import Settings
from tests.support.samples import picture


class World(NamedTuple):
    """A shop with pictures, which is our own site too."""

    there: TestServer
    found: Illustrations
    asked: list[str]

    def at(self, path: str) -> str:
        return str(self.there.make_url(path))


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


BODIES = {
    "/wide.png": picture(size=(3000, 1500)),
    "/clear.png": picture(mode="RGBA"),
    "/moving.webp": moving(),
    "/art.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "/broken.png": picture()[:60],
    "/page": b"<html>",
}


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    asked: list[str] = []

    async def anything(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=BODIES[request.path]) if request.path in BODIES else web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{path:.*}", anything)
    async with TestServer(app) as there:
        monkeypatch.setattr(pictures, "PORTS", (None, 80, 443, there.port))
        found = Illustrations(home=str(there.make_url("")).rstrip("/"), elsewhere=Fetching(reach=Reach()))
        yield World(there, found, asked)
        await found.close()


async def test_pictures_are_made_small_flat_and_fetched_once(world: World) -> None:
    wide = await world.found.load(world.at("/wide.png"))
    assert wide is not None and (wide.width, wide.height) == (1024, 512)
    assert await world.found.load(world.at("/wide.png")) is wide and world.asked == ["/wide.png"]
    for path in ("/clear.png", "/moving.webp"):
        flat = await world.found.load(world.at(path))
        assert flat is not None
        with Image.open(io.BytesIO(flat.content)) as seen:
            assert (seen.format, seen.mode, seen.size) == ("JPEG", "RGB", (flat.width, flat.height))


async def test_a_picture_of_our_own_site_is_had_from_there(world: World) -> None:
    assert await world.found.load("/clear.png") is not None
    assert await world.found.load("//elsewhere.example/clear.png") is None
    assert world.asked == ["/clear.png"]


@pytest.mark.parametrize("path", ["/art.svg", "/broken.png", "/page", "/absent"])
async def test_what_is_no_picture_is_none_and_not_asked_for_again_at_once(
    world: World, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assert await world.found.load(world.at(path)) is None
    assert world.asked == [path]
    monkeypatch.setattr(illustrating, "AWAY_FOR", 0.0)
    world.found._kept.clear()
    for _ in range(2):
        assert await world.found.load(world.at(path)) is None
    assert world.asked == [path] * 3


async def test_an_answer_does_not_wait_long_for_a_picture(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(illustrating, "PATIENCE", 0.0)
    assert await world.found.load(world.at("/clear.png")) is None


async def test_only_so_many_are_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(illustrating, "MOST_KEPT", 1)
    for path in ("/clear.png", "/page", "/clear.png"):
        await world.found.load(path)
    assert world.asked == ["/clear.png", "/page", "/clear.png"]


async def test_other_hosts_of_our_network_are_not_asked(world: World) -> None:
    own = Illustrations(home="http://127.0.0.1:1")
    for address in (world.at("/clear.png"), "http://169.254.169.254/x.png", "ftp://h.example/x", "https://[::1"):
        assert await own.load(address) is None
    assert await own.load("/x.png") is None
    assert world.asked == []
    await own.close()


@pytest.mark.parametrize(
    ("more", "home"),
    [
        ({"host": "0.0.0.0", "port": 8090}, "http://127.0.0.1:8090"),
        ({"host": "10.0.0.2"}, "http://10.0.0.2:8080"),
        ({"host": "fd12::1"}, "http://[fd12::1]:8080"),
        ({"roles": ["worker"], "public_url": "https://help.example.com/"}, "https://help.example.com"),
    ],
)
def test_our_own_site_is_asked_on_this_machine_where_it_is_served(more: dict[str, object], home: str) -> None:
    assert Illustrations.of(Settings(**more))._home == home  # type: ignore[arg-type]
