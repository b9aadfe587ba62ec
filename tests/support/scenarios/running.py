"""Scenarios run against the whole product, several conversations at once, and judged by the database afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from crm_backend.conversations.model import Conversation, Message, Turn
from crm_backend.orders.model import Order
from server.app import Parts
from tests.support.scenarios import after, hearing, judging, mailbox, writing
from tests.support.scenarios.customer import Heard, Saying, SimulatedCustomer
from tests.support.scenarios.judging import Outcome, Run
from tests.support.scenarios.made import Numbers
from tests.support.scenarios.reading import Scenario
from tests.support.scenarios.world import build

AT_ONCE, MOST_TURNS, WITHIN, BETWEEN = 8, 16, 60.0, 0.05
UNDER_WAY = ("queued", "running")


class Waiting:
    """Who waits for an answer: one query looks for all of them."""

    def __init__(self, company: Parts) -> None:
        self._company = company
        self._waited_for: dict[UUID, asyncio.Future[str | None]] = {}

    async def over(self, message: UUID) -> str | None:
        """How the turn of this message ended; None when it has none. Raises TimeoutError."""
        future = self._waited_for[message] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(WITHIN):
                return await future
        finally:
            del self._waited_for[message]

    async def look(self) -> None:
        """Looks, for ever."""
        while True:
            await asyncio.sleep(BETWEEN)
            asked = list(self._waited_for)
            if not asked:
                continue
            async with self._company.sessions() as session:
                query = select(Turn.message_id, Turn.state).where(Turn.message_id.in_(asked))
                states = dict((await session.execute(query)).tuples().all())
            for message in asked:
                future = self._waited_for.get(message)
                if future is not None and not future.done() and states.get(message) not in UNDER_WAY:
                    future.set_result(states.get(message))


async def run_all(company: Parts, scenarios: Sequence[Scenario], *, seed: int) -> list[Outcome]:
    """Runs each scenario once with this seed, in worlds of their own, and judges them."""
    async with company.sessions() as session:
        numbers = Numbers(set(await session.scalars(select(Order.number))), seed)
    runs = []
    for scenario in scenarios:
        async with company.sessions.begin() as session:
            world = await build(session, scenario, numbers)
        runs.append(Run(scenario, world, Outcome(scenario, seed)))
    async with company.sessions() as session:
        orders = set(await session.scalars(select(Order.number)))
        before = await after.snapshot(session)
    at_once, waiting = asyncio.Semaphore(AT_ONCE), Waiting(company)

    async def one(run: Run) -> None:
        async with at_once:
            await _converse(company, waiting, run, seed, orders)

    looking = asyncio.create_task(waiting.look())
    try:
        for has_mailbox in (False, True):
            with mailbox.writes_first(has_mailbox):
                await asyncio.gather(*(one(run) for run in runs if run.scenario.mailbox is has_mailbox))
    finally:
        looking.cancel()
    async with company.sessions() as session:
        rows = await after.snapshot(session)
    judging.judge(runs, before, rows)
    await judging.judge_owners(company, runs)
    return [run.outcome for run in runs]


async def _converse(company: Parts, waiting: Waiting, run: Run, seed: int, orders: set[str]) -> None:
    """Speaks until the customer has no more to say, or somebody else has the conversation."""
    customer = SimulatedCustomer(run.scenario, run.world.known, seed)
    saying: Saying | None = customer.opens()
    while saying is not None and run.outcome.turns < MOST_TURNS:
        run.outcome.turns += 1
        run.said.append(saying.text)
        run.outcome.transcript.append(f"– {saying.text[:300]}{_beside(saying)}")
        try:
            heard, owner = await _say(company, waiting, run, saying)
        except TimeoutError:
            run.fails("no answer in time")
            return
        for message in heard:
            shown = f"  {'/'.join(message.names[:1]) or 'text'}: {message.text}"
            buttons = [button.title for button in message.buttons]
            run.outcome.transcript.append(shown[:600] + (f" {buttons}" if buttons else ""))
            run.names |= set(message.names)
            run.read.append(message.text)
            judging.look_for_leaks(run, message, orders)
        if owner != "bot" and not run.scenario.waits:
            return
        if not heard:
            run.fails("silence")
            return
        if run.scenario.mailbox:
            await mailbox.read(company, run.world)
        saying = customer.answers(heard)
    if saying is not None:
        run.fails("it never ends")


async def _say(company: Parts, waiting: Waiting, run: Run, saying: Saying) -> tuple[list[Heard], str]:
    """What the assistant says to it, and who has the conversation then."""
    if saying.hours and run.conversation:
        await writing.silence(company, run.conversation, hours=saying.hours)
    account = run.world.known["account"] if run.scenario.signed_in else None
    vouched = run.world.known["phone"] if run.scenario.vouched else None
    writer = writing.Writer(run.visitor, run.scenario.language, account=account, phone=vouched)
    received = await company.core.accept(await writing.inbound(company, writer, saying))
    run.conversation = received.conversation_id
    if saying.file and not await writing.is_attached(company, received.message_id):
        run.fails(f"the {saying.file} is not with the message")
    # A turn is there as soon as the message is; without one somebody else has the conversation.
    state = await waiting.over(received.message_id)
    if state == "failed":
        run.fails("the turn failed")
    async with company.sessions() as session:
        row = await session.get_one(Conversation, received.conversation_id)
        messages = await session.scalars(
            select(Message)
            .where(
                Message.conversation_id == received.conversation_id, Message.seq > received.seq, Message.author == "bot"
            )
            .order_by(Message.seq)
        )
        heard = [hearing.heard(each) for each in messages]
    run.proof = row.proof
    return heard, row.owner.partition(":")[0]


def _beside(saying: Saying) -> str:
    """What goes with the words, in the transcript."""
    silence = f" [{saying.hours} hours later]" if saying.hours else ""
    return (" [button]" if saying.button else "") + (f" [{saying.file}]" if saying.file else "") + silence
