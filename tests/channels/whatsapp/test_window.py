"""The 24 hours after a message of theirs, and what may be sent when they are over."""

from __future__ import annotations

from typing import Literal

import pytest
from sqlalchemy import update

from channels.port import Rejected
from crm_backend.conversations.model import Message
from tests.channels.whatsapp.conftest import Line, payload, to_marie


async def silent_for(line: Line, hours: float) -> None:
    """Marie wrote that long ago."""
    assert await line.hear(payload("text", ago=hours * 3600)) == 200


async def test_a_reply_within_24_hours_goes_as_it_is(line: Line) -> None:
    await silent_for(line, 23.5)
    await line.channel.send(to_marie())
    assert line.graph.sent[0]["type"] == "text"


async def test_after_24_hours_only_a_template_goes(line: Line) -> None:
    await silent_for(line, 24.1)
    with pytest.raises(Rejected) as refused:
        await line.channel.send(to_marie())
    assert refused.value.reason == "window" and line.graph.sent == []


async def test_to_somebody_who_never_wrote_only_a_template_goes(line: Line) -> None:
    with pytest.raises(Rejected) as refused:
        await line.channel.send(to_marie(template="order_delayed"))
    assert refused.value.reason == "window"
    await line.channel.send(to_marie(template="order_shipped"))
    assert line.graph.sent[0]["template"] == {"name": "commande_expediee", "language": {"code": "fr"}}


async def test_a_template_is_filled_in_and_in_the_language_of_the_conversation(line: Line) -> None:
    values = {"order": "10234", "carrier": "La Poste\n\tColissimo", "when": ""}
    await line.channel.send(to_marie(template="order_shipped", values=values, language="en"))
    template = line.graph.sent[0]["template"]
    assert (template["name"], template["language"]["code"]) == ("shipped", "en_GB")
    [body] = template["components"]
    assert [each["text"] for each in body["parameters"]] == ["10234", "La Poste Colissimo", "–"]


async def test_named_places_are_filled_by_their_names(line: Line) -> None:
    line.channel._settings.template_values = "named"
    await line.channel.send(to_marie(template="order_shipped", values={"order": "10234"}))
    [body] = line.graph.sent[0]["template"]["components"]
    assert body["parameters"] == [{"type": "text", "text": "10234", "parameter_name": "order"}]


@pytest.mark.parametrize("values", ["positional", "named"])
async def test_a_code_stands_in_the_words_of_its_template_and_in_the_button_that_copies_it(
    line: Line, values: Literal["positional", "named"]
) -> None:
    line.channel._settings.templates = ["proof_code.en=verification_code:en_GB code"]
    line.channel._settings.template_values = values
    notice = {"template": "proof_code", "values": {"code": "402913"}}
    await line.channel.send(to_marie("Your code: 402913", language="en", **notice))
    body, button = line.graph.sent[0]["template"]["components"]
    assert body == {"type": "body", "parameters": [{"type": "text", "text": "402913"}]}
    assert button == {**body, "type": "button", "sub_type": "url", "index": "0"}


async def test_within_the_window_a_notice_goes_in_its_own_words(line: Line) -> None:
    await line.wrote()
    await line.channel.send(to_marie("Votre colis est parti.", template="order_shipped"))
    assert line.graph.sent[0]["text"]["body"] == "Votre colis est parti."


async def test_what_somebody_wrote_to_another_account_opens_no_window_here(line: Line) -> None:
    await line.wrote()
    async with line.core.sessions() as session, session.begin():
        await session.execute(update(Message).values(account="second"))
    with pytest.raises(Rejected):
        await line.channel.send(to_marie())


async def test_an_answer_without_anything_to_say_is_refused(line: Line) -> None:
    await line.wrote()
    with pytest.raises(Rejected):
        await line.channel.send(to_marie(""))


async def test_a_template_gets_the_values_it_has_places_for(line: Line) -> None:
    line.channel._settings.templates = ["order_shipped.fr=commande_expediee expected number nothing"]
    values = {"number": "10234", "carrier": "Colissimo", "expected": "mardi 25 novembre", "unsubscribe": "https://…"}
    await line.channel.send(to_marie(template="order_shipped", values=values))
    [body] = line.graph.sent[0]["template"]["components"]
    assert [each["text"] for each in body["parameters"]] == ["mardi 25 novembre", "10234", "–"]
