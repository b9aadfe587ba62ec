"""What the console is told."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr, field_validator

SHORTEST_TOKEN = 16
_TOO_SHORT = "A token has at least 16 characters."

FRENCH = {
    "Token": "Jeton",
    "Whoever has it may write as any customer of the console. Left out, nobody writes.": (
        "Qui l’a peut écrire au nom de n’importe quel client de la console. Vide, personne n’écrit."
    ),
    _TOO_SHORT: "Un jeton a au moins 16 caractères.",
}


class ConsoleSettings(BaseModel):
    """One console. It has no settings that it cannot do without."""

    token: SecretStr | None = Field(
        None,
        title="Token",
        description="Whoever has it may write as any customer of the console. Left out, nobody writes.",
    )

    @field_validator("token")
    @classmethod
    def _long_enough(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and len(token.get_secret_value()) < SHORTEST_TOKEN:
            raise ValueError(_TOO_SHORT)
        return token
