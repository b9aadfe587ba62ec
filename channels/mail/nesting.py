"""A stranger's page put into flat, balanced tags before any parser builds a tree of it.

Parsers that repair markup as browsers do, nh3's among them, take time squared on elements nested without end, and
copy unclosed formatting into every paragraph. Here depth is bounded, every element is closed where it should be, and
nothing but known elements is left, in one pass over the page. What is written is not safe yet: nh3 comes after.
"""

from __future__ import annotations

import html as entities
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from channels.mail.attributes import read, written

MAX_PAGE = 2_000_000
"""Characters of a page that are read."""
MAX_DEPTH = 200
MAX_TAGS = 40_000
"""Of a page with more, the words of the rest are kept as a quotation: nobody wrote that by hand."""
_RUN = 1_000
"""Special characters after which a text is broken in two: the parser joins them one by one into an ever longer text."""

_LONG_RUN = 20_000

VOID = {"br", "hr", "img", "wbr"}
_RAW = {"script", "style", "textarea", "title", "xmp", "noscript", "iframe", "noembed", "noframes", "template", "svg"}
_RAW |= {"math", "select"}
_PARAGRAPH = frozenset({"p"})
_CELLS = {"td", "th", "caption"}
_GROUPS = {"tbody", "thead", "tfoot"}
_STRUCTURE = {"table", "tr", *_GROUPS}
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "label", "mark", "q",
    "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "aside", "blockquote", "center", "dd", "details", "dir", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "menu", "nav",
    "ol", "p", "pre", "section", "summary", "table", "ul",
}  # fmt: skip
_KNOWN = _INLINE | _BLOCKS | _CELLS | _STRUCTURE | VOID
# Which open elements an opening tag closes, and where it stops looking (HTML standard, section 13.2.6.4.7).
_SAME: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu", "dir"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "a": (frozenset({"a"}), frozenset()),
    **dict.fromkeys(_CELLS, (frozenset(_CELLS), frozenset())),
    "tr": (frozenset({"tr", "caption"}), frozenset()),
    **dict.fromkeys(_GROUPS, (frozenset({*_GROUPS, "caption", "tr"}), frozenset())),
}

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9]{0,20}(?=[\s/>]|\Z)")
_STRAY = re.compile(r"(?:<(?![a-zA-Z/!?])[^<]*)+")
_SPECIAL = re.compile(r"([&<>\u00a0])")


class Tag(NamedTuple):
    """An opening or closing tag, or text when `name` is empty. Names are in lower case, texts have no entities."""

    name: str
    closing: bool
    attributes: dict[str, str]
    text: str = ""


_NO_ATTRIBUTES: dict[str, str] = {}


@dataclass(slots=True)
class _Page:
    out: list[Tag] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    too_deep: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    inside: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How often each element is open, so that most closings need no look at the stack."""

    def text(self, words: str) -> None:
        if not words:
            return
        if self.open and self.open[-1] in _STRUCTURE:
            if not words.strip():
                return
            self.cell()
        self.out.append(Tag("", False, _NO_ATTRIBUTES, entities.unescape(words) if "&" in words else words))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS or (name in _STRUCTURE and name != "table"):
            if not self.inside["table"]:
                return
        elif self.open and self.open[-1] in _STRUCTURE:
            self.cell()
        if name in _SAME:
            self.close(*_SAME[name])
        if self.inside["p"] and (name in _BLOCKS or name == "hr"):
            self.close(_PARAGRAPH, frozenset())
        self.shell(name)
        if name in VOID:
            self.out.append(Tag(name, False, attributes))
        elif len(self.open) < MAX_DEPTH:
            self.push(name, attributes)
        else:
            self.too_deep[name] += 1

    def shell(self, name: str) -> None:
        """Rows and cells go where a table holds them, whatever is open inside."""
        if name in _CELLS or name == "tr" or name in _GROUPS:
            while self.open[-1] not in _STRUCTURE:
                self.pop()
            if name in _CELLS and self.open[-1] != "tr" and name != "caption":
                self.push("tr")

    def cell(self) -> None:
        """Words straight inside a table get a cell of their own."""
        if self.open[-1] != "tr":
            self.push("tr")
        self.push("td")

    def push(self, name: str, attributes: dict[str, str] = _NO_ATTRIBUTES) -> None:
        self.out.append(Tag(name, False, attributes))
        self.open.append(name)
        self.inside[name] += 1

    def pop(self) -> None:
        name = self.open.pop()
        self.inside[name] -= 1
        self.out.append(Tag(name, True, _NO_ATTRIBUTES))

    def close(self, names: frozenset[str], barriers: frozenset[str]) -> None:
        """Closes the innermost of `names` and all inside it, unless a table's cell or a barrier stands between."""
        if not any(self.inside[name] for name in names):
            return
        for at in range(len(self.open) - 1, -1, -1):
            name = self.open[at]
            if name in names:
                while len(self.open) > at:
                    self.pop()
                return
            if name in barriers or name == "table" or (name in _CELLS and not names & (_STRUCTURE | _CELLS)):
                return

    def end(self, name: str) -> None:
        if self.too_deep[name]:
            self.too_deep[name] -= 1
        elif self.open and self.open[-1] == name:
            self.pop()
        elif self.inside[name]:
            self.close(frozenset({name}), frozenset())


