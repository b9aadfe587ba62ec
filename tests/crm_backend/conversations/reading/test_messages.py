"""Messages as their readers see them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from crm_backend.conversations.model import Conversation, Message, SentPart
from crm_backend.conversations.reading import queries
from crm_backend.conversations.reading.messages import MessageView
from crm_backend.conversations.schema import ContactCard, IncomingFile, Location
from crm_backend.conversations.sending import deliveries, outbox
from crm_backend.database import Sessions, new_id
from tests.support import core


async def shown(sessions: Sessions, conversation_id: Any, after: int = 0) -> list[MessageView]:
    async with sessions() as session:
        return await queries.messages_after(session, conversation_id=conversation_id, after=after)


async def test_messages_are_shown_in_their_place_and_counted_by_arrival(sessions: Sessions) -> None:
    written = [await core.write(sessions, f"{order}", order=order) for order in (1, 3, 2)]
    views = await shown(sessions, written[0].conversation_id)
    assert [(view.text, view.seq) for view in views] == [("1", 1), ("2", 3), ("3", 2)]
    assert [view.text for view in await shown(sessions, written[0].conversation_id, after=2)] == ["2"]


async def test_a_quote_names_the_message_it_answers_and_only_in_its_own_conversation(sessions: Sessions) -> None:
    first = await core.write(sessions, "la commande 10234", external_id="m1")
    await core.answered(sessions, core.saying("Elle est en route."))
    async with sessions() as session, session.begin():
        ours = (await core.transcript(sessions, first.conversation_id))[1]
        session.add(SentPart(channel="webchat", account="main", platform_id="p1", message_id=ours.id, part=0))
    await core.write(sessions, "celle-ci", reply_to="m1")
    await core.write(sessions, "merci", reply_to="p1")
    await core.write(sessions, "et ?", reply_to="unknown")
    stranger = await core.write(sessions, "la même", visitor="paul", reply_to="m1")
    quotes = [view.quote for view in await shown(sessions, first.conversation_id)]
    assert quotes == [None, None, 1, 2, None]
    assert [view.quote for view in await shown(sessions, stranger.conversation_id)] == [None]


async def test_what_is_shared_is_shown(sessions: Sessions) -> None:
    place = Location(latitude=45.76, longitude=4.84, name="Bellecour")
    contact = ContactCard(name="Paul", phones=["+33612345678"])
    written = await core.write(sessions, "", location=place, contacts=[contact], sender_name="Marie", details={"a": 1})
    view = (await shown(sessions, written.conversation_id))[0]
    assert (view.location, view.contacts, view.sender_name, view.details) == (place, [contact], "Marie", {"a": 1})
    assert view.gist == "Bellecour, Paul"


async def test_a_list_names_the_file_of_a_message_without_words(sessions: Sessions) -> None:
    written = await core.write(sessions, "", files=[IncomingFile(remote={"id": 1}, name="reçu.pdf")])
    assert (await shown(sessions, written.conversation_id))[0].gist == "reçu.pdf"


async def test_reactions_edits_and_deletions_are_told(sessions: Sessions) -> None:
    written = await core.write(sessions, "bonjour", external_id="m1")
    await core.write(sessions, "bonsoir", external_id="e1", event="edited", target="m1")
    await core.write(sessions, "👍", external_id="r1", event="reaction", target="m1")
    view = (await shown(sessions, written.conversation_id))[0]
    assert (view.text, view.edited, view.reactions, view.deleted) == ("bonsoir", True, ["👍"], False)


async def test_why_a_delivery_failed_is_told_at_the_desk(sessions: Sessions) -> None:
    written = await core.write(sessions)
    await core.answered(sessions, core.saying("Bonjour"))
    async with sessions() as session, session.begin():
        delivery = (await outbox.claim(session, lease_seconds=60))[0]
        await deliveries.rejected(session, delivery, error="blocked by the user", reason="unreachable")
    view = (await shown(sessions, written.conversation_id))[1]
    assert (view.delivery, view.error, view.failure) == ("failed", "blocked by the user", "unreachable")
    assert (await shown(sessions, written.conversation_id))[0].error is None


async def test_an_answer_repeated_after_the_conversation_moved_is_stored_once(sessions: Sessions) -> None:
    written, claire, client_id = await core.write(sessions), await core.agent(sessions), new_id()
    await core.change(sessions, "take", written.conversation_id, claire)
    first, new = await core.reply_as(sessions, written.conversation_id, claire, "Voici.", client_id)
    async with sessions() as session, session.begin():
        await session.execute(update(Conversation).values(channel="elsewhere"))
    again, anew = await core.reply_as(sessions, written.conversation_id, claire, "Voici.", client_id)
    assert (new, anew) == (True, False) and isinstance(first, Message) and again.id == first.id
