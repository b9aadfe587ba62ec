"""What the desk calls what the assistant understood: every intent has a name, in both languages."""

from __future__ import annotations

from server.desk.intents import NOT_SAID, names, topics
from tests.conftest import MakeAgent


def test_every_intent_has_a_name_of_its_own_in_both_languages() -> None:
    assert set(names()) == set(topics()) | NOT_SAID
    for language in ("fr", "en"):
        called = [words[language].strip() for words in names().values()]
        assert all(called) and len(set(called)) == len(called)
        assert not [name for name in called if "_" in name or len(name) > 45]


async def test_agents_read_them_in_their_language_and_in_order(agent: MakeAgent) -> None:
    for who, name, first in (
        (await agent(), "Garantie et réparation", "Achat"),
        (await agent("emma@example.com"), "Warranty and repair", "Adding to a case"),
    ):
        async with who.client.get(f"{who.address}/desk/api/intents") as response:
            found = await response.json()
        assert found["names"]["warranty"] == name and found["names"]["nlu_fallback"]
        assert found["names"][found["items"][0]] == first and "nlu_fallback" not in found["items"]
