"""Products on their way to WhatsApp: pictures over their words and buttons, or under which words stand."""

from __future__ import annotations

import pytest

from channels.port import Rejected, Retry
from tests.channels.whatsapp.conftest import Line, to_marie
from tests.channels.whatsapp.graph_server import failing
from tests.support.channels import ORDER, PRODUCT

BARE = PRODUCT.model_copy(update={"title": "Taie Aubrac", "url": None})
NAMED = "Housse de couette Aubrac"


async def test_a_product_is_a_picture_over_the_button_that_opens_it(line: Line) -> None:
    await line.wrote()
    await line.channel.send(to_marie("Voici.", cards=[PRODUCT]))
    [sent] = line.graph.sent
    shown = sent["interactive"]
    assert shown["type"] == "cta_url" and shown["body"]["text"].startswith(f"Voici.\n\n{NAMED}")
    assert line.graph.uploads[shown["header"]["image"]["id"]][:2] == ("image/jpeg", "photo.jpg")


async def test_choices_stand_under_the_picture_or_in_a_list_after_it(line: Line) -> None:
    await line.wrote()
    await line.channel.send(to_marie("Voici.", cards=[PRODUCT], buttons=["Merci", "Une autre"]))
    await line.channel.send(to_marie("Voici.", cards=[PRODUCT], buttons=["a", "b", "c", "d"]))
    first, said, shown, asked = line.graph.sent
    assert first["interactive"]["type"] == "button" and "image" in first["interactive"]["header"]
    assert "https://shop.example/aubrac" in first["interactive"]["body"]["text"]
    assert said["text"]["body"] == "Voici." and shown["interactive"]["type"] == "cta_url"
    assert asked["interactive"]["type"] == "list" and "header" not in asked["interactive"]
    assert [one["biz_opaque_callback_data"][-3:] for one in (said, shown, asked)] == ["1/3", "2/3", "3/3"]


async def test_several_come_one_by_one_each_as_it_can(line: Line) -> None:
    await line.wrote()
    await line.channel.send(to_marie("Voici.", cards=[PRODUCT, BARE, ORDER]))
    said, linked, bare, order = line.graph.sent
    assert (said["type"], linked["type"], bare["type"], order["type"]) == ("text", "interactive", "image", "text")
    assert bare["image"]["caption"].startswith("Taie Aubrac\n")


@pytest.mark.parametrize("at", ["upload", "message"])
async def test_a_picture_that_meta_refuses_is_left_out_and_nothing_goes_twice(line: Line, at: str) -> None:
    await line.wrote()
    refused = failing(400, 131053 if at == "upload" else 131009, "Media upload error")
    (line.graph.next_uploads if at == "upload" else line.graph.next).append(refused)
    await line.channel.send(to_marie("Voici.", cards=[PRODUCT]))
    [sent] = line.graph.sent
    assert "header" not in sent["interactive"] and NAMED in sent["interactive"]["body"]["text"]


async def test_an_upload_that_is_down_costs_the_picture_and_one_that_is_busy_waits(line: Line) -> None:
    await line.wrote()
    line.graph.next_uploads.append(failing(500, 131000, "Something went wrong"))
    await line.channel.send(to_marie("Voici.", cards=[PRODUCT]))
    assert "header" not in line.graph.sent[0]["interactive"]
    line.graph.next_uploads.append(failing(429, 130429, "Rate limit hit", **{"Retry-After": "12"}))
    with pytest.raises(Retry) as caught:
        await line.channel.send(to_marie("Voici.", cards=[PRODUCT]))
    assert caught.value.after == 12 and len(line.graph.sent) == 1
    line.graph.next_uploads.append(failing(401, 190, "Access token has expired"))
    with pytest.raises(Rejected) as refused:
        await line.channel.send(to_marie("Voici.", cards=[PRODUCT]))
    assert refused.value.reason == "settings" and len(line.graph.sent) == 1


async def test_after_some_attempts_the_words_go_alone(line: Line) -> None:
    await line.wrote()
    await line.channel.send(to_marie("Voici.", cards=[PRODUCT], attempts=4))
    assert "header" not in line.graph.sent[0]["interactive"] and not line.graph.uploads
