"""Secrets that a machine makes for itself once, kept in `var/secrets.env` where only its owner reads them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr

from server.settings import Settings

MADE_ONCE = ("secret_key", "bot_token")


def load(settings: Settings | None = None) -> Settings:
    """The settings with every secret in place.

    What the environment gives wins; what it leaves out comes from `var/secrets.env` and is made there the first time.
    In production nothing is read from there or made: a missing secret stays None, and `production_faults` names it.
    """
    settings = settings or Settings()
    missing = [name for name in MADE_ONCE if getattr(settings, name) is None]
    if settings.production or not missing:
        return settings
    path = settings.var / "secrets.env"
    kept = _read(path)
    made = {name: secrets.token_urlsafe(32) for name in missing if name not in kept}
    if made:
        kept |= made
        _write(path, kept)
    return settings.model_copy(update={name: SecretStr(kept[name]) for name in missing})


def revealed(settings: Settings) -> dict[str, str]:
    """The secrets as environment variables, for the processes that share them."""
    found = {name: getattr(settings, name) for name in MADE_ONCE}
    return {f"RELAIS_{name.upper()}": secret.get_secret_value() for name, secret in found.items() if secret}


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return {
        name.removeprefix("RELAIS_").lower(): value
        for name, value in dotenv_values(path).items()
        if name.startswith("RELAIS_") and value
    }


def _write(path: Path, values: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("# Made by Relais for this machine. Delete a line to have it made anew.\n")
        file.writelines(f"RELAIS_{name.upper()}={value}\n" for name, value in values.items())
    draft.replace(path)
