"""What must not be so in production."""

from __future__ import annotations

from pydantic import SecretStr

from server.secrets import MADE_ONCE
from server.settings import Settings

SHORTEST_SECRET = 24


def production_faults(settings: Settings, demo_agents: int) -> list[str]:
    """Every reason not to start in production, one sentence each; empty when there is none."""
    faults = []
    if not settings.public_url:
        faults.append("there is no public address: set RELAIS_PUBLIC_URL, such as https://help.example.com")
    elif not settings.public_url.startswith("https://"):
        faults.append(f"the public address {settings.public_url} is not https: set RELAIS_PUBLIC_URL")
    for name in MADE_ONCE:
        secret: SecretStr | None = getattr(settings, name)
        variable = f"RELAIS_{name.upper()}"
        if secret is None:
            faults.append(f"{variable} is not set: give it a random value of {SHORTEST_SECRET} characters or more")
        elif len(secret.get_secret_value()) < SHORTEST_SECRET:
            faults.append(f"{variable} is shorter than {SHORTEST_SECRET} characters")
    given = [secret.get_secret_value() for name in MADE_ONCE if (secret := getattr(settings, name))]
    if len(set(given)) < len(given):
        faults.append("two of the secrets are the same: give each its own value")
    if demo_agents:
        faults.append(
            f"{demo_agents} demo login{'s' if demo_agents > 1 else ''} can sign in: start with an empty database"
        )
    return faults


def production_notes(settings: Settings) -> list[str]:
    """What is allowed in production but had better be known."""
    notes = []
    if settings.database_url is None:
        notes.append("DATABASE_URL is not set: the database is private to this machine; back up the var folder")
    if settings.redis_url is None:
        notes.append("REDIS_URL is not set: this machine's private Valkey is used, so there can be one server only")
    return notes
