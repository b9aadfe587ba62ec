"""Whole conversations with the real assistant, read from the `*.yml` files beside this one.

A file holds `language` and `dialogues`. A dialogue has a `name`, may name the demo `order` it is about (a key of the
`facts` fixture), and is a list of `turns`:

    - say: "10234"                  what the customer writes; {order.number}, {order.email}, {order.postcode} are
                                    the dialogue's order, {delivered_fr.number} and so on any other
      press: Parler à une personne  instead of `say`: the button of the last reply with this title
      hear: [utter_thanks]          responses that must be said, in this order; others may be said around them
      contains: [Colissimo]         texts that must be read somewhere in the answer, cards and buttons included
      lacks: ["69003"]              texts that must not
      language: en                  what the answer is in, from this turn on

The fixtures: `talk(text, button=None)` sends a message of a fresh conversation (or presses the given button of the last
reply) and returns the replies; `facts` gives the demo's orders by key.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
Talk = Callable[..., Awaitable[list[Any]]]
NAME = re.compile(r"\{(\w+)\.(\w+)\}")


def responses() -> dict[str, dict[str, str]]:
    """The texts of every response, by name and language."""
    found: dict[str, dict[str, str]] = {}
    for file in DATA.rglob("domain.yml"):
        for name, variations in (yaml.safe_load(file.read_text(encoding="utf-8")).get("responses") or {}).items():
            found[name] = {variation["condition"][0]["value"]: variation["text"] for variation in variations}
    return found


RESPONSES = responses()


def dialogues() -> list[Any]:
    cases = []
    for file in sorted(HERE.glob("*.yml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for dialogue in content["dialogues"]:
            case = {"language": content["language"], **dialogue}
            cases.append(pytest.param(case, id=f"{file.stem}: {dialogue['name']}"))
    return cases


@pytest.mark.parametrize("dialogue", dialogues())
async def test_dialogue(dialogue: dict[str, Any], talk: Talk, facts: dict[str, dict[str, Any]]) -> None:
    known = {**facts, "order": facts[dialogue["order"]]} if "order" in dialogue else facts
    language, replies = dialogue["language"], []
    for number, turn in enumerate(dialogue["turns"], start=1):
        language = turn.get("language", language)
        if "press" in turn:
            replies = await talk(turn["press"], button=button(replies, turn["press"]))
        else:
            replies = await talk(filled(turn["say"], known))
        check(f"turn {number}", turn, replies, language, known)


def check(where: str, turn: dict[str, Any], replies: list[Any], language: str, known: dict[str, Any]) -> None:
    texts = [reply.text for reply in replies]
    everything = "\n".join(texts + [extras(reply) for reply in replies])
    said = iter(texts)
    for name in turn.get("hear", ()):
        pattern = pattern_of(RESPONSES[name][language])
        assert any(pattern.fullmatch(text) for text in said), f"{where}: {name} was not said, but {texts}"
    for text in turn.get("contains", ()):
        assert filled(text, known) in everything, f"{where}: {everything}"
    for text in turn.get("lacks", ()):
        assert filled(text, known) not in everything, f"{where}: {everything}"


def button(replies: list[Any], title: str) -> Any:
    assert replies, "there is nothing to press yet"
    offered = [button for button in replies[-1].buttons if button.title == title]
    assert offered, f"'{title}' is not offered, but {[button.title for button in replies[-1].buttons]}"
    return offered[0]


def extras(reply: Any) -> str:
    cards = [f"{card.title}\n{card.text}\n{card.url}\n" + "\n".join(card.lines) for card in reply.cards]
    return "\n".join([*cards, *(button.title for button in reply.buttons)])


def filled(text: str, known: dict[str, Any]) -> str:
    return NAME.sub(lambda match: str(known[match[1]][match[2]]), text)


def pattern_of(response: str) -> re.Pattern[str]:
    return re.compile("(.*)".join(re.escape(part) for part in re.split(r"\{\w+\}", response)), re.DOTALL)
