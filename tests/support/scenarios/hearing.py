"""What the assistant said as a customer hears it, and which of its responses that may be."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from crm_backend.conversations.model import Message
from tests.support.scenarios.customer import Button, Heard

DATA = Path(__file__).resolve().parents[3] / "data"
PLACEHOLDER = re.compile(r"\{\w+\}")


def heard(message: Message) -> Heard:
    """A message with its cards and buttons."""
    cards = [
        "\n".join([card.get("title", ""), card.get("text", ""), *card.get("lines", ())])
        for card in message.content.get("cards") or ()
    ]
    buttons = [
        Button(message.seq, at, button["title"], button.get("payload") or "")
        for at, button in enumerate(message.content.get("buttons") or ())
    ]
    return Heard(named(message.text), "\n".join([message.text, *cards]), buttons)


@cache
def named(text: str) -> tuple[str, ...]:
    """The responses of the assistant's domain that this text may be, the most literal first."""
    text = " ".join(text.split())
    return tuple(dict.fromkeys(name for size, name, pattern in _patterns() if size > 3 and pattern.fullmatch(text)))


@cache
def _patterns() -> list[tuple[int, str, re.Pattern[str]]]:
    found = []
    for file in sorted(DATA.rglob("domain.yml")):
        for name, variations in (yaml.safe_load(file.read_text(encoding="utf-8")).get("responses") or {}).items():
            for variation in variations:
                written = " ".join(variation["text"].split())
                pattern = "(.*)".join(re.escape(part) for part in PLACEHOLDER.split(written))
                letters = sum(one.isalpha() for one in PLACEHOLDER.sub("", written))
                found.append((letters, name, re.compile(pattern, re.DOTALL)))
    return sorted(found, key=lambda each: -each[0])