def balanced(page: str) -> str:
    """The page with known elements only, each closed, none deeper than 200; comments, scripts and styles are gone."""
    return "".join(_written(flattened(page)))


def _written(tags: Iterable[Tag]) -> Iterator[str]:
    escaped = 0
    for name, closing, attributes, text in tags:
        if closing:
            yield f"</{name}>"
        elif name:
            inside = "".join(f' {key}="{entities.escape(value)}"' for key, value in attributes.items())
            yield f"<{name}{inside}>"
        else:
            for piece in _SPECIAL.split(text):
                if _SPECIAL.match(piece):
                    escaped += 1
                    yield entities.escape(piece) + ("<wbr>" if escaped % _RUN == 0 else "")
                else:
                    for at in range(0, len(piece), _LONG_RUN):
                        yield piece[at : at + _LONG_RUN] + "<wbr>" * (len(piece) > _LONG_RUN)


def flattened(page: str) -> list[Tag]:
    """The same page as tags and texts. Their attributes are shared between equal tags: they are not to be changed."""
    made = _Page()
    tokens = _tokens(page)
    seen = 0
    for kind, name, words in tokens:
        seen += kind != "text"
        if seen > MAX_TAGS:
            _words_only(tokens, made)
            break
        if kind == "text":
            made.text(words)
        elif name not in _KNOWN:
            continue
        elif kind == "start":
            made.start(name, read(words))
        elif name not in VOID:
            made.end(name)
    while made.open:
        made.pop()
    return made.out


def _words_only(tokens: Iterator[tuple[str, str, str]], made: _Page) -> None:
    while made.open:
        made.pop()
    made.push("blockquote")
    for kind, _, words in tokens:
        made.text(words if kind == "text" else " ")


def _tokens(page: str) -> Iterator[tuple[str, str, str]]:
    """Texts, opening tags with their attributes rewritten, closing tags. Every search starts where the last ended."""
    at = 0
    while at < len(page):
        sign = page.find("<", at)
        sign = len(page) if sign < 0 else sign
        if sign > at:
            yield "text", "", page[at:sign]
        if sign == len(page):
            return
        at = sign + 1
        if stray := _STRAY.match(page, sign):
            yield "text", "", stray[0]
            at = stray.end()
        elif page[at] in "!?":
            at = _after_remark(page, at)
        elif page[at] == "/":
            found = _NAME.match(page, at + 1)
            at = _past(page, ">", at)
            if found:
                yield "end", found[0].lower(), ""
        elif found := _NAME.match(page, at):
            name = found[0].lower()
            attributes, at = written(page, found.end())
            if name in _RAW:
                at = _after_raw(page, at, name)
            else:
                yield "start", name, attributes
        else:
            _, at = written(page, at)  # an element of Office or of someone's own: <o:p>, <my-thing>


def _after_remark(page: str, at: int) -> int:
    """Where a comment, a declaration or a condition of Office ends."""
    if not page.startswith("!--", at) or page.startswith((">", "->"), at + 3):
        return _past(page, ">", at)
    return _past(page, "-->", at + 3)


def _past(page: str, mark: str, at: int) -> int:
    end = page.find(mark, at)
    return end + len(mark) if end >= 0 else len(page)


def _after_raw(page: str, at: int, name: str) -> int:
    """Where an element ends whose content is no markup."""
    closing = re.compile(rf"</{name}(?=[\s/>])[^>]*>?", re.IGNORECASE).search(page, at)
    return closing.end() if closing else len(page)
