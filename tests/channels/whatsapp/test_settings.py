"""The settings of an account: what is refused, and how templates are named."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from channels.whatsapp.settings import Template, WhatsAppSettings
from tests.channels.whatsapp.case import ACCOUNTS


def with_(**more: Any) -> WhatsAppSettings:
    return WhatsAppSettings(**{**ACCOUNTS["main"], **more})


def test_secrets_do_not_show() -> None:
    assert "secret-of-the-main-app" not in repr(with_()) and "token-of-the-main-number" not in repr(with_())


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone_number_id": "+33 1 87 00 00 01"},
        {"phone_number_id": "../me"},
        {"app_secret": " "},
        {"access_token": ""},
        {"graph_url": "http://graph.facebook.com"},
        {"graph_version": "../v25.0"},
        {"templates": ["order_shipped=x"]},
        {"templates": ["order_shipped.de=x"]},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        with_(**wrong)


@pytest.mark.parametrize(
    "templates",
    [
        ["order_shipped.fr = commande_expediee", "order_shipped.en=order_shipped:en_GB"],
        {"order_shipped.fr": "commande_expediee", "order_shipped.en": "order_shipped:en_GB"},
        "order_shipped.fr=commande_expediee, order_shipped.en=order_shipped:en_GB",
    ],
)
def test_templates_are_found_by_notice_and_language(templates: Any) -> None:
    found = with_(templates=templates)
    assert found.template("order_shipped", "fr") == Template("commande_expediee", "fr")
    assert found.template("order_shipped", "en") == Template("order_shipped", "en_GB")
    assert found.template("order_delayed", "fr") is None


def test_a_template_says_which_values_fill_its_places() -> None:
    found = with_(templates="order_shipped.en = shipped:en_GB number  expected, order_shipped.fr=parti number")
    assert found.template("order_shipped", "en") == Template("shipped", "en_GB", ("number", "expected"))
    assert found.named_templates()[1] == Template("parti", "fr", ("number",))
