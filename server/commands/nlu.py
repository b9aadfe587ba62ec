"""`./relais nlu-eval`, `nlu-bench` (in the assistant's environment) and `nlu-export`."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.conversations.thinking.corrections import Correction, corrections
from server.desk.intents import DATA, topics
from server.language import detect
from server.settings import Settings
from server.supervise import assistant
from server.supervise.processes import run_here
from server.supervise.records import open_sessions
from server.supervise.steps import StepFailed, Steps

LONGEST = 300
"""Characters of a sentence worth learning from; a longer one is a letter."""
HIDDEN = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "marie.dupont@example.fr"),
    (
        re.compile(r"(?<!\d)(?:\+|00)\d(?:[\s.\-()]?\d){7,14}(?!\d)|(?<!\d)0\d(?:[\s.-]?\d{2}){4}(?!\d)"),
        "06 00 00 00 00",
    ),
    (re.compile(r"(?<!\w)(?:\d[A-Z])?\d{11,}(?!\d)"), "6A00000000000"),
)
"""What would tell who wrote, and what stands for it in an example."""


async def measure(settings: Settings, words: Sequence[str], *, trained: bool) -> int:
    """Runs `python -m bot.nlu` in the assistant's environment, which it makes first if need be."""
    try:
        if not assistant.is_installed(settings) and not assistant.is_installed(settings, dev=True):
            # What is measured may be read by a program: nothing else goes to standard output.
            with contextlib.redirect_stdout(sys.stderr):
                async with Steps() as steps, steps.step("assistant's environment") as step:
                    await assistant.install(settings, step)
    except StepFailed as failure:
        print(f"{failure.detail}\nrelais: {failure}", file=sys.stderr)
        return 1
    if trained and not assistant.model(settings).exists():
        print("relais: the assistant has not been trained yet; run ./relais train", file=sys.stderr)
        return 1
    argv = assistant.command(settings, "python", "-m", "bot.nlu", *words, "--model", str(assistant.model(settings)))
    environment = {**os.environ, **assistant.QUIET, "RELAIS_VECTORS": str(assistant.vectors(settings))}
    return await run_here(argv, environment=environment)


async def export(settings: Settings, folder: Path) -> int:
    """Writes `folder`/topic/nlu.language.yml; what is there already is not touched."""
    async with open_sessions(settings) as sessions, sessions() as session:
        found = await corrections(session, actor=COMMAND_LINE)
    files = examples(found)
    taken = [path for name in files if (path := folder / name).exists()]
    if taken:
        print(f"relais: {taken[0]} is there already; name an empty folder", file=sys.stderr)
        return 1
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    count = sum(content.count("\n    - ") for content in files.values())
    print(f"{count} sentences in {len(files)} files under {folder}. Names may still stand in them: read before use.")
    return 0


def examples(found: Sequence[Correction]) -> dict[str, str]:
    """The files by their names: training data as in `data/`, without what is there already or stands twice."""
    known = {line.strip() for path in DATA.rglob("nlu.*.yml") for line in path.read_text(encoding="utf-8").splitlines()}
    sorted_in: dict[tuple[str, str], dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    where = topics()
    for each in found:
        text = without_persons(each.text)
        if not text or len(text) > LONGEST or f"- {text}" in known:
            continue
        language = each.language or detect(each.text, current="fr")
        sorted_in[where.get(each.intent, each.intent), language][each.intent][text] = None
    return {f"{topic}/nlu.{language}.yml": file(intents) for (topic, language), intents in sorted(sorted_in.items())}


def without_persons(text: str) -> str:
    """On one line, with other addresses and numbers in the place of the customer's."""
    for pattern, instead in HIDDEN:
        text = pattern.sub(instead, text)
    # Rasa would read square brackets as entities, and a line that begins with a mark as a list.
    return " ".join(text.replace("[", "(").replace("]", ")").split()).lstrip("-# ")


def file(intents: dict[str, dict[str, None]]) -> str:
    """A file of training data."""
    lines = ['version: "3.1"', "", "nlu:"]
    for intent, texts in sorted(intents.items()):
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in texts), ""]
    return "\n".join(lines)
