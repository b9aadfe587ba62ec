"""How a company dresses its help centre: files of one folder, read again when they change.

`theme.css` sets the tokens of web/shared/tokens.css; what it leaves unsaid of its accent is made (`accents`).
`logo.svg` or `logo.png` stands in the header; `links.yml` names the header's links, and as `home` where the logo leads.
`notice.fr.txt` and `notice.en.txt` stand above every page while they hold words. None is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import yaml
from aiohttp import web

from crm_backend.knowledge.schema import PATHS
from crm_backend.own_path import own_path
from crm_backend.portal.schema import PATHS as ACCOUNT
from server.help import accents
from server.settings import Settings

log = structlog.get_logger(__name__)
SERVED = ("theme.css", "logo.svg", "logo.png")
LANGUAGES = ("fr", "en")
READ = ("links.yml", *(f"notice.{language}.txt" for language in LANGUAGES))
ADDRESS, ACCENTS = "/help-theme/", "accents.css"
MAIL = "mailto:"
MOST_LINKS, LONGEST = 8, 500


@dataclass(frozen=True)
class Link:
    """A link of the header."""

    title: str
    url: str


@dataclass(frozen=True)
class Dress:
    """What a page shows of the theme in one language; `edition` changes with any file."""

    style: str | None
    accents: str | None
    """The sheet that goes after it."""
    accent: str | None
    accent_dark: str | None
    """The chat's, for light and for dark pages."""
    logo: str | None
    home: str
    """Where the name or logo leads: the company's site, or the help centre's first page."""
    account: str
    """Where customers find what is theirs."""
    links: tuple[Link, ...]
    notice: str
    edition: str


def theme_of(settings: Settings) -> Theme:
    """That of this installation. The demo company's site is its shop."""
    demo = settings.demo and not settings.production
    site = {language: f"/demo/{language}/" for language in LANGUAGES} if demo else PATHS
    return Theme(settings.var / "theme", site=site, accent=settings.accent)


class Theme:
    """The folder."""

    def __init__(self, folder: Path, *, site: Mapping[str, str] = PATHS, accent: str | None = None) -> None:
        """`site` is where the name or logo leads, by language, unless the folder says otherwise; `accent` the chat's,
        which pages wear, too, unless the folder has one."""
        self._folder, self._site, self._accent = folder, site, accent
        self._known: dict[str, Dress] = {}

    def dress(self, language: str) -> Dress:
        """The theme as it is now."""
        edition = " ".join(f"{name}:{self._changed(name)}" for name in (*SERVED, *READ))
        known = self._known.get(language)
        if known is None or known.edition != edition:
            known = self._known[language] = self._read(language, edition)
        return known

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One of the files that browsers read."""
        name = request.match_info["name"]
        if name == ACCENTS and (made := accents.style(accents.said(self._text("theme.css")), self._accent)):
            return web.Response(text=made, content_type="text/css")
        if name not in SERVED or not self._changed(name):
            raise web.HTTPNotFound
        return web.FileResponse(self._folder / name)

    def _changed(self, name: str) -> int:
        try:
            return (self._folder / name).stat().st_mtime_ns
        except OSError:
            return 0

    def _address(self, name: str) -> str | None:
        changed = self._changed(name)
        return f"{ADDRESS}{name}?{changed}" if changed else None

    def _read(self, language: str, edition: str) -> Dress:
        named, said = _named(self._text("links.yml")), accents.said(self._text("theme.css"))
        light, dark = said.accent()
        made = f"{ADDRESS}{ACCENTS}?{self._changed('theme.css')}" if accents.style(said, self._accent) else None
        return Dress(
            style=self._address("theme.css"),
            accents=made,
            accent=self._accent or light,
            accent_dark=None if self._accent or dark == light else dark,
            logo=self._address("logo.svg") or self._address("logo.png"),
            home=_home(named, language) or self._site[language],
            account=ACCOUNT[language],
            links=_links(named, language),
            notice=" ".join(self._text(f"notice.{language}.txt").split())[:LONGEST],
            edition=edition,
        )

    def _text(self, name: str) -> str:
        try:
            return (self._folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            log.warning("theme.not_read", file=name, cause=type(error).__name__)
            return ""


def _named(text: str) -> dict[str, Any]:
    try:
        given: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        log.warning("theme.not_read", file="links.yml", cause="YAMLError")
        return {}
    return given if isinstance(given, dict) else {}


def _home(named: dict[str, Any], language: str) -> str:
    """The `home`: one address, or one for each language. None where it is none."""
    given = named.get("home")
    address = given.get(language) if isinstance(given, dict) else given
    return address if isinstance(address, str) and _leads(address) and not address.startswith(MAIL) else ""


def _links(named: dict[str, Any], language: str) -> tuple[Link, ...]:
    """The links of a language: `fr: [{title: La boutique, url: /}]`. What is none is left out."""
    found = named.get(language)
    links = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    pairs = [(str(one.get("title", ""))[:60], str(one.get("url", ""))) for one in links]
    return tuple(Link(title, url) for title, url in pairs if title and _leads(url))[:MOST_LINKS]


def _leads(url: str) -> bool:
    return url.startswith(("https://", "http://", MAIL)) or own_path(url)
