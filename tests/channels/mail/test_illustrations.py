"""Products in mails: their pictures come along, and opening the mail fetches nothing."""

from __future__ import annotations

import re

from tests.channels.mail.conftest import World
from tests.channels.mail.letters_sent import part
from tests.channels.mail.mails import mail
from tests.support.channels import PRODUCT, Album

HOSTILE = PRODUCT.model_copy(update={"title": 'Drap "doux" <b>', "picture": "https://shop.example/drap.jpg"})


async def test_pictures_come_with_the_mail_and_say_what_they_show(world: World) -> None:
    await world.take(mail())
    await world.answer("Voici.", cards=[PRODUCT, HOSTILE, PRODUCT])
    [got] = world.mailed()
    page = part(got, "html")
    named = re.findall(r'<img src="cid:([^"]+)" alt="([^"]+)" width="(\d+)" height="(\d+)">', page)
    assert [one[1:] for one in named] == [
        ("Housse de couette Aubrac", "320", "240"),
        ("Drap &#34;doux&#34; &lt;b&gt;", "320", "240"),
        ("Housse de couette Aubrac", "320", "240"),
    ]
    pictures = {one["Content-ID"].strip("<>"): one for one in got.walk() if one.get_content_maintype() == "image"}
    assert [cid for cid, *_ in named[:2]] == list(pictures) and named[2][0] == named[0][0]
    assert {one.get_content_disposition() for one in pictures.values()} == {"inline"}
    assert not re.search(r'src="(?!cid:)', page), "nothing is fetched"
    assert [one.get_content_type() for one in got.iter_parts()] == ["text/plain", "multipart/related"]


async def test_a_picture_that_cannot_be_had_leaves_its_words(world: World) -> None:
    assert isinstance(world.core.pictures, Album)
    world.core.pictures.away = True
    await world.take(mail())
    await world.answer("Voici.", cards=[PRODUCT])
    [got] = world.mailed()
    assert "<img" not in part(got, "html") and "Housse de couette Aubrac" in part(got, "html")
    assert [one.get_content_type() for one in got.walk()] == ["multipart/alternative", "text/plain", "text/html"]
