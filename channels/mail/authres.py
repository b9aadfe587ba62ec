"""Reading Authentication-Results, the field in which a receiving server notes what it checked (RFC 8601)."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_FIELD = 20_000
MAX_RESULTS = 100

_TOKEN = re.compile(r'[;=]|"(?:[^"\\]|\\.)*"|[^\s;="]+')
_METHOD = re.compile(r"([a-z][a-z0-9\-]{0,40})(?:/\d{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's verdict, all in lower case; `properties` as `header.from` → `example.org`."""

    method: str
    verdict: str
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class Results:
    server: str
    """The authserv-id, in lower case."""
    results: tuple[Result, ...]


def read_results(value: str) -> Results | None:
    """What the field says, or None when it is not well enough formed to be believed."""
    if len(value) > MAX_FIELD:
        return None
    bare = _without_comments(value)
    if bare is None:
        return None
    groups: list[list[str]] = [[]]
    for word in _TOKEN.findall(bare):
        if word == ";":
            groups.append([])
        else:
            groups[-1].append(word)
    head, *rest = groups
    # The identity may be followed by the version of the format, of which there is only one.
    if not head or len(head) > 2 or "=" in head or head[1:] not in ([], ["1"]):
        return None
    results: list[Result] = []
    for group in rest[:MAX_RESULTS]:
        result = _result(group)
        if result is not None:
            results.append(result)
        elif group and [token.lower() for token in group] != ["none"]:
            return None
    return Results(_plain(head[0]), tuple(results))


def _result(tokens: list[str]) -> Result | None:
    """`method=verdict`, then `reason=…` and `type.property=value` pairs."""
    if len(tokens) < 3 or tokens[1] != "=":
        return None
    method = _METHOD.fullmatch(tokens[0])
    if method is None:
        return None
    properties: dict[str, str] = {}
    at = 3
    while at < len(tokens):
        if tokens[at + 1 : at + 2] != ["="] or at + 2 >= len(tokens):
            at += 1  # a loose word, as Microsoft writes; it says nothing
            continue
        name = tokens[at].lower()
        if name in properties and properties[name] != _plain(tokens[at + 2]):
            return None
        properties[name] = _plain(tokens[at + 2])
        at += 3
    return Result(method[1].lower(), _plain(tokens[2]), properties)


def _plain(token: str) -> str:
    if token.startswith('"'):
        token = re.sub(r"\\(.)", r"\1", token[1:-1])
    return token.lower()


def _without_comments(value: str) -> str | None:
    """The value with nested comments taken out, or None when brackets or quotes do not close."""
    out: list[str] = []
    depth, at, quoted = 0, 0, False
    while at < len(value):
        character = value[at]
        if character == "\\" and (quoted or depth):
            out.append(value[at : at + 2] if not depth else "")
            at += 2
            continue
        if quoted:
            quoted = character != '"'
            out.append(character)
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth < 0:
                return None
            out.append(" ")
        elif not depth:
            quoted = character == '"'
            out.append(character)
        at += 1
    return None if depth or quoted else "".join(out)
