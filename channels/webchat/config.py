"""What a chat is told when it is opened, before the visitor says anything (docs/protocols.md)."""

from __future__ import annotations

from typing import Any

from channels.port import Core
from channels.webchat import asking, mailing
from channels.webchat.elsewhere import offered
from channels.webchat.hours import in_words
from channels.webchat.settings import WebChatSettings
from crm_backend.attachments.kinds import ASKED_FOR
from crm_backend.conversations.reading.messages import instant
from crm_backend.conversations.schema import Language
from crm_backend.database import reading, utc_now
from crm_backend.routing import services as routing


async def config(
    core: Core, settings: WebChatSettings, *, page: str, language: Language, visitor: str = ""
) -> dict[str, Any]:
    """All of it; `page` is the address or path of the page the chat is on, and decides the greeting together with the
    `visitor`: `new`, `returning` or not said."""
    company, by_mail, now = core.company, await mailing.possible(core), utc_now()
    is_open = company.opening is None or company.opening.open_at(now)
    opens = None if company.opening is None or is_open else company.opening.next_opening(now)
    closes = None if company.opening is None else company.opening.closing(now)
    return {
        "company": company.name,
        "assistant": company.name,
        "accent": company.accent,
        # Hours that could not be read are said as they stand.
        "hours": in_words(company.opening, language) if company.opening else company.hours,
        "languages": ["fr", "en"],
        "max_length": company.max_length,
        "elsewhere": await offered(core, language),
        "upload": {"max_bytes": company.max_upload_bytes, "types": ASKED_FOR},
        "open": is_open,
        "present": is_open and await _somebody(core),
        # As the company's clock will show it.
        "opens": opens.isoformat(timespec="seconds") if opens else None,
        "closes": instant(closes) if closes else None,
        "answer_by_mail": by_mail,
        "transcript": by_mail and settings.transcripts,
        "form": list(dict.fromkeys(settings.ask_before)),
        "greeting": asking.greeting(settings, page, language, is_open=is_open, visitor=visitor) if page else None,
        "greets": bool(settings.greetings.strip()),
        "sign_in": settings.sign_in != "off",
    }


async def _somebody(core: Core) -> bool:
    async with reading(core.sessions) as session:
        return await routing.agents_present(session) > 0
