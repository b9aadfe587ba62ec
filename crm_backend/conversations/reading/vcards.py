"""Contact details as a vCard, which every address book takes (RFC 2426, version 3.0)."""

from __future__ import annotations

import re

from crm_backend.conversations.schema import ContactCard

MEDIA_TYPE = "text/vcard"
_LONGEST_LINE = 75


def vcard(contact: ContactCard) -> bytes:
    """The card in UTF-8, lines folded at 75 bytes and ended by CRLF (RFC 2425, section 5.8.1)."""
    name = _escaped(contact.name)
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"FN:{name}",
        f"N:;{name};;;",
        *(f"TEL:{_escaped(phone)}" for phone in contact.phones),
        *(f"EMAIL:{_escaped(email)}" for email in contact.emails),
        "END:VCARD",
    ]
    return "".join(_folded(line) + "\r\n" for line in lines).encode()


def file_name(contact: ContactCard) -> str:
    """What to save it under: `Camille Martin.vcf`."""
    return (re.sub(r"[\x00-\x1f\x7f\"*/:<>?\\|]", " ", contact.name).strip(" .")[:60] or "contact") + ".vcf"


def _escaped(text: str) -> str:
    shown = re.sub(r"[\x00-\x09\x0b-\x1f\x7f]", " ", text.replace("\r\n", "\n"))
    return re.sub(r"([\\,;])", r"\\\1", shown).replace("\n", "\\n")


def _folded(line: str) -> str:
    """A long line goes on in the next after a space, never within a letter."""
    pieces, length = [""], 0
    for letter in line:
        width = len(letter.encode())
        if length + width > _LONGEST_LINE - 1:
            pieces.append("")
            length = 0
        pieces[-1] += letter
        length += width
    return "\r\n ".join(pieces)
