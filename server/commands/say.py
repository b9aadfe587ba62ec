"""`./relais say`: a customer at the terminal, over the web chat's own WebSocket."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from crm_backend.catalogue.money import lowest, money
from server.settings import Settings
from server.supervise.probes import local_address

LONGEST = 20.0
"""Seconds to wait for the first reply."""
QUIET = 1.0
"""Seconds without a reply after which no more is expected."""
ELSEWHERE = 2.0
"""Seconds to wait when it is not the assistant who answers."""


class SayFailed(Exception):
    """The message could not be said; the text is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Saying:
    """What to write or press, and where."""

    text: str = ""
    conversation: str | None = None
    language: str | None = None
    button: int | None = None
    url: str | None = None


@dataclass
class Heard:
    """What came back."""

    conversation: str | None = None
    owner: dict[str, Any] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)


async def say(settings: Settings, saying: Saying, *, as_json: bool) -> int:
    """Says it, waits for the replies and prints them; 0 when something was answered."""
    base = (saying.url or local_address(settings)).rstrip("/")
    kept = Visitors(settings.var / "say.json")
    try:
        heard = await exchange(base, saying, kept)
    except SayFailed as failure:
        print(f"relais: {failure}", file=sys.stderr)
        return 1
    if as_json:
        answer = {"conversation": heard.conversation, "owner": heard.owner, "messages": heard.messages}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        tell(heard)
    if not heard.messages and heard.owner.get("kind", "bot") == "bot":
        print(f"relais: there was no reply within {LONGEST:.0f} s", file=sys.stderr)
        return 1
    return 0


async def exchange(base: str, saying: Saying, kept: Visitors) -> Heard:
    """One message to the chat at `base` and what it answers. Raises SayFailed."""
    visitor = kept.token(saying.conversation)
    if saying.conversation and visitor is None:
        raise SayFailed(f"conversation {saying.conversation} was not begun with ./relais say on this machine")
    language = saying.language or kept.language(saying.conversation) or "fr"
    hello = {
        "type": "hello",
        "visitor": visitor,
        "conversation": saying.conversation,
        "after": 0,
        "language": language,
        "page": None,
    }
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, connect=5)) as session,
            session.ws_connect(f"{base}/chat/ws", heartbeat=20) as socket,
        ):
            await socket.send_json(hello)
            welcome = await _next(socket, 10, "welcome")
            if saying.conversation and welcome["conversation"] != saying.conversation:
                raise SayFailed(f"the server does not know conversation {saying.conversation} any more")
            client_id = str(uuid4())
            await socket.send_json({"type": "message", "client_id": client_id} | _content(saying, welcome["messages"]))
            heard = await _listen(socket, client_id, Heard(welcome["conversation"], welcome.get("owner") or {}))
    except aiohttp.WSServerHandshakeError as error:
        raise SayFailed(f"the server at {base} refused the chat (HTTP {error.status})") from None
    except (aiohttp.ClientError, OSError, TimeoutError):
        raise SayFailed(f"no server answers at {base}; start it with ./relais up") from None
    if heard.conversation:
        kept.keep(heard.conversation, welcome["visitor"], language)
    return heard


def _content(saying: Saying, messages: list[dict[str, Any]]) -> dict[str, Any]:
    if saying.button is None:
        return {"text": saying.text}
    offered: dict[str, Any] = next((message for message in reversed(messages) if message["from"] != "customer"), {})
    buttons = offered.get("buttons") or []
    if saying.button > len(buttons):
        known = f"it has {len(buttons)}" if buttons else "it has none"
        raise SayFailed(f"the last reply has no button {saying.button}: {known}")
    title = buttons[saying.button - 1]["title"]
    return {"text": title, "button": {"seq": offered["seq"], "index": saying.button - 1}}


async def _listen(socket: aiohttp.ClientWebSocketResponse, client_id: str, heard: Heard) -> Heard:
    deadline = time.monotonic() + LONGEST
    while (left := deadline - time.monotonic()) > 0:
        try:
            frame = await _next(socket, left)
        except TimeoutError:
            break
        match frame:
            case {"type": "ack", "client_id": acknowledged, "conversation": conversation} if acknowledged == client_id:
                heard.conversation = conversation
                if heard.owner.get("kind", "bot") != "bot":
                    deadline = min(deadline, time.monotonic() + ELSEWHERE)
            case {"type": "message", "message": message} if message["from"] != "customer":
                heard.messages.append(message)
                deadline = time.monotonic() + QUIET
            case {"type": "owner", "owner": owner}:
                heard.owner = owner
            case {"type": "error", "message": told}:
                raise SayFailed(told)
    return heard


async def _next(socket: aiohttp.ClientWebSocketResponse, seconds: float, kind: str | None = None) -> dict[str, Any]:
    while True:
        frame = await socket.receive(timeout=seconds)
        if frame.type is not aiohttp.WSMsgType.TEXT:
            raise SayFailed("the server ended the chat")
        content: dict[str, Any] = json.loads(frame.data)
        if content["type"] == "error" and kind:
            raise SayFailed(content["message"])
        if kind in (None, content["type"]):
            return content


def tell(heard: Heard) -> None:
    """Prints the replies as a person reads them."""
    for message in heard.messages:
        name = message.get("name") or message["from"]
        print(f"{name}: {message['text']}" if message["from"] != "system" else f"— {message['text']}")
        for card in message.get("cards") or []:
            print(f"  ▪ {card['title']}{_address(card)}")
            for line in [_price(card, message.get("language")), card.get("text"), *(card.get("lines") or [])]:
                if line:
                    print(f"    {line}")
        for number, button in enumerate(message.get("buttons") or [], 1):
            print(f"  [{number}] {button['title']}")
    owner = heard.owner
    if owner.get("kind") == "queue":
        ahead = owner.get("ahead")
        print("— waiting for a person" + (f", {ahead} ahead" if ahead else ""))
    elif owner.get("kind") == "agent":
        print(f"— {owner.get('name') or 'a person'} answers")
    print(f"conversation {heard.conversation}", file=sys.stderr)


def _price(card: dict[str, Any], language: str | None) -> str:
    if not (price := card.get("price")):
        return ""
    said = lowest if price.get("lowest") else money
    return said(price["minor"], price["currency"], "en" if language == "en" else "fr")


def _address(card: dict[str, Any]) -> str:
    return f" ({card['url']})" if card.get("url") else ""


class Visitors:
    """The secret tokens of the conversations begun here, in a file that only its owner reads."""

    KEPT = 200

    def __init__(self, path: Path) -> None:
        self._path = path

    def token(self, conversation: str | None) -> str | None:
        """The visitor who began the conversation."""
        return self._read().get(conversation or "", {}).get("visitor")

    def language(self, conversation: str | None) -> str | None:
        """The language it was begun in."""
        return self._read().get(conversation or "", {}).get("language")

    def keep(self, conversation: str, visitor: str, language: str) -> None:
        """Remembers the visitor, and forgets the oldest beyond KEPT."""
        kept = self._read()
        kept.pop(conversation, None)
        kept[conversation] = {"visitor": visitor, "language": language}
        kept = dict(list(kept.items())[-self.KEPT :])
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file, indent=1)
        draft.replace(self._path)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            found = json.loads(self._path.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return found if isinstance(found, dict) else {}
