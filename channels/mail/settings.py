"""What a mailbox needs to be read and written from."""

from __future__ import annotations

import ipaddress
from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from channels.mail.providers import verification_key
from crm_backend.errors import BadInput

SHORTEST_PASSWORD = 16
"""Characters of a password that anybody may guess at, as often as the hook is called."""
Security = Literal["tls", "starttls", "none"]
SECURITY = {"tls": "TLS", "starttls": "STARTTLS", "none": "None (this very machine only)"}
WEBHOOK_BY = {
    "relais": "Relais’ own signature",
    "mailgun": "Mailgun’s signature",
    "sendgrid": "SendGrid’s signature",
    "basic": "User and password (Postmark, Amazon SNS)",
}
NOT_AN_ADDRESS = "The address is not an e-mail address."
NOTHING_TO_READ = "There is nothing to read from: give an IMAP server, or a webhook secret."
NO_FOLDER = "There is no folder to move mails to."
NO_CLIENT = "OAuth2 needs a client and a refresh token."
NO_PASSWORD = "The IMAP server needs a password, or OAuth2."  # noqa: S105  a sentence about one
NO_USER = "The webhook’s user and password are written user:password, the password with 16 characters at least."
NO_PUBLIC_KEY = "That is not SendGrid’s public key."
HALF_A_KEY = "A DKIM selector and a DKIM key go together."
IN_CLEAR = "Without TLS the password would travel in clear: only a server on this very machine may do without."


class MailSettings(BaseModel):
    """One mailbox. Reading needs an IMAP server or a secret for the webhook, answering needs an SMTP server."""

    address: str = Field(title="Address", description="Where customers write, such as support@example.com.")
    aliases: list[str] = Field(
        default=[],
        title="Other addresses",
        description="Further addresses of ours that end in this mailbox: mail from them is our own.",
    )
    team: str = Field(default="support", title="Team", description="The queue that takes what the assistant cannot.")
    language: Literal["fr", "en"] | None = Field(
        default=None,
        title="Language",
        description="Of mails too short to tell. Left out: the company’s.",
        json_schema_extra={"choices": {"fr": "French", "en": "English"}},
    )
    imap_host: str = Field(default="", title="IMAP server", json_schema_extra={"reaches": True})
    imap_port: int = Field(default=993, ge=1, le=65535, title="IMAP port")
    imap_security: Security = Field(default="tls", title="IMAP security", json_schema_extra={"choices": {**SECURITY}})
    imap_user: str = Field(default="", title="IMAP user", description="Left out: the address.")
    imap_password: SecretStr | None = Field(default=None, title="IMAP password")
    folder: str = Field(default="INBOX", title="Folder", description="The folder that is read.")
    first: Literal["new", "all"] = Field(
        default="new",
        title="At first",
        description="Which mails are read when the folder is read for the first time.",
        json_schema_extra={"choices": {"new": "Only those that come from now on", "all": "All that are there"}},
    )
    after: Literal["leave", "seen", "move"] = Field(
        default="leave",
        title="Afterwards",
        description="What is done with a mail once it is stored.",
        json_schema_extra={
            "choices": {"leave": "Leave it as it is", "seen": "Mark it as read", "move": "Move it to another folder"}
        },
    )
    move_to: str = Field(default="", title="Move to", description="The folder for mails that are moved. It must exist.")
    poll_seconds: int = Field(
        default=60, ge=5, le=3600, title="Poll every", description="In seconds, where the server cannot call us (IDLE)."
    )
    smtp_host: str = Field(default="", title="SMTP server", json_schema_extra={"reaches": True})
    smtp_port: int = Field(default=587, ge=1, le=65535, title="SMTP port")
    smtp_security: Security = Field(
        default="starttls", title="SMTP security", json_schema_extra={"choices": {**SECURITY}}
    )
    smtp_user: str = Field(default="", title="SMTP user", description="Left out: the address.")
    smtp_password: SecretStr | None = Field(
        default=None, title="SMTP password", description="Left out: the IMAP password."
    )
    oauth_token_url: str = Field(
        default="",
        title="OAuth2 token address",
        description="Sign in with OAuth2 (XOAUTH2) instead of passwords.",
        json_schema_extra={"reaches": True},
    )
    oauth_client_id: str = Field(default="", title="OAuth2 client")
    oauth_client_secret: SecretStr | None = Field(default=None, title="OAuth2 client secret")
    oauth_refresh_token: SecretStr | None = Field(default=None, title="OAuth2 refresh token")
    oauth_scope: str = Field(default="", title="OAuth2 scope")
    webhook_by: Literal["relais", "mailgun", "sendgrid", "basic"] = Field(
        default="relais",
        title="Webhook calls are proved by",
        description="How the mail provider shows that it is the one who calls the account’s hook.",
        json_schema_extra={"choices": {**WEBHOOK_BY}},
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        title="Webhook secret",
        description="Lets a mail provider hand mails over: the signing key, SendGrid’s public key, or user:password.",
    )
    plus_addressing: bool = Field(
        default=True,
        title="Plus addressing",
        description="support+anything@ arrives here too: answers carry a signed mark that finds their conversation.",
    )
    automatic_per_day: int = Field(
        default=10,
        ge=0,
        le=1000,
        title="Automatic answers a day",
        description="To one address; what comes after that waits for a person.",
    )
    blind_copy: str = Field(default="", title="Blind copy", description="An archive that gets a copy of what we send.")
    trusted_receiver: str = Field(
        default="",
        title="Trusted receiver",
        description="The name our mail server signs Authentication-Results with. Left out: DMARC is checked here.",
    )
    dkim_selector: str = Field(default="", title="DKIM selector", description="Signs our mails where nobody else does.")
    dkim_key: SecretStr | None = Field(default=None, title="DKIM private key", description="In PEM.")

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()

    @property
    def ours(self) -> frozenset[str]:
        """Every address of this mailbox, in lower case."""
        return frozenset(address.strip().lower() for address in (self.address, *self.aliases) if address.strip())

    @property
    def oauth(self) -> bool:
        return bool(self.oauth_token_url)


