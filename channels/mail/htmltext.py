"""A page as lines of plain text that remember which part of the mail they come from: answer, quote or signature."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from channels.mail.lines import MAX_DEPTH, Line, Mark, indented
from channels.mail.nesting import MAX_PAGE, VOID, Tag, flattened

_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "legend", "li", "main", "menu", "nav",
    "ol", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}
_INLINE = {
    "a", "b", "bdi", "big", "br", "code", "em", "font", "i", "img", "q", "s", "small", "span", "strong", "td",
    "th", "u",
}  # fmt: skip
_READ = _BLOCKS | _PARAGRAPHS | _INLINE
_CONTAINERS = {"table", "tbody", "thead", "tfoot", "tr", "ul", "ol"}
_SPACES = re.compile(r"[ \t\n\f]+")
_OUTLOOK = re.compile(r"^(?:x_)+|^yiv\d+")

_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])")
_INDENT_ONLY = re.compile(r"border\s*:\s*(?:none|0)|margin\s*:\s*0(?:px)?\s+0(?:px)?\s+0(?:px)?\s+40px", re.IGNORECASE)
_RULE_ABOVE = re.compile(r"border-top(?:-style)?\s*:[^;{}]{0,60}\bsolid", re.IGNORECASE)
_QUOTE_WORD = re.compile(r"(?:^|[-_])(?:quot(?:e|ed)|quotedreply|reply-?intro)(?:$|[-_\d])", re.IGNORECASE)

# What clients wrap around the mail they answer: classes, ids and names, in lower case.
_QUOTES = {
    "yahoo_quoted", "protonmail_quote", "freshdesk_quote", "front-blockquote", "missive_quote", "outreach-quote",
    "hs_reply", "messagereplysection", "zmail_extra", "fernand_quote", "quotedreply", "tutanota_quote", "gmail_attr",
    "mail-editor-reference-message-container", "olk_src_body_section", "moz-cite-prefix", "__quoted_text__",
    "reply-intro", "replymessage", "wmquote", "orangequotedmessage", "k9mail-quote", "sh-quoted-content",
}  # fmt: skip
_TAILS = {"divrplyfwdmsg", "stopspelling", "zwchr", "yahoo-quoted-begin", "replysplit", "__divider__"}
_FORWARDS = {"moz-forward-container"}
_SIGNATURES = {
    "moz-signature", "moz-txt-sig", "gmail_signature", "gmail_signature_prefix", "applemailsignature", "signature",
    "ms-outlook-mobile-signature", "protonmail_signature_block", "ymail_android_signature", "composer_signature",
    "k9mail-signature", "yahoo_signature", "mobile-signature", "outlooksignature", "divtagdefaultsignature",
    "messagesignaturesection", "tutanota-signature", "zimbra-signature",
}  # fmt: skip


def page_to_text(page: str) -> str:
    """The page's words: paragraphs, lists and links' texts kept, quotes marked with `>`, hidden text left out."""
    return "\n".join(indented(line) for line in page_lines(page)).strip("\n")


def page_lines(page: str) -> list[Line]:
    """The page as lines with their depth of quotation and what is known of where they come from."""
    if not page.strip():
        return []
    reader = _Reader()
    for tag in flattened(page[:MAX_PAGE]):
        if not tag.name or tag.name in _READ:
            reader.read(tag)
    return reader.finish()


class _Looks(NamedTuple):
    """What an element's class, names and style say of what is inside."""

    names: frozenset[str]
    hidden: bool
    indents: bool
    ruled: bool
    """There is a rule above it."""
    quotes: bool


_PLAIN = _Looks(frozenset(), hidden=False, indents=False, ruled=False, quotes=False)


@dataclass(slots=True)
class _State:
    """What holds for the words inside an element."""

    name: str = ""
    depth: int = 0
    mark: Mark = Mark.NONE
    hidden: bool = False
    pre: bool = False
    ordered: int | None = None
    spaced: bool = False


