import pytest
from pydantic import SecretStr

from server.settings import Settings
from server.supervise.production import production_faults, production_notes


@pytest.fixture
def sound() -> Settings:
    return Settings(
        _env_file=None,
        production=True,
        public_url="https://help.example.com",
        secret_key=SecretStr("k" * 32),
        bot_token=SecretStr("b" * 32),
    )


def test_nothing_is_wrong_with_a_sound_configuration(sound: Settings) -> None:
    assert production_faults(sound, 0) == []


def test_every_fault_is_told_at_once() -> None:
    faults = production_faults(Settings(_env_file=None, production=True), 5)
    assert len(faults) == 4
    for word in ("RELAIS_PUBLIC_URL", "RELAIS_SECRET_KEY", "RELAIS_BOT_TOKEN", "5 demo logins"):
        assert any(word in fault for fault in faults)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"public_url": None}, "RELAIS_PUBLIC_URL"),
        ({"public_url": "http://help.example.com"}, "not https"),
        ({"secret_key": None}, "RELAIS_SECRET_KEY is not set"),
        ({"bot_token": SecretStr("short")}, "RELAIS_BOT_TOKEN is shorter"),
        ({"secret_key": SecretStr("b" * 32)}, "the same"),
    ],
)
def test_each_fault_is_named(sound: Settings, change: dict, word: str) -> None:
    (fault,) = production_faults(sound.model_copy(update=change), 0)
    assert word in fault


def test_no_secret_is_ever_told(sound: Settings) -> None:
    settings = sound.model_copy(update={"bot_token": SecretStr("hunter2")})
    assert "hunter2" not in " ".join(production_faults(settings, 1))


def test_private_stores_are_allowed_but_noted(sound: Settings) -> None:
    assert len(production_notes(sound)) == 2
    assert production_notes(sound.model_copy(update={"database_url": "x", "redis_url": "x"})) == []
