"""How a business number stands with Meta, in one line for the people who run the place."""

from __future__ import annotations

from typing import Any

from channels.port import Health, Rejected, Retry
from channels.whatsapp.graph import Graph
from channels.whatsapp.settings import WhatsAppSettings

APPROVED = "APPROVED"


async def examined(graph: Graph, settings: WhatsAppSettings, *, hook: str) -> Health:
    """Asks Meta about the number and the templates. `hook` is where Meta should call. Whatever Meta does is told."""
    try:
        number = await graph.number()
    except (Rejected, Retry) as error:
        return Health(ok=False, detail=str(error))
    health = of_number(number, hook=hook)
    troubles = await _templates(graph, settings)
    return health.model_copy(update={"detail": "; ".join([health.detail, *troubles])})


def of_number(number: dict[str, Any], *, hook: str) -> Health:
    """How the number is shown, whether it may send, how customers rate it, and whether Meta calls us."""
    shown = str(number.get("display_phone_number") or "")
    digits = "".join(each for each in shown if each.isdecimal())
    status = str(number.get("status") or "")
    told = [str(number.get("verified_name") or "")]
    for name, key in (("quality", "quality_rating"), ("name", "name_status"), ("status", "status")):
        if value := number.get(key):
            told.append(f"{name} {str(value).lower()}")
    calls = number.get("webhook_configuration")
    if isinstance(calls, dict):
        where = calls.get("phone_number") or calls.get("whatsapp_business_account") or calls.get("application")
        if where and str(where).rstrip("/") != hook:
            told.append(f"Meta calls another address than {hook}")
    return Health(
        ok=bool(digits) and status in ("", "CONNECTED"),
        detail=", ".join(each for each in told if each) or "Meta says nothing of this number",
        name=shown or None,
        link=f"https://wa.me/{digits}?text={{code}}" if digits else None,
    )


async def _templates(graph: Graph, settings: WhatsAppSettings) -> list[str]:
    """A line for each template of the settings that could not be sent now."""
    wanted = settings.named_templates()
    if not wanted or not settings.business_account_id:
        return []
    try:
        known = await graph.templates()
    except (Rejected, Retry) as error:
        return [f"templates not checked: {error}"]
    return [
        f"template {each.name} ({each.code}) is {known.get((each.name, each.code), 'not there').lower()}"
        for each in wanted
        if known.get((each.name, each.code)) != APPROVED
    ]
