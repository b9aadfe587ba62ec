"""Mails set aside, for people to look at: listed from where reading stands, tried again or left at their word."""

from __future__ import annotations

from typing import Any

from channels.mail.intake import NO_SENDER
from channels.mail.opener import UNREADABLE
from channels.mail.position import AGAIN, LEAVE, WISHES, of
from crm_backend.accounts.asides import SetAside
from crm_backend.errors import NotFound

_NO_SENDER = {"fr": "Il n’a pas d’expéditeur.", "en": "It has no sender."}
_UNREADABLE = {"fr": "Il ne peut pas être lu.", "en": "It cannot be read."}
_FAILED = {
    "fr": "L’enregistrer a échoué ({cause})\u00a0; le journal du serveur en dit plus.",
    "en": "Storing it failed ({cause}); the server’s log says more.",
}


class MailAsides:
    """`channels.port.Asides` over the position of a mailbox."""

    def count(self, cursor: dict[str, Any] | None) -> int:
        """Those of which nobody has said yet what to do."""
        position = of(cursor)
        return max(0, position.aside_count - len(_wishes(cursor))) if position else 0

    def listed(self, cursor: dict[str, Any] | None) -> list[SetAside]:
        """The latest first, without those that are to be left."""
        position, wishes = of(cursor), _wishes(cursor)
        if position is None:
            return []
        return [
            SetAside(str(uid), f"UID {uid}", _why(one.why), one.at, again=wishes.get(str(uid)) == AGAIN)
            for uid, one in reversed(position.aside.items())
            if wishes.get(str(uid)) != LEAVE
        ]

    def wish(self, cursor: dict[str, Any] | None, aside: str, *, again: bool) -> dict[str, Any]:
        """Raises NotFound for what is not set aside, or is to be left already."""
        if cursor is None or aside not in {one.id for one in self.listed(cursor)}:
            raise NotFound("nothing set aside")
        return {**cursor, WISHES: {**_wishes(cursor), aside: AGAIN if again else LEAVE}}


def _why(noted: str) -> dict[str, str]:
    if noted == NO_SENDER:
        return _NO_SENDER
    if noted.startswith(UNREADABLE):
        return _UNREADABLE
    return {language: sentence.format(cause=noted) for language, sentence in _FAILED.items()}


def _wishes(cursor: dict[str, Any] | None) -> dict[str, str]:
    return dict((cursor or {}).get(WISHES) or {})
