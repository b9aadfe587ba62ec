"""Writes docs/settings.md from the one table of settings: python -m tests.docs.settings_page"""

from __future__ import annotations

from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from channels import installed
from channels.port import Blueprint
from server.accounts import labels
from server.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
HEAD = """# Settings

Read from the environment, then from a `.env` file in the root. A test holds this page to the code.

| name | default | meaning |
|---|---|---|
"""


CHANNELS = """
## Channels

Each channel has settings of its own, here by the variables of its account `main`. They can be set in the desk instead
(Channels, as an admin); what the environment gives wins, and cannot be changed there. Secrets that are set in the desk
are kept encrypted under `RELAIS_SECRET_KEY`; those of the environment are not stored.

`RELAIS_<CHANNEL>_ENABLED` switches the account `main` on or off; a channel is on when one of its variables is set.
`RELAIS_<CHANNEL>_ACCOUNTS` gives further accounts, as a JSON object:
`{"shop": {"token": "…"}, "press": {"enabled": false, "token": "…"}}`. Lists are written with commas. Where several
processes serve together, give all of them the same variables.
"""
TABLE = """
| name | default | meaning |
|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    rows = [
        row(str(field.validation_alias or f"RELAIS_{name.upper()}"), field)
        for name, field in Settings.model_fields.items()
        if not field.exclude
    ]
    return HEAD + "".join(rows) + CHANNELS + "".join(channel(each) for each in installed().values())


def channel(blueprint: Blueprint) -> str:
    """The settings of one channel."""
    prefix = f"RELAIS_{blueprint.name.upper()}_"
    rows = [row(prefix + name.upper(), field) for name, field in blueprint.settings.model_fields.items()]
    begun = "Always there." if blueprint.always else f"Off until one of these, or `{prefix}ENABLED`, is set."
    title = blueprint.label.get("en", blueprint.name.capitalize())
    return f"\n### {title}\n\n{begun}\n" + (TABLE + "".join(rows) if rows else "")


def row(variable: str, field: FieldInfo) -> str:
    """One line of a table."""
    default = field.get_default(call_default_factory=True)
    shown = ""
    if field.is_required():
        shown = "required"
    elif default is not PydanticUndefined and default is not None and default not in ([], ""):
        shown = f"`{','.join(map(str, default)) if isinstance(default, list) else default}`"
    choices = "; ".join(f"`{value}`: {label}" for value, label in labels(field).items())
    words = ". ".join(text.rstrip(".") for text in (field.title, field.description, choices) if text)
    said = f"{words}.".replace("|", "\\|")
    return f"| `{variable}` | {shown} | {said} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
