"""Simulated customers: what they say, how they say it to each system, and how long they wait for the first answer."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import aiohttp
import yaml

from server.demo.showcase import SHOWCASE
from server.lanes import Act, Lanes

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 20.0
"""Seconds after which an answer counts as missing."""
AT_ONCE = 90
"""Messages after which a browser opens its line again: a socket is read at full speed for a hundred frames, then fifty
a second (`channels.webchat.line`). No person writes so fast; a customer who never stops to think does."""
MISSED = 3
"""Answers missing one after the other, after which nothing more is asked."""

TAUGHT = {"greeting": "greet", "question": "ask_knowledge", "help": "ask_help", "thanks": "thanks"}
ROUND = ("greeting", "question", "order", "help", "thanks")
"""What one customer says, over and over: two of the five need the database."""
ORDER = {
    "fr": ("où est ma commande {number} ? {email} {postcode}", "suivi de ma commande {number}, {email}, {postcode}"),
    "en": ("where is my order {number}? {email} {postcode}", "track order {number}, {email}, {postcode}"),
}


@dataclass(frozen=True)
class Sentence:
    kind: str
    text: str


def nlu(language: str) -> dict[str, list[str]]:
    """The training sentences of each intent in a language."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "data").glob(f"*/nlu.{language}.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in group:
                lines = [line.strip().removeprefix("- ") for line in group["examples"].splitlines()]
                found.setdefault(group["intent"], []).extend(line for line in lines if line)
    return found


SOMEBODY = re.compile(r"\b(?:quelqu|anyone|anybody|somebody|someone)", re.IGNORECASE)
"""Who greets so may be taken at their word: a person answers then, and the assistant does not."""
TALK = ("greeting", "help", "thanks")
"""What is answered without a look into the database."""
BUTTONS = tuple(f"/{TAUGHT[kind]}" for kind in TALK)


@cache
def _said_here(language: str) -> dict[str, list[str]]:
    """What customers say by intent. Read once: reading takes longer than an answer."""
    return {intent: [line for line in lines if not SOMEBODY.search(line)] for intent, lines in nlu(language).items()}


def sentences(language: str, seed: int, kinds: Sequence[str] = ROUND) -> Iterator[Sentence]:
    """Endless talk of one customer: sentences both systems were taught, so that both answer to the point."""
    # Not for secrets: the same customer says the same in every run.
    chance = random.Random(seed)
    taught = _said_here(language)
    orders = [order for order in SHOWCASE if order.language == language]
    # Customers do not march in step: each begins somewhere else in the round.
    at = seed % len(kinds)
    for kind in itertools.cycle([*kinds[at:], *kinds[:at]]):
        if kind.startswith("/"):
            yield Sentence(kind, kind)
        elif kind == "order":
            order = chance.choice(orders)
            words = chance.choice(ORDER[language])
            yield Sentence(kind, words.format(number=order.number, email=order.email, postcode=order.postcode))
        else:
            yield Sentence(kind, chance.choice(taught[TAUGHT[kind]]))


class NoAnswer(Exception):
    """Nothing came back in time, or something that is no answer."""


class Customer(Protocol):
    """Someone who can say something and wait."""

    language: str

    async def say(self, text: str) -> float:
        """Seconds until the first answer. Raises NoAnswer."""

    async def leave(self) -> None:
        """Hangs up."""


