"""How agents mark their words: bold, italics and links as Markdown writes them.

What is kept is plain text, and beside it where the marks are. So whatever shows no marks shows the words alone, and no
customer ever reads an asterisk that was meant for a machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

Mark = tuple[Literal["bold", "italic"], int, int]
"""Its kind, where it begins and how long it is, in characters (code points) of the plain text."""

MOST = 200
# Each part ends within its line and its length, so that a long text of asterisks takes no longer than any other.
_MARKED = re.compile(
    r"(?P<url>https?://\S+)"
    r"|\*\*(?=\S)(?P<bold>[^\n]{1,300}?)(?<=\S)\*\*"
    r"|(?<!\w)_(?=\S)(?P<italic>[^_\n]{1,300})(?<=\S)_(?!\w)"
    r"|\[(?P<label>[^\[\]\n]{1,200})\]\((?P<to>https?://[^\s()<>]{1,500})\)"
)


def read(text: str) -> tuple[str, list[Mark]]:
    """The words as they are said, and what of them is marked; `[our page](https://…)` becomes `our page (https://…)`.
    After MOST marks the rest stays as it is written."""
    marks: list[Mark] = []
    plain = _read(text, 0, marks)
    return plain, sorted(marks, key=lambda mark: (mark[1], -mark[2]))


def written(text: str, marks: Sequence[Mark], signs: Mapping[str, tuple[str, str]]) -> str:
    """The words with a sign before and after each mark, by its kind; a kind without signs is left unmarked."""
    begun, ended = dict[int, str](), dict[int, str]()
    for kind, start, length in sorted(marks, key=lambda mark: mark[2]):
        if kind not in signs or length <= 0 or start < 0 or start + length > len(text):
            continue
        before, after = signs[kind]
        # The shorter ones first: what is inside another begins after it and ends before it.
        begun[start] = before + begun.get(start, "")
        ended[start + length] = ended.get(start + length, "") + after
    out, from_ = [], 0
    for place in sorted({*begun, *ended}):
        # What touches the next one ends before that begins.
        out += [text[from_:place], ended.get(place, ""), begun.get(place, "")]
        from_ = place
    return "".join([*out, text[from_:]])


def _read(text: str, begins: int, marks: list[Mark]) -> str:
    """The plain words of a piece that begins so far into the whole."""
    out: list[str] = []
    so_far, end = begins, 0

    def say(words: str) -> None:
        nonlocal so_far
        out.append(words)
        so_far += len(words)

    for match in _MARKED.finditer(text):
        say(text[end : match.start()])
        end = match.end()
        if match["url"] is not None or len(marks) >= MOST:
            say(match[0])
        elif match["to"] is not None:
            say(f"{match['label']} ({match['to']})")
        else:
            kind: Literal["bold", "italic"] = "bold" if match["bold"] is not None else "italic"
            start = so_far
            say(_read(match[kind], start, marks))
            marks.append((kind, start, so_far - start))
    say(text[end:])
    return "".join(out)
