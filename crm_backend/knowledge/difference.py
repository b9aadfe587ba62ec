"""What changed between two versions, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from rapidfuzz.distance import Indel
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.knowledge.drafts import numbered

Kind = Literal["same", "added", "removed"]
FIELDS = ("slug", "title", "summary", "body", "asked")
# A word with the space after it, a mark with the space after it, or space alone at the beginning.
_PIECE = re.compile(r"\w+[^\S\n]*|[^\w\s]+[^\S\n]*|\s+")


@dataclass(frozen=True)
class Piece:
    """A run of text that both versions have, or only one."""

    kind: Kind
    text: str


def compare(old: str, new: str) -> list[Piece]:
    """The fewest words to take out of `old` and to put in that make `new` (longest common subsequence). The pieces that
    are not `added` spell `old`, those that are not `removed` spell `new`."""
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    found: list[Piece] = []
    for change in Indel.opcodes(before, after):
        taken = before[change.src_start : change.src_end]
        if change.tag == "equal":
            found.append(Piece("same", "".join(taken)))
            continue
        for kind, words in (("removed", taken), ("added", after[change.dest_start : change.dest_end])):
            if words:
                found.append(Piece("removed" if kind == "removed" else "added", "".join(words)))
    return _joined(found)


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours of one kind as one, what is removed before what is added."""
    found: list[Piece] = []
    removed = added = ""
    for piece in [*pieces, Piece("same", "")]:
        if piece.kind == "removed":
            removed += piece.text
        elif piece.kind == "added":
            added += piece.text
        else:
            found += [Piece("removed", removed)] if removed else []
            found += [Piece("added", added)] if added else []
            found += [piece] if piece.text else []
            removed = added = ""
    return found


class Texts(Protocol):
    """A version's texts."""

    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def asked(self) -> str: ...


def differences(old: Texts, new: Texts) -> dict[str, list[Piece]]:
    """What changed, for each field that did."""
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in FIELDS}
    return {name: compare(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}


async def between(
    session: AsyncSession, *, actor: Actor, article_id: UUID, language: str, old: int, new: int
) -> dict[str, list[Piece]]:
    """What changed from version `old` to version `new`, by field. Needs knowledge.read. Raises NotFound."""
    actor.need("knowledge.read")
    first = await numbered(session, article_id, language, old)
    return differences(first, await numbered(session, article_id, language, new))
