"""How fast customers are answered: messages a second, waiting times, and what a long conversation costs.

Lines beside each other, in one run on one machine:

* `system`: simulated browsers on the WebSocket of a real server process (private PostgreSQL and Valkey, the demo
  company, the trained assistant). Every message is stored, thought about, answered and delivered.
* `assistant`: our Rasa process alone, asked directly; the dialogue state travels with each turn. What it calls for,
  such as a look into the database, is done by the process that plays the customers.
* `text` and `buttons`: the same process, eight at a time, with what needs no look into the database: sentences, and
  what stands behind buttons.
* `stock`: Rasa 3.6.21 with its default pipeline and policies, taught the same sentences, asked over its REST channel,
  trackers in memory. It says one fixed sentence an intent: no database, no search, no verification.

Customers talk in a closed loop: each waits for the first answer before it says the next thing. They, the servers and
the stores share this machine. Nothing leaves 127.0.0.1, and nothing here passes or fails.

    .venv/bin/python -m benchmarks.turns                    everything; stock Rasa is taught once
    .venv/bin/python -m benchmarks.turns --quick            to see that it runs
    .venv/bin/python -m benchmarks.turns --without-stock
    .venv/bin/python -m benchmarks.turns --turns 300 --customers 1,8,32 --messages 600 --stock-epochs 30
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from benchmarks.acting import acting
from benchmarks.customers import BUTTONS, ROUND, TALK, BotCustomer, ChatCustomer, Customer, Load, StockCustomer, drive
from benchmarks.systems import Running, machine, relais, stock
from server.lanes import Lanes

MakeCustomer = Callable[[int], Awaitable[Customer]]
WINDOWS = (3, 10, 50, 100, 200, 300)
BESIDE = 8
"""Customers at the same time in the lines `text` and `buttons`."""
WARM = 10
"""What each of as many customers as there will be has said before the first figure: connections are open then, and
statements planned."""
WIDE = 10
"""Turns in a window: two rounds, so that each holds the same mixture of sentences."""


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few messages and an untaught stock Rasa: only to try")
    parser.add_argument("--without-stock", action="store_true", help="leave stock Rasa out")
    parser.add_argument("--turns", type=int, default=300, help="length of the long conversation (default 300)")
    parser.add_argument("--customers", default="1,8,32", help="customers at the same time (default 1,8,32)")
    parser.add_argument("--messages", type=int, default=600, help="messages for each number of customers (default 600)")
    parser.add_argument("--hang-up-after", type=int, help="turns of a conversation under load (default: all of them)")
    parser.add_argument("--stock-epochs", type=int, help="cap on stock Rasa's training epochs (default: its own 100)")
    asked = parser.parse_args()
    if asked.quick:
        asked.turns, asked.customers, asked.messages, asked.stock_epochs = 20, "1,4", 40, 2
    asked.customers = [int(number) for number in asked.customers.split(",")]
    return asked


def language(number: int) -> str:
    """Every other customer speaks English."""
    return ("fr", "en")[number % 2]


@asynccontextmanager
async def browsers() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections without a limit."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        yield client


async def measure(name: str, running: Running, make: MakeCustomer, asked: argparse.Namespace) -> None:
    """Every figure of one line, printed as it comes."""
    await drive([await make(number) for number in range(max(asked.customers))], WARM * max(asked.customers))
    await settled(running)
    for count in asked.customers:
        before = running.cpu()
        customers = [await make(number) for number in range(count)]
        load = await drive(customers, asked.messages, hangs_up_after=asked.hang_up_after)
        used = {part: seconds - before[part] for part, seconds in running.cpu().items()}
        tell(name, count, load, used)
    await lengthen(name, make, asked.turns)


async def settled(running: Running, *, within: float = 30.0) -> None:
    """Waits until the parts have loaded what their first messages made them load, and use less than a seventh of a
    core."""
    for _ in range(round(within)):
        before = sum(running.cpu().values())
        await asyncio.sleep(1)
        if sum(running.cpu().values()) - before < 0.14:
            return


def tell(name: str, count: int, load: Load, used: dict[str, float]) -> None:
    """One row of the first table."""
    waits = "".join(f"{load.percentile(share):8.0f}" for share in (0.5, 0.95, 0.99))
    costs = "  ".join(f"{part} {seconds / len(load.waits) * 1000:.1f}" for part, seconds in used.items())
    print(f"{name:10}{count:10}{load.per_second:13.1f}{waits}    {costs}")
    if count == 1 and {said for said, _ in load.waits} >= set(ROUND):
        kinds = {kind: statistics.median(wait for said, wait in load.waits if said == kind) for kind in ROUND}
        print(f"{'':10}by sentence: " + "  ".join(f"{kind} {wait * 1000:.0f}" for kind, wait in kinds.items()))
    if load.missing:
        print(f"{'':10}{len(load.missing)} without an answer, such as: {load.missing[0]}")


async def lengthen(name: str, make: MakeCustomer, turns: int) -> None:
    """One conversation after another, in French and in English, of `turns` turns each."""
    for number in range(2):
        # Said once before, by another: a sentence that was never heard costs more, whenever it is said.
        await drive([await make(number)], turns)
    waits = [(await drive([await make(number)], turns)).waits for number in range(2)]
    if min(map(len, waits)) < turns:
        print(f"{name:10}a long conversation was interrupted")
        return
    shown = []
    for turn in WINDOWS:
        if turn <= turns:
            first = max(0, min(turn - WIDE // 2, turns - WIDE))
            window = [wait for talk in waits for _, wait in talk[first : first + WIDE]]
            shown.append(f"turn {turn}: {statistics.median(window) * 1000:.0f}")
    print(f"{name:10}one conversation, ms: " + "   ".join(shown))


def starting(running: Running) -> str:
    """How long the parts took to load, and how large they are now."""
    memory = running.memory()
    return "   ".join(f"{part} ready in {running.loading[part]:.1f} s, {memory[part]:.0f} MB" for part in running.parts)


async def ours(folder: Path, asked: argparse.Namespace) -> None:
    """The lines `system` and `assistant`."""
    async with relais(folder) as running, browsers() as client, acting(running) as act:
        lanes = Lanes(client, address=running.bot_address, token=SecretStr(running.bot_token))

        async def chat(number: int) -> Customer:
            return ChatCustomer(client, running.address, language(number))

        async def direct(number: int) -> Customer:
            # Actions look the conversation up: it has to be a real one.
            first = ChatCustomer(client, running.address, language(number))
            await first.say("hello")
            conversation = first.conversation
            await first.leave()
            return BotCustomer(lanes, act, first.language, conversation)

        await measure("system", running, chat, asked)
        await measure("assistant", running, direct, asked)
        for name, kinds in (("text", TALK), ("buttons", BUTTONS)):
            before = running.cpu()
            load = await drive([await direct(number) for number in range(BESIDE)], 4 * asked.messages, kinds)
            tell(name, BESIDE, load, {part: seconds - before[part] for part, seconds in running.cpu().items()})
        print(starting(running))


async def beside(folder: Path, asked: argparse.Namespace) -> None:
    """The line `stock`."""
    async with stock(folder, epochs=asked.stock_epochs) as running, browsers() as client:

        async def rest(number: int) -> Customer:
            return StockCustomer(client, running.address, language(number))

        await measure("stock", running, rest, asked)
        print(starting(running))


async def main() -> None:
    asked, began = options(), time.perf_counter()
    print(machine())
    print(f"{'':10}{'customers':>10}{'messages/s':>13}{'p50':>8}{'p95':>8}{'p99':>8}    processor ms a message")
    with tempfile.TemporaryDirectory(prefix="relais-bench-", ignore_cleanup_errors=True) as folder:
        # PostgreSQL runs as another user when we are root, and must reach its files.
        Path(folder).chmod(0o755)
        await ours(Path(folder) / "relais", asked)
        if not asked.without_stock:
            await beside(Path(folder) / "stock", asked)
    print(f"{time.perf_counter() - began:.0f} s; {machine()}")


if __name__ == "__main__":
    asyncio.run(main())
