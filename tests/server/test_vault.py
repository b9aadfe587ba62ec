"""Secrets at rest: only this installation opens them, for the account they belong to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.vault import Unreadable, Vault

HELD = {"token": "123456789:AAF", "password": "clé «secrète» 🗝"}


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=200), max_size=5))
def test_what_is_sealed_opens_again(values: dict[str, str]) -> None:
    vault = Vault(b"present")
    assert vault.open(vault.seal(values, place="telegram/main"), place="telegram/main") == values


def test_nothing_of_a_secret_is_in_the_open_and_no_two_seals_are_alike() -> None:
    vault = Vault(b"present")
    first, second = (vault.seal(HELD, place="telegram/main") for _ in range(2))
    assert first != second
    assert b"AAF" not in first and b"token" not in first


def test_another_place_cannot_use_it() -> None:
    vault = Vault(b"present")
    sealed = vault.seal(HELD, place="telegram/main")
    with pytest.raises(Unreadable):
        vault.open(sealed, place="telegram/second")


def test_a_changed_byte_is_noticed() -> None:
    vault = Vault(b"present")
    sealed = vault.seal(HELD, place="p")
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(Unreadable):
            vault.open(bytes(changed), place="p")
    for cut in (b"", sealed[:3], sealed[:17], sealed[:-1]):
        with pytest.raises(Unreadable):
            vault.open(cut, place="p")


def test_an_earlier_key_opens_and_is_known_to_be_old() -> None:
    sealed = Vault(b"before").seal(HELD, place="p")
    vault = Vault(b"present", [b"long ago", b"before"])
    assert vault.open(sealed, place="p") == HELD
    assert vault.is_old(sealed)
    assert not vault.is_old(vault.seal(HELD, place="p"))


def test_a_key_that_is_gone_opens_nothing() -> None:
    sealed = Vault(b"before").seal(HELD, place="p")
    with pytest.raises(Unreadable):
        Vault(b"present").open(sealed, place="p")
