"""A customer's own words told apart from what their mail program quoted, forwarded or signed for them.

One promise stands above the others: quoted words are never taken for the customer's. Where the page's markup and the
plain text disagree, what either shows to be a quote is one. Nothing is lost: every line is in one of the four parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from channels.mail.attributions import introduction, split_inline
from channels.mail.htmltext import page_lines
from channels.mail.lines import Line, Mark, indented, key, text_lines
from channels.mail.signatures import signature_at

MAX_LINES = 20_000
_TELLING = 12
"""Characters a line needs before finding it elsewhere says anything about it."""
_SENT_TELLING = 25
_CERTAIN = {Mark.QUOTE, Mark.TAIL, Mark.ATTRIBUTION}


@dataclass(frozen=True, slots=True)
class Told:
    """`forwarded` is someone else's mail that the customer passes on: not their words, but what they write about."""

    text: str
    quoted: str = ""
    signature: str = ""
    forwarded: str = ""

    @property
    def to_read(self) -> str:
        """What an answer must deal with: the customer's words, then what they forward."""
        return "\n\n".join(part for part in (self.text, self.forwarded) if part)


class _Is(StrEnum):
    NEW = "new"
    QUOTE = "quote"
    FORWARD = "forward"
    SIGNATURE = "signature"


def told_apart(text: str, html: str = "", *, sent: Sequence[str] = (), unsure: set[str] | None = None) -> Told:
    """The parts of a mail given as plain text, as a page, or both.

    `sent` are earlier messages of ours: a longer line that stands in one of them is a quote even when nothing marks it.
    `unsure` is given the lines, as they are compared, that nothing marks: only if one of them is among `sent_before` of
    other messages would those change anything.
    """
    ours = sent_before(sent)
    page = page_lines(html) if html.strip() else []
    plain = text_lines(text) if text.strip() else []
    marked = any(line.depth or line.mark in _CERTAIN or line.mark is Mark.FORWARD for line in page)
    if not page or (plain and not marked):
        return _read(plain, ours, unsure)
    if not plain:
        return _read(page, ours, unsure)
    told = _read(plain, ours, unsure)
    own = _keys(told.text)
    return _read(page, ours | (_keys(told.quoted) - own), unsure)


def sent_before(messages: Iterable[str]) -> frozenset[str]:
    """The lines of earlier messages that tell a quote, as they are compared."""
    return frozenset(k for message in messages for line in message.splitlines() if len(k := key(line)) >= _SENT_TELLING)


def _keys(text: str) -> frozenset[str]:
    return frozenset(k for line in text.splitlines() if len(k := key(line.lstrip("> \t"))) >= _TELLING)


def _read(given: list[Line], quoted_elsewhere: frozenset[str], unsure: set[str] | None) -> Told:
    lines = [piece for line in given[:MAX_LINES] for piece in split_inline(line)]
    labels = _labelled(lines)
    _wrapped(lines, labels)
    for index, line in enumerate(lines):
        if labels[index] in (_Is.NEW, _Is.FORWARD):
            words = key(line.text)
            if words in quoted_elsewhere:
                labels[index] = _Is.QUOTE
            elif unsure is not None and len(words) >= _SENT_TELLING:
                unsure.add(words)
    _signed(lines, labels)
    # Beyond the limit no line is looked at, so none can be believed to be the customer's.
    lines.extend(given[MAX_LINES:])
    labels.extend([_Is.QUOTE] * (len(lines) - len(labels)))
    return Told(
        text=_joined(lines, labels, _Is.NEW),
        quoted=_joined(lines, labels, _Is.QUOTE),
        signature=_joined(lines, labels, _Is.SIGNATURE),
        forwarded=_joined(lines, labels, _Is.FORWARD),
    )


