"""What became of a message of ours, as the core hears it."""

from __future__ import annotations

from channels.whatsapp import marks
from channels.whatsapp.faults import UNREACHABLE, cause_of
from channels.whatsapp.inbound import NAME
from channels.whatsapp.shapes import Status
from crm_backend.conversations.schema import Receipt


def receipt(status: Status, *, account: str) -> Receipt:
    """The status for the core. `played` (a voice message) counts as read."""
    tracked = marks.part(status.biz_opaque_callback_data)
    failed = status.status == "failed"
    code = status.errors[0].code if status.errors else 0
    return Receipt(
        channel=NAME,
        account=account,
        platform_id=status.id,
        message_id=tracked[0] if tracked else None,
        state="read" if status.status == "played" else status.status,
        cause=cause_of(code) if failed and code else "no reason told" if failed else "",
        unreachable=failed and code in UNREACHABLE,
        last=tracked[1] if tracked else True,
    )
