"""How fast platforms are told "taken": inbound messages across channels, and a storm of redelivered, shuffled updates.

* `first`: everybody's first message, at half the rate: a person and a conversation are made for each.
* `flow`: Telegram updates, WhatsApp webhooks and web chat messages arrive at a fixed rate, whether or not earlier ones
  were answered (an open loop: a slow server makes a queue, not fewer messages). Each is authenticated, stored with its
  turn in one transaction, and acknowledged after the commit. The assistant thinks about what arrives all the while.
* `storm`: distinct updates, each delivered several times, in random order, many at once. Afterwards the database must
  hold each exactly once, in the platform's order.

The server runs as a process for the sites on each core and one for the loops (`RELAIS_ROLES`, `RELAIS_SHARE_PORT`), as
docs/architecture.md advises where much comes in. Platforms, server, assistant and stores share this machine. Nothing
leaves 127.0.0.1.

    .venv/bin/python -m benchmarks.gateway
    .venv/bin/python -m benchmarks.gateway --rate 200 --seconds 30 --storm 10000
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from uuid import uuid4

import aiohttp
from aiohttp import web
from sqlalchemy import text

from benchmarks.systems import Running, machine, relais
from crm_backend.database import connect
from tests.support.assistant import free_port

SECRET, APP_SECRET, PHONE = "telegram-secret-of-bench", "whatsapp-secret", "15550000001"
CHATS = 300
SAID = ("bonjour", "où est ma commande ?", "hello", "what are your opening hours?", "merci")
Send = Callable[[int], Awaitable[int]]


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=200, help="inbound messages a second (default 200)")
    parser.add_argument("--seconds", type=float, default=30, help="length of the flow (default 30)")
    parser.add_argument("--storm", type=int, default=10_000, help="deliveries in the storm (default 10,000)")
    parser.add_argument(
        "--sites",
        type=int,
        default=os.cpu_count() or 1,
        help="processes for the sites, beside the worker; 0: one for all",
    )
    return parser.parse_args()


async def main() -> None:
    """Prints both measurements."""
    asked = options()
    platform = free_port()
    runner = web.AppRunner(_platforms())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", platform).start()
    api = f"http://127.0.0.1:{platform}"
    environment = {
        "RELAIS_PUBLIC_URL": "https://bench.example",
        "RELAIS_TELEGRAM_TOKEN": "123456:bench-token-0123456789",
        "RELAIS_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "RELAIS_TELEGRAM_MODE": "webhook",
        "RELAIS_TELEGRAM_API_URL": api,
        "RELAIS_WHATSAPP_PHONE_NUMBER_ID": PHONE,
        "RELAIS_WHATSAPP_BUSINESS_ACCOUNT_ID": "1",
        "RELAIS_WHATSAPP_ACCESS_TOKEN": "bench",
        "RELAIS_WHATSAPP_APP_SECRET": APP_SECRET,
        "RELAIS_WHATSAPP_VERIFY_TOKEN": "bench",
        "RELAIS_WHATSAPP_GRAPH_URL": api,
    }
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        async with relais(Path(folder), sites=asked.sites, **environment) as system:
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(system.address, connector=connector) as client:
                await _flow(client, system, rate=asked.rate, seconds=asked.seconds)
                await _storm(client, system, deliveries=asked.storm)
    await runner.cleanup()


def _platforms() -> web.Application:
    """What the channels call while they run; their answers do not matter here."""

    async def anything(request: web.Request) -> web.Response:
        await request.read()
        result = {"message_id": random.randrange(10**9), "date": 1, "chat": {"id": 1, "type": "private"}}
        return web.json_response({"ok": True, "result": result, "messages": [{"id": f"wamid.{uuid4()}"}], "id": PHONE})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", anything)
    return app


async def _flow(client: aiohttp.ClientSession, system: Running, *, rate: float, seconds: float) -> None:
    senders = (telegram(client), whatsapp(client), webchat(client))
    people = CHATS * len(senders)
    await _at_rate("first ", senders, range(people), rate / 2)
    cpu, own = system.cpu(), time.process_time()
    await _at_rate("flow  ", senders, range(people, people + int(rate * seconds)), rate)
    used = {part: seconds_used - cpu[part] for part, seconds_used in system.cpu().items()}
    used["senders and platforms"] = time.process_time() - own
    print("       processor seconds: " + ", ".join(f"{part} {value:.1f}" for part, value in used.items()))
    turns = await _count(system, "select count(*) from turns where state = 'done'")
    print(f"       {turns} turns thought about meanwhile")


async def _at_rate(name: str, senders: Sequence[Send], numbers: range, rate: float) -> list[float]:
    """Sends each number at its time, whether or not those before were answered; the seconds each took."""
    took: list[float] = []
    failed = 0

    async def one(n: int) -> None:
        nonlocal failed
        began = time.perf_counter()
        status = await _status(senders[n % len(senders)](n // len(senders)))
        took.append(time.perf_counter() - began)
        failed += status >= 300

    began = time.perf_counter()
    tasks = []
    for n, number in enumerate(numbers):
        await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(one(number)))
    await asyncio.gather(*tasks)
    elapsed = time.perf_counter() - began
    print(f"{name} {len(took)} messages in {elapsed:.1f} s ({len(took) / elapsed:.0f}/s), {failed} refused")
    print("       acknowledged after p50 {:.0f} ms, p95 {:.0f} ms, p99 {:.0f} ms, longest {:.0f} ms".format(*_at(took)))
    return took


async def _storm(client: aiohttp.ClientSession, system: Running, *, deliveries: int) -> None:
    distinct, chats = deliveries // 4, 50
    updates = [(10**6 + n % chats, n // chats + 1) for n in range(distinct)] * 4
    random.Random(1).shuffle(updates)
    gate = asyncio.Semaphore(64)
    took: list[float] = []
    refused = 0

    async def one(chat: int, number: int) -> None:
        nonlocal refused
        async with gate:
            began = time.perf_counter()
            status = await _status(_telegram(client, chat, number, f"{number}"))
            took.append(time.perf_counter() - began)
            refused += status >= 300

    began = time.perf_counter()
    await asyncio.gather(*(one(*update) for update in updates))
    elapsed = time.perf_counter() - began
    mine = "from messages where author = 'customer' and channel = 'telegram' and platform_order is not null"
    conversations = "conversation_id in (select id from conversations where address like '1000%')"
    stored = await _count(system, f"select count(*) {mine} and {conversations}")
    wrong = await _count(
        system,
        "select count(*) from (select platform_order, lag(platform_order) over (partition by conversation_id order by"
        f" place, seq) as before {mine} and {conversations}) as told where before >= platform_order",
    )
    print(f"storm  {len(updates)} deliveries of {distinct} updates in {elapsed:.1f} s ({len(updates) / elapsed:.0f}/s)")
    print("       acknowledged after p50 {:.0f} ms, p95 {:.0f} ms, p99 {:.0f} ms, longest {:.0f} ms".format(*_at(took)))
    print(f"       {refused} refused; {stored} stored, {wrong} out of the platform's order")


def telegram(client: aiohttp.ClientSession) -> Send:
    """Sends the n-th update."""

    async def send(n: int) -> int:
        return await _telegram(client, n % CHATS + 1, n + 1000, SAID[n % len(SAID)])

    return send


async def _telegram(client: aiohttp.ClientSession, chat: int, number: int, said: str) -> int:
    person = {"id": chat, "is_bot": False, "first_name": "Marie", "language_code": "fr"}
    message = {
        "message_id": number,
        "from": person,
        "chat": {"id": chat, "type": "private", "first_name": "Marie"},
        "date": int(time.time()),
        "text": said,
    }
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    update = {"update_id": chat * 10**6 + number, "message": message}
    async with client.post("/hooks/telegram/main", json=update, headers=headers) as answer:
        await answer.read()
        return answer.status


def whatsapp(client: aiohttp.ClientSession) -> Send:
    """Sends the n-th webhook."""

    async def send(n: int) -> int:
        who = f"336{n % CHATS:08}"
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550000001", "phone_number_id": PHONE},
            "contacts": [{"profile": {"name": "Marie"}, "wa_id": who}],
            "messages": [
                {
                    "from": who,
                    "id": f"wamid.{n}",
                    "timestamp": str(int(time.time())),
                    "type": "text",
                    "text": {"body": SAID[n % len(SAID)]},
                }
            ],
        }
        entry = {"id": "1", "changes": [{"value": value, "field": "messages"}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
        async with client.post("/hooks/whatsapp/main", data=body, headers=headers) as answer:
            await answer.read()
            return answer.status

    return send


def webchat(client: aiohttp.ClientSession) -> Send:
    """Sends the n-th message of a browser whose WebSocket is blocked."""
    tokens = [hashlib.sha256(str(n).encode()).hexdigest()[:43] for n in range(CHATS)]
    open_ones: dict[str, str | None] = {}

    async def send(n: int) -> int:
        token = tokens[n % CHATS]
        frame = {
            "type": "message",
            "client_id": str(uuid4()),
            "text": SAID[n % len(SAID)],
            "language": "fr",
            "conversation": open_ones.get(token),
        }
        headers = {"Authorization": f"Bearer {token}"}
        async with client.post("/chat/messages", json=frame, headers=headers) as answer:
            told = await answer.json()
            open_ones[token] = told.get("conversation", open_ones.get(token))
            return answer.status

    return send


async def _status(sending: Awaitable[int]) -> int:
    """The answer's status; 599 when there was none."""
    try:
        return await sending
    except aiohttp.ClientError:
        return 599


def _at(took: list[float]) -> tuple[float, float, float, float]:
    cuts = statistics.quantiles(took, n=100)
    return tuple(value * 1000 for value in (cuts[49], cuts[94], cuts[98], max(took)))  # type: ignore[return-value]


async def _count(system: Running, query: str) -> int:
    engine = connect(system.database_url)
    async with engine.connect() as connection:
        found: int = await connection.scalar(text(query)) or 0
    await engine.dispose()
    return found


if __name__ == "__main__":
    asyncio.run(main())
