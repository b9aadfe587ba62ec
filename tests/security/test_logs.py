"""What a stranger sends cannot write the log, and no log tells personal data."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from crm_backend.database import connect
from server.logs import mask


def test_a_value_stays_on_its_line_and_leaves_the_terminal_alone() -> None:
    shown = mask(None, "", {"path": "/x\nNow [info] forged\x1b[31m\x9b2J\u2028"})["path"]
    assert shown == "/x\\nNow [info] forged\\x1b[31m\\x9b2J\\u2028"


def test_a_long_value_is_cut() -> None:
    assert len(mask(None, "", {"path": "/x" * 5_000})["path"]) < 1_100


def test_a_stack_keeps_its_lines_and_its_length() -> None:
    stack = "Traceback:\n" + "  File\n" * 500
    assert mask(None, "", {"exception": stack})["exception"] == stack


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("from marie.dupont+x@mail.example.fr!", "from [e-mail]!"),
        ("<a@b.fr>,c@d.fr", "<[e-mail]>,[e-mail]"),
        ("call +33 6 12 34 56 78", "call [number]"),
    ],
)
def test_addresses_and_numbers_are_hidden(said: str, shown: str) -> None:
    assert mask(None, "", {"said": said})["said"] == shown


async def test_a_database_error_does_not_tell_what_was_stored(database_url: str) -> None:
    engine = connect(database_url, pool_size=1)
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as failed:
            await connection.execute(text("select cast(:said as integer), :secret"), {"said": 1, "secret": "69003\x00"})
    await engine.dispose()
    assert "69003" not in str(failed.value)
