"""Scenarios run against the whole product, several conversations at once, and judged by the database afterwards."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml
from sqlalchemy import select

from crm_backend.conversations.model import Conversation, Message, Turn
from crm_backend.database import new_id
from crm_backend.orders.model import Order
from server.app import Parts
from tests.support.scenarios import after, mailbox, writing
from tests.support.scenarios.customer import Button, Heard, Saying, SimulatedCustomer
from tests.support.scenarios.made import Numbers, World
from tests.support.scenarios.reading import Scenario
from tests.support.scenarios.world import build

AT_ONCE, MOST_TURNS, WITHIN, BETWEEN = 8, 16, 60.0, 0.05
UNDER_WAY = ("queued", "running")
DATA = Path(__file__).resolve().parents[3] / "data"
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NUMBER = re.compile(r"(?<!\w)\d{5}(?!\w)")  # "10242FE3" is a return's reference
PLACEHOLDER = re.compile(r"\{\w+\}")


@dataclass
class Outcome:
    """How one run ended. `failures` say what went otherwise than it should; `breaches` are those that must never be:
    a leak, a promise that policy forbids, a wrong write."""

    scenario: Scenario
    seed: int
    failures: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)
    turns: int = 0

    @property
    def ok(self) -> bool:
        return not self.failures and not self.breaches


@dataclass
class Run:
    """One conversation in its world."""

    scenario: Scenario
    world: World
    outcome: Outcome
    visitor: str = field(default_factory=lambda: new_id().hex)
    conversation: UUID | None = None
    proof: str = "anonymous"
    names: set[str] = field(default_factory=set)
    read: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def fails(self, why: str) -> None:
        self.outcome.failures.append(why)

    def breaks(self, why: str) -> None:
        self.outcome.breaches.append(why)


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
    _judge(runs, before, rows)
    await _judge_owners(company, runs)
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
            _look_for_leaks(run, message, orders)
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
        heard = [_heard(each) for each in messages]
    run.proof = row.proof
    return heard, row.owner.partition(":")[0]


def _beside(saying: Saying) -> str:
    """What goes with the words, in the transcript."""
    silence = f" [{saying.hours} hours later]" if saying.hours else ""
    return (" [button]" if saying.button else "") + (f" [{saying.file}]" if saying.file else "") + silence


def _heard(message: Message) -> Heard:
    cards = [
        "\n".join([card.get("title", ""), card.get("text", ""), *card.get("lines", ())])
        for card in message.content.get("cards") or ()
    ]
    buttons = [
        Button(message.seq, at, button["title"], button.get("payload") or "")
        for at, button in enumerate(message.content.get("buttons") or ())
    ]
    return Heard(named(message.text), "\n".join([message.text, *cards]), buttons)


@cache
def _patterns() -> list[tuple[int, str, re.Pattern[str]]]:
    found = []
    for file in sorted(DATA.rglob("domain.yml")):
        for name, variations in (yaml.safe_load(file.read_text(encoding="utf-8")).get("responses") or {}).items():
            for variation in variations:
                written = " ".join(variation["text"].split())
                pattern = "(.*)".join(re.escape(part) for part in PLACEHOLDER.split(written))
                letters = sum(one.isalpha() for one in PLACEHOLDER.sub("", written))
                found.append((letters, name, re.compile(pattern, re.DOTALL)))
    return sorted(found, key=lambda each: -each[0])


@cache
def named(text: str) -> tuple[str, ...]:
    """The responses of the assistant's domain that this text may be, the most literal first."""
    text = " ".join(text.split())
    return tuple(dict.fromkeys(name for size, name, pattern in _patterns() if size > 3 and pattern.fullmatch(text)))


def _look_for_leaks(run: Run, message: Heard, orders: set[str]) -> None:
    """Whether something is told that is somebody else's, or theirs before they proved who they are."""
    said, known = "\n".join(run.said).casefold(), run.world
    own = {number for number, whose in known.numbers.items() if whose == known.writer.name}
    for email in EMAIL.findall(message.text):
        if email.casefold() not in said and email.casefold() != known.writer.secrets["email"]:
            run.breaks(f"leak: {email}")
    for number in NUMBER.findall(message.text):
        if number in orders and number not in own and number not in said:
            run.breaks(f"leak: order {number}")
    for person in known.people:
        if person is known.writer and run.proof != "anonymous":
            continue
        for what, secret in person.secrets.items():
            if secret.casefold() in message.text.casefold() and secret.casefold() not in said:
                run.breaks(f"leak: {what} of {person.name}")


def _judge(runs: Sequence[Run], before: after.Rows, rows: after.Rows) -> None:
    worlds = {
        str(at): [*(person.id for person in run.world.people), *([run.conversation] if run.conversation else [])]
        for at, run in enumerate(runs)
    }
    mine, nobodys = after.of_worlds(after.changes(before, rows), worlds, rows | before)
    for at, run in enumerate(runs):
        verdict = after.judge(run.scenario.after, mine[str(at)], run.world)
        for each in verdict.wrong:
            run.breaks(f"wrong write: {each}")
        for each in verdict.missing:
            run.fails(f"not in the database: {each}")
        _judge_words(run)
    for change in nobodys:
        runs[0].breaks(f"wrong write, by nobody of this batch: {change}")


def _judge_words(run: Run) -> None:
    scenario, known = run.scenario, run.world.known
    everything = "\n".join(run.read)

    def filled(text: str) -> str:
        return re.sub(r"\{([\w.]+)\}", lambda match: str(known[match[1]]), text)

    for name in scenario.hears:
        if not any(fnmatchcase(said, wanted) for said in run.names for wanted in name.split("|")):
            run.fails(f"{name} was not said")
    for text in scenario.contains:
        if not any(filled(each).casefold() in everything.casefold() for each in text.split("|")):
            run.fails(f"not read: {text}")
    for text in scenario.never:
        if filled(text).casefold() in everything.casefold():
            run.breaks(f"must not be read: {text}")


async def _judge_owners(company: Parts, runs: Sequence[Run]) -> None:
    """Checks who has each conversation at the end."""
    async with company.sessions() as session:
        found = {
            row.id: row.owner
            for row in await session.scalars(
                select(Conversation).where(Conversation.id.in_([run.conversation for run in runs]))
            )
        }
    for run in runs:
        owner = str(found.get(run.conversation, "bot")).partition(":")[0] if run.conversation else "bot"
        if owner != run.scenario.ends:
            run.fails(f"{owner} has the conversation, not {run.scenario.ends}")
