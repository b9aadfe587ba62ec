"""From Markdown to a page: callouts, tables and links between articles; nothing that is written runs."""

from __future__ import annotations

from actions.plain import plain
from crm_backend.knowledge.links import Target
from crm_backend.knowledge.publishing import passages_of
from crm_backend.knowledge.schema import Draft
from server.help.excerpts import excerpt
from server.help.rendering import rendered

TO = {"returns": Target("Renvoyer [un] article", "/fr/aide/retour")}


def html(body: str, language: str = "fr") -> str:
    return rendered(body, language=language, files=[], link=str, to=TO)


def test_a_quotation_that_names_a_kind_is_a_callout_in_the_language_of_the_page() -> None:
    assert html("> [!WARNING]\n> Ne lavez *jamais* à chaud.") == (
        '<aside class="callout callout-warning">\n<p class="callout-title">Attention</p>\n'
        "<p>Ne lavez <em>jamais</em> à chaud.</p>\n</aside>\n"
    )
    assert "Tip" in html("> [!TIP]\n> Soak it.", "en")
    assert html("> cité\n>\n> > [!NOTE]\n> > dedans").startswith("<blockquote>\n<p>cité</p>\n<aside")
    assert "callout" not in html("> [!OTHER]\n> x") + html("[!NOTE] x")


def test_a_table_scrolls_by_itself_and_only_our_own_classes_are_kept() -> None:
    assert html("|a|\n|-|\n|b|").startswith('<div class="table"><table>')
    assert html('<div class="table" onclick="x()">x</div>').startswith("<p>&lt;div")


def test_links_to_articles_show_todays_title_and_never_lead_nowhere() -> None:
    assert (
        html("[](/articles/returns)")
        == '<p><a href="/fr/aide/retour" rel="noopener noreferrer">Renvoyer [un] article</a></p>\n'
    )
    assert ">voir ici</a>" in html("[voir ici](/articles/returns)")
    assert html("Voir [ceci](/articles/gone).") == "<p>Voir ceci.</p>\n"


def test_pictures_from_elsewhere_are_words_however_they_are_written() -> None:
    for body in ("![un <b>](https://x.example/p.png)", "![un <b>][p]\n\n[p]: https://x.example/p.png"):
        assert html(body) == "<p>un &lt;b&gt;</p>\n"
    assert "x.example" not in html(f"![{'a' * 900}](https://x.example/p.png)")


def test_hostile_text_takes_no_longer() -> None:
    for text in ("[" * 50_000, "\\[" * 25_000, "[a](/articles/" * 3_500, "> " * 25_000, "> [!NOTE]\n" * 5_000):
        html(text)
    # Each took minutes, or hours, where a search, an answer or a publication came upon it.
    for text in ("a" + "\n" * 49_000 + "b", "## " + " " * 49_000 + "\nb", "[" * 49_000, "[x](http://" * 1_000):
        excerpt(text, ["b"])
        plain(text)
        passages_of(Draft(language="fr", slug="a", title="A", summary="B.", body=text))
