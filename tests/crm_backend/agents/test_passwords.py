"""Which passwords are taken."""

from __future__ import annotations

import pytest

from crm_backend.agents import passwords
from crm_backend.errors import Invalid

ABOUT = ("Léa Petit-Dubois", "lea.martin@maison-tilleul.example", "Maison Tilleul")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("court", "password_short"),
        ("x" * 1025, "password_long"),
        ("aaaaaaaaaaaa", "password_simple"),
        ("abababababab", "password_simple"),
        ("0123456789", "password_simple"),
        ("azertyuiop12", "password_simple"),
        ("Qwertyuiop1!", "password_simple"),
        ("MotDePasse2026", "password_common"),
        ("Pàssword-1234", "password_common"),
        ("!!soleil2026!!", "password_common"),
        ("Dubois-1987-!", "password_personal"),
        ("tilleul.2026", "password_personal"),
    ],
)
def test_what_others_would_guess_is_refused(password: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.checked(password, about=ABOUT)
    assert (refused.value.field, refused.value.reason) == ("password", reason)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "ours-givre-marelle",
        "k7#Vq2!mZp",
        "密码很长而且没有人猜得到它",
        "les soleils se couchent tard",
    ],
)
def test_what_nobody_would_guess_is_taken_without_rules_about_signs(password: str) -> None:
    assert passwords.checked(password, about=ABOUT) == password
