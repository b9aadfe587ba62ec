"""What follows from the accent that a company chose, for light and for dark pages, where its theme says no more."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from server.help.colours import accent_tokens, parsed

SURFACES = {"light": "#ffffff", "dark": "#1b1d1f"}
"""Those of `web/shared/tokens.css`."""
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PART = re.compile(r"([^{};]*)([{};])")
_DARK = re.compile(r"prefers-color-scheme:\s*dark|\[data-theme=[\"']?dark")
_WHOLE = re.compile(r":root|\bhtml\b|\bbody\b")
_OPEN = {
    "light": ":root{%s}",
    "dark": '@media (prefers-color-scheme:dark){:root:not([data-theme="light"]){%s}}:root[data-theme="dark"]{%s}',
}


@dataclass(frozen=True)
class Said:
    """The tokens that a theme sets for the whole page, without their `--r-`."""

    light: dict[str, str] = field(default_factory=dict)
    dark: dict[str, str] = field(default_factory=dict)

    def accent(self, fallback: str | None = None) -> tuple[str | None, str | None]:
        """The accent for light and for dark pages; None for what is no colour written as `#7a1f3d`."""
        light = self.light.get("accent", fallback)
        dark = self.dark.get("accent", light)
        return (light if parsed(light) else None), (dark if parsed(dark) else None)


def said(css: str) -> Said:
    """What a style sheet sets."""
    found, above = Said(), list[str]()
    for words, sign in _PART.findall(_COMMENT.sub("", css)):
        if sign == "{":
            above.append(words)
            continue
        name, _, value = words.strip().partition(":")
        if name.startswith("--r-") and above and _WHOLE.search(above[-1]):
            tokens = found.dark if any(_DARK.search(each) for each in above) else found.light
            tokens[name[4:].strip()] = value.removesuffix("!important").strip()
        if sign == "}" and above:
            above.pop()
    return found


def style(theme: Said, fallback: str | None) -> str:
    """The sheet that goes after the theme's: an accent that can be read, and all that is made of it. What the theme
    says itself of the others stays, and so does an accent whose own `on-accent` it says."""
    sheet = ""
    for mode, own, accent in zip(("light", "dark"), (theme.light, theme.dark), theme.accent(fallback), strict=True):
        colour, surface = parsed(accent), parsed(own.get("surface")) or parsed(SURFACES[mode])
        if colour is None or surface is None:
            continue
        made = accent_tokens(colour, surface=surface, dark=mode == "dark")
        stays = set(own) - (set() if "on-accent" in own else {"accent"})
        rules = "".join(f"--r-{name}:{value};" for name, value in made.items() if name not in stays)
        sheet += _OPEN[mode].replace("%s", rules)
    return sheet
