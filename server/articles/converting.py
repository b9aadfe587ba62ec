"""From the HTML of other help centres to the Markdown of articles; nothing of it runs anywhere."""

from __future__ import annotations

import re
from typing import Any

import nh3
from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

_TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "h1",
    "h2", "h3", "h4", "h5", "h6", "hr", "i", "iframe", "img", "li", "ol", "p", "pre", "s", "section", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "video",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "iframe": {"src", "title"},
    "video": {"src"},
    "td": {"colspan"},
    "th": {"colspan"},
    "div": {"class"},
    "p": {"class"},
    "blockquote": {"class"},
    "section": {"class"},
}
_CALLOUTS = {
    "warning": ("warning", "danger", "alert", "caution", "attention"),
    "tip": ("tip", "success", "astuce"),
    "note": ("note", "info", "callout", "panel"),
}
_BLANK = re.compile(r"\n{3,}")
SUMMARY = 300


class _Converter(MarkdownConverter):
    """Markdown as editors here write it."""

    def convert_blockquote(self, el: Tag, text: str, parent_tags: Any) -> str:
        """With the kind of a callout in its first line."""
        kind = str(el.get("data-callout") or "")
        quoted: str = super().convert_blockquote(el, text, parent_tags)  # type: ignore[misc]  # its stub has none
        if not kind:
            return quoted
        return quoted.replace("> ", f"> [!{kind.upper()}]\n> ", 1)


def markdown_of(html: str) -> str:
    """The Markdown of a piece of HTML, cleaned first. Headings begin at the second level: the first is the title's."""
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )
    soup = BeautifulSoup(safe, "html.parser")
    _headings(soup)
    _callouts(soup)
    for frame in soup.find_all(["iframe", "video"]):
        _replaced_by_link(soup, frame)
    converter = _Converter(heading_style="ATX", bullets="-", table_infer_header=True, escape_underscores=False)
    text = str(converter.convert_soup(soup)).replace("\u200b", "").replace("\u00a0", " ")
    lines = [line.rstrip() for line in text.splitlines()]
    return _BLANK.sub("\n\n", "\n".join(lines)).strip()


def lead_of(markdown: str) -> str:
    """What an article says first, without marks, to be its summary."""
    for block in markdown.split("\n\n"):
        if block.lstrip().startswith(("#", "|", ">", "-", "!", "```", "1.")):
            continue
        words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|[*`_\\]", lambda match: match[1] or "", block)
        line = " ".join(words.split())
        if line:
            return line if len(line) <= SUMMARY else line[: SUMMARY - 1].rsplit(" ", 1)[0] + "…"
    return ""


def _headings(soup: BeautifulSoup) -> None:
    """The highest level there is becomes the second."""
    found = soup.find_all(re.compile("^h[1-6]$"))
    top = min((int(tag.name[1]) for tag in found), default=2)
    for tag in found:
        tag.name = f"h{min(6, int(tag.name[1]) - top + 2)}"


def _callouts(soup: BeautifulSoup) -> None:
    for tag in soup.find_all(["div", "section", "blockquote", "p"], class_=True):
        named = " ".join(tag.get("class") or []).lower()
        kind = next((kind for kind, words in _CALLOUTS.items() if any(word in named for word in words)), None)
        if kind is not None and tag.find_parent(attrs={"data-callout": True}) is None:
            if tag.name == "p":
                tag.wrap(soup.new_tag("blockquote", attrs={"data-callout": kind}))
            else:
                tag.name = "blockquote"
                tag["data-callout"] = kind


def _replaced_by_link(soup: BeautifulSoup, frame: Tag) -> None:
    """What plays elsewhere is linked to: pages here ask nobody else for anything."""
    address = str(frame.get("src") or "")
    if address.startswith("//"):
        address = "https:" + address
    if not address.startswith(("http://", "https://")):
        frame.decompose()
        return
    link = soup.new_tag("a", href=address)
    link.string = str(frame.get("title") or address)
    frame.replace_with(link)
