"""One customer's long message never keeps the assistant from the others: reading it takes time as its length."""

import time

import pytest

from bot.fact import Context
from bot.vectors import READ, beginning
from bot.written import facts, mask, says_only_facts

LONG = 10_000
RUNAWAY = 5.0
PIECES = (
    "a", "1", "a.", "1.", "-a", "-", " ", "1 ", "12 ", "123 ", "1234 ", "10234 ", "69003 ", "123.", "a@", "a@a.",
    "a dot ", "a at ", "a at b dot ", "commande ", "commande 12345 ", "pas ", "pas 12345 ", "# ", "#1 ", "numéro : ",
    "no 12345 ", "cp 69003 ", "AB-1234 ", "SW1A 1AA ", "+33 ", "0", "01 23 ", "€1 ", "€", "https://",
    "ma  ", "i  ", "'", "a'",
)  # fmt: skip
TEXTS = {repr(piece): (piece * LONG)[:LONG] for piece in PIECES} | {
    "a number, and nothing but spaces": "numéro" + " " * (LONG - 8) + "x1",
    "marks, far apart": ("#" + " " * 70 + "10234 ") * (LONG // 77),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_ten_thousand_characters_are_read_at_once(text: str) -> None:
    for asked in (None, "order_number", "correction"):
        # The processor's own time. Not how fast it is, which differs by machine, but that it does not run away:
        # patterns that backtrack took 22 s here, sound ones up to half a second.
        started = time.process_time()
        says_only_facts(text, facts(text, Context(asked=asked, known={"postcode": "69003"})))
        mask(text)
        assert time.process_time() - started < RUNAWAY


def test_only_the_beginning_of_a_long_message_is_embedded() -> None:
    assert len(beginning("mot " * 2_500)) <= READ
    assert beginning("Bonjour") == "bonjour"