@dataclass
class ChatCustomer:
    """A browser on the web chat of the whole system."""

    client: aiohttp.ClientSession
    address: str
    language: str
    conversation: str = ""
    _visitor: str | None = None
    _last: int = 0
    _sent: int = 0
    _socket: aiohttp.ClientWebSocketResponse | None = None

    async def say(self, text: str) -> float:
        if self._socket is not None and self._sent >= AT_ONCE:
            await self._socket.close()
            self._socket = None
        if self._socket is None:
            self._socket = await self._opened()
        self._sent += 1
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._answered(self._socket, text) - began
        except (TimeoutError, TypeError) as error:
            await self.leave()
            raise NoAnswer(f"{type(error).__name__} after {text!r}") from error

    async def _opened(self) -> aiohttp.ClientWebSocketResponse:
        """A new line, on which the conversation goes on if there was one."""
        socket = await self.client.ws_connect(f"{self.address}/chat/ws")
        known = {"visitor": self._visitor, "conversation": self.conversation or None, "after": self._last}
        await socket.send_json({"type": "hello", "language": self.language, **known})
        while (frame := await socket.receive_json())["type"] != "welcome":
            pass
        self._visitor, self._sent = frame["visitor"], 0
        return socket

    async def _answered(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> float:
        await socket.send_json({"type": "message", "client_id": str(uuid4()), "text": text})
        seq, answered = None, {}
        # An answer may be told before the acknowledgement: they travel through different tasks of the server.
        while seq is None or not any(said > seq for said in answered):
            frame = await socket.receive_json()
            if frame["type"] == "ack":
                seq, self.conversation = frame["seq"], frame["conversation"]
            elif frame["type"] == "message" and frame["message"]["from"] == "bot":
                self._last = frame["message"]["seq"]
                answered[self._last] = time.perf_counter()
            elif frame["type"] == "error":
                raise NoAnswer(frame["code"])
        return min(at for said, at in answered.items() if said > seq)

    async def leave(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            self._socket = None
        self._visitor, self.conversation, self._last = None, "", 0


@dataclass
class BotCustomer:
    """A customer who asks our assistant's process itself, does what it calls for, and carries the dialogue state from
    turn to turn."""

    lanes: Lanes
    act: Act
    language: str
    conversation: str
    state: dict[str, Any] | None = None

    async def say(self, text: str) -> float:
        turn = str(uuid4())
        body = {
            "conversation": self.conversation,
            "turn": turn,
            "text": text,
            "language": self.language,
            "state": self.state,
            "metadata": {"proof": "anonymous", "action": None, "company": "Maison Tilleul", "turn": turn},
        }
        began = time.perf_counter()
        told = await self.lanes.ask(body, self.act, tries=1)
        took = time.perf_counter() - began
        if told["status"] != 200:
            raise NoAnswer(f"{told}")
        self.state = told["answer"]["state"]
        return took

    async def leave(self) -> None:
        self.state = None


@dataclass
class StockCustomer:
    """A customer of stock Rasa's REST channel."""

    client: aiohttp.ClientSession
    address: str
    language: str
    sender: str = field(default_factory=lambda: str(uuid4()))

    async def say(self, text: str) -> float:
        began = time.perf_counter()
        body = {"sender": self.sender, "message": text}
        async with self.client.post(f"{self.address}/webhooks/rest/webhook", json=body) as response:
            answer = json.loads(await response.read())
            took = time.perf_counter() - began
        if not answer:
            raise NoAnswer(f"empty answer to {text!r}")
        return took

    async def leave(self) -> None:
        self.sender = str(uuid4())


@dataclass
class Load:
    """What was measured: (kind of sentence, seconds) of every message as it was answered, and the whole time."""

    waits: list[tuple[str, float]] = field(default_factory=list)
    seconds: float = 0.0
    missing: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.waits) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(wait for _, wait in self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


async def drive(
    customers: list[Customer], messages: int, kinds: Sequence[str] = ROUND, *, hangs_up_after: int | None = None
) -> Load:
    """A closed loop: each customer says something, waits for the first answer, and says the next thing at once; after
    so many turns, if that is said, in a new conversation. Raises NoAnswer when no answers come any more."""
    load, left = Load(), messages
    for customer in customers:
        # Not while others wait for their answers.
        _said_here(customer.language)

    async def talk(customer: Customer, seed: int) -> None:
        nonlocal left
        missed = 0
        for turn, sentence in enumerate(sentences(customer.language, seed, kinds)):
            if left <= 0:
                return
            left -= 1
            if hangs_up_after and turn and turn % hangs_up_after == 0:
                await customer.leave()
            try:
                load.waits.append((sentence.kind, await customer.say(sentence.text)))
                missed = 0
            except NoAnswer as error:
                load.missing.append(str(error))
                missed += 1
                if missed == MISSED:
                    raise

    began = time.perf_counter()
    await asyncio.gather(*(talk(customer, number) for number, customer in enumerate(customers)))
    load.seconds = time.perf_counter() - began
    for customer in customers:
        await customer.leave()
    return load
