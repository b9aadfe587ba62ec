"""Rasa serves and trains without TensorFlow; a whole, small assistant is trained and read again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.processor import choose_kernels

LOADED = """
import sys
from bot import lean
lean.leave_out(*lean.LEFT_OUT)
from pathlib import Path
from bot import serve
assert serve.load(Path(sys.argv[1])).domain.intents
print(sorted({"tensorflow", "jax", "matplotlib", "sklearn"} & set(sys.modules)))
"""
CONFIG = """recipe: default.v1
assistant_id: small
language: fr
importers: [{name: bot.topics.TopicImporter}]
pipeline: [{name: bot.facts.FactExtractor}]
policies: [{name: RulePolicy}]
"""
DOMAIN = """version: "3.1"
intents: [greet, goodbye]
responses:
  utter_hello: [{text: Bonjour}]
"""
TOPIC = {
    "nlu.fr.yml": 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - bonjour\n    - salut\n'
    "- intent: goodbye\n  examples: |\n    - au revoir\n    - à bientôt\n",
    "rules.yml": 'version: "3.1"\nrules:\n- rule: hello\n  steps: [{intent: greet}, {action: utter_hello}]\n',
}


def in_python(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"}
    return subprocess.run(
        [sys.executable, *words], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def project(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "data/talk").mkdir(parents=True)
    for name, content in TOPIC.items():
        (tmp_path / "data/talk" / name).write_text(content, encoding="utf-8")
    (tmp_path / "config.yml").write_text(CONFIG)
    (tmp_path / "domain.yml").write_text(DOMAIN)
    return {
        name: tmp_path / file for name, file in (("config", "config.yml"), ("domain", "domain.yml"), ("data", "data"))
    }


def options(project: dict[str, Path]) -> list[str]:
    return [word for name, path in project.items() for word in (f"--{name}", str(path))]


def test_a_trained_model_is_loaded_without_tensorflow(root: Path, project: dict[str, Path], tmp_path: Path) -> None:
    model = tmp_path / "models/small.tar.gz"
    trained = in_python(root, "-m", "bot.training", "--out", str(model), *options(project))
    assert trained.returncode == 0, trained.stderr
    assert list(model.parent.iterdir()) == [model]
    loaded = in_python(root, "-c", LOADED, str(model))
    assert loaded.stdout.splitlines()[-1:] == ["[]"], loaded.stderr


def test_a_mistake_in_a_topic_is_told_and_the_model_before_stays(
    root: Path, project: dict[str, Path], tmp_path: Path
) -> None:
    model = tmp_path / "models/small.tar.gz"
    model.parent.mkdir()
    model.write_bytes(b"serves")
    (project["data"] / "talk/domain.yml").write_text(DOMAIN)
    trained = in_python(root, "-m", "bot.training", "--out", str(model), *options(project))
    assert trained.returncode == 1 and "DefinedTwice" in trained.stderr and "Traceback" not in trained.stderr
    assert model.read_bytes() == b"serves"


@pytest.mark.parametrize(
    ("flags", "name"),
    [("flags : fpu sse2 avx2 fma", "Haswell"), ("flags : avx512f avx512bw avx512dq avx512vl avx512cd avx2 fma",
     "SkylakeX"), ("flags : sse2", None), ("Features : neon", None)],
)  # fmt: skip
def test_the_kernels_are_those_the_processor_can_run(tmp_path: Path, monkeypatch, flags: str, name: str | None) -> None:
    monkeypatch.setattr(os, "environ", {})
    (tmp_path / "cpuinfo").write_text(f"processor : 0\n{flags}\n")
    choose_kernels(tmp_path / "none")
    assert os.environ == {}
    choose_kernels(tmp_path / "cpuinfo")
    assert os.environ.get("OPENBLAS_CORETYPE") == name


def test_what_somebody_has_set_stays(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "environ", {"OPENBLAS_CORETYPE": "Zen"})
    (tmp_path / "cpuinfo").write_text("flags : avx2 fma\n")
    choose_kernels(tmp_path / "cpuinfo")
    assert os.environ["OPENBLAS_CORETYPE"] == "Zen"
