"""The assistant's process: `python -m bot.serve --model var/models/relais.tar.gz`.

Loads the model and opens one door, on which the server, and nobody else, asks for turns (docs/protocols.md).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hmac
import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvloop
from aiohttp import web

from bot import lean

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor

    from bot.lanes import Lane

logger = logging.getLogger(__name__)
PATIENCE = 15.0
"""Seconds that a turn may take."""
COLLECTED_AFTER = (1_500, 20, 100)
"""New objects more than freed ones before the youngest are looked at, and how many times that before older ones are."""
LEAVING = 15.0
"""Seconds for which one that is asked to leave ends what it has begun; what is cut off is asked for again."""


class Door:
    """`GET ready`, and `GET turns`: a lane. What goes wrong is told as a failure, never as an answer with nothing in
    it."""

    def __init__(self, processor: MessageProcessor, token: str, patience: float = PATIENCE) -> None:
        """Raises ValueError without a token: nobody is to be let in by none."""
        if not token:
            raise ValueError("the assistant needs a token: set RELAIS_BOT_TOKEN")
        self._processor, self._token, self._patience = processor, token.encode(), patience
        self._lanes: set[Lane] = set()
        self._leaving = False

    def application(self) -> web.Application:
        """What listens."""
        site = web.Application()
        site.add_routes([web.get("/webhooks/relais/ready", self._ready), web.get("/webhooks/relais/turns", self._lane)])
        site.on_shutdown.append(self._leave)
        return site

    async def _ready(self, _: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    async def _lane(self, request: web.Request) -> web.StreamResponse:
        from bot.lanes import CLOSING, LANE, MOST, Lane

        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(errors="replace"), self._token):
            return web.json_response({"code": "wrong_token"}, status=401)
        socket = web.WebSocketResponse(max_msg_size=MOST, compress=False, timeout=CLOSING)
        await socket.prepare(request)
        lane = Lane(socket)
        LANE.set(lane)
        self._lanes.add(lane)
        try:
            await self._serve(lane)
        except ConnectionError:
            # Whoever asked is gone, and asks again elsewhere.
            pass
        finally:
            self._lanes.discard(lane)
            await lane.close()
        return socket

    async def _serve(self, lane: Lane) -> None:
        goes_on = not self._leaving
        while goes_on:
            try:
                asked = await lane.next()
            except (ValueError, KeyError, TypeError):
                await lane.tell({"status": 400, "code": "bad_request", "detail": "no turn"})
                return
            if asked is None:
                return
            answer, goes_on = await self._answer(asked)
            await lane.tell(answer)
            goes_on = goes_on and not self._leaving

    async def _answer(self, body: Any) -> tuple[dict[str, Any], bool]:
        """What is told, and whether the lane can go on."""
        from bot.turn import BadTurn, Turn, TurnFailed, take

        conversation, goes_on = "?", True
        try:
            asked = Turn.parse(body)
            conversation = asked.conversation
            answer = await asyncio.wait_for(take(asked, self._processor), self._patience)
            return {"status": 200, "answer": answer}, True
        except BadTurn as error:
            return {"status": 400, "code": "bad_request", "detail": str(error)}, True
        except TimeoutError:
            # An answer to what it called for may still come: it would be taken for the next turn.
            reason, goes_on = f"no answer within {self._patience:g} s", False
        except TurnFailed as error:
            reason = str(error)
        except Exception as error:
            # The last line before the wire: the server must hear of a failure, whatever it is.
            logger.exception("turn of conversation %s broke", conversation)
            reason = type(error).__name__
        logger.error("turn of conversation %s failed: %s", conversation, reason)
        return {"status": 500, "code": "turn_failed", "detail": reason}, goes_on

    async def _leave(self, _: web.Application) -> None:
        """Ends the lanes, each after the turn that is thought about on it."""
        self._leaving = True
        await asyncio.gather(*(lane.close() for lane in self._lanes if lane.idle), return_exceptions=True)
        for _moment in range(int(LEAVING / 0.05)):
            if not self._lanes:
                return
            await asyncio.sleep(0.05)


def load(model: Path) -> MessageProcessor:
    """What a trained model answers with. Raises what Rasa raises for a file that holds none."""
    from rasa.core.agent import Agent

    from bot import answers, called, history, lookups, responses, rules, runner, slots
    from bot.lanes import ActionEndpoint

    for shortcut in (answers, called, history, lookups, responses, rules, runner, slots):
        shortcut.install()
    processor = Agent.load(str(model), action_endpoint=ActionEndpoint()).processor
    assert processor is not None
    return processor


def rare_collections() -> None:
    """Keeps the garbage collector off the model, and makes it look at the rest seldom: looking through all that Rasa
    holds takes a sixth of a second, in which nobody is answered. Only cycles wait longer to be freed."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


async def serve(door: Door, host: str, port: int) -> None:
    """Listens until it is told to stop (SIGTERM, SIGINT). Raises OSError where the port is taken.

    Another process may listen on the same port (SO_REUSEPORT, socket(7)): one with a newer model takes over from this
    one, or works beside it on another core.
    """
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    runner = web.AppRunner(door.application(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, reuse_port=True).start()
        logger.info("takes turns on %s:%d", host, port)
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> None:
    """Serves one model."""
    asked = argparse.ArgumentParser(prog="bot.serve", description=__doc__)
    asked.add_argument("--model", type=Path, required=True)
    asked.add_argument("--host", default="127.0.0.1")
    asked.add_argument("--port", type=int, default=5005)
    given = asked.parse_args()
    lean.leave_out(*lean.LEFT_OUT)
    from rasa.utils.log_utils import configure_structlog

    form = "%(asctime)s %(levelname)-8s %(name)s  %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, stream=sys.stdout)
    configure_structlog(logging.INFO)
    door = Door(load(given.model), os.environ.get("RELAIS_BOT_TOKEN", ""))
    rare_collections()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(serve(door, given.host, given.port))


if __name__ == "__main__":
    main()
