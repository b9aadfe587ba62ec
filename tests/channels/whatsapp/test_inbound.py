"""Each kind of message that Meta documents, as it is stored."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from channels.whatsapp.inbound import phone_of, says_stop
from channels.whatsapp.settings import OPT_OUT_WORDS
from crm_backend.attachments.model import Attachment
from crm_backend.conversations.model import Message, Turn
from crm_backend.conversations.schema import Button
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from tests.channels.whatsapp.conftest import Line, item, payload
from tests.support.channels import delivery


async def stored(line: Line, name: str) -> Message:
    """The newest message, after the payload was heard."""
    assert await line.hear(payload(name)) == 200
    return (await line.messages())[-1]


async def attachments(line: Line) -> list[Attachment]:
    async with line.core.sessions() as session:
        return list(await session.scalars(select(Attachment)))


async def turns(line: Line) -> int:
    async with line.core.sessions() as session:
        return len(list(await session.scalars(select(Turn.id).where(Turn.state == "queued"))))


async def test_a_text_is_from_its_number_which_whatsapp_vouches_for(line: Line) -> None:
    message = await stored(line, "text")
    assert message.text == "Bonjour, où est ma commande ?"
    assert message.external_id == item(payload("text"))["id"]
    assert message.content["sender_name"] == "Marie Dupont"
    [conversation] = await line.conversations()
    assert (conversation.channel, conversation.account, conversation.address) == ("whatsapp", "main", "33612345678")
    assert conversation.proof == "channel"
    assert await turns(line) == 1


async def test_a_number_on_file_is_its_customer(line: Line) -> None:
    async with line.core.sessions() as session, session.begin():
        customer = Customer(id=new_id(), first_name="Marie", last_name="Dupont")
        session.add(customer)
        await session.flush()
        session.add(Identity(customer_id=customer.id, kind="phone", value="+33612345678"))
    await stored(line, "text")
    [conversation] = await line.conversations()
    assert (conversation.customer_id, conversation.proof) == (customer.id, "channel")


@pytest.mark.parametrize(
    ("account", "phone"),
    [
        ("33612345678", "+33612345678"),
        ("5215512345678", "+525512345678"),
        ("5491123456789", "+5491123456789"),
        ("FR.13491208655302741918", None),
        ("0612345678", None),
        ("", None),
    ],
)
def test_the_number_that_is_vouched_for(account: str, phone: str | None) -> None:
    assert phone_of(account) == phone


async def test_somebody_who_hides_their_number_is_known_by_their_identifier(line: Line) -> None:
    message = await stored(line, "text_without_number")
    [conversation] = await line.conversations()
    assert (conversation.address, conversation.proof) == ("FR.20011208655302747777", "anonymous")
    assert message.details["username"] == "camille.r"
    await line.channel.send(await _reply(line))
    assert line.graph.sent[-1]["recipient"] == "FR.20011208655302747777" and "to" not in line.graph.sent[-1]


async def _reply(line: Line, **more: Any) -> Any:
    [conversation] = await line.conversations()
    return delivery("Bonjour.", to=conversation.address, channel="whatsapp", **more)


async def test_somebody_who_shows_their_number_later_stays_the_same_person(line: Line) -> None:
    await line.hear(payload("text_without_number", ago=7000))
    shows = payload("text", ago=-5)
    value = shows["entry"][0]["changes"][0]["value"]
    value["contacts"][0]["user_id"] = value["messages"][0]["from_user_id"] = "FR.20011208655302747777"
    await line.hear(shows)
    [conversation] = await line.conversations()
    assert (conversation.address, conversation.proof) == ("33612345678", "channel")
    assert set(await line.identities()) == {"33612345678"}


async def test_a_quote_names_the_message_it_answers(line: Line) -> None:
    assert (await stored(line, "text_quoting")).content["reply_to"] == "wamid.QUOTED"


async def test_a_forwarded_text_says_so(line: Line) -> None:
    assert (await stored(line, "text_forwarded")).details["forwarded"] is True


async def test_an_advertisement_that_was_answered_is_told(line: Line) -> None:
    details = (await stored(line, "text_from_an_advertisement")).details
    assert details["referral"]["headline"] == "Bougies d’hiver"


@pytest.mark.parametrize(("name", "kind"), [("button_reply", "button_reply"), ("list_reply", "list_reply")])
async def test_a_press_means_what_the_button_stands_for(line: Line, name: str, kind: str) -> None:
    await line.wrote()
    titles = ["Oui", "Non", "Plus tard", "Retourner un article reçu"]
    offer = await line.say("?", buttons=[Button(title=title, payload=f"/choice_{title[0]}") for title in titles])
    document = payload(name)
    choice = item(document)["interactive"][kind]
    choice["id"] = choice["id"].replace("00000000-0000-7000-8000-000000000000", str(offer))
    assert await line.hear(document) == 200
    pressed = (await line.messages())[-1]
    index = int(choice["id"].rsplit(":", 1)[1])
    assert (pressed.text, pressed.content["payload"]) == (titles[index], f"/choice_{titles[index][0]}")


async def test_a_button_that_nobody_knows_still_says_what_is_written_on_it(line: Line) -> None:
    message = await stored(line, "button_reply")
    assert message.text == "Non" and "payload" not in message.content


async def test_a_quick_reply_of_a_template_is_its_words(line: Line) -> None:
    assert (await stored(line, "template_button")).text == "Suivre ma commande"


async def test_a_filled_form_is_its_words(line: Line) -> None:
    assert (await stored(line, "form_reply")).text == "Sent"


@pytest.mark.parametrize(
    ("name", "kind", "text", "file_name"),
    [
        ("image", "image", "Le vase est arrivé cassé", ""),
        ("document", "document", "La facture", "facture.pdf"),
        ("audio", "audio", "", ""),
        ("voice", "audio", "", ""),
        ("video", "video", "", ""),
        ("sticker", "image", "", ""),
    ],
)
async def test_a_file_is_to_be_fetched(line: Line, name: str, kind: str, text: str, file_name: str) -> None:
    message = await stored(line, name)
    [file] = await attachments(line)
    assert (message.text, file.kind, file.name, file.state) == (text, kind, file_name, "pending")
    assert file.remote is not None and file.remote["id"].isdecimal()


async def test_a_place_is_kept_with_its_name(line: Line) -> None:
    location = (await stored(line, "location")).content["location"]
    assert (location["latitude"], location["name"]) == (45.764043, "Maison Tilleul")


async def test_a_place_that_is_not_on_earth_is_no_place(line: Line) -> None:
    document = payload("location")
    item(document)["location"]["latitude"] = 451.7
    assert await line.hear(document) == 200
    assert "location" not in (await line.messages())[0].content


async def test_contact_cards_are_kept_and_prove_nothing(line: Line) -> None:
    message = await stored(line, "contacts")
    assert message.content["contacts"] == [
        {"name": "Paul Girard", "phones": ["+33 6 98 76 54 32"], "emails": ["paul@example.com"]}
    ]


async def test_an_order_from_the_catalogue_reads_as_text(line: Line) -> None:
    assert (await stored(line, "order")).text == "Livraison possible samedi ?\n2 × BOUGIE-FIGUIER 24.9 EUR"


async def test_a_reaction_is_noted_on_the_message_and_taken_back(line: Line) -> None:
    await line.wrote()
    target = (await line.messages())[0]
    for name, reactions in (("reaction", ["👍"]), ("reaction_taken_back", [])):
        document = payload(name)
        item(document)["reaction"]["message_id"] = target.external_id
        assert await line.hear(document) == 200
        [message] = await line.messages()
        assert list(message.content.get("reactions", {}).values()) == reactions


async def test_a_reaction_to_something_unknown_is_left(line: Line) -> None:
    assert await line.hear(payload("reaction")) == 200
    assert await line.messages() == []


async def test_an_edit_and_a_deletion_change_the_message_itself(line: Line) -> None:
    await line.wrote("Bonjour, où est la commade ?")
    target = (await line.messages())[0].external_id
    for name, text in (("edit", "Bonjour, où est la commande 10234 ?"), ("revoke", "")):
        document = payload(name)
        item(document)[name]["original_message_id"] = target
        assert await line.hear(document) == 200
        [message] = await line.messages()
        assert message.text == text
    assert message.content == {"deleted": True}


async def test_a_change_that_overtook_its_message_is_asked_for_again(line: Line) -> None:
    fresh, late = payload("edit", ago=5), payload("edit", ago=3600)
    assert await line.hear(fresh) == 503
    assert await line.hear(late) == 200


async def test_a_kind_that_whatsapp_does_not_pass_on_is_seen_by_people_and_excused_once(line: Line) -> None:
    message = await stored(line, "unsupported")
    messages = await line.messages()
    assert [each.author for each in messages] == ["customer", "system"]
    assert messages[0].text == "[poll_creation]" and messages[0].content["automatic"] == "unsupported"
    assert "WhatsApp ne me transmet pas" in message.text
    assert await turns(line) == 0
    again = payload("unsupported")
    item(again)["id"] = "wamid.ANOTHER"
    await line.hear(again)
    assert [each.author for each in await line.messages()] == ["customer", "system", "customer"]


async def test_groups_are_declined(line: Line) -> None:
    assert await line.hear(payload("group")) == 200
    assert await line.messages() == []


@pytest.mark.parametrize(
    "text", ["STOP", "stop", " Stop. ", "ARRÊT", "arrêt !", "Désabonner", "UNSUBSCRIBE", "opt-out"]
)
def test_a_word_that_stops_notices(text: str) -> None:
    assert says_stop(text, OPT_OUT_WORDS)


@pytest.mark.parametrize("text", ["", "stop the delivery", "Arrêtez", "ma commande est-elle en arrêt ?", "stops", "!"])
def test_a_message_that_only_holds_such_a_word_stops_nothing(text: str) -> None:
    assert not says_stop(text, OPT_OUT_WORDS)


async def test_an_opt_out_is_marked_and_the_message_kept(line: Line) -> None:
    await line.wrote("Stop")
    [message] = await line.messages()
    assert message.text == "Stop" and message.details == {"opt_out": True}


async def test_a_template_may_have_a_button_that_stops_notices(line: Line) -> None:
    document = payload("template_button")
    item(document)["button"] = {"payload": "STOP", "text": "Stop"}
    assert await line.hear(document) == 200
    assert (await line.messages())[0].details["opt_out"] is True


async def test_an_account_error_is_only_logged(line: Line) -> None:
    assert await line.hear(payload("account_error")) == 200
    assert await line.messages() == []


async def test_what_the_assistant_answers_is_shown_as_read(line: Line) -> None:
    line.channel._settings.show_read = True
    message = await stored(line, "text")
    for task in list(line.channel._ear._aside):
        await task
    [read] = line.graph.reads
    assert (read["status"], read["message_id"]) == ("read", message.external_id)
    assert read["typing_indicator"] == {"type": "text"}
