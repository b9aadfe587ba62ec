"""Telegram: a bot that customers write to, heard through a webhook or by asking for updates."""

from __future__ import annotations

from channels.port import Blueprint, Core
from channels.telegram.adapter import Telegram
from channels.telegram.french import FRENCH
from channels.telegram.settings import Settings
from crm_backend.errors import BadInput


def _open(settings: Settings, account: str, core: Core) -> Telegram:
    problem = settings.unworkable(core.company.address)
    if problem:
        raise BadInput(problem)
    return Telegram(settings, account=account, core=core)


CHANNEL = Blueprint(
    name="telegram",
    settings=Settings,
    open=_open,
    label={"en": "Telegram", "fr": "Telegram"},
    where={"en": "on Telegram", "fr": "sur Telegram"},
    spoken=("telegram", "telegramme"),
    french=FRENCH,
)

__all__ = ["CHANNEL", "Settings", "Telegram"]
