"""A company's own look of the help centre, read from a folder."""

from __future__ import annotations

from pathlib import Path

from server.help.theme import Link, Theme


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
