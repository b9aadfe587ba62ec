"""Who somebody is, what they prove, and whether they can be reached."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from channels.port import Rejected
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.receiving import joining
from crm_backend.customers.model import Customer, Identity
from tests.channels.telegram.conftest import OpenWorld, World
from tests.channels.telegram.updates import MARIE, SECOND_TOKEN, payload, text
from tests.support import core
from tests.support.channels import delivery


async def conversation(world: World) -> Conversation:
    async with world.sessions() as session:
        return (await session.scalars(select(Conversation).order_by(Conversation.created_at.desc()))).first()


async def identity(world: World) -> Identity:
    async with world.sessions() as session:
        return (await session.scalars(select(Identity).where(Identity.kind == "telegram"))).one()


async def known(world: World) -> Customer:
    """A customer with Marie's number on file."""
    async with world.sessions() as session, session.begin():
        customer = Customer(first_name="Marie", last_name="Dupont")
        customer.identities = [Identity(kind="phone", value="+33612345678", proof="verified")]
        session.add(customer)
    return customer


async def test_ones_own_number_proves_who_one_is(world: World) -> None:
    customer = await known(world)
    await world.take(payload("message_contact_own"))
    now = await conversation(world)
    assert (now.proof, now.customer_id) == ("channel", customer.id)
    (message,) = await world.messages()
    assert message.text == "Voici mon numéro de téléphone."
    assert message.content["contacts"] == [{"name": "Marie Dupont", "phones": ["+33612345678"]}]


@pytest.mark.parametrize(
    "name",
    [
        "message_contact_of_somebody_else",
        "message_contact_without_account",
        "message_contact_own_passed_on",
        "message_contact_own_anonymous_number",
    ],
)
async def test_other_contacts_prove_nothing(world: World, name: str) -> None:
    await known(world)
    await world.take(payload(name))
    now = await conversation(world)
    assert (now.proof, now.customer_id) == ("anonymous", None)
    assert (await world.messages())[0].content["contacts"]


@pytest.mark.parametrize("number", ["33612345678 ", "+33 6 12 34 56 78", "33-612-345-678"])
async def test_numbers_are_compared_in_one_form(world: World, number: str) -> None:
    await known(world)
    own = payload("message_contact_own")
    own["message"]["contact"]["phone_number"] = number
    await world.take(own)
    assert (await conversation(world)).proof == "channel"


@pytest.mark.parametrize("number", ["", "33612345678x9", "0033612345678", "336123", "٣٣٦١٢٣٤٥٦٧٨"])
async def test_what_only_resembles_a_number_proves_nothing(world: World, number: str) -> None:
    await known(world)
    own = payload("message_contact_own")
    own["message"]["contact"]["phone_number"] = number
    await world.take(own)
    assert (await conversation(world)).proof == "anonymous"


async def asking(world: World, **values: object) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(update(Conversation).values(dialogue_state={"version": 1, "slots": {}}, **values))
        if "proof" not in values:
            state = {"version": 1, "slots": {"requested_slot": "email"}, "form": "task_form"}
            await session.execute(update(Conversation).values(dialogue_state=state))


async def test_the_key_that_shares_the_number_comes_with_the_questions_and_goes_after_them(world: World) -> None:
    await world.take(text("où est ma commande"))
    await asking(world)
    await world.reply("Quelle adresse e-mail avez-vous donnée ?")
    keys = world.api.sent()[-1].parameters["reply_markup"]
    assert keys["keyboard"][0][0]["request_contact"] is True
    await asking(world, proof="channel")
    await world.reply("Elle est en route.")
    assert world.api.sent()[-1].parameters["reply_markup"] == {"remove_keyboard": True}
    await world.reply("Autre chose ?")
    assert "reply_markup" not in world.api.sent()[-1].parameters


async def test_the_key_is_not_shown_where_it_is_not_wanted_or_buttons_are(world: World, open_world: OpenWorld) -> None:
    await world.take(text("où est ma commande"))
    await asking(world)
    await world.reply("Laquelle ?", buttons=("Celle-ci",))
    assert "inline_keyboard" in world.api.sent()[-1].parameters["reply_markup"]
    without = await open_world(ask_contact=False)
    await without.reply("Quelle adresse e-mail ?")
    assert "reply_markup" not in world.api.sent()[-1].parameters


async def test_a_code_from_the_web_site_goes_on_with_its_conversation(world: World) -> None:
    first = await core.write(world.sessions, visitor="somebody")
    async with world.sessions() as session, session.begin():
        code = await joining.make_code(session, conversation_id=first.conversation_id)
    start = payload("command_start_code")
    start["message"]["text"] = f"/start {code}"
    await world.take(start)
    joined = (await world.messages())[-2]
    assert joined.conversation_id == first.conversation_id and joined.content["joined"] == "joined"
    assert (await conversation(world)).address == str(MARIE)


async def test_one_person_is_the_same_at_two_bots(world: World, open_world: OpenWorld) -> None:
    world.api.bot(SECOND_TOKEN, "autre_bot")
    second = await open_world(account="second", token=SECOND_TOKEN)
    await world.take(text("bonjour", number=1))
    await second.take(text("bonjour à l’autre", number=1))
    messages = await world.messages()
    assert [message.external_id for message in messages] == [f"main:{MARIE}:1", f"second:{MARIE}:1"]
    assert (await identity(world)).value == str(MARIE)


async def test_who_blocks_the_bot_cannot_be_reached_until_they_unblock_it_or_write(world: World) -> None:
    await world.take(text("bonjour", number=1))
    await world.take(payload("my_chat_member_blocked"))
    assert (await identity(world)).unreachable_since is not None
    await world.take(payload("my_chat_member_unblocked"))
    assert (await identity(world)).unreachable_since is None
    await world.take(payload("my_chat_member_blocked"))
    await world.take(text("me revoilà", number=2))
    assert (await identity(world)).unreachable_since is None


async def test_sending_to_who_blocked_the_bot_is_rejected_as_unreachable(world: World) -> None:
    world.api.blocked.add(MARIE)
    with pytest.raises(Rejected) as caught:
        await world.channel.send(delivery("bonjour", to=str(MARIE), channel="telegram"))
    assert caught.value.reason == "unreachable"
