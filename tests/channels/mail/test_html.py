"""A customer's page, shown to an agent and read as text."""

from __future__ import annotations

import pytest

from channels.mail.html import sanitise
from channels.mail.htmltext import page_to_text

FORBIDDEN = (
    "<script", "<style", "<iframe", "<form", "<input", "<svg", "<math", "<object", "<embed", "<link", "<base", "<meta",
    " onerror=", " onload=", " onclick=", "javascript:", "data:", "position", "z-index", "margin", "transform", "float",
    "url(", "expression", "srcset", "background=", " id=", " class=", "/admin",
)  # fmt: skip


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<style>*{position:fixed}</style>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<iframe src='https://mal.example'></iframe>",
        "<form action='https://mal.example'><input name=a><button>ok</button></form>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<base href='https://mal.example'><meta http-equiv=refresh content='0;url=https://mal.example'>",
        "<object data=x></object><embed src=x><link rel=stylesheet href=https://mal.example>",
        "<p style='position:fixed;top:0;left:0;width:100%;height:100%;z-index:9'>x</p>",
        "<p style='margin-top:-900px;transform:scale(9);float:left'>x</p>",
        "<p style='background:url(https://mal.example/p.gif)'>x</p>",
        "<p style='color:expression(alert(1))'>x</p>",
        "<table background='https://mal.example/p.gif'><tr><td>x</td></tr></table>",
        "<img srcset='https://mal.example/a.png 2x'>",
        "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
        "<a href='/admin/delete' id=login class=danger>x</a>",
        "<!--[if mso]><script>alert(1)</script><![endif]-->",
        '<p title="<script>alert(1)</script>">x</p>',
        '<a title="&quot;onclick=alert(1)">x</a>',
    ],
)
def test_nothing_acts_loads_or_covers(hostile):
    shown = sanitise(f"<p>avant</p>{hostile}").html.lower()
    assert "avant" in shown
    outside_text = shown.replace("&lt;script&gt;", "")
    for word in FORBIDDEN:
        assert word not in outside_text


def test_remote_pictures_wait_until_they_are_asked_for():
    page = '<img src="https://suivi.example/p.gif?u=1&amp;v=2" width="1"><img src="//suivi.example/q.gif">'
    shown = sanitise(page)
    assert shown.blocked >= 1
    assert ' src="' not in shown.html
    assert 'data-blocked-src="https://suivi.example/p.gif?u=1&amp;v=2"' in shown.html
    ours = {"https://suivi.example/p.gif?u=1&v=2": "/desk/pictures?url=a&sig=b"}.get
    asked = sanitise(page, remote=ours)
    assert asked.blocked == 0
    assert ' src="/desk/pictures?url=a&amp;sig=b"' in asked.html and ' src="http' not in asked.html


def test_a_sender_cannot_forge_the_waiting_address():
    assert "mal" not in sanitise("<img data-blocked-src='javascript:mal'>").html


def test_pictures_of_the_mail_are_shown_from_where_we_serve_them():
    page = '<img src="cid:logo@x" alt="Logo"><img src="cid:absent@x">'
    shown = sanitise(page, cid={"logo@x": "/files/1?a=b&c=d"}.get)
    assert 'src="/files/1?a=b&amp;c=d"' in shown.html
    assert shown.html.count("src=") == 1
    assert shown.blocked == 0


def test_links_open_apart_and_tell_nothing():
    shown = sanitise('<a href="https://client.example/x" target="_top" rel="opener">x</a>').html
    assert 'href="https://client.example/x"' in shown
    assert 'target="_blank"' in shown and "_top" not in shown
    assert "noopener noreferrer" in shown


def test_ordinary_formatting_stays():
    page = '<p style="color: red; text-align:center"><b>Bonjour</b> <i>Anna</i></p>'
    shown = sanitise(page + '<table><tr><td colspan="2">1</td></tr></table>').html
    for kept in ("<b>Bonjour</b>", "<i>Anna</i>", 'colspan="2"', "color:red", "text-align:center"):
        assert kept in shown


def test_a_page_nested_without_end_is_flattened_not_refused():
    shown = sanitise("<div>" * 50_000 + "fin").html
    assert "fin" in shown
    assert shown.count("<div>") <= 200


def test_text_keeps_paragraphs_lists_links_tables_and_quotes():
    page = (
        "<h1>Titre</h1><p>Un<br>deux</p><ol start=3><li>trois</li><li>quatre</li></ol>"
        "<blockquote><p>cité</p><blockquote>plus loin</blockquote></blockquote>"
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table><pre>x\n  y</pre>"
    )
    assert page_to_text(page) == (
        "Titre\n\nUn\ndeux\n\n3. trois\n4. quatre\n\n> cité\n>\n>> plus loin\n\na b\nc\nx\n  y"
    )


def test_text_leaves_out_what_nobody_sees():
    page = (
        '<title>t</title><div style="display:none">caché</div><span style="FONT-SIZE: 0">0</span><p>vu</p><!-- non -->'
    )
    assert page_to_text(page) == "vu"


def test_unclosed_items_and_paragraphs_are_closed_as_browsers_do():
    assert page_to_text("<p>un<p>deux<ul><li>a<li>b</ul>") == "un\n\ndeux\n\n- a\n- b"


def test_words_straight_inside_a_table_are_kept():
    assert page_to_text("<table>perdu<tr>ici<td>là</table>") == "perdu\nici là"
