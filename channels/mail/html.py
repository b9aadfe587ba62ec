"""A customer's page made fit for an agent's screen. Plain text of a page: `htmltext`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from channels.mail.markup import Tag, clean, tags, written

BLOCKED = "data-blocked-src"
"""Where the address of a remote image waits until the agent asks for it."""

_TAGS = {
    "a", "abbr", "address", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
_ANY = {"align", "bgcolor", "dir", "lang", "style", "title", "valign", "width"}
_ATTRIBUTES = {
    "a": {"href"},
    "font": {"color", "face", "size"},
    "img": {"alt", "height", "src"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "height"},
    "th": {"colspan", "rowspan", "height"},
}
# Nothing that moves, covers, hides or loads: no position, margin, float, transform, display, opacity, background image.
_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-right",
    "border-spacing", "border-style", "border-top", "border-width", "color", "direction", "font", "font-family",
    "font-size", "font-style", "font-weight", "letter-spacing", "line-height", "list-style-type", "max-width",
    "padding", "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align", "text-decoration",
    "text-indent",
    "vertical-align", "white-space", "width", "word-break",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "tel", "cid", "data"}
_DATA_IMAGE = re.compile(r"data:image/(?:png|gif|jpe?g|webp);base64,[A-Za-z0-9+/=\s]{1,700000}\Z", re.IGNORECASE)
_LOADS = re.compile(r"url\s{0,10}\(|expression|var\s{0,10}\(|[\\@<]|-\d", re.IGNORECASE)
_REMOTE_STYLE = re.compile(r"url\s{0,10}\(\s{0,10}[\"']?\s{0,10}(?:https?:|//)", re.IGNORECASE)
_REMOTE = ("http://", "https://", "//")


@dataclass(frozen=True, slots=True)
class Shown:
    """A page safe to insert. `blocked` counts the remote images that were held back."""

    html: str
    blocked: int


def _nothing(_content_id: str) -> str | None:
    return None


def sanitise(
    page: str, *, remote: Callable[[str], str | None] = _nothing, cid: Callable[[str], str | None] = _nothing
) -> Shown:
    """The page without anything that acts, loads or covers.

    Remote images stay away, with their address in `data-blocked-src`, unless `remote` gives another for them. `cid`
    gives the address under which a file of the mail is served, or None to show nothing. The caller still shows it in a
    sandbox with a content security policy: two walls are better than one.
    """
    blocked = 0

    def keep(tag: str, attribute: str, value: str) -> str | None:
        nonlocal blocked
        if attribute == "style":
            blocked += len(_REMOTE_STYLE.findall(value))
            declarations = (one.strip() for one in value.split(";"))
            return "; ".join(one for one in declarations if one and not _LOADS.search(one)) or None
        if attribute == "href" and value.strip().lower().startswith(("data:", "cid:")):
            return None
        return None if tag == "bdo" and attribute == "dir" else value

    cleaned = clean(
        page,
        tags=_TAGS,
        attributes={"*": _ANY, **_ATTRIBUTES},
        attribute_filter=keep,
        schemes=_SCHEMES,
        styles=_STYLES,
        deny_relative=True,
        rel="noopener noreferrer nofollow",
        fixed={"a": {"target": "_blank"}},
    )
    out: list[str] = []
    for tag in tags(cleaned):
        if tag.name == "img":
            image, held = _image(tag, remote=remote, cid=cid)
            blocked += held
            out.append(written(image))
        else:
            out.append(written(tag))
    return Shown("".join(out), blocked)


def _image(tag: Tag, *, remote: Callable[[str], str | None], cid: Callable[[str], str | None]) -> tuple[Tag, int]:
    attributes = dict(tag.attributes)
    source = attributes.pop("src", "").strip()
    lower = source.lower()
    held = 0
    if lower.startswith("cid:"):
        address = cid(source[4:].strip("<> "))
        if address:
            attributes["src"] = address
    elif lower.startswith("data:"):
        if _DATA_IMAGE.match(source):
            attributes["src"] = source
    elif lower.startswith(_REMOTE):
        address = remote(source)
        held = address is None
        attributes["src" if address else BLOCKED] = address or source
    if "src" in attributes:
        attributes["referrerpolicy"] = "no-referrer"
        attributes["loading"] = "lazy"
    return tag._replace(attributes=attributes), int(held)
