"""The console: shows what is sent in the server's log, and takes what customers say from a request with a token."""

from channels.console.adapter import Console
from channels.console.settings import FRENCH, ConsoleSettings
from channels.port import Blueprint

CHANNEL = Blueprint(
    name="console",
    settings=ConsoleSettings,
    open=Console,
    label={"en": "Console", "fr": "Console"},
    where={"en": "on the console", "fr": "sur la console"},
    french=FRENCH,
)

__all__ = ["CHANNEL", "Console", "ConsoleSettings"]
