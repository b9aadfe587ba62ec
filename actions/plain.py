"""Markdown as the plain text that every channel can show."""

from __future__ import annotations

import re

# What is between two marks holds none of them, or is bounded: hostile text takes no longer than other text.
_RULES = (
    (re.compile(r"!\[([^\[\]]*)\]\([^)]{0,2000}\)"), r"\1"),
    # A link to another page of ours says nothing in plain text; an outside address is kept.
    (re.compile(r"\[([^\[\]]+)\]\((https?://[^)\s]{1,1000})(?:\s[^)]{0,500})?\)"), r"\1 (\2)"),
    (re.compile(r"\[([^\[\]]+)\]\([^)]{0,2000}\)"), r"\1"),
    (re.compile(r"^#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"^([ \t]*)[*+-]\s+", re.MULTILINE), r"\1• "),
    (re.compile(r"(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1", re.DOTALL), r"\2"),
    (re.compile(r"(?<![\w*])[*_](?=\S)([^*_\n]+?)(?<=\S)[*_](?![\w*])"), r"\1"),
    (re.compile(r"`([^`]+)`"), r"\1"),
    (re.compile(r"^>\s?", re.MULTILINE), ""),
    (re.compile(r"\n{3,}"), "\n\n"),
)


def plain(markdown: str) -> str:
    """The text without its marks; lists become bullets, links to other sites keep their address."""
    text = markdown
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text.strip()
