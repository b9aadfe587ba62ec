"""Writes docs/settings.md from the one table of settings: python -m tests.docs.settings_page"""

from __future__ import annotations

from pathlib import Path

from pydantic_core import PydanticUndefined

from server.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
HEAD = """# Settings

Read from the environment, then from a `.env` file in the root. A test holds this page to the code.

| name | default | meaning |
|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    rows = []
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"RELAIS_{name.upper()}"
        default = field.get_default(call_default_factory=True)
        if default is PydanticUndefined or default is None or default == []:
            shown = ""
        else:
            shown = f"`{','.join(default) if isinstance(default, list) else default}`"
        rows.append(f"| `{variable}` | {shown} | {field.description} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
