"""How soon the desk can be used on a telephone, and how smoothly a very long conversation scrolls.

Chromium slows its processor four times and its network to what its own tools call "Fast 4G" (9 Mbit/s, 165 ms to the
server and back), which stand for a telephone of the middle of the range. Then:

* an agent who is signed in opens the desk with 60 conversations in its list, each time with nothing in the browser's
  cache: measured from the beginning of the navigation to the first conversation in the list that can be pressed, and
  to the end of the last task that held the page for more than 50 ms (interactive);
* a conversation of 10,000 messages is scrolled from its end to its beginning, with a turn of the wheel in each frame,
  while what is older comes from the server: measured is the time from frame to frame, on a computer and slowed.

The server, the stores and the browser share this machine. Nothing leaves 127.0.0.1. `npm run build` comes first.

    .venv/bin/python -m benchmarks.desk_front
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright
from sqlalchemy import text

from benchmarks.systems import Running, machine, relais
from crm_backend.database import connect
from tests.support.stores import PASSWORD

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
AGENT = "claire@maison-tilleul.example"
SLOWER = 4
CUSTOMERS = 60
FAST_4G = {"offline": False, "latency": 165, "downloadThroughput": 9e6 / 8 * 0.9, "uploadThroughput": 1.5e6 / 8 * 0.9}
AIM = 1_500
"""Milliseconds to interactive."""
WATCH = """
window.seen = {tasks: []};
new PerformanceObserver((list) => {
  list.getEntries().forEach(({startTime, duration}) => seen.tasks.push(startTime + duration));
}).observe({type: 'longtask', buffered: true});
new MutationObserver((_, watcher) => {
  if (!document.querySelector('[data-testid=row]')) return;
  watcher.disconnect();
  requestAnimationFrame(() => setTimeout(() => { seen.usable = performance.now(); }));
}).observe(document, {childList: true, subtree: true});
"""
STEPS = """() => {
  const asked = performance.getEntriesByType('resource');
  const ended = (part) => asked.find(({name}) => name.includes(part))?.responseEnd ?? 0;
  return {
    'script there': ended('/desk/assets/main-'), 'session known': ended('/desk/api/session'),
    'list there': ended('/desk/api/conversations?'),
    'painted': performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  };
}"""
SCROLL = """(pixels) => new Promise((done) => {
  const box = document.querySelector('.scroller');
  const frames = [];
  let last = performance.now();
  let still = 0;
  const step = (now) => {
    frames.push(now - last);
    last = now;
    const before = box.scrollTop;
    box.scrollTop -= pixels;
    still = box.scrollTop === before ? still + 1 : 0;
    const drawn = document.querySelectorAll('[data-testid=message]');
    const first = Number(drawn[0]?.dataset.seq ?? 0);
    if (still > 300 || frames.length > 4000) done({frames: frames.slice(1), first, drawn: drawn.length});
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""
MANY = text("""
with longest as (
  select id, last_seq, channel, account from conversations where closed_at is null order by created_at desc limit 1
), made as (
  insert into messages (id, conversation_id, seq, place, author, text, channel, account, content, created_at)
  select gen_random_uuid(), c.id, c.last_seq + n, c.last_seq + n, 'customer',
    'Message ' || n || repeat(' et la suite de ce qui est raconté', n % 5), c.channel, c.account, '{}',
    now() - interval '8 hours' + n * interval '2 seconds'
  from longest c, generate_series(1, :many) n
  returning conversation_id
)
update conversations set last_seq = last_seq + :many where id = (select id from longest) returning id
""")


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=7, help="how often the desk is opened (default 7)")
    parser.add_argument("--messages", type=int, default=10_000, help="in the long conversation (default 10,000)")
    return parser.parse_args()


async def written(system: Running, customers: int) -> None:
    """So many customers have a conversation with the assistant."""
    async with aiohttp.ClientSession() as client:
        for number in range(customers):
            token = hashlib.sha256(f"front {number}".encode()).hexdigest()[:43]
            said = f"Bonjour, où est ma commande {number} ?"
            frame = {"type": "message", "client_id": str(uuid4()), "text": said, "language": "fr", "conversation": None}
            headers = {"Authorization": f"Bearer {token}"}
            async with client.post(f"{system.address}/chat/messages", json=frame, headers=headers) as answer:
                answer.raise_for_status()


async def lengthened(system: Running, many: int) -> str:
    """Gives a conversation so many messages more; its identifier."""
    engine = connect(system.database_url)
    async with engine.begin() as connection:
        found = (await connection.execute(MANY, {"many": many})).scalar_one()
    await engine.dispose()
    return str(found)


async def signed_in(browser: Browser, system: Running) -> Any:
    """What a browser keeps of an agent who signed in."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{system.address}/desk/#/assistant")
    await page.get_by_test_id("signin-email").fill(AGENT)
    await page.get_by_test_id("signin-password").fill(PASSWORD)
    await page.get_by_test_id("signin-submit").click()
    await page.get_by_test_id("row").first.wait_for()
    kept = await context.storage_state()
    await context.close()
    return kept


async def slowed(context: BrowserContext, page: Page, *, network: bool) -> CDPSession:
    """Makes the page as slow as a telephone's."""
    session = await context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    if network:
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", FAST_4G)
    return session


async def opened(browser: Browser, system: Running, kept: Any) -> dict[str, float]:
    """Opens the desk on a telephone with an empty cache: milliseconds, and bytes that came."""
    context = await browser.new_context(
        storage_state=kept, viewport=PHONE, is_mobile=True, has_touch=True, locale="fr-FR"
    )
    page = await context.new_page()
    await page.add_init_script(WATCH)
    session = await slowed(context, page, network=True)
    came: list[float] = []
    session.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    await page.goto(f"{system.address}/desk/#/assistant", wait_until="commit")
    await page.wait_for_function("() => window.seen?.usable", timeout=60_000)
    await page.wait_for_timeout(1_000)
    seen = await page.evaluate("() => window.seen")
    steps = await page.evaluate(STEPS)
    await context.close()
    usable = float(seen["usable"])
    interactive = max([usable, *(end for end in seen["tasks"] if end < usable + 1_000)])
    return {**steps, "usable": usable, "interactive": interactive, "bytes": sum(came)}


async def scrolled(browser: Browser, system: Running, kept: Any, conversation: str, *, phone: bool) -> dict[str, Any]:
    """Scrolls through the long conversation: the time of each frame, and the first message in sight at the end."""
    context = await browser.new_context(storage_state=kept, viewport=PHONE if phone else DESKTOP, locale="fr-FR")
    page = await context.new_page()
    if phone:
        await slowed(context, page, network=False)
    await page.goto(f"{system.address}/desk/#/assistant/{conversation}")
    await page.get_by_test_id("message").last.wait_for()
    await page.wait_for_timeout(1_000)
    found: dict[str, Any] = await page.evaluate(SCROLL, 400)
    await context.close()
    return found


def told(name: str, found: list[float], unit: str = "ms") -> str:
    """One row: the middle and the longest."""
    return f"{name:34} median {statistics.median(found):7.0f} {unit}   longest {max(found):7.0f} {unit}"


def frames_told(name: str, found: dict[str, Any]) -> str:
    """One row on the frames of a scroll."""
    cuts = statistics.quantiles(found["frames"], n=100)
    late = sum(each > 50 for each in found["frames"])
    return (
        f"{name:34} {len(found['frames'])} frames: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f}, p99 {cuts[98]:.1f}, "
        f"longest {max(found['frames']):.0f}; {late} over 50 ms; message {found['first']} in sight, "
        f"{found['drawn']} drawn"
    )


async def main() -> None:
    """Prints what was measured."""
    asked = options()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="relais-front-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        async with relais(Path(folder)) as system, async_playwright() as playwright:
            found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
            browser = await playwright.chromium.launch(executable_path=found, args=FLAGS)
            await written(system, CUSTOMERS)
            kept = await signed_in(browser, system)
            loads = [await opened(browser, system, kept) for _ in range(asked.times)]
            print(f"first load, processor {SLOWER} times slower, Fast 4G, {asked.times} times; aim {AIM} ms")
            for name in ("script there", "painted", "session known", "list there", "usable", "interactive"):
                print(told(name, [each[name] for each in loads]))
            print(told("came over the network", [each["bytes"] / 1000 for each in loads], "kB"))
            conversation = await lengthened(system, asked.messages)
            print(f"scrolling {asked.messages:,} messages to the first")
            print(frames_told("computer", await scrolled(browser, system, kept, conversation, phone=False)))
            print(frames_told("telephone", await scrolled(browser, system, kept, conversation, phone=True)))
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
