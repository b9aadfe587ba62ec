"""The attributes of a stranger's tags, found in one pass over the page and read once each."""

from __future__ import annotations

import html as entities
import re
from functools import lru_cache

_MAX_ATTRIBUTES = 30
_MAX_VALUE = 5_000

_BETWEEN = re.compile(r"[\s/=]*")
_ATTRIBUTE = re.compile(r"""([^\s/>=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"'][^\s>]*)?)?""")
_NAMED = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]{0,40}")
# The rest of an opening tag as nearly all are written. Possessive: what does not fit is read the long way at once.
_PLAIN = re.compile(r"""((?:\s++[a-zA-Z][a-zA-Z0-9\-]{0,40}+=(?:"[^"]{0,500}+"|[^\s>"'=<`/]{1,100}+))*+)\s*+/?>""")
_PLAIN_ONE = re.compile(r"""([a-zA-Z0-9\-]+)=("[^"]*"|[^\s>"]+)""")
_NONE: dict[str, str] = {}


def written(page: str, at: int) -> tuple[str, int]:
    """The attributes as `read` reads them, and where the tag ends."""
    if plain := _PLAIN.match(page, at):
        return plain[1], plain.end()
    out: list[str] = []
    while True:
        between = _BETWEEN.match(page, at)
        at = between.end() if between else at
        found = _ATTRIBUTE.match(page, at)
        if found is None:
            break
        at = found.end()
        if len(out) < _MAX_ATTRIBUTES:
            value = found[2] or ""
            bare = value[1:-1] if value[:1] in ('"', "'") and len(value) > 1 else value
            if _NAMED.fullmatch(found[1]) and len(bare) <= _longest(found[1], bare):
                quoted = bare.replace('"', "&quot;")
                out.append(f'{found[1]}="{quoted}"')
    return " ".join(out), at + 1


def read(attributes: str) -> dict[str, str]:
    """Names in lower case to values without entities. Of two of one name the first counts, as in browsers."""
    if not attributes:
        return _NONE
    # Programs write the same few tags thousands of times.
    return _read_once(attributes) if len(attributes) < 1_000 else _read_anew(attributes)


def _read_anew(attributes: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _PLAIN_ONE.findall(attributes)[:_MAX_ATTRIBUTES]:
        bare = value[1:-1] if value[0] == '"' else value
        found.setdefault(name.lower(), entities.unescape(bare) if "&" in bare else bare)
    return found


_read_once = lru_cache(maxsize=1_024)(_read_anew)


def _longest(name: str, value: str) -> int:
    """Pictures may be written into the page itself."""
    return 1_000_000 if name.lower() == "src" and value[:11].lower() == "data:image/" else _MAX_VALUE
