"""A training beside its step: what it says it is doing is shown, and what it makes only counts when it ended well."""

import asyncio
import sys
from pathlib import Path

import pytest

from server.settings import Settings
from server.supervise import assistant
from server.supervise.steps import Step, StepFailed


@pytest.fixture
def settings(var: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(assistant, "LOOK", 0.01)
    return Settings(var=var)


def trains_by(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A training that is a few lines of Python; its last word is the model's place."""
    monkeypatch.setattr(assistant, "command", lambda settings, *words: [sys.executable, "-c", program, words[-1]])


async def test_the_step_shows_what_the_training_says(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = settings.var / "go-on"
    trains_by(
        "import pathlib, sys, time\n"
        "print('10:00 bot » learning 12 sentences', flush=True)\n"
        f"while not pathlib.Path({str(go_on)!r}).exists(): time.sleep(0.01)\n"
        "pathlib.Path(sys.argv[1]).write_text('model')",
        monkeypatch,
    )
    step = Step("training the assistant")
    training = asyncio.create_task(assistant.train(settings, step))
    while "learning" not in step.doing:
        assert not training.done()
        await asyncio.sleep(0.01)
    assert step.doing == "training the assistant: learning 12 sentences"
    go_on.touch()
    await training
    assert step.said == "assistant trained" and assistant.is_trained(settings)


async def test_a_training_that_fails_says_why(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    trains_by("import sys; print('DefinedTwice: greet'); sys.exit(1)", monkeypatch)
    with pytest.raises(StepFailed) as failure:
        await assistant.train(settings, Step("training the assistant"))
    assert "DefinedTwice" in failure.value.detail and not assistant.is_trained(settings)


async def test_vectors_that_cannot_be_written_are_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    trains_by("import sys; sys.exit('no encoder')", monkeypatch)
    with pytest.raises(StepFailed) as failure:
        await assistant.write_vectors(settings, Step("vectors"))
    assert "no encoder" in failure.value.detail
