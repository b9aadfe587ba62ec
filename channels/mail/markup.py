"""Pages as a well-formed stream of tags and text: what no browser and no reader of ours can be confused by."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable, Iterator

import nh3

from channels.mail.nesting import MAX_PAGE, Tag, balanced

__all__ = ["Tag", "clean", "tags", "written"]

_TAG = re.compile(r'<(/?)([a-zA-Z][^\s/>"]*)((?:\s+[^\s=>"]+(?:="[^"]*")?)*)\s*/?>')
_ATTRIBUTE = re.compile(r'([^\s=>"]+)(?:="([^"]*)")?')

GONE_WITH_CONTENT = {
    "applet", "audio", "canvas", "embed", "iframe", "math", "noembed", "noframes", "noscript", "object", "script",
    "select", "style", "svg", "template", "textarea", "title", "video", "xmp",
}  # fmt: skip


def clean(
    page: str,
    *,
    tags: set[str],
    attributes: dict[str, set[str]],
    attribute_filter: Callable[[str, str, str], str | None] | None = None,
    schemes: set[str],
    styles: set[str] | None = None,
    deny_relative: bool = False,
    rel: str | None = None,
    fixed: dict[str, dict[str, str]] | None = None,
) -> str:
    """The page as well-formed HTML with nothing but what is allowed."""
    return nh3.clean(
        balanced(page[:MAX_PAGE]),
        tags=tags,
        clean_content_tags=GONE_WITH_CONTENT,
        attributes=attributes,
        attribute_filter=attribute_filter,
        strip_comments=True,
        link_rel=rel,
        url_schemes=schemes,
        filter_style_properties=styles,
        url_relative="deny" if deny_relative else "pass_through",
        set_tag_attribute_values=fixed,
    )


def tags(cleaned: str) -> Iterator[Tag]:
    """The tags and texts of what `clean` returned, in order."""
    at = 0
    while at < len(cleaned):
        if cleaned[at] == "<":
            found = _TAG.match(cleaned, at)
            if found:
                yield Tag(found[2].lower(), found[1] == "/", _attributes(found[3]))
                at = found.end()
                continue
        end = cleaned.find("<", at + 1)
        end = len(cleaned) if end < 0 else end
        yield Tag("", closing=False, attributes={}, text=entities.unescape(cleaned[at:end]))
        at = end


def _attributes(text: str) -> dict[str, str]:
    if not text:
        return {}
    return {name.lower(): entities.unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def written(tag: Tag) -> str:
    """The tag or text as HTML again."""
    if not tag.name:
        return entities.escape(tag.text, quote=False).replace("\xa0", "&nbsp;")
    if tag.closing:
        return f"</{tag.name}>"
    inside = "".join(f' {name}="{entities.escape(value)}"' for name, value in tag.attributes.items())
    return f"<{tag.name}{inside}>"
