"""What every channel that shows them keeps of pictures: they come with their words, or the words come alone."""

from __future__ import annotations

import pytest

from channels.port import Retry
from crm_backend.conversations.schema import Card
from tests.channels.stage import Play, only
from tests.channels.test_contract_out import TITLES, words
from tests.support.channels import PRODUCT, Album


def products(count: int) -> list[Card]:
    """Products, each with a picture of its own."""
    pictures = [f"https://shop.example/{number}.jpg" for number in range(1, count + 1)]
    return [PRODUCT.model_copy(update={"title": f"Housse no {n}", "picture": p}) for n, p in enumerate(pictures, 1)]


@pytest.mark.parametrize(
    ("count", "buttons"), [(1, ()), (1, TITLES[:2]), (1, TITLES[:5]), (3, TITLES[:2]), (4, TITLES[:2])]
)
async def test_products_arrive_with_their_pictures(play: Play, count: int, buttons: tuple[str, ...]) -> None:
    """Up to three in a messenger; a longer list stays one text there. Nothing of them is missing, and nothing twice."""
    only(play, play.case.pictures, "sends no pictures of cards")
    await play.hear()
    await play.say("Voici.", cards=products(count), buttons=buttons)
    arrived = await play.arrived()
    text, files = words(arrived), [kind for each in arrived for kind in each.files]
    assert files in ([["image/jpeg"] * count] if count <= 3 else [[], ["image/jpeg"] * count])
    assert [text.count(one.title) for one in products(count)] == [1] * count
    assert text.count("Voici.") == 1 and text.count("119,00 €") == count
    native = [title for each in arrived for title in each.buttons]
    assert native == list(buttons) or all(f"{n}. {title}" in text for n, title in enumerate(buttons, 1))


@pytest.mark.parametrize("count", [1, 2])
async def test_products_whose_pictures_cannot_be_had_arrive_in_words(play: Play, count: int) -> None:
    only(play, play.case.pictures, "sends no pictures of cards")
    album = play.stage.core.pictures
    assert isinstance(album, Album)
    album.away = True
    await play.hear()
    await play.say("Voici.", cards=products(count), buttons=["Merci"])
    arrived = await play.arrived()
    assert album.asked and not [kind for each in arrived for kind in each.files]
    assert [words(arrived).count(one.title) for one in products(count)] == [1] * count


async def test_products_go_on_where_they_stopped_though_a_picture_is_gone_by_then(play: Play) -> None:
    only(play, play.case.pictures and "down" in play.case.failures, "sends no pictures, or is never down")
    await play.hear()
    await play.say("", cards=products(3))
    only(play, len(await play.arrived()) > 1, "sends all products in one part")
    play.case.fail("down", after=2)
    delivery = await play.reply("Encore.", cards=products(3))
    with pytest.raises(Retry) as caught:
        await play.send(delivery)
    album = play.stage.core.pictures
    assert isinstance(album, Album)
    album.away = True
    await play.send(await play.later(delivery, caught.value))
    arrived = await play.arrived(beyond=3)
    assert [words(arrived).count(one.title) for one in products(3)] == [1] * 3
    assert [kind for each in arrived for kind in each.files] == ["image/jpeg"]
