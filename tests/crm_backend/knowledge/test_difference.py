"""Differences between versions, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.errors import NotAllowed, NotFound
from crm_backend.knowledge import difference
from crm_backend.knowledge.difference import Piece, compare
from tests.crm_backend.knowledge.writing import NOBODY, READER, next_one, public

TEXT = st.text(alphabet="ab é.\n,", max_size=60)


@settings(max_examples=100, deadline=None)
@given(TEXT, TEXT)
def test_the_pieces_spell_both_versions(old: str, new: str) -> None:
    pieces = compare(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new
    assert all(piece.text for piece in pieces)


def test_whole_words_change() -> None:
    assert compare("Vous avez 30 jours.", "Vous avez désormais 60 jours.") == [
        Piece("same", "Vous avez "), Piece("removed", "30 "), Piece("added", "désormais 60 "), Piece("same", "jours."),
    ]  # fmt: skip


def test_long_texts_are_compared_too() -> None:
    old = " ".join(f"mot{number}" for number in range(6_000))
    assert len(compare(old, old.replace("mot77 ", "neuf "))) == 4


async def test_only_the_fields_that_changed_are_told(crm: AsyncSession) -> None:
    row = await public(crm)
    await next_one(crm, row, summary="Vous avez 60 jours.")
    of = {"article_id": row.article_id, "language": "fr"}
    found = await difference.between(crm, actor=READER, old=1, new=2, **of)
    assert list(found) == ["summary"]
    back = await difference.between(crm, actor=READER, old=2, new=1, **of)
    assert [piece.text for piece in back["summary"] if piece.kind == "added"] == ["30 "]
    with pytest.raises(NotFound):
        await difference.between(crm, actor=READER, old=1, new=3, **of)
    with pytest.raises(NotAllowed):
        await difference.between(crm, actor=NOBODY, old=1, new=2, **of)
