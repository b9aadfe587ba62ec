"""The payload files, one for each kind of update, and small ones made on the spot."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "payloads"
TOKEN = "5234567890:AAFmaison-tilleul_token-of-tests01"
SECOND_TOKEN = "6234567891:AAFmaison-tilleul_token-of-tests02"
MARIE, EMMA = 412000001, 412000002
GROUP, OLD_GROUP = -1002200300400, -4400500
SHARING = {
    "sendLocation": ("latitude", "longitude"),
    "sendVenue": ("latitude", "longitude", "title", "address"),
    "sendContact": ("phone_number", "first_name"),
}
"""What places and contacts are sent with, and what has to be given."""


def payload(name: str) -> dict[str, Any]:
    """The update of a payload file."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def names() -> list[str]:
    """Every payload file."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def text(words: str, *, number: int = 1, sender: int = MARIE, update_id: int | None = None) -> dict[str, Any]:
    """A text message, the `number`th of its chat."""
    update = copy.deepcopy(payload("message_text"))
    update["update_id"] = update_id or 10_000 + number
    update["message"] |= {"message_id": number, "text": words, "date": 1763800000 + number}
    update["message"]["from"]["id"] = update["message"]["chat"]["id"] = sender
    return update


def pressed(message_id: str, index: int, *, chat_message: int, name: str = "callback_query", query: str = "1") -> Any:
    """A press of a button of our message `message_id`."""
    raw = (FOLDER / f"{name}.json").read_text("utf-8").replace("MESSAGE:", f"{message_id}:")
    update = json.loads(raw)
    update["callback_query"] |= {"id": query, "data": f"{message_id}:{index}"}
    update["callback_query"]["message"]["message_id"] = chat_message
    return update
