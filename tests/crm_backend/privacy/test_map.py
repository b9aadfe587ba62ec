"""Every table says what it holds of people."""

from __future__ import annotations

import re

import crm_backend.model
from crm_backend.database import Base
from crm_backend.privacy.map import HELD
from crm_backend.privacy.nobodys import NOBODYS
from crm_backend.privacy.reasons import REASONS

TABLES = Base.metadata.tables


def test_every_table_is_in_exactly_one_list() -> None:
    assert crm_backend.model.Base is Base
    assert not HELD.keys() & NOBODYS.keys()
    assert (HELD.keys() | NOBODYS.keys()) - {"alembic_version"} == TABLES.keys()


def test_what_it_says_of_a_table_is_there() -> None:
    for name, held in HELD.items():
        columns = TABLES[name].columns.keys()
        named = set(re.findall(r"\bt\.(\w+)", f"{held.where} {held.only}")) | held.untold | (held.blank or {}).keys()
        assert named | held.untold_in.keys() <= set(columns), name
        assert held.fr and held.en
        assert (held.blank is not None) == bool(held.why) or name == "attachments", name
        assert held.why in {"", *REASONS}


def test_what_hangs_on_a_customer_by_key_is_not_nobodys() -> None:
    for name in NOBODYS.keys() & TABLES.keys():
        targets = {key.column.table.name for key in TABLES[name].foreign_keys}
        assert not targets & {"customers", "identities", "conversations", "messages"}, name
