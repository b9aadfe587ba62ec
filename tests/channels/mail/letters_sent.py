"""What a mail of ours says, for tests that read it."""

from __future__ import annotations

from typing import Any


def part(message: Any, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    text: str = found.get_content()
    return text
