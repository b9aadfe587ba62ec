"""What a chat is told when it is opened, before the visitor says anything (docs/protocols.md)."""

from __future__ import annotations

from typing import Any

from channels.port import Core
from channels.webchat import asking, mailing
from channels.webchat.elsewhere import offered
from channels.webchat.settings import WebChatSettings
from crm_backend.attachments.kinds import ASKED_FOR
from crm_backend.conversations.messages import instant
from crm_backend.conversations.schema import Language
from crm_backend.database import utc_now


async def config(core: Core, settings: WebChatSettings, *, page: str, language: Language) -> dict[str, Any]:
    """All of it; `page` is the address or path of the page the chat is on, and decides the greeting."""
    company, by_mail, now = core.company, await mailing.possible(core), utc_now()
    is_open = company.opening is None or company.opening.open_at(now)
    opens = None if company.opening is None or is_open else company.opening.next_opening(now)
    return {
        "company": company.name,
        "assistant": company.name,
        "accent": company.accent,
        "hours": company.hours,
        "languages": ["fr", "en"],
        "max_length": company.max_length,
        "elsewhere": await offered(core, language),
        "upload": {"max_bytes": company.max_upload_bytes, "types": ASKED_FOR},
        "open": is_open,
        "opens": instant(opens) if opens else None,
        "answer_by_mail": by_mail,
        "transcript": by_mail and settings.transcripts,
        "form": list(dict.fromkeys(settings.ask_before)),
        "greeting": asking.greeting(settings, page, language) if page else None,
        "sign_in": settings.sign_in != "off",
    }