def examine(settings: MailSettings) -> None:
    """Raises BadInput, with a sentence that may be shown, for settings that cannot work."""
    local, at, domain = settings.address.rpartition("@")
    if not local or not at or "." not in domain or any(letter.isspace() for letter in settings.address):
        raise BadInput(NOT_AN_ADDRESS)
    if not settings.imap_host and settings.webhook_secret is None:
        raise BadInput(NOTHING_TO_READ)
    if settings.after == "move" and not settings.move_to:
        raise BadInput(NO_FOLDER)
    if settings.oauth and (not settings.oauth_client_id or settings.oauth_refresh_token is None):
        raise BadInput(NO_CLIENT)
    if settings.imap_host and not settings.oauth and settings.imap_password is None:
        raise BadInput(NO_PASSWORD)
    if bool(settings.dkim_selector) != (settings.dkim_key is not None):
        raise BadInput(HALF_A_KEY)
    _examine_webhook(settings)
    for host, security in (
        (settings.imap_host, settings.imap_security),
        (settings.smtp_host, settings.smtp_security),
    ):
        if host and security == "none" and not _same_machine(host):
            raise BadInput(IN_CLEAR)


def _examine_webhook(settings: MailSettings) -> None:
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else None
    if secret is None:
        return
    if settings.webhook_by == "basic":
        user, _, password = secret.partition(":")
        if not user or len(password) < SHORTEST_PASSWORD:
            raise BadInput(NO_USER)
    if settings.webhook_by == "sendgrid":
        try:
            verification_key(secret)
        except ValueError as error:
            raise BadInput(NO_PUBLIC_KEY) from error


def _same_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
