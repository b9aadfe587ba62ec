"""The e-mail channel: mails in, read without trusting them, and mails out."""

from channels.mail.asides import MailAsides
from channels.mail.channel import MailChannel, open_mailbox
from channels.mail.french import FRENCH
from channels.mail.hook import LARGEST
from channels.mail.original import original
from channels.mail.settings import MailSettings
from channels.port import Blueprint

CHANNEL = Blueprint(
    name="mail",
    settings=MailSettings,
    open=open_mailbox,
    label={"en": "E-mail", "fr": "E-mail"},
    where={"en": "by e-mail", "fr": "par e-mail"},
    spoken=("mail", "e-mail", "email", "courriel", "courrier electronique", "electronic mail"),
    starts="email",
    copies=True,
    slow=True,
    french=FRENCH,
    largest_body=LARGEST,
    asides=MailAsides(),
    original=original,
)

__all__ = ["CHANNEL", "MailChannel", "MailSettings"]
