"""The words of a mail as they stand in the conversation."""

from __future__ import annotations

from dataclasses import dataclass

from channels.mail.parse import Mail
from channels.mail.replies import Told
from channels.mail.threading import bare, numbers
from crm_backend.texts import clean_name

ORIGINAL = "message.eml"
"""The file in which the mail is kept as it came."""
_TOO_LARGE = {
    "fr": (
        "[E-mail de {size}\u00a0Mo\u00a0: trop lourd pour être lu ici. Il reste dans la boîte. Objet\u00a0: {subject}]"
    ),
    "en": "[E-mail of {size} MB: too large to be read here. It stays in the mailbox. Subject: {subject}]",
}
_TOO_LARGE_AND_GONE = {
    "fr": "[E-mail de {size}\u00a0Mo\u00a0: trop lourd pour être lu ou gardé ici. Objet\u00a0: {subject}]",
    "en": "[E-mail of {size} MB: too large to be read or kept here. Subject: {subject}]",
}
_ENCRYPTED = {
    "fr": "[E-mail chiffré\u00a0: il ne peut pas être lu ici. Objet\u00a0: {subject}]",
    "en": "[Encrypted e-mail: it cannot be read here. Subject: {subject}]",
}


@dataclass(frozen=True)
class Words:
    text: str
    cut: bool = False


def of_mail(
    mail: Mail,
    told: Told,
    *,
    new: bool,
    most: int,
    too_large: int | None,
    unreadable: bool,
    language: str,
    stays: bool = True,
) -> Words:
    """What the customer says: their own words, without quotes and signature, in `most` characters at most.

    The subject comes first where it says something that the words do not: when there are no words, or when it alone
    names an order, in a mail that begins a conversation. Of a mail that is `too_large` (in bytes) only that is
    said, and whether it stays in a mailbox.
    """
    subject = clean_name(mail.subject, length=300)
    if too_large is not None:
        sentence = (_TOO_LARGE if stays else _TOO_LARGE_AND_GONE)[language]
        return Words(sentence.format(size=round(too_large / 1_000_000), subject=subject or "–"))
    if unreadable:
        return Words(_ENCRYPTED[language].format(subject=subject or "–"))
    text = told.to_read.strip()
    if not text:
        text = subject if new else ""
    elif new and numbers(bare(subject)) - numbers(text):
        text = f"{subject}\n\n{text}"
    return Words(text[: most - 1].rstrip() + "…", cut=True) if len(text) > most else Words(text)
