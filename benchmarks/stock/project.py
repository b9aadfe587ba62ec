"""Stock Rasa beside us: a project in the layout of `rasa init` with our training sentences and Rasa's own defaults."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from pathlib import Path
from typing import Any

import yaml

from benchmarks.customers import ROOT, nlu
from server.settings import Settings
from server.supervise import assistant
from server.supervise.children import Child
from server.supervise.folders import tail
from server.supervise.probes import is_up
from server.supervise.processes import run

RASA = ROOT / "bot" / ".venv" / "lib" / "python3.11" / "site-packages" / "rasa"
DEFAULTS = RASA / "engine" / "recipes" / "config_files" / "default_config.yml"
KEPT = ROOT / "var" / "benchmarks"

STORIES = (
    ("greet", "ask_help", "thanks", "goodbye"),
    ("greet", "order_status", "inform", "thanks"),
    ("greet", "ask_knowledge", "affirm", "goodbye"),
    ("ask_knowledge", "ask_knowledge", "thanks"),
    ("order_status", "complain", "ask_person"),
    ("complain", "deny", "cancel", "goodbye"),
    ("greet", "ask_robot", "ask_help", "order_status", "thanks"),
    ("speak_french", "greet", "ask_knowledge"),
    ("speak_english", "greet", "order_status"),
    ("greet", "ask_knowledge", "order_status", "ask_help", "thanks"),
    ("out_of_scope", "ask_help", "ask_knowledge"),
)
"""TED and UnexpecTED learn from stories only; without any they would not be there to be measured."""


def config(epochs: int | None) -> dict[str, Any]:
    """Rasa's default pipeline and policies, as its own package writes them; `epochs` caps each training."""
    content: dict[str, Any] = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    content["assistant_id"] = "stock"
    if epochs is not None:
        for part in content["pipeline"] + content["policies"]:
            if "epochs" in part:
                part["epochs"] = min(epochs, part["epochs"])
    return content


def project(epochs: int | None) -> dict[str, Any]:
    """The files of the project by name: every intent is answered by an utterance of its own."""
    taught = {language: nlu(language) for language in ("fr", "en")}
    intents = sorted({*taught["fr"], *taught["en"]})
    examples = {intent: taught["fr"].get(intent, []) + taught["en"].get(intent, []) for intent in intents}
    said = {f"utter_{intent}": [{"text": f"Answer to {intent}."}] for intent in intents}
    turn = {intent: [{"intent": intent}, {"action": f"utter_{intent}"}] for intent in intents}
    stories = [
        {"story": " then ".join(story), "steps": [step for intent in story for step in turn[intent]]}
        for story in STORIES
    ]
    nothing = {"rule": "Not understood", "steps": [{"intent": "nlu_fallback"}, {"action": "utter_out_of_scope"}]}
    rules = [{"rule": f"Answer {intent}", "steps": turn[intent]} for intent in intents]
    return {
        "config.yml": config(epochs),
        "domain.yml": {"version": "3.1", "intents": [*intents, "nlu_fallback"], "responses": said},
        "credentials.yml": {"rest": None},
        "endpoints.yml": {},
        "data/nlu.yml": {
            "version": "3.1",
            "nlu": [{"intent": i, "examples": "".join(f"- {e}\n" for e in examples[i])} for i in intents],
        },
        "data/rules.yml": {"version": "3.1", "rules": [*rules, nothing]},
        "data/stories.yml": {"version": "3.1", "stories": stories},
    }


def write(folder: Path, files: dict[str, Any]) -> None:
    """Lays the project out."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


async def trained(folder: Path, *, epochs: int | None) -> Path:
    """The model, trained now or kept in `var/benchmarks` since the same project was last trained."""
    files = project(epochs)
    write(folder, files)
    mark = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:12]
    model = KEPT / f"stock-{mark}.tar.gz"
    if model.exists():
        print(f"stock Rasa: trained before, {model.relative_to(ROOT)}")
        return model
    KEPT.mkdir(parents=True, exist_ok=True)
    log, began = folder / "log" / "train.log", time.perf_counter()
    words = ["rasa", "train", "--fixed-model-name", "stock", "--out", "models"]
    if await run(command(*words), log=log, environment=assistant.QUIET, folder=folder) != 0:
        raise SystemExit(f"stock Rasa could not be trained:\n{tail(log)}")
    shutil.copyfile(folder / "models" / "stock.tar.gz", model)
    print(f"stock Rasa: trained in {time.perf_counter() - began:.0f} s")
    return model


def stock_child(folder: Path, model: Path, port: int) -> Child:
    """Stock Rasa's server on loopback, its REST channel and its tracker store in memory."""
    return Child(
        name="stock",
        argv=command("rasa", "run", "--model", str(model), "-i", "127.0.0.1", "--port", str(port), "--enable-api"),
        ready=lambda: is_up(f"http://127.0.0.1:{port}/status"),
        environment=assistant.QUIET,
        folder=folder,
    )


def command(*words: str) -> list[str]:
    """A command in the bot's environment, away from the root: our importer and components must not be found."""
    first, *_ = assistant.command(Settings())
    return [first, "run", "--frozen", "--no-sync", "--project", str(ROOT / "bot"), *words]
