"""A company's own look of the help centre, read from a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.help import accents
from server.help.colours import accent_tokens, parsed
from server.help.theme import Link, Theme

MADE = json.loads(Path("web/widget/test/accents.json").read_text(encoding="utf-8"))
"""What is made of accents in browsers, by the same rule."""


def test_a_folder_dresses_the_pages_and_is_read_again_when_it_changes(tmp_path: Path) -> None:
    theme = Theme(tmp_path)
    bare = theme.dress("fr")
    assert (bare.style, bare.logo, bare.links, bare.notice) == (None, None, (), "")
    (tmp_path / "theme.css").write_text(":root { --r-accent: red }", encoding="utf-8")
    (tmp_path / "notice.fr.txt").write_text("Nos colis ont\ndu retard.\n", encoding="utf-8")
    (tmp_path / "links.yml").write_text(
        "fr: [{title: Boutique, url: /}, {title: Non, url: 'javascript:alert(1)'}, 3]\n", encoding="utf-8"
    )
    dressed = theme.dress("fr")
    assert dressed.edition != bare.edition and dressed.style and dressed.style.startswith("/help-theme/theme.css?")
    assert (dressed.links, dressed.notice) == ((Link("Boutique", "/"),), "Nos colis ont du retard.")
    assert theme.dress("en").notice == ""
    assert (bare.home, bare.account) == ("/fr/aide", "/fr/compte")
    (tmp_path / "links.yml").write_text("home: {fr: 'https://example.com/fr', en: 'javascript:1'}\n", encoding="utf-8")
    assert (theme.dress("fr").home, theme.dress("en").home) == ("https://example.com/fr", "/en/help")


def test_files_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "links.yml").write_text("fr: [", encoding="utf-8")
    (tmp_path / "notice.fr.txt").write_bytes(b"\xff\xfe\xff")
    dressed = Theme(tmp_path).dress("fr")
    assert (dressed.links, dressed.notice) == ((), "")


@pytest.mark.parametrize("accent", MADE)
def test_an_accent_is_made_of_as_in_browsers(accent: str) -> None:
    for mode, usual in accents.SURFACES.items():
        colour, surface = parsed(accent), parsed(usual)
        assert colour and surface
        assert accent_tokens(colour, surface=surface, dark=mode == "dark") == MADE[accent][mode]


def test_a_themes_accent_is_readable_in_the_dark_and_worn_by_the_chat(tmp_path: Path) -> None:
    def dressed(css: str) -> tuple[str, tuple[str | None, str | None]]:
        (tmp_path / "theme.css").write_text(css, encoding="utf-8")
        dress = Theme(tmp_path, accent=None).dress("fr")
        return accents.style(accents.said(css), None), (dress.accent, dress.accent_dark)

    sheet, chat = dressed("/* :root{--r-accent:#000} */ :root { --r-accent: #7a1f3d; --r-accent-text: #501 }")
    light, dark = sheet.split("@media")
    assert chat == ("#7a1f3d", None) and "--r-accent:#7a1f3d;" in light and "--r-accent-text" not in light
    assert f"--r-accent-text:{MADE['#7a1f3d']['dark']['accent-text']};" in dark
    own = ":root{--r-accent:#7a1f3d} @media (prefers-color-scheme: dark){:root{--r-accent:#f0a;--r-on-accent:#000}}"
    sheet, chat = dressed(own)
    assert chat == ("#7a1f3d", "#f0a") and "--r-accent:" not in sheet.split("@media")[1]
    assert dressed(".hero { --r-accent: #7a1f3d }") == dressed(":root { --r-accent: red }") == ("", (None, None))
    bare = Theme(tmp_path / "none", accent="#7a1f3d").dress("fr")
    assert bare.style is None and bare.accents and bare.accent == "#7a1f3d"
