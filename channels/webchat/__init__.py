"""The web chat: a widget in the customer's browser, over a WebSocket or, where that is blocked, plain HTTP."""

from channels.port import Blueprint
from channels.webchat.adapter import WebChat
from channels.webchat.french import FRENCH
from channels.webchat.settings import WebChatSettings

CHANNEL = Blueprint(
    name="webchat",
    settings=WebChatSettings,
    open=WebChat,
    always=True,
    asks_itself=True,
    shown=True,
    label={"en": "Website", "fr": "Site web"},
    where={"en": "on the website", "fr": "sur le site"},
    spoken=("site", "website"),
    french=FRENCH,
)

__all__ = ["CHANNEL", "WebChat"]
