"""The assistant imports one package of Relais beside its own: the encoder."""

from __future__ import annotations

import ast
from pathlib import Path

import bot

OURS = {"actions", "channels", "crm_backend", "server", "benchmarks", "tests"}


def test_the_assistant_imports_the_encoder_and_nothing_else_of_ours() -> None:
    found = set()
    for file in Path(str(bot.__file__)).parent.glob("**/*.py"):
        if ".venv" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            found |= {name for name in names if name.split(".")[0] in OURS}
    assert found == {"crm_backend.encoder"}
