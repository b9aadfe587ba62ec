"""The WhatsApp channel: a business number on Meta's Cloud API."""

from channels.port import Blueprint
from channels.whatsapp.adapter import WhatsApp
from channels.whatsapp.french import FRENCH
from channels.whatsapp.settings import WhatsAppSettings

LARGEST_BODY = 3 * 1024 * 1024
"""What Meta says that a webhook may hold."""
CHANNEL = Blueprint(
    name="whatsapp",
    settings=WhatsAppSettings,
    open=WhatsApp,
    largest_body=LARGEST_BODY,
    label={"en": "WhatsApp", "fr": "WhatsApp"},
    where={"en": "on WhatsApp", "fr": "sur WhatsApp"},
    spoken=("whatsapp", "whats app", "watsapp", "whatsap", "wapp"),
    french=FRENCH,
    tells_later=True,
)

__all__ = ["CHANNEL", "WhatsApp", "WhatsAppSettings"]
