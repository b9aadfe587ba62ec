"""The public site: static front ends, and the headers every answer carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from channels.port import READER

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
DIST = WEB / "dist"

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
STATIC = {
    "/static/tokens.css": WEB / "shared" / "tokens.css",
    "/static/help.css": WEB / "help" / "help.css",
    "/static/help.js": WEB / "help" / "help.js",
    "/static/portal.css": WEB / "portal" / "portal.css",
    "/static/portal.js": WEB / "portal" / "portal.js",
    "/static/contact.js": WEB / "help" / "contact.js",
    "/static/heavy.js": WEB / "help" / "heavy.js",
    "/static/portal-orders.css": WEB / "portal" / "orders.css",
    "/static/portal-orders.js": WEB / "portal" / "orders.js",
    "/static/portal-talks.css": WEB / "portal" / "talks.css",
    "/static/portal-talks.js": WEB / "portal" / "talks.js",
    "/static/icon.svg": WEB / "help" / "icon.svg",
}


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    """Headers that keep a browser from being turned against its user."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    if response.content_type == "text/html":
        # The frame of a mail inherits it: pictures from elsewhere are left out, or come through us (desk/pictures.py).
        response.headers.setdefault("Content-Security-Policy", POLICY)
    if request.path == "/desk/push.js":
        # A service worker loads nothing: it shows what it was pushed.
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'")
    if (origin := request.get(READER)) is not None:
        # Set by a channel that may be used from pages of other sites.
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"
    if request.path.startswith("/widget/"):
        # The widget is read by pages of other sites, also as a module.
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = _kept(request.path, response.status)


def _kept(path: str, status: int) -> str:
    if path.startswith(("/desk/api/", "/chat/", "/api/v1/")):
        return "no-store"  # customers' data, on computers that others may use
    hashed = path.startswith(("/desk/assets/", "/demo/assets/", "/widget/assets/"))
    return "public, max-age=31536000, immutable" if hashed and status < 400 else "no-cache"


def routes() -> list[web.RouteDef]:
    """Every static page and file."""
    found = [web.get("/", _home), web.get("/demo", _home), web.get("/demo/", _home), web.get("/desk", _desk)]
    found += [web.get(path, _one(file)) for path, file in STATIC.items()]
    found += [web.get(f"/{folder}/{{path:.*}}", _folder(DIST / folder)) for folder in ("widget", "demo", "desk")]
    return found


async def _home(request: web.Request) -> web.StreamResponse:
    preferred = request.headers.get("Accept-Language", "fr").strip().lower()[:2]
    raise web.HTTPFound("/demo/en/" if preferred == "en" else "/demo/fr/")


async def _desk(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/desk/")


def _one(file: Path) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(file)

    return serve


def _folder(folder: Path) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            path = (folder / request.match_info["path"]).resolve()
            if path.is_dir():
                path = path / "index.html"
            found = path.is_relative_to(folder.resolve()) and path.is_file()
        except (ValueError, OSError):  # no name that a file can have
            found = False
        if not found:
            raise web.HTTPNotFound
        return web.FileResponse(path)

    return serve
