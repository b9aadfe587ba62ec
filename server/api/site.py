"""The API as routes: every noun's endpoints, their description and its reading page."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from aiohttp import web

from server.api import nouns as found_nouns
from server.api.call import Means
from server.api.declare import ROOT, Endpoint, Noun
from server.api.handling import ALLOWANCE, handler_of
from server.api.limits import limit_headers


@cache
def nouns() -> tuple[Noun, ...]:
    """Every noun, by name. Raises TypeError when two endpoints share a name or an address."""
    modules = [
        import_module(f"{found_nouns.__name__}.{each.name}") for each in pkgutil.iter_modules(found_nouns.__path__)
    ]
    found = tuple(sorted((module.noun for module in modules if hasattr(module, "noun")), key=lambda noun: noun.name))
    seen: set[str] = set()
    for endpoint in (each for noun in found for each in noun.endpoints):
        for mark in (endpoint.name, f"{endpoint.method} {endpoint.path}"):
            if mark in seen:
                raise TypeError(f"{mark} is declared twice")
            seen.add(mark)
    return found


def endpoints() -> list[Endpoint]:
    """Every endpoint; addresses of plain words before those with places in them, which would hide them."""
    found = [endpoint for noun in nouns() for endpoint in noun.endpoints]
    return sorted(found, key=lambda endpoint: endpoint.path.replace("{", "\x7f"))


def routes(means: Means) -> list[web.RouteDef]:
    """`/api/v1/…`"""
    return [web.route(one.method, one.path, handler_of(one, means)) for one in endpoints()] + [
        web.route("HEAD", one.path, handler_of(one, means)) for one in endpoints() if one.method == "GET"
    ]


async def tell_limits(request: web.Request, response: web.StreamResponse) -> None:
    """Puts on every answer of the API, problems too, what is left of the caller's limit."""
    if request.path.startswith(ROOT):
        for name, value in limit_headers(request.get(ALLOWANCE)).items():
            response.headers.setdefault(name, value)
