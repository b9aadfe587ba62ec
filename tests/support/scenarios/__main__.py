"""Runs every scenario several times, each time as another customer would speak, and prints what came of it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import delete

from crm_backend.proof_codes.model import ProofCode
from server.app import Parts
from tests.support import assistant, site
from tests.support.scenarios import report
from tests.support.scenarios.judging import Outcome
from tests.support.scenarios.reading import scenarios
from tests.support.scenarios.running import run_all
from tests.support.stores import Stores, load_demo, started


@asynccontextmanager
async def company(stores: Stores, template: str, bot: assistant.Settings) -> AsyncIterator[Parts]:
    """The whole product on a fresh copy of the demo company."""
    async with stores.copy(template) as url:
        settings = site.settings_for(url, stores.redis_url, bot_port=bot.bot_port)
        async with site.serving(settings) as parts:
            yield parts


async def main(arguments: argparse.Namespace) -> int:
    """0 when every run did what it should."""
    chosen = [each for each in scenarios() if re.search(arguments.only, each.id, re.IGNORECASE)]
    if not chosen:
        print(f"relais: no scenario is called {arguments.only}", file=sys.stderr)
        return 1
    outcomes: list[Outcome] = []
    # What is found may be read by a program: the server's log goes elsewhere.
    with contextlib.redirect_stdout(sys.stderr), tempfile.TemporaryDirectory() as logs:
        async with started() as stores, assistant.real(Path(logs)) as (bot, _):
            await load_demo(await stores.make("template_demo", template="template_empty"))
            async with company(stores, "template_demo", bot) as parts:
                for seed in range(arguments.seed, arguments.seed + arguments.runs):
                    outcomes += await run_all(parts, chosen, seed=seed)
                    print(f"seed {seed}: {sum(each.ok for each in outcomes)} of {len(outcomes)}", file=sys.stderr)
                    async with parts.sessions.begin() as session:
                        # All of them write from one network address, where no more than so many codes may be wrong.
                        await session.execute(delete(ProofCode))
    print(report.as_json(outcomes) if arguments.json else report.printed(outcomes))
    return int(any(not each.ok for each in outcomes))


parser = argparse.ArgumentParser(prog="./relais scenarios")
parser.add_argument("--runs", type=int, default=8)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--only", default="")
parser.add_argument("--json", action="store_true")
if __name__ == "__main__":
    raise SystemExit(asyncio.run(main(parser.parse_args())))
