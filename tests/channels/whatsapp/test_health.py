"""What the check says of a number."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.whatsapp.conftest import Line


@pytest.mark.parametrize(
    ("fields", "ok", "says"),
    [
        ({}, True, "Maison Tilleul, quality green, name approved, status connected"),
        ({"quality_rating": "RED"}, True, "quality red"),
        ({"status": "RESTRICTED"}, False, "status restricted"),
        ({"display_phone_number": None}, False, ""),
        ({"webhook_configuration": {"application": "https://elsewhere.example.com/"}}, True, "calls another address"),
        ({"webhook_configuration": {"application": "https://help.example.com/hooks/whatsapp/main"}}, True, "green"),
    ],
)
async def test_the_check_tells_how_the_number_stands(line: Line, fields: dict[str, Any], ok: bool, says: str) -> None:
    number = line.graph.numbers["106540352242922"]
    number.fields.update(fields)
    health = await line.channel.check()
    assert health.ok is ok and says in health.detail
    if number.fields["display_phone_number"]:
        assert (health.name, health.link) == ("+33 1 87 00 00 01", "https://wa.me/33187000001?text={code}")


async def test_the_check_says_what_is_wrong_and_never_raises(line: Line) -> None:
    line.graph.numbers["106540352242922"].token = "another"
    wrong = await line.channel.check()
    assert not wrong.ok and "access token" in wrong.detail
    await line.graph.stop()
    away = await line.channel.check()
    assert not away.ok and "token-of-the-main-number" not in away.detail


async def test_the_check_names_templates_that_cannot_be_sent(line: Line) -> None:
    line.graph.templates = [
        {"name": "other", "language": "fr", "status": "APPROVED"},
        {"name": "commande_expediee", "language": "fr", "status": "APPROVED"},
        {"name": "shipped", "language": "en_GB", "status": "PAUSED"},
    ]
    line.channel._settings.business_account_id = "102290129340398"
    health = await line.channel.check()
    assert health.ok and "commande_expediee" not in health.detail
    assert "template shipped (en_GB) is paused" in health.detail
    line.graph.templates = []
    assert "commande_expediee (fr) is not there" in (await line.channel.check()).detail
