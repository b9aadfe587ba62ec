"""The commands that measure understanding, in the assistant's environment: `python -m bot.nlu eval|bench|held-out`."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from bot import names, stored
from bot.classifier import OUTSIDE, Classifier
from bot.entities import entities, told
from bot.fact import Context
from bot.figures import Row, report
from bot.judge import prepared
from bot.spelling import Speller, put_right
from bot.vectors import Vectors, folder
from bot.written import numbers_alike

Kind = TypeVar("Kind")
LONGEST = 20_000
csv.field_size_limit(1_000_000)


def say(*words: str) -> None:
    """A line of what was asked for."""
    sys.stdout.write(" ".join(words) + "\n")


class BadFile(Exception):
    """A file that cannot be read as labelled sentences; the message says what is wrong and where."""


def read(path: Path, *, languages: bool = False) -> list[dict[str, str]]:
    """The rows of a CSV file with the columns text and intent (and language). Raises BadFile."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := {"text", "intent"} - set(reader.fieldnames or ()):
                raise BadFile(
                    f"{path}: the first line must name text and intent; missing: {', '.join(sorted(missing))}"
                )
            rows = [checked(row, f"{path}, line {reader.line_num}", languages=languages) for row in reader]
    except FileNotFoundError:
        raise BadFile(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{path}: cannot be read as CSV in UTF-8 ({error})") from None
    if not rows:
        raise BadFile(f"{path}: no sentences")
    return rows


def checked(row: dict[str, str | None], where: str, *, languages: bool) -> dict[str, str]:
    text, intent, language = ((row.get(name) or "").strip() for name in ("text", "intent", "language"))
    if not text or not intent:
        raise BadFile(f"{where}: text and intent must not be empty")
    if len(text) > LONGEST:
        raise BadFile(f"{where}: text is longer than {LONGEST:,} characters")
    if languages and language not in ("", "fr", "en"):
        raise BadFile(f"{where}: language must be fr, en or nothing, not '{language[:20]}'")
    return {"text": text, "intent": intent, "language": language}


def evaluate(model: Path, file: Path, *, as_json: bool) -> None:
    """The trained assistant on a labelled file."""
    rows = read(file, languages=True)
    reader = opened(model, stored.reader)
    for language in ("fr", "en"):
        names.load(language)
    found = []
    for row in rows:
        context = Context(language=row["language"] or "fr", today=date.today())  # noqa: DTZ011  a day, not an instant
        facts = entities(row["text"], context)
        read_as = reader.understand(row["text"], facts)
        found.append(Row(row["text"], row["language"], row["intent"], read_as.intent, read_as.confidence))
        if as_json:
            line = {
                "text": row["text"],
                "language": row["language"] or None,
                "expected": row["intent"],
                "predicted": read_as.intent,
                "confidence": round(read_as.confidence, 4), "entities": [told(fact) for fact in facts],
            }  # fmt: skip
            say(json.dumps(line, ensure_ascii=False))
    if not as_json:
        say(report(found))


def held_out(model: Path) -> None:
    """The assistant's own sentences, each judged without it and those beside it."""
    held = opened(model, stored.read).held
    rows = []
    for expected, name, confidence, away in zip(
        held.expected, held.intents, held.confidences, held.outside, strict=True
    ):
        taken = OUTSIDE[0] if away >= 0.5 else name
        rows.append(Row("", "", expected, taken, confidence))
    for language, belongs in languages(held.texts).items():
        rows = [
            Row("", language, r.expected, r.predicted, r.confidence) if n in belongs else r for n, r in enumerate(rows)
        ]
    say(report(rows))


def languages(texts: list[str]) -> dict[str, set[int]]:
    """Which of the sentences stand in the files of which language."""
    import yaml

    found: dict[str, set[int]] = {}
    for language in ("fr", "en"):
        known = set()
        for path in Path("data").rglob(f"nlu.{language}.yml"):
            for group in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu") or ():
                known |= {prepared(line.strip().removeprefix("- ")) for line in group["examples"].splitlines()}
        found[language] = {number for number, text in enumerate(texts) if text in known}
    return found


def bench(train: Path, test: Path, *, as_json: bool) -> None:
    """The same pipeline, taught and tested on an outside set."""
    taught, asked = read(train), read(test)
    if len({row["intent"] for row in taught}) < 2:
        raise BadFile(f"{train}: needs two intents at least")
    vectors, classifier = Vectors(), Classifier()
    began = time.perf_counter()
    texts = [row["text"] for row in taught]
    known = vectors.many([numbers_alike(text) for text in texts], folder())
    embedded = time.perf_counter()
    classifier.fit([prepared(text) for text in texts], [row["intent"] for row in taught], known)
    fitted = time.perf_counter()
    steps: dict[str, int] = {}
    rows = []
    speller = Speller(classifier.held.texts)
    heard = [numbers_alike(put_right(row["text"], speller.slips(row["text"]))) for row in asked]
    for row, text, vector in zip(asked, heard, vectors.many(heard, folder()), strict=True):
        decision = classifier.decide(prepared(text), partial(np.asarray, vector))
        steps[decision.step] = steps.get(decision.step, 0) + 1
        name, confidence = (OUTSIDE[1], decision.outside) if decision.is_outside else decision.ranking[0]
        rows.append(Row(row["text"], row["language"], row["intent"], name, confidence))
        if as_json:
            say(json.dumps(vars(rows[-1]), ensure_ascii=False))
    if not as_json:
        say(report(rows))
        spent = f"vectors {embedded - began:.1f} s, fitting {fitted - embedded:.1f} s"
        say(f"\n{len(taught)} sentences taught in {spent}; decided by", ", ".join(f"{k} {v}" for k, v in steps.items()))


def opened(model: Path, how: Callable[[Path], Kind]) -> Kind:
    """What `how` makes of the model's files."""
    if not model.exists():
        raise BadFile(f"{model}: the assistant has not been trained yet; run ./relais train")
    with tempfile.TemporaryDirectory() as place:
        for name, content in stored.unpacked(model):
            (Path(place) / name).write_bytes(content)
        if not (Path(place) / stored.WORDS).exists():
            raise BadFile(f"{model}: was trained by another version; run ./relais train")
        return how(Path(place))


def main(words: list[str] | None = None) -> int:
    """Runs a command; prints what is wrong with a file in one line."""
    parser = argparse.ArgumentParser(prog="python -m bot.nlu")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, files in (("eval", ("file",)), ("bench", ("train", "test")), ("held-out", ())):
        command = commands.add_parser(name)
        for file in files:
            command.add_argument(file, type=Path)
        command.add_argument("--model", type=Path, default=Path("var/models/relais.tar.gz"))
        command.add_argument("--json", action="store_true")
    given = parser.parse_args(words)
    try:
        if given.command == "eval":
            evaluate(given.model, given.file, as_json=given.json)
        elif given.command == "bench":
            bench(given.train, given.test, as_json=given.json)
        else:
            held_out(given.model)
    except BadFile as error:
        sys.stderr.write(f"relais: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
