"""What every channel keeps of what goes out, whatever its platform does."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr

from channels import installed
from channels.port import Rejected, Retry
from crm_backend.conversations.schema import Card
from tests.channels.contract import BUSY, Arrived, State
from tests.channels.stage import Play, only
from tests.support.channels import ARTICLE, CONTACT, ORDER, PLACE, PRODUCT, FilesInMemory

LONG = "\n\n".join(f"Paragraphe {n} : " + "le colis est parti, il arrive mardi. " * 12 for n in range(1, 26))
TITLES = [f"Choix {n}" for n in range(1, 13)]


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#2f6f4f").save(out, "PNG")
    return out.getvalue()


def words(arrived: list[Arrived]) -> str:
    """Everything legible that arrived, on one line."""
    return " ".join(" ".join(each.text for each in arrived).split())


def secrets_of(play: Play) -> list[str]:
    settings = installed()[play.case.name].settings.model_validate(play.case.settings("main"))
    return [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]


# Going out


async def test_replies_go_where_the_person_wrote_from(play: Play) -> None:
    await play.hear()
    delivery = await play.reply("bonjour")
    assert delivery.address == await play.case.address()
    assert (delivery.channel, delivery.account) == (play.case.name, "main")


async def test_a_text_arrives(play: Play) -> None:
    await play.hear()
    assert await play.say("Elle est partie hier : livraison mardi.")
    assert "Elle est partie hier : livraison mardi." in words(await play.arrived())


async def test_a_long_text_arrives_whole_and_in_order(play: Play) -> None:
    await play.hear()
    await play.say(LONG)
    assert words(await play.arrived()) == " ".join(LONG.split()) or " ".join(LONG.split()) in words(
        await play.arrived()
    )


@pytest.mark.parametrize("count", [1, 2, 3, 4, 10, 11, 12])
async def test_choices_can_be_made(play: Play, count: int) -> None:
    """As buttons where the platform has them, or as numbers to type that the core understands."""
    await play.hear()
    await play.say("Que souhaitez-vous ?", buttons=TITLES[:count])
    arrived = await play.arrived()
    text, native = words(arrived), [title for each in arrived for title in each.buttons]
    assert "Que souhaitez-vous ?" in text
    if native:
        assert native == TITLES[:count]
    else:
        for number, title in enumerate(TITLES[:count], 1):
            assert f"{number}. {title}" in text


async def test_choices_without_words_can_be_made(play: Play) -> None:
    await play.hear()
    await play.say("", buttons=["Oui", "Non"])
    arrived = await play.arrived()
    shown = words(arrived) + " " + " ".join(title for each in arrived for title in each.buttons)
    assert "Oui" in shown and "Non" in shown


@pytest.mark.parametrize("card", [ORDER, ARTICLE, PRODUCT], ids=["order", "article", "product"])
async def test_a_card_arrives(play: Play, card: Card) -> None:
    await play.hear()
    await play.say("Voici.", cards=[card])
    text = words(await play.arrived())
    for part in ("Voici.", card.title, card.text, *card.lines):
        assert part in text
    if card.url:
        assert play.stage.address + card.url in text or card.url in text
    if card.price:
        assert "119,00 €" in text


async def test_a_place_and_a_contact_arrive(play: Play) -> None:
    """As what the platform has for them, or as words with a link to a map."""
    await play.hear()
    await play.say("Voici où nous trouver.", location=PLACE, contacts=[CONTACT])
    text = words(await play.arrived())
    for part in ("Voici où nous trouver.", PLACE.name, PLACE.address, "45.764", "4.8357", CONTACT.name):
        assert part in text
    assert CONTACT.phones[0] in text and CONTACT.emails[0] in text


@pytest.mark.parametrize("shared", [{"location": PLACE}, {"contacts": [CONTACT]}], ids=["place", "contact"])
async def test_what_is_shared_needs_no_words(play: Play, shared: dict[str, Any]) -> None:
    await play.hear()
    await play.say("", **shared)
    assert [name for name in (PLACE.name, CONTACT.name) if name in words(await play.arrived())]


@pytest.mark.parametrize(
    ("name", "content"),
    [("photo.png", picture()), ("bon.pdf", b"%PDF-1.4\n%%EOF\n"), ("voix.ogg", b"OggS" + b"\0" * 200)],
    ids=["image", "document", "audio"],
)
async def test_a_file_arrives(play: Play, name: str, content: bytes) -> None:
    """As a file, or as a link to it."""
    files = play.stage.core.files
    assert isinstance(files, FilesInMemory)
    ref = files.put(content, name=name)
    await play.hear()
    await play.say("Voici le document.", files=(ref,))
    arrived = await play.arrived()
    assert "Voici le document." in words(arrived)
    assert [kind for each in arrived for kind in each.files] == [ref.media_type] or str(ref.id) in words(arrived)


async def test_a_file_without_words_arrives(play: Play) -> None:
    files = play.stage.core.files
    assert isinstance(files, FilesInMemory)
    ref = files.put(picture(), name="photo.png")
    await play.hear()
    await play.say("", files=(ref,))
    arrived = await play.arrived()
    assert any(each.files for each in arrived) or str(ref.id) in words(arrived)


# When the platform fails


async def test_a_platform_that_is_busy_is_left_alone_for_as_long_as_it_says(play: Play) -> None:
    only(play, "busy" in play.case.failures, "limits nothing")
    await play.hear()
    play.case.fail("busy")
    with pytest.raises(Retry) as caught:
        await play.send(await play.reply("bonjour"))
    assert caught.value.after is not None and caught.value.after >= BUSY


@pytest.mark.parametrize("how", ["busy", "down", "cut"])
async def test_what_failed_for_now_is_sent_again_and_arrives_once(play: Play, how: str) -> None:
    only(play, how in play.case.failures, f"is never {how}")
    await play.hear()
    play.case.fail(how)  # type: ignore[arg-type]
    delivery = await play.reply("bonjour Marie")
    with pytest.raises(Retry) as caught:
        await play.send(delivery)
    await play.send(await play.later(delivery, caught.value, unsure=how == "cut"))
    times = words(await play.arrived()).count("bonjour Marie")
    # Where the connection ended without an answer, not every platform can tell whether it has the message.
    assert times == 1 or (how == "cut" and not play.case.tells_what_it_has and times == 2)


async def test_a_reply_in_parts_goes_on_where_it_stopped(play: Play) -> None:
    only(play, "down" in play.case.failures, "is never down")
    await play.hear()
    await play.say(LONG)
    parts = len(await play.arrived())
    only(play, parts > 1, "takes long texts in one part")
    play.case.fail("down", after=1)
    delivery = await play.reply(LONG.replace("Paragraphe", "Passage"))
    with pytest.raises(Retry) as caught:
        await play.send(delivery)
    again = await play.later(delivery, caught.value)
    assert len(again.parts) == 1
    await play.send(again)
    text = words(await play.arrived(beyond=parts))
    assert [text.count(f"Passage {n} :") for n in range(1, 26)] == [1] * 25


@pytest.mark.parametrize(
    ("how", "reason"), [("refused", "content"), ("blocked", "unreachable"), ("credentials", "settings")]
)
async def test_what_will_never_be_taken_is_given_up_with_the_reason(play: Play, how: str, reason: str) -> None:
    only(play, how in play.case.failures, f"is never {how}")
    await play.hear()
    play.case.fail(how)  # type: ignore[arg-type]
    with pytest.raises(Rejected) as caught:
        await play.send(await play.reply("bonjour"))
    assert caught.value.reason == reason


@pytest.mark.parametrize("how", ["busy", "down", "cut", "refused", "blocked", "credentials"])
async def test_no_error_tells_a_secret(play: Play, how: str) -> None:
    only(play, how in play.case.failures, f"is never {how}")
    await play.hear()
    play.case.fail(how)  # type: ignore[arg-type]
    with pytest.raises((Retry, Rejected)) as caught:
        await play.send(await play.reply("bonjour"))
    assert not [secret for secret in secrets_of(play) if secret in str(caught.value)]


# What becomes of it


@pytest.mark.parametrize("state", ["delivered", "read", "failed"])
async def test_what_the_platform_tells_of_a_message_is_kept(play: Play, state: State) -> None:
    only(play, state in play.case.states, f"never tells {state}")
    await play.hear()
    delivery = await play.reply("bonjour")
    platform_id = await play.send(delivery)
    for call in await play.case.receipts(platform_id, state):
        assert await play.call(call) == 200
    assert await play.delivery_state(delivery.message_id) == state


async def test_states_never_go_back(play: Play) -> None:
    told = [state for state in ("read", "delivered", "sent") if state in play.case.states]
    only(play, len(told) > 1, "tells one state at most")
    await play.hear()
    delivery = await play.reply("bonjour")
    platform_id = await play.send(delivery)
    for state in (*told, *reversed(told)):
        for call in await play.case.receipts(platform_id, state):
            assert await play.call(call) == 200
    assert await play.delivery_state(delivery.message_id) == told[0]


async def test_a_receipt_about_nothing_of_ours_is_ignored(play: Play) -> None:
    only(play, bool(play.case.states), "tells nothing")
    await play.hear()
    delivery = await play.reply("bonjour")
    platform_id = await play.send(delivery)
    at = next(at for at, letter in enumerate(platform_id) if at > 8 and letter.isalnum())
    another = platform_id[:at] + ("1" if platform_id[at] != "1" else "2") + platform_id[at + 1 :]
    for call in await play.case.receipts(another, min(play.case.states)):
        assert await play.call(call) == 200
    assert await play.delivery_state(delivery.message_id) == "sent"


# Opening and closing


async def test_asking_how_it_is_never_raises_and_tells_no_secret(play: Play) -> None:
    secrets = secrets_of(play)
    health = await play.channel().check()
    assert not [secret for secret in secrets if secret in health.model_dump_json()]
    await play.case.stop()
    health = await play.channel().check()
    assert not [secret for secret in secrets if secret in health.model_dump_json()]
    assert not (health.ok and play.case.failures), "the platform is not there"


async def test_a_channel_is_closed_and_opened_again(play: Play) -> None:
    await play.hear()
    first = play.channel()
    await first.close()
    await first.close()
    key = (play.case.name, "main")
    settings = play.board.given[key].values  # type: ignore[index]
    blueprint = installed()[play.case.name]
    second = blueprint.open(blueprint.settings.model_validate(settings), "main", play.stage.core)
    delivery = await play.reply("toujours là")
    assert await second.send(delivery)
    assert "toujours là" in words(await play.arrived())
    await second.close()
