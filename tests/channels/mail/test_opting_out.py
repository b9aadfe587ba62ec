"""STOP by mail ends unasked messages for whoever is proved to have written it, and for nobody else's sake."""

from __future__ import annotations

import pytest

from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from crm_backend.notifications import services as notifications
from tests.channels.mail.conftest import World
from tests.channels.mail.mails import mail
from tests.channels.mail.test_intake import TRUSTED, vouched


@pytest.mark.parametrize(
    "proved",
    [True, False],
)
async def test_stop_in_the_right_thread_counts_only_with_proof(world: World, proved: bool) -> None:
    async with world.sessions.begin() as session:
        marie = Customer(id=new_id(), first_name="Marie", last_name="Dupont")
        session.add(marie)
        await session.flush()
        session.add(Identity(customer_id=marie.id, kind="email", value="marie@client.example"))
    world.channel = world.opened(**TRUSTED)
    await world.take(vouched(mail("bonjour")), **TRUSTED)
    await world.answer("Votre commande est partie.", template="order_shipped")
    named = world.mailed()[0]["Message-ID"].strip("<>")
    raw = mail("STOP", subject="Re: Ma commande", in_reply_to=named)
    await world.take(vouched(raw) if proved else raw, **TRUSTED)
    last = await world.messages()
    assert len({message.conversation_id for message in last}) == 1, "it is the right thread"
    async with world.sessions() as session:
        assert await notifications.wants(session, customer_id=marie.id) is not proved
