"""What an action reads of a message: what was written, and what was meant by it."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.turn import Turn
from crm_backend.database import new_id


def turn(text: str, slips: Any = None) -> Turn:
    heard = {"text": text, "metadata": {"turn": str(new_id())}, **({"slips": slips} if slips is not None else {})}
    return Turn.of(Tracker(str(new_id()), {}, heard, [], False, None, {}, "action_listen"))


@pytest.mark.parametrize(
    ("text", "slips", "meant"),
    [
        ("I'd like to chagne the day, 10234", {"chagne": "change"}, "I'd like to change the day, 10234"),
        ("Un REMBORUSEMENT à Zoé", {"remborusement": "remboursement"}, "Un remboursement à Zoé"),
        ("le déali", {"deali": "délai"}, "le délai"),
        ('/choose{"choice": "chagne"}', {"chagne": "change"}, '/choose{"choice": "chagne"}'),
        ("chagne", None, "chagne"),
        ("chagne", {}, "chagne"),
    ],
)
def test_slips_are_put_right_in_what_is_looked_at_and_not_in_what_is_kept(text: str, slips: Any, meant: str) -> None:
    heard = turn(text, slips)
    assert (heard.meant, heard.text) == (meant, text)
