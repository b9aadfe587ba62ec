"""The closing lines of `./relais test`: what was left out is said, with the reason."""

from __future__ import annotations

import pytest
from rich.console import Console

from server.commands.results import Result, counted, failures, skips, summarise

LOG = """..s                                                          [100%]
=========================== short test summary info ============================
SKIPPED [3] tests/channels/telegram/test_by_others.py:51: telegram-test-api cannot be installed
\x1b[33m2 passed, 3 skipped in 1.20s\x1b[0m
"""


def test_what_was_skipped_is_named_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    passed, failed, skipped = counted(LOG, "pytest", 0)
    assert (passed, failed, skipped) == (2, 0, 3)
    result = Result("tests: channels", passed, failed, skipped, 1.2, skips(LOG))
    assert summarise([result], Console(width=120)) == 0
    said = capsys.readouterr().out
    assert "Skipped: [3] tests/channels/telegram/test_by_others.py:51: telegram-test-api cannot be installed" in said
    assert said.rstrip().endswith("2 passed, 0 failed, 3 skipped")


def test_what_passed_at_the_second_try_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    names = failures(
        "\x1b[31mFAILED\x1b[0m tests/test_a.py::test_b[c d] - assert 1 == 2\nERROR tests/test_d.py::test_e\nFAILED"
    )
    assert names == ("tests/test_a.py::test_b[c d]", "tests/test_d.py::test_e")
    assert summarise([Result("tests", 2, 0, 0, 1.0, (), names)], Console(width=120)) == 0
    assert "Passed at the second try only: tests/test_d.py::test_e" in capsys.readouterr().out
