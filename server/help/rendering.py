"""From the Markdown of an article to what a page shows: the help centre and the preview of its editors use the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from uuid import UUID

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from crm_backend.attachments.schema import FileRef
from crm_backend.knowledge import links, pictures
from crm_backend.knowledge.links import Target

CALLOUTS = {
    "note": {"fr": "À noter", "en": "Note"},
    "tip": {"fr": "Astuce", "en": "Tip"},
    "warning": {"fr": "Attention", "en": "Warning"},
}
"""What a quotation is headed that begins with `[!NOTE]`, `[!TIP]` or `[!WARNING]`."""
_CALLOUT = re.compile(r"\[!(NOTE|TIP|WARNING)\][ \t]*(?:\n|$)")
_ALLOWED = {"aside": {"callout", *(f"callout-{kind}" for kind in CALLOUTS)}, "p": {"callout-title"}, "div": {"table"}}


def typeset(text: str) -> str:
    """The text with the apostrophes of print, and sums that no line parts: authors type what is on their keyboard."""
    return re.sub(r"(?<=\d) (?=[€%])", "\u00a0", re.sub(r"(?<=\w)'(?=\w)", "’", text))


def rendered(
    body: str,
    *,
    language: str,
    files: Collection[FileRef],
    link: Callable[[UUID], str],
    to: Mapping[str, Target],
) -> str:
    """Safe HTML. `link` gives the address of a file, `to` is where links to articles lead."""
    text = typeset(links.resolved(pictures.resolved(body, files, link), to))
    return nh3.clean(_markdown.render(text, {"language": language}), allowed_classes=_ALLOWED)


def _callouts(state: StateCore) -> None:
    """Makes asides of quotations that name a kind in their first line."""
    tokens = state.tokens
    for place, token in enumerate(tokens):
        if token.type != "blockquote_open" or place + 2 >= len(tokens) or tokens[place + 2].type != "inline":
            continue
        inline = tokens[place + 2]
        if (match := _CALLOUT.match(inline.content)) is None:
            continue
        kind = match[1].lower()
        token.tag, token.meta = "aside", {"callout": kind}
        token.attrSet("class", f"callout callout-{kind}")
        _closing(tokens, place).tag = "aside"
        inline.content = inline.content[match.end() :]


def _closing(tokens: list[Token], place: int) -> Token:
    return next(
        each for each in tokens[place:] if each.type == "blockquote_close" and each.level == tokens[place].level
    )


def _opened(self: object, tokens: list[Token], at: int, options: object, env: Mapping[str, str]) -> str:
    kind = tokens[at].meta.get("callout")
    if kind is None:
        return "<blockquote>\n"
    title = CALLOUTS[kind][env["language"]]
    return f'<aside class="callout callout-{kind}">\n<p class="callout-title">{title}</p>\n'


def _picture(self: RendererHTML, tokens: list[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    """Ours alone: one from elsewhere would tell strangers who reads, however it was written."""
    if not str(tokens[at].attrs.get("src", "")).startswith("/files/"):
        return escapeHtml(self.renderInlineAsText(tokens[at].children, options, env))
    return self.image(tokens, at, options, env)


def _made() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.core.ruler.before("inline", "callouts", _callouts)
    markdown.add_render_rule("blockquote_open", _opened)
    markdown.add_render_rule("image", _picture)
    # A wide table scrolls by itself, not the page.
    markdown.add_render_rule("table_open", lambda *_: '<div class="table"><table>\n')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return markdown


_markdown = _made()
