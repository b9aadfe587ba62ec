"""Taking out of a question what is somebody's own: addresses, numbers, names where they are given as such."""

from __future__ import annotations

import re

from crm_backend.texts import clean_name

LONGEST = 300
DIGITS = 3
"""Digits from which a number may be somebody's own."""
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_PAGE = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# Every count is bounded or of one class: hostile text takes no longer than other text.
_NUMBER = re.compile(r"(?<!\w)(?:[^\W\d_]{1,12}[-#]?)?[+(]{0,2}\d[\d\s.\-/()]*[^\W\d_]{0,3}")
_NAME = re.compile(
    r"\b((?i:je m['’]appelle|mon nom est|je suis (?:m\.|mme|mlle|monsieur|madame)"
    r"|my name is|this is (?:mr|mrs|ms)\.?) )"
    r"[^\s,.;:!?]+(?: [A-ZÀ-Þ][^\s,.;:!?]*)*"
)


def masked(question: str) -> str:
    """The question on one line of at most 300 characters, without e-mail and web addresses, without numbers of three
    digits and more, and without the name that follows "my name is".

    It is a precaution, not a proof: a name in the middle of a sentence stays. What is kept is deleted with its group,
    and after a while by itself (unanswered.forget).
    """
    line = clean_name(question, length=4 * LONGEST)
    line = _NUMBER.sub(_number, _PAGE.sub("[…]", _ADDRESS.sub("[@]", line)))
    return _NAME.sub(r"\1[…]", line)[:LONGEST].strip()


def _number(match: re.Match[str]) -> str:
    found = match[0]
    if sum(letter.isdigit() for letter in found) < DIGITS:
        return found
    return "[#]" + found[len(found.rstrip()) :]
