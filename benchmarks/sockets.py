"""How soon an answer is on the customer's screen when very many have the chat open.

So many WebSockets are opened on one server and stay open. In some of the conversations an agent answers through the
desk, at a fixed rate; measured is the time from sending the agent's request to the customer's frame. That is: the
agent's request, its transaction, the wake-up, the customer's read, and the frame.

    .venv/bin/python -m benchmarks.sockets
    .venv/bin/python -m benchmarks.sockets --open 2000 --rate 10 --seconds 30
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import resource
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import aiohttp

from benchmarks.systems import Running, machine, relais
from tests.support.site import AgentAtDesk, browser_session

TALKING = 50
AGENT = "claire@maison-tilleul.example"


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=2000, help="connections (default 2000)")
    parser.add_argument("--rate", type=float, default=10, help="answers a second (default 10)")
    parser.add_argument("--seconds", type=float, default=30, help="how long (default 30)")
    return parser.parse_args()


class Open:
    """One browser: keeps its socket read, and notes when each text arrived."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.conversation = ""
        self.arrived: dict[str, float] = {}
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for raw in self.socket:
            frame = raw.json()
            if frame["type"] == "message":
                self.arrived[frame["message"]["text"]] = time.perf_counter()
            elif frame["type"] == "ack":
                self.conversation = frame["conversation"]

    async def write(self, text: str, action: str | None = None) -> None:
        """Says something."""
        await self.socket.send_json({"type": "message", "client_id": str(uuid4()), "text": text, "action": action})


async def main() -> None:
    """Prints what was measured."""
    asked = options()
    # The customers' side shares this process and must not stop for its own sake.
    gc.disable()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, asked.open * 3)), hard))
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        async with relais(Path(folder)) as system:
            await _measure(system, asked)


async def _measure(system: Running, asked: argparse.Namespace) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as client, browser_session() as desk:
        before = system.memory()["server"]
        customers = [await _opened(client, system, n) for n in range(asked.open)]
        grown = system.memory()["server"] - before
        print(f"{asked.open} connections open; the server grew by {grown:.0f} MB")
        agent = AgentAtDesk(desk, system.address)
        await agent.sign_in(AGENT)
        talking = customers[:: max(1, len(customers) // TALKING)][:TALKING]
        for customer in talking:
            await customer.write("une personne", "person")
        await asyncio.sleep(5)
        for customer in talking:
            await agent.take(customer.conversation)
        await _answers(system, agent, talking, asked)
        for customer in customers:
            customer.reading.cancel()


async def _opened(client: aiohttp.ClientSession, system: Running, number: int) -> Open:
    socket = await client.ws_connect(f"{system.address}/chat/ws")
    await socket.send_json({"type": "hello", "visitor": None, "language": ("fr", "en")[number % 2]})
    return Open(socket)


async def _answers(system: Running, agent: AgentAtDesk, talking: list[Open], asked: argparse.Namespace) -> None:
    sent: dict[str, tuple[Open, float]] = {}
    tasks = []
    used = system.cpu()
    began = time.perf_counter()
    for n in range(int(asked.rate * asked.seconds)):
        await asyncio.sleep(max(0.0, began + n / asked.rate - time.perf_counter()))
        customer, text = talking[n % len(talking)], f"answer {n}"
        sent[text] = (customer, time.perf_counter())
        tasks.append(asyncio.create_task(agent.answer(customer.conversation, text)))
    statuses = Counter(status for status, _ in await asyncio.gather(*tasks))
    await asyncio.sleep(2)
    seconds = {part: value - used[part] for part, value in system.cpu().items()}
    took = [customer.arrived[text] - at for text, (customer, at) in sent.items() if text in customer.arrived]
    missing = len(sent) - len(took)
    cuts = [cut * 1000 for cut in statistics.quantiles(took, n=100)]
    print(f"{len(sent)} answers, {missing} missing; the desk was told {dict(statuses)}")
    print("processor seconds: " + ", ".join(f"{part} {value:.1f}" for part, value in seconds.items()))
    print(f"delivered after p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main())
