"""A copy of a person's data as one archive: `data.json`, the same as a page to read in both languages, and files."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader

from crm_backend.errors import NotFound, RelaisError
from server.files import FileStore

LARGEST = 500 * 1024 * 1024
"""Bytes of files in one archive; what does not fit is named in it, and can be had from the desk one by one."""
_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
WORDS = {
    "fr": {
        "title": "Vos données chez {company}",
        "lead": "Copie de tout ce que {company} garde à votre sujet, établie le {made}.",
        "contents": "Sommaire",
        "yes": "oui",
        "no": "non",
        "left_out": "Fichiers trop volumineux pour cette archive\u00a0: {files}.",
    },
    "en": {
        "title": "Your data at {company}",
        "lead": "A copy of everything {company} keeps about you, made on {made}.",
        "contents": "Contents",
        "yes": "yes",
        "no": "no",
        "left_out": "Files too large for this archive: {files}.",
    },
}


async def archive(copy: dict[str, Any], *, files: FileStore, company: str) -> bytes:
    """The archive of what `crm_backend.privacy.export` gave. Files that cannot be had now are left out and named."""
    contents: dict[str, bytes] = {}
    missing: list[str] = []
    left = LARGEST
    for file in copy["files"]:
        name = f"files/{file['id']}-{_safe(file['name'])}"
        if file["size"] > left:
            missing.append(name)
            continue
        try:
            contents[name] = await files.read(UUID(file["id"]))
        except (NotFound, RelaisError):
            missing.append(name)
            continue
        left -= len(contents[name])
    whole = copy | {"left_out": missing}
    contents["data.json"] = json.dumps(whole, ensure_ascii=False, indent=1).encode()
    for language in ("fr", "en"):
        contents[f"page.{language}.html"] = page(whole, language=language, company=company).encode()
    return await asyncio.to_thread(_zipped, contents)


def page(copy: dict[str, Any], *, language: str, company: str) -> str:
    """The copy as one HTML page that needs nothing else."""
    words = WORDS[language]
    made = datetime.fromisoformat(copy["made_at"])
    date = made.strftime("%d/%m/%Y %H:%M UTC" if language == "fr" else "%d %B %Y, %H:%M UTC")
    missing = ", ".join(copy.get("left_out", ()))
    return _pages.get_template("copy.html").render(
        language=language,
        title=words["title"].format(company=company),
        lead=words["lead"].format(company=company, made=date),
        contents=words["contents"],
        left_out=words["left_out"].format(files=missing) if missing else "",
        sections=[
            {
                "key": name,
                "title": copy["titles"][name][language],
                "rows": [
                    [(_named(key), _shown(value, words)) for key, value in row.items() if _told(value)] for row in rows
                ],
            }
            for name, rows in copy["tables"].items()
        ],
    )


def _told(value: Any) -> bool:
    return value not in (None, "", [], {})


def _named(key: str) -> str:
    return key.replace("_", " ")


def _shown(value: Any, words: dict[str, str]) -> str:
    if isinstance(value, bool):
        return words["yes"] if value else words["no"]
    if isinstance(value, str):
        return value[:16].replace("T", " ") if _INSTANT.match(value) else value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name, flags=re.ASCII)[-80:].lstrip(".") or "file"


def _zipped(contents: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archived:
        for name, content in contents.items():
            archived.writestr(name, content)
    return kept.getvalue()
