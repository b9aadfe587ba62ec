"""The web chat: a widget in the customer's browser, over a WebSocket or, where that is blocked, plain HTTP."""

from channels.webchat.adapter import WebChat

__all__ = ["WebChat"]
