"""What has to be known of a WhatsApp business number, and how its approved templates are named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, Field, SecretStr, field_validator

from crm_backend.conversations.texts import STOP_WORDS

OPT_OUT_WORDS = list(STOP_WORDS)
_TEMPLATE = re.compile(
    r"\s*(?P<notice>[a-z0-9_]+)\.(?P<language>fr|en)\s*=\s*"
    r"(?P<name>[a-z0-9_]+)(?::(?P<code>[a-zA-Z]{2,3}(?:_[a-zA-Z]{2,4})?))?(?P<places>(?:\s+[a-z0-9_]+)*)\s*"
)
EMPTY = "It must not be empty."
NO_TEMPLATE = "Each line reads notice.language=template, such as order_shipped.fr=order_shipped."
IN_CLEAR = "The token is only sent over https."
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Template:
    """An approved template: its name, the code of the language it was approved in, and the values that fill its places
    (all that there are when none is named)."""

    name: str
    code: str
    places: tuple[str, ...] = ()


def _lines(value: Any) -> Any:
    """A mapping or a text with commas or line breaks, as the list that the desk shows."""
    if isinstance(value, dict):
        return [f"{key}={name}" for key, name in value.items()]
    if isinstance(value, str):
        return [line.strip() for line in re.split(r"[,\n]", value) if line.strip()]
    return value


class WhatsAppSettings(BaseModel):
    """One business number."""

    phone_number_id: str = Field(
        title="Phone number ID", description="From WhatsApp > API setup; not the number itself.", pattern=r"^\d{5,20}$"
    )
    business_account_id: str = Field(
        "",
        title="WhatsApp business account ID",
        description="From WhatsApp > API setup. With it the check looks whether the templates are approved.",
        pattern=r"^\d{0,20}$",
    )
    access_token: SecretStr = Field(
        title="Access token", description="Of a system user, with whatsapp_business_messaging. It should not expire."
    )
    app_secret: SecretStr = Field(
        title="App secret", description="From App settings > Basic. It proves that a call comes from Meta."
    )
    verify_token: SecretStr = Field(
        title="Verify token", description="A word of your own; the same one goes into the app’s webhook settings."
    )
    templates: Annotated[list[str], BeforeValidator(_lines)] = Field(
        [],
        title="Templates",
        description="Approved templates by notice and language, with the values that fill their places, such as "
        "order_shipped.en=order_shipped:en_GB number carrier expected. Without one, that notice is not sent after 24 "
        "hours of silence.",
    )
    template_values: Literal["positional", "named"] = Field(
        "positional",
        title="Template values",
        description="Whether the templates’ places are numbered ({{1}}) or named ({{order_number}}).",
        json_schema_extra={"choices": {"positional": "Numbered", "named": "Named"}},
    )
    opt_out_words: Annotated[list[str], BeforeValidator(_lines)] = Field(
        OPT_OUT_WORDS,
        title="Opt-out words",
        description="A message that is exactly one of these ends notices to its writer. Case and accents do not count.",
    )
    show_read: bool = Field(
        True,
        title="Show as read",
        description="Marks what the assistant answers as read, with “typing…” until the answer.",
    )
    graph_url: str = Field(
        "https://graph.facebook.com",
        title="Graph API",
        description="Another one than Meta’s, for tests.",
        json_schema_extra={"reaches": True},
    )
    graph_version: str = Field("v25.0", title="Graph API version", pattern=r"^v\d{1,3}\.\d$")

    @field_validator("access_token", "app_secret", "verify_token")
    @classmethod
    def _something(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().strip():
            raise ValueError(EMPTY)
        return SecretStr(value.get_secret_value().strip())

    @field_validator("templates")
    @classmethod
    def _named(cls, value: list[str]) -> list[str]:
        for line in value:
            if not _TEMPLATE.fullmatch(line):
                raise ValueError(NO_TEMPLATE)
        return value

    @field_validator("graph_url")
    @classmethod
    def _safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError(IN_CLEAR)
        return value.rstrip("/")

    def named_templates(self) -> list[Template]:
        """Every template there is, in the order of the settings."""
        return [_template(found) for line in self.templates if (found := _TEMPLATE.fullmatch(line))]

    def template(self, notice: str, language: str) -> Template | None:
        """The template that was approved for this notice in this language."""
        for line in self.templates:
            found = _TEMPLATE.fullmatch(line)
            if found and (found["notice"], found["language"]) == (notice, language):
                return _template(found)
        return None


def _template(found: re.Match[str]) -> Template:
    return Template(
        name=found["name"], code=found["code"] or found["language"], places=tuple((found["places"] or "").split())
    )
