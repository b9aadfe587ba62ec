"""Names of files are safe to show and to save under, whatever they were."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from crm_backend.attachments.kinds import KINDS
from crm_backend.attachments.names import LENGTH, file_name

HOSTILE = st.text(st.sampled_from('a.é/\\\u202e\u2066\u200f\u061c\0\r\n\t :|<>"*?\ud800\U0001f600'), max_size=60)


@given(said=HOSTILE | st.text(max_size=300), kind=st.sampled_from(list(KINDS.values())))
def test_every_name_is_one_visible_part_with_a_true_extension(said: str, kind: object) -> None:
    assert hasattr(kind, "extensions")
    name = file_name(said, kind)  # type: ignore[arg-type]
    stem, _, extension = name.rpartition(".")
    assert extension in kind.extensions
    assert 1 <= len(stem) <= LENGTH and stem == stem.strip(" .")
    assert not set('/\\<>:"|?*') & set(name)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c") & set(name)
    assert file_name(name, kind) == name  # type: ignore[arg-type]
