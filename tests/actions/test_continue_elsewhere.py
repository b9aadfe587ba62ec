"""A customer asks to go on elsewhere: what they are given, where, and when they are given nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import toolbox
from actions.continue_elsewhere import ContinueElsewhere, named
from channels import installed
from channels.port import Blueprint
from crm_backend.accounts.model import Account
from crm_backend.conversations.receiving import joining
from crm_backend.conversations.receiving.elsewhere import take_along
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.errors import NotFound
from tests.support import core

LINKS = {
    "mail": "mailto:support@relais.example?subject={code}",
    "telegram": "https://t.me/relais_bot?start={code}",
    "whatsapp": "https://wa.me/33100000000?text={code}",
}


def spoken() -> dict[str, toolbox.Spoken]:
    blueprints: dict[str, Blueprint] = dict(installed())
    return {name: toolbox.Spoken(one.where, one.spoken, one.slow) for name, one in blueprints.items() if one.where}


@pytest.fixture
def equipped(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    made = toolbox.Toolbox(
        sessions=sessions,
        embed=None,  # type: ignore[arg-type]
        now=lambda: datetime.now(UTC),
        channels=spoken(),
    )
    monkeypatch.setattr(toolbox, "_equipped", [made])
    return sessions


async def said(
    sessions: Sessions, text: str, *, working: tuple[str, ...], language: str = "fr", **written: Any
) -> tuple[Any, dict[str, Any]]:
    """The conversation, and what is uttered in it when these channels are set up."""
    conversation = (await core.write(sessions, text, visitor="marie", **written)).conversation_id
    async with sessions.begin() as session:
        for name in working:
            session.add(Account(channel=name, name="main", link=LINKS[name], check_ok=True))
    chosen = text.partition('"channel": "')[2].rstrip('"}')
    heard = {
        "intent": {"name": "continue_elsewhere"},
        "text": text,
        "entities": [{"entity": "channel", "value": chosen}] if chosen else [],
        "metadata": {"turn": str(new_id())},
    }
    tracker = Tracker(
        str(conversation), {"language": language}, heard, [{"event": "user"}], False, None, {}, "action_listen"
    )
    dispatcher = CollectingDispatcher()
    await ContinueElsewhere().run(dispatcher, tracker, {})
    (uttered,) = dispatcher.messages
    return conversation, uttered


@pytest.mark.parametrize(
    ("text", "language", "channel", "where"),
    [
        ("on peut continuer sur WhatsApp ?", "fr", "whatsapp", "sur WhatsApp"),
        ("can we go on by e-mail?", "en", "mail", "by e-mail"),
        ('/continue_elsewhere{"channel": "telegram"}', "en", "telegram", "on Telegram"),
    ],
)
async def test_the_channel_that_was_named_gets_a_code_for_this_conversation(
    equipped: Sessions, text: str, language: str, channel: str, where: str
) -> None:
    conversation, uttered = await said(equipped, text, working=tuple(LINKS), language=language)
    assert (uttered["response"], uttered["where"]) == ("utter_continue_elsewhere", where)
    assert uttered["link"] == LINKS[channel].replace("{code}", uttered["code"])
    async with equipped() as session, session.begin():
        reached = await joining.redeem(session, uttered["code"], channel=channel, writer=new_id(), now=utc_now())
        assert reached is not None and reached.id == conversation


@pytest.mark.parametrize(
    ("text", "working", "response", "buttons"),
    [
        ("on peut changer de canal ?", ("mail", "telegram"), "utter_continue_where", ["Par e-mail", "Sur Telegram"]),
        ("on peut changer de canal ?", ("telegram",), "utter_continue_elsewhere", []),
        ("vous êtes sur WhatsApp ?", ("mail",), "utter_continue_not_there", ["Par e-mail"]),
        ("vous êtes sur WhatsApp ?", (), "utter_continue_nowhere", []),
        ("continuons sur le site", ("mail",), "utter_continue_here", []),
    ],
)
async def test_what_is_not_there_is_not_promised(
    equipped: Sessions, text: str, working: tuple[str, ...], response: str, buttons: list[str]
) -> None:
    _, uttered = await said(equipped, text, working=working)
    assert uttered["response"] == response
    assert [button["title"] for button in uttered["buttons"] or ()] == buttons


@pytest.mark.parametrize("details", [{"cc": ["paul@client.example"]}, {"group": "Famille"}])
async def test_where_others_read_along_no_code_is_given(equipped: Sessions, details: dict[str, Any]) -> None:
    conversation, uttered = await said(equipped, "sur telegram ?", working=("telegram",), details=details)
    assert uttered["response"] == "utter_continue_overheard"
    async with equipped.begin() as session:
        with pytest.raises(NotFound):
            await take_along(session, conversation, "telegram")


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("répondez-moi par mél, enfin par courriel", "mail"),
        ("from the website to WhatsApp", "whatsapp"),
        ("sur Télégramme", "telegram"),
        ("j’aime les emails", "mail"),
        ("un village mailloche", None),
    ],
)
def test_a_channel_is_known_by_what_people_call_it(text: str, channel: str | None) -> None:
    assert named(text, spoken()) == channel