@dataclass(slots=True)
class _Reader:
    lines: list[Line] = field(default_factory=list)
    stack: list[_State] = field(default_factory=lambda: [_State()])
    words: list[str] = field(default_factory=list)
    bullet: str = ""
    gap: bool = False
    tail: bool = False
    fresh_pre: bool = False
    """A line break right after `<pre>` is not part of it."""

    def read(self, tag: Tag) -> None:
        if not tag.name:
            self._text(tag.text.removeprefix("\n") if self.fresh_pre else tag.text)
            self.fresh_pre = False
            return
        self.fresh_pre = False
        if tag.closing:
            self._close(tag.name)
        else:
            self._open(tag)

    def finish(self) -> list[Line]:
        self._end_line()
        out: list[Line] = []
        for line in self.lines:
            if line.text or (out and out[-1].text):
                out.append(line)
        while out and not out[-1].text:
            out.pop()
        return out

    def _text(self, text: str) -> None:
        state = self.stack[-1]
        if state.hidden:
            return
        if state.pre:
            first, *rest = text.split("\n")
            self.words.append(first)
            for piece in rest:
                self._end_line(even_empty=True)
                self.words.append(piece)
            return
        if state.name in _CONTAINERS and not text.strip():
            return
        self.words.append(_SPACES.sub(" ", text))

    def _open(self, tag: Tag) -> None:
        inherited = self.stack[-1]
        if tag.name == "br":
            if not inherited.hidden:
                self._end_line(even_empty=True)
            return
        block = tag.name in _BLOCKS or tag.name in _PARAGRAPHS
        if block:
            self._end_line()
        looks = _looks(tag)
        state = _State(tag.name, inherited.depth, inherited.mark, inherited.hidden, inherited.pre, inherited.ordered)
        self._recognise(tag, looks, state)
        if tag.name in VOID:
            if tag.name == "img" and not state.hidden:
                self._picture(tag.attributes.get("alt", ""))
            return
        if tag.name == "blockquote" and not looks.indents:
            state.depth = min(state.depth + 1, MAX_DEPTH)
        self.fresh_pre = tag.name == "pre"
        state.pre = state.pre or self.fresh_pre
        state.hidden = state.hidden or looks.hidden
        state.spaced = tag.name in _PARAGRAPHS and "mso" not in tag.attributes.get("class", "").lower()
        if state.spaced or tag.name == "blockquote":
            self.gap = True
        if tag.name in ("ol", "ul", "menu"):
            start = tag.attributes.get("start", "")
            state.ordered = (int(start) if start.isdecimal() and len(start) < 6 else 1) if tag.name == "ol" else None
        elif tag.name == "li":
            self._item()
        elif tag.name in ("td", "th") and "".join(self.words).strip():
            self.words.append(" ")
        self.stack.append(state)

    def _close(self, name: str) -> None:
        if len(self.stack) == 1 or name in VOID:
            return
        if name in _BLOCKS or name in _PARAGRAPHS:
            self._end_line()
        if self.stack[-1].spaced or name == "blockquote":
            self.gap = True
        self.stack.pop()

    def _item(self) -> None:
        above = self.stack[-1]
        if above.ordered is None:
            self.bullet = "- "
        else:
            self.bullet = f"{above.ordered}. "
            above.ordered += 1

    def _picture(self, alt: str) -> None:
        # Emoji come as pictures from some clients; logos and photos say nothing in plain text.
        if alt and len(alt) <= 8 and not alt.isascii():
            self.words.append(alt)

    def _recognise(self, tag: Tag, looks: _Looks, state: _State) -> None:
        if self.tail:
            state.mark = Mark.TAIL
            return
        names = looks.names
        if names & _TAILS or (tag.name == "div" and looks.ruled):
            # Outlook and others put nothing around the mail they answer: it runs from here to the end.
            certain = bool(names & _TAILS)
            state.mark = Mark.TAIL if certain else Mark.MAYBE_TAIL
            self.tail = certain
            if certain:
                for one in self.stack:
                    one.mark = Mark.TAIL
        elif names & _FORWARDS:
            state.mark = Mark.FORWARD
        elif names & _QUOTES or (tag.name == "div" and looks.quotes):
            if not any(name.startswith("gmail_quote") for name in names):
                state.mark = Mark.ATTRIBUTION if names & {"gmail_attr", "moz-cite-prefix"} else Mark.QUOTE
        elif names & _SIGNATURES and state.mark is Mark.NONE:
            state.mark = Mark.SIGNATURE

    def _end_line(self, *, even_empty: bool = False) -> None:
        state = self.stack[-1]
        raw = "".join(self.words)
        self.words.clear()
        text = raw.replace("\xa0", " ").rstrip() if state.pre else " ".join(raw.split())
        blank = not text and (even_empty or "\xa0" in raw)
        if text:
            text, self.bullet = self.bullet + text, ""
        if not text and not blank:
            return
        if self.gap and text and self.lines and self.lines[-1].text:
            # Between two depths the gap belongs to the shallower one.
            self.lines.append(Line("", min(state.depth, self.lines[-1].depth), Mark.NONE))
        self.gap = self.gap and not text
        self.lines.append(Line(text, state.depth, state.mark))


def _looks(tag: Tag) -> _Looks:
    given = tag.attributes
    if not given:
        return _PLAIN
    called = (given.get("id", ""), given.get("name", ""), given.get("data-marker", ""), given.get("data-smartmail", ""))
    return _looked_at(given.get("class", ""), called, given.get("style", ""))


@lru_cache(maxsize=1_024)
def _looked_at(classes: str, called: tuple[str, ...], style: str) -> _Looks:
    """Names in lower case; Outlook on the web prefixes ids with x_."""
    found = {*classes.lower().split(), *(name.strip().lower() for name in called if name.strip())}
    names = frozenset(_OUTLOOK.sub("", name)[:80] for name in found)
    return _Looks(
        names,
        hidden=bool(_HIDDEN.search(style.lower())),
        indents=bool(_INDENT_ONLY.search(style)),
        ruled=bool(_RULE_ABOVE.search(style)),
        quotes=any(map(_QUOTE_WORD.search, names - {"gmail_quote"})),
    )
