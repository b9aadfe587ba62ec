"""The one table of settings. Nothing else reads the environment."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, get_args

from dotenv import dotenv_values
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Role = Literal["web", "worker"]
MEGABYTE = 1024 * 1024


def _given() -> dict[str, str]:
    """Every RELAIS_ variable, of `.env` and of the environment, which wins. Channels have settings of their own."""
    both = {**dotenv_values(".env"), **os.environ}
    return {name.upper(): value for name, value in both.items() if value and name.upper().startswith("RELAIS_")}


class Settings(BaseSettings):
    """Read from the environment, then from `.env`. Every name is prefixed with RELAIS_ but the two stores."""

    model_config = SettingsConfigDict(
        env_prefix="RELAIS_",
        env_file=(".env",),
        extra="ignore",
        populate_by_name=True,
    )

    host: str = Field("127.0.0.1", description="Address the public site listens on.")
    port: int = Field(8080, description="Port of the public site.", ge=1, le=65535)
    public_url: str | None = Field(
        None, description="Address customers use, such as https://help.example.com. Required in production."
    )
    production: bool = Field(
        False, description="Refuse to start with default secrets, demo logins or no public address."
    )
    demo: bool = Field(True, description="Load the demo company and its logins when the database is empty.")
    var: Path = Field(Path("var"), description="Folder for data, logs, models and secrets of this machine.")
    database_url: str | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL (14 or later, with pgvector), without a pooler of transactions in between."
        " Unset: a private one is started in the var folder.",
    )
    redis_url: str | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="Redis or Valkey. Unset: a private one is started in the var folder.",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Signs links, and encrypts the channels' secrets. Unset: made once and kept in the var folder,"
        " except in production.",
    )
    old_secret_keys: Annotated[list[SecretStr], NoDecode] = Field(
        default_factory=list,
        description="Earlier secret keys, separated by commas: what was encrypted under them can still be read, and is"
        " encrypted anew at the next start.",
    )
    bot_url: str | None = Field(None, description="Address of the assistant. Unset: it is started on bot_port.")
    bot_port: int = Field(5005, description="Loopback port of the assistant.", ge=1, le=65535)
    bot_processes: int = Field(
        1, description="Processes of the assistant that ./relais up starts: one for each core it may use.", ge=1, le=64
    )
    bot_token: SecretStr | None = Field(None, description="Shared between server and assistant. Unset: made once.")
    company: str = Field("Maison Tilleul", description="Name shown to customers.")
    accent: str | None = Field(
        None,
        description="Accent colour of the chat and of customers' pages, such as #2f6f4f.",
        pattern=r"^#[0-9a-fA-F]{6}$",
    )
    hours: str = Field(
        "Mon-Sat 09:00-18:00",
        description="When people answer: days and times, several separated by commas. Customers read them in words.",
    )
    holidays: str | None = Field(
        None,
        description="Country (such as FR, or FR-57 for a region) whose public holidays are closed days.",
        pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
    )
    ask_rating: bool = Field(
        False,
        description="Ask by a message, on the channels that do not ask by themselves, how a conversation was once it"
        " has ended.",
    )
    notifications: bool = Field(True, description="Tell customers unasked that an order left, arrived or is late.")
    quiet_hours: str = Field(
        "21:00-08:00",
        description="When nobody is told anything unasked.",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
    )
    notifications_per_week: int = Field(3, description="Most that one customer is told unasked in seven days.", ge=0)
    allowed_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Origins of the pages that may embed the chat, separated by commas. The public address always may.",
    )
    trusted_proxies: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Addresses or networks of the proxies before the site, separated by commas; their X-Forwarded-For"
        " is believed. Unset: everyone who comes through a proxy counts as one address.",
    )
    sockets_per_address: int = Field(
        200, description="Chats that one address may hold open at a time; this machine's own are not counted.", ge=1
    )
    default_language: Literal["fr", "en"] = Field("fr", description="Language when nothing tells a better one.")
    timezone: str = Field("Europe/Paris", description="Zone in which dates are told to customers and agents.")
    roles: Annotated[list[Role], NoDecode] = Field(
        default_factory=lambda: list(get_args(Role)),
        description="What this process does: web (sites and sockets), worker (turns and outbox), or both.",
    )
    share_port: bool = Field(
        False,
        description="Lets several processes listen on the same port, among which the system shares out who connects:"
        " one for each core, where more comes in than one can take.",
    )
    turn_workers: int = Field(8, description="Turns thought about at the same time in one process.", ge=1)
    turn_timeout: float = Field(15.0, description="Seconds the assistant may take for a turn.", gt=0)
    turn_lease: float = Field(
        30.0, description="Seconds after which a turn is taken up again at the latest; of a dead process, sooner.", gt=0
    )
    outbox_workers: int = Field(2, description="Workers that claim batches of replies to deliver in one process.", ge=1)
    messages_per_minute: int = Field(30, description="Messages a visitor may send in a minute.", ge=1)
    searches_per_minute: int = Field(
        300,
        description="Searches that one network may make in the help centre in a minute; a page that is not kept in"
        " memory counts a quarter of one, a kept one nothing.",
        ge=1,
    )
    max_length: int = Field(10_000, description="Characters in one message.", ge=1)
    private_hosts: bool = Field(
        True,
        description="Let channels connect to servers on this machine and in private networks, such as a mail server of"
        " your own. Link-local addresses, where clouds keep credentials, are never connected to.",
    )
    files_url: str | None = Field(
        None,
        description="Where files are kept: a folder, or s3://bucket/prefix. Unset: the folder files in the var folder.",
    )
    files_endpoint: str | None = Field(
        None, description="Address of the S3 service, such as https://s3.example.com. Unset: that of AWS."
    )
    files_region: str | None = Field(None, description="Region of the bucket.")
    files_access_key: SecretStr | None = Field(None, description="Access key of the bucket.")
    files_secret_key: SecretStr | None = Field(None, description="Secret key of the bucket.")
    max_upload_bytes: int = Field(10 * MEGABYTE, description="Bytes of a file that is uploaded here.", ge=1)
    max_file_bytes: int = Field(25 * MEGABYTE, description="Bytes of a file that a platform or a mail brings.", ge=1)
    clamav_url: str | None = Field(
        None,
        description="ClamAV that looks at every file: tcp://host:3310 or unix:///run/clamav/clamd.ctl. While it is away"
        " no file is let in.",
        pattern=r"^(tcp://[^/]+|unix:///.+)$",
    )
    session_hours: int = Field(12, description="Hours after which an agent signs in again.", ge=1)
    portal_hours: int = Field(12, description="Hours after which a customer signs in to the portal again.", ge=1)
    portal_idle_minutes: int = Field(
        30, description="Minutes without a page after which a customer’s visit to the portal ends.", ge=1
    )
    oidc_issuer: str | None = Field(
        None,
        description="Identity provider at which agents may sign in too (OpenID Connect): its issuer address, such as"
        " https://login.example.com/realms/shop. Register the address of the site with /desk/sso/back there.",
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])",
    )
    oidc_client_id: str | None = Field(None, description="What the identity provider calls this installation.")
    oidc_client_secret: SecretStr | None = Field(
        None, description="Secret that the identity provider gave for it; unset for a public client."
    )
    oidc_name: str = Field("SSO", description="What the sign-in page calls the identity provider.", max_length=40)
    oidc_create_role: str | None = Field(
        None,
        description="Role of accounts that are made for who signs in there and has none. Unset: none are made.",
    )
    oidc_create_domains: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Domains of the addresses for which accounts are made, separated by commas.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["console", "json"] = Field("console", description="Form of the log lines.")
    given: dict[str, str] = Field(default_factory=_given, exclude=True, repr=False)
    """All variables as they stand, from which the channels' settings are read (`server.accounts.given_accounts`)."""

    @field_validator("allowed_origins", "roles", "trusted_proxies", "oidc_create_domains", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip().rstrip("/") for part in value.split(",") if part.strip()]
        return value

    @field_validator("old_secret_keys", mode="before")
    @classmethod
    def _keys(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        return [str(ip_network(each, strict=False)) for each in value]

    @property
    def address(self) -> str:
        """The address of the public site, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def bot_address(self) -> str:
        """Where the assistant answers."""
        return (self.bot_url or f"http://127.0.0.1:{self.bot_port}").rstrip("/")
