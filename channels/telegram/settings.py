"""What one Telegram bot needs to be told."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

API = "https://api.telegram.org"
_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{10,100}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


class Settings(BaseModel):
    """One bot. Only the token is needed; BotFather (https://t.me/BotFather) gives it."""

    model_config = ConfigDict(frozen=True)

    token: SecretStr = Field(title="Bot token", description="As BotFather gave it: 123456789:AAF…")
    mode: Literal["auto", "webhook", "polling"] = Field(
        "auto",
        title="How updates come",
        description="Telegram calls only a public https address. Automatic: it calls us where ours is one, otherwise "
        "we ask.",
        json_schema_extra={
            "choices": {
                "auto": "Automatic",
                "webhook": "Telegram calls us (webhook)",
                "polling": "We ask Telegram (polling)",
            }
        },
    )
    groups: Literal["decline", "answer", "ignore"] = Field(
        "decline",
        title="In groups",
        description="When somebody addresses the bot in a group. What it answers there, everybody in it can read.",
        json_schema_extra={
            "choices": {
                "decline": "Say once a day that it answers in private",
                "answer": "Answer there",
                "ignore": "Say nothing",
            }
        },
    )
    ask_contact: bool = Field(
        True,
        title="Offer to prove who they are by phone number",
        description="Shows a key that shares the customer’s own number while the assistant asks for proof.",
    )
    typing: bool = Field(True, title="Show “typing…” while the assistant thinks")
    webhook_secret: SecretStr | None = Field(
        None,
        title="Webhook secret",
        description="16 to 256 letters, digits, _ and -. Left empty, one is derived from the server’s own secret.",
    )
    api_url: str = Field(
        API,
        title="Bot API server",
        description="Another one than Telegram’s own, when you run one.",
        json_schema_extra={"reaches": True},
    )

    @field_validator("token")
    @classmethod
    def _token_has_its_shape(cls, token: SecretStr) -> SecretStr:
        bare = SecretStr(token.get_secret_value().strip())
        if not _TOKEN.fullmatch(bare.get_secret_value()):
            raise ValueError("A token looks like 123456789:AAF…")
        return bare

    @field_validator("webhook_secret")
    @classmethod
    def _secret_has_its_shape(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None or not secret.get_secret_value():
            return None
        if not _SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("A secret has 16 to 256 of A-Z, a-z, 0-9, _ and -.")
        return secret

    @field_validator("api_url")
    @classmethod
    def _api_is_an_address(cls, url: str) -> str:
        parts = urlsplit(url.strip().rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("An address begins with https:// or http://.")
        return parts.geturl()

    @property
    def bot_id(self) -> int:
        """The bot's user identifier, which its token begins with."""
        return int(self.token.get_secret_value().split(":", 1)[0])

    def by_webhook(self, address: str) -> bool:
        """Whether Telegram calls us, when our public site is at `address`."""
        return self.mode == "webhook" or (self.mode == "auto" and address.startswith("https://"))

    def unworkable(self, address: str) -> str | None:
        """Why these settings cannot work with a public site at `address`, in a sentence; None when they can."""
        if self.mode == "webhook" and not address.startswith("https://") and self.api_url == API:
            return "Telegram calls https addresses only: set a public https address, or use polling."
        return None

    def secret(self, *, key: bytes, account: str) -> str:
        """What Telegram shows us with every call: the same on every server of ours, of letters it allows (1 to 256 of
        A-Z, a-z, 0-9, `_` and `-`, Bot API `setWebhook`)."""
        if self.webhook_secret is not None:
            return self.webhook_secret.get_secret_value()
        return hmac.new(key, f"telegram webhook {account} {self.bot_id}".encode(), hashlib.sha256).hexdigest()
