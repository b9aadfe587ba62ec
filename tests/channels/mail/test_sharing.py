"""Places and contacts in mails."""

from __future__ import annotations

from crm_backend.conversations.schema import ContactCard
from tests.channels.mail.conftest import World
from tests.channels.mail.letters_sent import part
from tests.channels.mail.mails import mail
from tests.support.channels import CONTACT, PLACE


async def test_a_place_is_a_link_to_a_map_and_a_contact_goes_along_as_a_card(world: World) -> None:
    await world.take(mail())
    await world.answer("", location=PLACE, contacts=[CONTACT, ContactCard(name="Ève; <b>")])
    [got] = world.mailed()
    page = part(got, "html")
    assert "12 rue Mercière, Lyon" in page and "mlat=45.764000&amp;mlon=4.835700" in page and "&lt;b&gt;" in page
    assert "mlat=45.764000&mlon=4.835700" in part(got, "plain")
    cards = list(got.iter_attachments())
    assert [(card.get_content_type(), card.get_filename()) for card in cards] == [
        ("text/vcard", "Camille Martin.vcf"),
        ("text/vcard", "Ève; b.vcf"),
    ]
    assert "TEL:+33 4 72 00 00 00" in cards[0].get_content() and "FN:Ève\\; <b>" in cards[1].get_content()
