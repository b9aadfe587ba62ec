"""What a company sets for the chat on its site: who signs its visitors in, and what the chat offers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from channels.webchat import greetings
from crm_backend.errors import BadInput

SignIn = Literal["off", "jwt", "hmac"]
SHORTEST_SECRET = 32
"""Characters: RFC 7518, section 3.2, asks for as many bits as the hash has."""
NO_KEY = "sign_in_secret: a secret or a public key is needed"
TWO_KEYS = "sign_in_secret: a secret or a public key, not both"
NO_SECRET = "sign_in_secret: a secret of at least 32 characters is needed"  # noqa: S105  a sentence about one
A_KEY = "sign_in_secret: that is a key: it belongs into the field of the public key"
NOT_A_KEY = "sign_in_public_key: not a public key in PEM, of RSA with 2048 bits or more, or of the curve P-256"


class WebChatSettings(BaseModel):
    """The chat works without any of these."""

    sign_in: SignIn = Field(
        default="off",
        title="Signed-in visitors",
        description="How your site tells the chat who is signed in there.",
        json_schema_extra={
            "choices": {
                "off": "It does not",
                "jwt": "By a signed token (JWT)",
                "hmac": "By the customer’s number and its HMAC",
            }
        },
    )
    sign_in_secret: SecretStr | None = Field(
        default=None,
        title="Secret for signing in",
        description="Shared with your site, at least 32 characters: signs tokens (HS256) or numbers (HMAC-SHA256).",
    )
    sign_in_public_key: str = Field(
        default="",
        title="Public key for signing in",
        description="Instead of a secret, for tokens: in PEM, of RSA (RS256) or of the curve P-256 (ES256).",
    )
    sign_in_audience: str = Field(
        default="",
        max_length=200,
        title="Audience of tokens",
        description="What a token must name as its audience (aud). Left out: it need not, or names the public address.",
    )
    sign_in_hours: int = Field(
        default=12,
        ge=1,
        le=720,
        title="Hours of a token",
        description="After these a token counts no more, however late it says that it ends.",
    )
    page_query: list[str] = Field(
        default=[],
        max_length=20,
        title="Query parameters kept",
        description="Agents see the page a visitor is on, without its query but for these parameters.",
    )
    transcripts: bool = Field(
        default=True,
        title="Transcripts by e-mail",
        description="Visitors may have their conversation sent to them, where a mailbox is set up.",
    )
    ask_before: list[str] = Field(
        default=[],
        title="Asked before",
        description="What the chat asks before the first message: name, email, order_number.",
    )
    rating: bool = Field(
        default=True, title="Ask for a rating", description="Once, when a conversation in the chat has ended."
    )
    greetings: str = Field(
        default="",
        max_length=20_000,
        title="Greetings",
        description='A JSON list: [{"path": "/basket*", "after": 30, "fr": "…", "en": "…"}]. The first that fits is'
        ' shown after so many seconds on the page. May be added: "languages": ["fr"], "hours": "open" or "closed",'
        ' "visitor": "new" or "returning".',
    )


FIELDS = ("name", "email", "order_number")
UNKNOWN_FIELD = "ask_before: name, email and order_number can be asked"


def examine(settings: WebChatSettings) -> None:
    """Raises BadInput, with the field's name and a sentence that may be shown, for settings that cannot work."""
    if not set(settings.ask_before) <= set(FIELDS):
        raise BadInput(UNKNOWN_FIELD)
    greetings.read(settings.greetings)
    secret = settings.sign_in_secret.get_secret_value() if settings.sign_in_secret else ""
    if settings.sign_in == "off":
        return
    # A public key that is taken for a secret is a secret that everybody knows.
    if "-----BEGIN" in secret:
        raise BadInput(A_KEY)
    if secret and settings.sign_in_public_key:
        raise BadInput(TWO_KEYS)
    if settings.sign_in == "jwt" and not secret and not settings.sign_in_public_key:
        raise BadInput(NO_KEY)
    if (settings.sign_in == "hmac" or not settings.sign_in_public_key) and len(secret) < SHORTEST_SECRET:
        raise BadInput(NO_SECRET)
