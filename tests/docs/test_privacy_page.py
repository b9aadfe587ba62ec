"""The page on privacy names the periods of the code."""

from __future__ import annotations

import re

from crm_backend.privacy.kinds import KINDS
from tests.support.stores import ROOT


def test_periods_are_those_of_the_code() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text()
    told = {
        kind: (int(days), int(least)) for kind, days, least in re.findall(r"\| `(\w+)`.*\| (\d+) \| (\d+) \|", page)
    }
    assert told == {name: (kind.days, kind.least) for name, kind in KINDS.items()}
