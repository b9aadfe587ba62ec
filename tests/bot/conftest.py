"""Tests of the assistant's own code: run them in its environment, `uv run --project bot pytest tests/bot`."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
# Under the server's environment there is no Rasa, and nothing here can be imported.
collect_ignore_glob = [] if __import__("importlib.util").util.find_spec("rasa") else ["test_*.py"]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
