"""Pictures that a mail names elsewhere come through us: nothing of the agent goes there, nothing else comes back."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from server.desk import pictures
from server.desk.pictures import RemotePictures
from server.desk.views import card_out
from server.problems import problems
from server.reaching import Reach
from tests.support import samples

PNG = samples.picture()


class World(NamedTuple):
    """A site with pictures, and ours."""

    there: TestServer
    ours: TestClient[web.Request, web.Application]
    pictures: RemotePictures
    asked: list[web.Request]

    async def shown(self, path: str) -> tuple[int, bytes, str]:
        """What the frame of a mail gets for a picture there."""
        address = self.pictures.address(str(self.there.make_url(path)))
        assert address is not None
        async with self.ours.get(address, headers={"Cookie": "relais_desk=secret"}) as answer:
            return answer.status, await answer.read(), answer.content_type


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    asked: list[web.Request] = []

    async def anything(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        path = request.path
        if path == "/on":
            raise web.HTTPFound(request.query["to"])
        if path == "/again":
            raise web.HTTPFound("/again")
        if path == "/endless":
            answer = web.StreamResponse()
            await answer.prepare(request)
            for _ in range(3):
                await answer.write(PNG + bytes(pictures.LARGEST // 2))
            return answer
        bodies = {
            "/p.png": PNG,
            "/p.svg": b"<svg onload='alert(1)'/>",
            "/page": b"<html>",
            "/gif": b"GIF89a" + bytes(9),
        }
        return web.Response(body=bodies[path], content_type="image/png") if path in bodies else web.Response(status=404)

    site = web.Application()
    site.router.add_get("/{path:.*}", anything)
    there = TestServer(site)
    await there.start_server()
    monkeypatch.setattr(pictures, "PORTS", (None, 80, 443, there.port))
    remote = RemotePictures(b"secret", reach=Reach())
    app = web.Application(middlewares=[problems])
    app.add_routes(remote.routes())
    async with TestClient(TestServer(app)) as ours:
        yield World(there, ours, remote, asked)
    await remote.close()
    await there.close()


async def test_a_picture_comes_through_us_and_nothing_of_the_agent_goes_there(world: World) -> None:
    assert await world.shown("/p.png") == (200, PNG, "image/png")
    assert await world.shown("/gif") == (200, b"GIF89a" + bytes(9), "image/gif")
    for request in world.asked:
        assert not {"Cookie", "Referer", "X-Forwarded-For", "Forwarded"} & set(request.headers)


async def test_a_redirect_is_followed_to_a_picture(world: World) -> None:
    assert (await world.shown("/on?to=/p.png"))[:2] == (200, PNG)


@pytest.mark.parametrize(
    "path",
    ["/p.svg", "/page", "/absent", "/endless", "/again", "/on?to=file:///etc/passwd", "/on?to=http://h.example:22/"],
)
async def test_what_is_no_picture_is_not_handed_on(world: World, path: str) -> None:
    assert (await world.shown(path))[0] == 404


async def test_private_networks_are_not_asked(world: World) -> None:
    own = RemotePictures(b"secret")
    world.pictures._reach, asked = own._reach, len(world.asked)
    assert (await world.shown("/p.png"))[0] == 404
    assert len(world.asked) == asked


async def test_only_addresses_that_we_made_are_good_and_not_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = world.pictures.address(str(world.there.make_url("/p.png")))
    assert address is not None
    given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    for change in ({"url": "http://169.254.169.254/"}, {"until": "9999999999"}, {"sig": "é"}, {"sig": ""}):
        async with world.ours.get(pictures.PATH, params=given | change) as answer:
            assert answer.status == 404
    other = RemotePictures(b"another secret").address(str(world.there.make_url("/p.png")))
    async with world.ours.get(str(other)) as answer:
        assert answer.status == 404
    monkeypatch.setattr(pictures.time, "time", lambda: int(given["until"]) + 1.0)
    async with world.ours.get(address) as answer:
        assert answer.status == 404
    assert world.asked == []


@pytest.mark.parametrize(
    ("picture", "shown"),
    [
        ("https://shop.example/a.jpg", "/desk/pictures?url=https%3A%2F%2Fshop.example%2Fa.jpg&"),
        ("//shop.example/a.jpg", "/desk/pictures?url=https%3A%2F%2Fshop.example%2Fa.jpg&"),
        ("/art/a.svg", "/art/a.svg"),
        ("javascript:alert(1)", "None"),
    ],
)
def test_the_picture_of_a_card_comes_from_here_all_day(picture: str, shown: str) -> None:
    card = card_out({"kind": "product", "title": "Drap", "picture": picture}, RemotePictures(b"s"))
    assert str(card["picture"]).startswith(shown) and card["title"] == "Drap"
    for until in parse_qs(urlsplit(str(card["picture"])).query).get("until", []):
        assert int(until) >= time.time() + 86_000
    assert card_out({"kind": "order"}, RemotePictures(b"s")) == {"kind": "order"}


@pytest.mark.parametrize(
    "url", ["ftp://h.example/p", "javascript:x", "https://", "http://h.example:8080/p", "https://[::1", "//"]
)
def test_what_is_no_address_of_the_web_gets_none(url: str) -> None:
    assert RemotePictures(b"s").address(url) is None
    assert RemotePictures(b"s").address("https://h.example/" + "a" * pictures.LONGEST_ADDRESS) is None
    assert str(RemotePictures(b"s").address("//h.example/p")).startswith("/desk/pictures?url=https%3A%2F%2Fh.example")
