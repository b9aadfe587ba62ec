"""What customers do to messages that they sent before: edited, deleted, reacted to, told of in any order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.errors import NotFound
from tests.support import core

WHATSAPP: dict[str, Any] = {
    "channel": "whatsapp",
    "identity_kind": "whatsapp",
    "identity_value": "33612345678",
    "address": "33612345678",
}


async def test_an_edit_before_the_turn_is_what_the_assistant_reads(sessions: Sessions) -> None:
    await core.write(sessions, "commande 10324", **WHATSAPP, external_id="a")
    edit = {"event": "edited", "target": "a"}
    received = await core.write(sessions, "commande 10234", **WHATSAPP, **edit)
    claimed = await core.claim(sessions)
    assert claimed is not None and claimed.text == "commande 10234"
    said = await core.transcript(sessions, received.conversation_id)
    assert len(said) == 1 and said[0].content["edits"][0]["text"] == "commande 10324"


async def test_what_was_changed_while_it_was_thought_about_is_not_answered_as_it_was(sessions: Sessions) -> None:
    received = await core.write(sessions, "commande 10324", **WHATSAPP, external_id="a")
    before = await core.claim(sessions)
    assert before is not None
    await core.write(sessions, "commande 10234", **WHATSAPP, event="edited", target="a")
    assert not await core.finish(sessions, before, core.saying("La 10324 ?"))
    again = await core.claim(sessions)
    assert again is not None and again.text == "commande 10234"
    await core.write(sessions, "", **WHATSAPP, event="deleted", target="a")
    assert not await core.finish(sessions, again, core.saying("La 10234 ?"))
    assert await core.claim(sessions) is None
    assert len(await core.transcript(sessions, received.conversation_id)) == 1


async def test_an_edit_of_the_last_word_is_answered_again(sessions: Sessions) -> None:
    await core.write(sessions, "commande 10324", **WHATSAPP, external_id="a")
    await core.answered(sessions, core.saying("Je ne la trouve pas."))
    await core.write(sessions, "commande 10234", **WHATSAPP, event="edited", target="a")
    claimed = await core.claim(sessions)
    assert claimed is not None and claimed.text == "commande 10234"


@given(st.permutations([1, 2, 3, 4]))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_edits_in_any_order_leave_the_last_one(sessions: Sessions, order: list[int]) -> None:
    begun, name = utc_now(), str(new_id())
    # The third takes the second back.
    texts = {1: "commande 10324", 2: "commande 1O234", 3: "commande 10324", 4: "commande 10234"}
    received = await core.write(sessions, "comande", **WHATSAPP, external_id=name, said_at=begun)
    for number in (*order, *order):
        said_at = begun + timedelta(seconds=number)
        await core.write(sessions, texts[number], **WHATSAPP, event="edited", target=name, said_at=said_at)
    said = {m.external_id: m.text for m in await core.transcript(sessions, received.conversation_id)}
    assert said[name] == "commande 10234"


async def test_an_edit_taken_back_before_it_was_heard_of_is_not_applied(sessions: Sessions) -> None:
    received = await core.write(sessions, "bonjour", **WHATSAPP, external_id="a", said_at=utc_now())
    for seconds, text in ((9, "bonjour"), (5, "au revoir")):
        said_at = utc_now() + timedelta(seconds=seconds)
        await core.write(sessions, text, **WHATSAPP, event="edited", target="a", said_at=said_at)
    (said,) = await core.transcript(sessions, received.conversation_id)
    assert said.text == "bonjour" and "edits" not in said.content


async def test_edits_without_a_time_are_applied_as_they_come(sessions: Sessions) -> None:
    received = await core.write(sessions, "un", **WHATSAPP, external_id="a")
    for text in ("deux", "trois"):
        await core.write(sessions, text, **WHATSAPP, event="edited", target="a", said_at=None)
    assert (await core.transcript(sessions, received.conversation_id))[0].text == "trois"


async def test_an_edit_heard_of_after_the_deletion_brings_nothing_back(sessions: Sessions) -> None:
    received = await core.write(sessions, "mon code est 1234", **WHATSAPP, external_id="a")
    await core.write(sessions, "", **WHATSAPP, event="deleted", target="a")
    await core.write(sessions, "mon code est 5678", **WHATSAPP, event="edited", target="a", said_at=utc_now())
    (said,) = await core.transcript(sessions, received.conversation_id)
    assert (said.text, said.content) == ("", {"deleted": True})


async def test_what_is_deleted_is_gone_and_not_answered(sessions: Sessions) -> None:
    received = await core.write(sessions, "mon code est 1234", **WHATSAPP, external_id="a")
    await core.write(sessions, "", **WHATSAPP, event="deleted", target="a")
    assert await core.claim(sessions) is None
    said = await core.transcript(sessions, received.conversation_id)
    assert (said[0].text, said[0].content) == ("", {"deleted": True})


async def test_nobody_edits_what_somebody_else_wrote(sessions: Sessions) -> None:
    await core.write(sessions, "bonjour", **WHATSAPP, external_id="a")
    thief = {**WHATSAPP, "identity_value": "33699999999"}
    with pytest.raises(NotFound):
        await core.write(sessions, "", **thief, event="deleted", target="a")


async def test_a_reaction_is_kept_on_the_message_and_can_be_taken_back(sessions: Sessions) -> None:
    received = await core.write(sessions, "bonjour", **WHATSAPP, external_id="a")
    for emoji, kept in (("👍", ["👍"]), ("❤️", ["❤️"]), ("", [])):
        await core.write(sessions, emoji, **WHATSAPP, event="reaction", target="a")
        said = await core.transcript(sessions, received.conversation_id)
        assert list(said[0].content["reactions"].values()) == kept
