"""What else a mail is, in the words that the desk knows: signed, encrypted, an invitation, from Outlook's envelope."""

from __future__ import annotations

from channels.mail.bodies import Marks

CALENDAR = {"REQUEST": "invitation", "CANCEL": "cancellation", "REPLY": "calendar_reply", "COUNTER": "new_time"}
"""The methods of iTIP (RFC 5546) that say something to people; all others are dates to be put down."""


def marks_of(marks: Marks) -> list[str]:
    """The marks that are set. That a mail is signed says that a signature is there: nobody has checked it."""
    found = [
        name for name in ("pgp_signed", "pgp_encrypted", "smime_signed", "smime_encrypted") if getattr(marks, name)
    ]
    if marks.calendar:
        found.append(CALENDAR.get(marks.calendar, "calendar"))
    return found + [name for name in ("tnef", "truncated") if getattr(marks, name)]
