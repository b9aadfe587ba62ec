"""Settings of accounts: from variables or the desk, checked, secrets told apart."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr, create_model

from channels import installed
from channels.port import Blueprint
from crm_backend.accounts.settings import Key
from server.accounts import BadSettings, apart, described, given_accounts, kind_of, validated, without
from server.settings import Settings


class Toy(BaseModel):
    token: SecretStr = Field(title="Token", min_length=4)
    pause: int = Field(3, ge=1, title="Pause")
    mode: Literal["push", "pull"] = "push"
    loud: bool = False
    words: list[str] = []
    names: dict[str, str] = {}
    password: SecretStr | None = None


BLUEPRINT = Blueprint(name="toy", settings=Toy, open=lambda settings, account, core: None)  # type: ignore[arg-type,return-value]


def read(**variables: str) -> Any:
    return given_accounts(Settings(given=variables), {"toy": BLUEPRINT})


def test_nothing_is_given_by_an_empty_environment() -> None:
    assert read() == ({}, [])
    assert read(RELAIS_TOYS="x", RELAIS_TOY_UNKNOWN="y") == ({}, [])


def test_variables_make_the_main_account() -> None:
    found, faults = read(RELAIS_TOY_TOKEN="abcdef", RELAIS_TOY_WORDS="a, b", RELAIS_TOY_LOUD="true")
    assert faults == []
    given = found[Key("toy", "main")]
    settings = validated(BLUEPRINT, given.values)
    assert isinstance(settings, Toy) and given.enabled
    assert (settings.token.get_secret_value(), settings.words, settings.loud) == ("abcdef", ["a", "b"], True)


def test_an_account_can_be_switched_off_by_variable() -> None:
    found, _ = read(RELAIS_TOY_TOKEN="abcdef", RELAIS_TOY_ENABLED="false")
    assert not found[Key("toy", "main")].enabled
    found, faults = read(RELAIS_TOY_ENABLED="perhaps")
    assert not found[Key("toy", "main")].enabled
    assert faults == ["RELAIS_TOY_ENABLED: true or false"]


def test_further_accounts_come_as_json() -> None:
    found, faults = read(RELAIS_TOY_ACCOUNTS='{"shop": {"token": "abcd", "enabled": false}, "Bad name": {}}')
    assert list(found) == [Key("toy", "shop")]
    assert not found[Key("toy", "shop")].enabled
    assert faults == ["RELAIS_TOY_ACCOUNTS: 'Bad name' is no name"]


@pytest.mark.parametrize("text", ["not json", "[]", '{"shop": 1}', '"abc"'])
def test_accounts_that_are_no_json_object_are_told(text: str) -> None:
    found, (fault,) = read(RELAIS_TOY_ACCOUNTS=text)
    assert found == {} and fault.startswith("RELAIS_TOY_ACCOUNTS: a JSON object")


def test_a_refusal_tells_the_field_and_never_the_value() -> None:
    with pytest.raises(BadSettings) as caught:
        validated(BLUEPRINT, {"token": "abc", "pause": "0", "mode": "shove"})
    assert {fault["loc"][0] for fault in caught.value.faults} == {"token", "pause", "mode"}
    assert "abc" not in str(caught.value) and "shove" not in str(caught.value)


def test_an_empty_secret_is_no_secret() -> None:
    with pytest.raises(BadSettings):
        validated(BLUEPRINT, {"token": ""})
    settings = validated(BLUEPRINT, {"token": "abcd", "password": ""})
    assert apart(BLUEPRINT, settings)[1] == {"token": "abcd"}


def test_secrets_are_told_apart_from_what_may_be_shown() -> None:
    settings = validated(BLUEPRINT, {"token": "abcd", "password": "efgh", "pause": 5, "names": '{"a": "b"}'})
    shown, secrets = apart(BLUEPRINT, settings)
    assert secrets == {"token": "abcd", "password": "efgh"}
    assert shown == {"pause": 5, "mode": "push", "loud": False, "words": [], "names": {"a": "b"}}
    assert without("GET https://x/abcd\nsaid efgh", settings) == "GET https://x/… said …"


def test_fields_are_described_for_the_desk() -> None:
    fields = Toy.model_fields
    assert [kind_of(field) for field in fields.values()] == [
        "text",
        "number",
        "choice",
        "switch",
        "list",
        "text",
        "text",
    ]
    token = described("token", fields["token"], {"Token": "Jeton"})
    assert (token["title"], token["secret"], token["required"], token["default"]) == ("Jeton", True, True, None)
    mode = described("mode", fields["mode"], {})
    assert (mode["title"], mode["choices"], mode["default"]) == ("Mode", ["push", "pull"], "push")
    assert mode["labels"] == {"push": "push", "pull": "pull"} and token["labels"] == {}


def test_choices_are_called_by_name() -> None:
    field = Field(title="Mode", json_schema_extra={"choices": {"push": "They call", "pull": "We ask"}})
    shape = create_model("Named", mode=(Literal["push", "pull"] | None, field))
    described_in = [
        described("mode", shape.model_fields["mode"], words) for words in ({}, {"We ask": "Nous demandons"})
    ]
    assert [each["choices"] for each in described_in] == [["push", "pull"]] * 2
    assert [list(each["labels"].values()) for each in described_in] == [
        ["They call", "We ask"],
        ["They call", "Nous demandons"],
    ]


def test_every_channels_settings_can_be_told() -> None:
    for blueprint in installed().values():
        for name, field in blueprint.settings.model_fields.items():
            assert described(name, field, {})["kind"]


def test_settings_are_not_shown_with_the_variables() -> None:
    settings = Settings(given={"RELAIS_TOY_TOKEN": "abcdef"})
    assert "abcdef" not in repr(settings) and "given" not in settings.model_dump()
