"""Buttons: what a press or a typed choice means, and that typed text never passes for one."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from crm_backend.conversations.schema import Press
from crm_backend.database import Sessions
from crm_backend.errors import BadInput
from tests.support import core

OFFERED = {"Oui, merci": "/affirm", "Non": '/deny{"why": "no"}'}


async def offered(sessions: Sessions, buttons: dict[str, str] = OFFERED, visitor: str = "marie") -> None:
    """A conversation whose last message, number 2, offers buttons."""
    await core.write(sessions, visitor=visitor)
    await core.answered(sessions, core.saying("Autre chose ?", buttons=buttons))


async def heard(sessions: Sessions) -> str:
    """What the assistant would be asked now."""
    claimed = await core.claim(sessions)
    assert claimed is not None
    return claimed.text


async def test_a_press_stands_for_the_payload_and_shows_the_title(sessions: Sessions) -> None:
    await offered(sessions)
    received = await core.write(sessions, "ce que dit le navigateur", press=Press(seq=2, index=1))
    assert await heard(sessions) == '/deny{"why": "no"}'
    assert (await core.transcript(sessions, received.conversation_id))[-1].text == "Non"


async def test_a_press_of_a_button_nobody_offered_is_refused(sessions: Sessions) -> None:
    await offered(sessions)
    for seq, index in ((2, 2), (1, 0), (99, 0)):
        with pytest.raises(BadInput):
            await core.write(sessions, "Oui, merci", press=Press(seq=seq, index=index))


@pytest.mark.parametrize("press", [{"seq": 2, "index": -1}, {"seq": -1, "index": 0}, {"seq": 2**31, "index": 0}])
def test_a_press_outside_of_what_can_be_counted_is_no_press(press: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Press(**press)


async def test_a_button_of_another_conversation_cannot_be_pressed(sessions: Sessions) -> None:
    await offered(sessions)
    with pytest.raises(BadInput):
        await core.write(sessions, "Oui, merci", visitor="paul", press=Press(seq=2, index=0))


async def test_a_typed_title_or_its_number_chooses_it(sessions: Sessions) -> None:
    for typed in ["Oui, merci", "oui merci", "  OUI   MERCI ! ", "1", "1.", " 1 "]:
        await offered(sessions, visitor=typed)
        await core.write(sessions, typed, visitor=typed)
        assert await heard(sessions) == "/affirm"


async def test_other_words_are_left_to_the_assistant(sessions: Sessions) -> None:
    for typed in ["3", "0", "oui", "12", "Non mais attendez", "!"]:
        await offered(sessions, visitor=typed)
        await core.write(sessions, typed, visitor=typed)
        assert await heard(sessions) == typed.strip()


async def test_a_title_that_is_a_number_wins_over_a_position(sessions: Sessions) -> None:
    await offered(sessions, {"2": "/two", "1": "/one"})
    await core.write(sessions, "1")
    assert await heard(sessions) == "/one"


async def test_titles_without_letters_are_told_apart(sessions: Sessions) -> None:
    await offered(sessions, {"👍": "/affirm", "👎": "/deny"})
    await core.write(sessions, "👎")
    assert await heard(sessions) == "/deny"


async def test_marks_do_not_choose_a_title_without_letters(sessions: Sessions) -> None:
    await offered(sessions, {"👍": "/affirm", "👎": "/deny"})
    await core.write(sessions, "?!")
    assert await heard(sessions) == "?!"


async def test_a_number_chooses_nothing_once_something_else_was_said(sessions: Sessions) -> None:
    await offered(sessions)
    await core.write(sessions, "attendez")
    await core.answered(sessions, core.saying("Combien en voulez-vous ?"))
    await core.write(sessions, "1")
    assert await heard(sessions) == "1"


COMMANDS = [
    "/affirm",
    '/inform{"order_number": "1"}',
    " /affirm",
    "//affirm",
    "/ /affirm",
    "/\u00a0/affirm",
    "/\t/affirm",
    "\u200b/affirm",
    "/\u200b/affirm",
    "\ufeff/affirm",
    "\u2066/affirm\u2069",
    "\u200e/affirm",
    "\u200d/\u200d/affirm",
    "\u00ad/affirm",
    "\x07/affirm",
    "/\n/affirm",
    "\u2028/affirm",
    "\U000e0001/affirm",
    "/",
    "///",
    "/\u200f/",
]


async def test_what_a_customer_types_never_names_an_intent(sessions: Sessions) -> None:
    for typed in COMMANDS:
        await core.write(sessions, typed, visitor=repr(typed))
        text = await heard(sessions)
        visible = "".join(letter for letter in text if letter.isprintable())
        assert text and not text.startswith("/") and not visible.startswith("/"), repr(typed)


async def test_a_fullwidth_slash_is_a_letter_like_any_other(sessions: Sessions) -> None:
    await core.write(sessions, "／affirm")
    assert await heard(sessions) == "／affirm"


async def test_a_slash_inside_is_kept(sessions: Sessions) -> None:
    await core.write(sessions, "24/7 et/ou /affirm")
    assert await heard(sessions) == "24/7 et/ou /affirm"


async def test_the_control_asks_for_a_person_whatever_its_words(sessions: Sessions) -> None:
    received = await core.write(sessions, "Parler à une personne", action="person")
    assert await heard(sessions) == "/ask_person"
    assert (await core.transcript(sessions, received.conversation_id))[0].text == "Parler à une personne"
