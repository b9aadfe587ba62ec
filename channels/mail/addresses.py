"""Who a mail says it is from and to: mailboxes read with care, since every part of them may be a trick."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from channels.mail.charsets import one_line
from channels.mail.headers import decode_words

MAX_KEPT = 200
MAX_NAME = 200
MAX_FIELD = 1_000_000

_ADDRESS = re.compile(r"[^\s@<>(),;:\"\\\[\]]{1,64}@(?:[^\s@<>(),;:\"\\\[\]]{1,253}|\[[0-9A-Za-z.:]{2,60}\])")
_QUOTED_LOCAL = re.compile(r'"[^"\s\\<>@]{1,64}"@[^\s@<>(),;:"\\\[\]]{1,253}')
_ANGLE = re.compile(r"[<>]")
_SPECIAL = re.compile(r'[",;:<>()]')


@dataclass(frozen=True, slots=True)
class Address:
    """`email` as written with its domain in lower case; `name` for showing only, never to be trusted or looked up."""

    email: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


class Mailboxes(NamedTuple):
    """`kept` is capped; `total` is how many mailboxes the field names in all."""

    kept: tuple[Address, ...]
    total: int
    names: tuple[str, ...] = ()
    """Display names that came without any address."""


@dataclass(slots=True)
class _Mailbox:
    """One mailbox in the making: words outside brackets, what was in angle brackets, comments."""

    words: list[str]
    angles: list[str]
    comments: list[str]
    quoted: bool = False

    def __bool__(self) -> bool:
        return bool(self.angles or self.comments or any(word.strip() for word in self.words))


def read_mailboxes(value: str) -> Mailboxes:
    """The mailboxes of an address field.

    The structure is read before encoded words are decoded, so a display name that holds an address, brackets or
    commas stays a display name. Two addresses in brackets beside one name count as two mailboxes.
    """
    kept: list[Address] = []
    names: list[str] = []
    total = 0
    before = ""
    for mailbox in _cut(value[:MAX_FIELD]):
        name = one_line(decode_words("".join(mailbox.words)), MAX_NAME)
        emails = [email for email in map(_clean, mailbox.angles) if email]
        if not emails and not mailbox.quoted and not mailbox.angles:
            bare = _clean("".join(mailbox.words))
            if bare:
                emails, name = [bare], ""
        if not emails:
            # "Dupont, Jean <jean@…>" without quotes: the comma belongs to the name.
            before = f"{before}, {name}" if before and name else before or name
            continue
        comment = one_line(decode_words(" ".join(mailbox.comments)), MAX_NAME)
        shown = one_line(", ".join(part for part in (before, name) if part) or comment, MAX_NAME)
        before = ""
        total += len(emails)
        kept.extend(Address(email, shown) for email in emails[: MAX_KEPT - len(kept)])
    if before:
        names.append(before[:MAX_NAME])
    return Mailboxes(tuple(kept), total, tuple(names))


def clean_address(text: str) -> str | None:
    """The address in `text` when it is one and nothing else, its domain in lower case."""
    return _clean(text)


def _clean(text: str) -> str | None:
    bare = one_line(text, 2_000).replace(" ", "").translate({0x200C: None, 0x200D: None})
    bare = bare.removeprefix("mailto:").rstrip(".")
    if bare.startswith("@") and ":" in bare:
        bare = bare.partition(":")[2]  # an obsolete source route, RFC 5322 section 4.4
    if len(bare) > 320 or not (_ADDRESS.fullmatch(bare) or _QUOTED_LOCAL.fullmatch(bare)):
        return None
    local, _, domain = bare.rpartition("@")
    domain = domain.lower()
    return f"{local}@{domain}" if not domain.startswith((".", "-")) and ".." not in domain else None


def _cut(value: str) -> list[_Mailbox]:
    """The value cut into mailboxes, in one pass."""
    found: list[_Mailbox] = []
    now = _Mailbox([], [], [])
    index, unclosed = 0, False
    while index < len(value):
        special = _SPECIAL.search(value, index)
        if special is None:
            now.words.append(value[index:])
            break
        now.words.append(value[index : special.start()])
        index = special.end()
        if special[0] == '"' and not unclosed:
            end = _quote(now, value, index)
            # A stray quote quotes nothing.
            unclosed, index = end < 0, max(index, end)
        elif special[0] == "(":
            text, index = _comment(value, index)
            now.comments.append(text)
        elif special[0] == "<":
            closing = _ANGLE.search(value, index)
            stop = closing.start() if closing else len(value)
            if len(now.angles) < MAX_KEPT:
                now.angles.append(value[index:stop])
            index = stop + (closing is None or closing[0] == ">")
        elif special[0] in ",;":
            found.append(now)
            now = _Mailbox([], [], [])
        elif special[0] == ":" and "mailto" not in now.words[-1].lower():
            now = _Mailbox([], [], [])  # the name of a group: its members follow
    found.append(now)
    return [mailbox for mailbox in found if mailbox]


def _quote(now: _Mailbox, value: str, index: int) -> int:
    """Reads what is between quotes; where it ends, or -1 when the closing quote is missing."""
    text, end = _quoted(value, index)
    if end >= 0 and value[end : end + 1] == "@" and not now.words[-1].strip():
        now.words.append(f'"{text}"')  # a quoted local part
    elif end >= 0:
        now.words.append(text)
        now.quoted = True
    return end


def _quoted(value: str, index: int) -> tuple[str, int]:
    """What is between quotes and where it ends, or -1 when the closing quote is missing."""
    out: list[str] = []
    while index < len(value):
        character = value[index]
        if character == '"':
            return "".join(out), index + 1
        if character == "\\":
            index += 1
            character = value[index : index + 1]
        out.append(character)
        index += 1
    return "", -1


def _comment(value: str, index: int) -> tuple[str, int]:
    depth, start = 1, index
    while index < len(value) and depth:
        character = value[index]
        if character == "\\":
            index += 1
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        index += 1
    return value[start : index - 1 if depth == 0 else index], index