def _labelled(lines: list[Line]) -> list[_Is]:
    """New, quoted or forwarded, line by line."""
    labels = [_Is.NEW] * len(lines)
    at, said = 0, False
    while at < len(lines):
        line = lines[at]
        header = introduction(lines, at) if line.depth <= 1 else None
        if header and header.forwards and line.mark is not Mark.SIGNATURE:
            at = _to_end_of_region(lines, at, labels, _Is.FORWARD)
        elif line.mark is Mark.FORWARD:
            labels[at] = _Is.FORWARD
            at += 1
        elif header and header.sure and not said and not line.depth and _outlook_forward(lines, at, header.end):
            at = _to_end_of_region(lines, at, labels, _Is.FORWARD)
        elif line.depth or line.mark in _CERTAIN:
            labels[at] = _Is.QUOTE
            at += 1
        elif line.mark is Mark.SIGNATURE:
            labels[at] = _Is.SIGNATURE
            at += 1
        elif header and (end := _quoted_until(lines, header.end, sure=header.sure)):
            labels[at:end] = [_Is.QUOTE] * (end - at)
            at = end
        else:
            said = said or not line.blank
            at += 1
    return labels


def _outlook_forward(lines: list[Line], at: int, end: int) -> bool:
    """A block of header fields above everything else, and no marks below it: a mail passed on without a word."""
    below = _next(lines, end)
    several = end - at >= 3
    return several and below < len(lines) and not lines[below].depth and lines[at].mark not in _CERTAIN


def _to_end_of_region(lines: list[Line], at: int, labels: list[_Is], label: _Is) -> int:
    """Labels what follows at this depth or deeper, to where the customer's own words go on; the line after."""
    depth = lines[at].depth
    while at < len(lines) and (lines[at].depth >= depth or lines[at].blank):
        labels[at] = label
        at += 1
    return at


def _quoted_until(lines: list[Line], end: int, *, sure: bool) -> int:
    """The line after an introduction's quote; 0 when what follows does not bear the introduction out.

    Marked quotes are labelled by their marks; without marks nothing says where the quote ends, so it never does.
    """
    below = _next(lines, end)
    if below >= len(lines):
        return len(lines) if sure else 0
    if lines[below].depth or lines[below].mark in _CERTAIN:
        return below
    if lines[below].text.lstrip().startswith("|"):
        while below < len(lines) and (lines[below].text.lstrip().startswith("|") or lines[below].blank):
            below += 1
        return below
    return len(lines) if sure else 0


def _wrapped(lines: list[Line], labels: list[_Is]) -> None:
    """Quoted lines that a server folded lose their `>` on the second half: short, between marks, mid-sentence."""
    for at in range(1, len(lines) - 1):
        before, line, after = lines[at - 1], lines[at], lines[at + 1]
        if line.blank or line.depth or labels[at] is not _Is.NEW or before.original is None or not after.depth:
            continue
        cut = len(before.original) >= 65 and not before.text.rstrip().endswith((".", "?", "!", ":"))
        if cut and line.text[:1].islower():
            labels[at] = _Is.QUOTE


def _signed(lines: list[Line], labels: list[_Is]) -> None:
    """Finds the signature at the end of each stretch of new lines."""
    at = 0
    while at < len(lines):
        start = at
        while at < len(lines) and labels[at] is _Is.NEW:
            at += 1
        if at > start:
            begins = start + signature_at([line.text for line in lines[start:at]])
            labels[begins:at] = [_Is.SIGNATURE] * (at - begins)
        at += 1


def _joined(lines: list[Line], labels: list[_Is], wanted: _Is) -> str:
    out: list[str] = []
    previous = -1
    for index, line in enumerate(lines):
        if labels[index] is not wanted:
            continue
        if out and index != previous + 1 and (line.blank or out[-1].strip()):
            if out[-1].strip():
                out.append("")
            if line.blank:
                continue
        out.append(line.text if wanted is _Is.NEW else indented(line))
        previous = index
    return "\n".join(out).strip("\n").rstrip()


def _next(lines: list[Line], at: int) -> int:
    while at < len(lines) and lines[at].blank:
        at += 1
    return at
