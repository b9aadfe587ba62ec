"""Private notes: who writes, changes and reads them, whom they name, and that nobody else ever gets to see one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.desk import mention_mails, mentions, private_notes
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.notes_model import Mention, PrivateNote
from crm_backend.conversations.reading import inbox, queries
from crm_backend.database import new_id, utc_now
from crm_backend.errors import BadInput, Empty, Invalid, NotAllowed, NotFound, NotNow, Stale, TooLong
from crm_backend.notices import services as notices
from crm_backend.routing.settings_model import Team, TeamMember
from tests.crm_backend.conversations.desks import person, seen, talk


async def write(
    session: AsyncSession, agent: Agent, where: Conversation, text: str, key: UUID | None = None
) -> private_notes.Written:
    return await private_notes.write(
        session, conversation_id=where.id, agent=agent, client_id=key or new_id(), text=text
    )


async def count(session: AsyncSession, agent: Agent) -> int:
    return (await inbox.counts(session, agent=agent))["mentioned"]


async def test_a_note_is_written_once_and_is_no_message(crm: AsyncSession) -> None:
    emma, held, key = await person(crm), await talk(crm, "bot", last_seq=3), new_id()
    first = await write(crm, emma, held, "Elle a **déjà** appelé.\x00\u202e", key)
    again = await write(crm, emma, held, "Elle a déjà appelé deux fois.", key)
    assert (first.new, again.new, again.note.id) == (True, False, first.note.id)
    (shown,) = await private_notes.of_conversation(crm, conversation_id=held.id, agent=emma)
    assert (shown.note.text, shown.note.after_seq, shown.author) == ("Elle a **déjà** appelé.", 3, "Emma Roy")
    assert await crm.scalar(select(func.count()).select_from(Message)) == 0
    assert await crm.scalar(select(func.count()).select_from(OutboxItem)) == 0
    assert await queries.messages_after(crm, conversation_id=held.id, after=0) == []
    assert (held.last_seq, held.version) == (3, 1)
    with pytest.raises(BadInput):
        await write(crm, emma, await talk(crm, "bot"), "ailleurs", key)
    told = await crm.scalar(select(AuditEntry.new).where(AuditEntry.action == "note_added"))
    assert told == {"text": {"personal": True}}


async def test_its_author_changes_it_for_a_day_and_a_supervisor_takes_it_away(crm: AsyncSession) -> None:
    emma, karim, boss = await person(crm), await person(crm, "Karim Benali"), await person(crm, "Zoé", "supervisor")
    note = (await write(crm, emma, await talk(crm, "bot"), "Une fote")).note
    done = await private_notes.edit(crm, note_id=note.id, agent=emma, text="Sans faute", version=1)
    assert (done.note.text, done.note.edited_at is None, done.note.version) == ("Sans faute", False, 2)
    with pytest.raises(Stale):
        await private_notes.edit(crm, note_id=note.id, agent=emma, text="Autre", version=1)
    with pytest.raises(NotAllowed):
        await private_notes.edit(crm, note_id=note.id, agent=karim, text="Autre")
    with pytest.raises(NotAllowed):
        await private_notes.remove(crm, note_id=note.id, agent=karim)
    note.created_at = utc_now() - private_notes.CHANGEABLE - timedelta(minutes=1)
    await crm.flush()
    with pytest.raises(NotNow):
        await private_notes.edit(crm, note_id=note.id, agent=emma, text="Autre")
    with pytest.raises(NotNow):
        await private_notes.remove(crm, note_id=note.id, agent=emma)
    await private_notes.remove(crm, note_id=note.id, agent=boss)
    assert await private_notes.one(crm, note.id) is None
    with pytest.raises(NotFound):
        await private_notes.remove(crm, note_id=note.id, agent=boss)


@pytest.mark.parametrize(("text", "error"), [(" \u200b\n", Empty), ("x" * 5001, TooLong)])
async def test_a_note_says_something_and_not_too_much(crm: AsyncSession, text: str, error: type[Exception]) -> None:
    emma, held = await person(crm), await talk(crm, "bot")
    with pytest.raises(error):
        await write(crm, emma, held, text)
    with pytest.raises(NotFound):
        await private_notes.write(crm, conversation_id=new_id(), agent=emma, client_id=new_id(), text="x")
    with pytest.raises(NotAllowed):
        await write(crm, await person(crm, "Ada", "auditor"), held, "x")


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Claire Martin", "claire.martin"),
        ("Jean-Éric O’Brien", "jean.eric.o.brien"),
        ("李 雷", "李.雷"),
        ("…", "agent"),
        ("x_y", "x.y"),
    ],
)
def test_a_handle_is_made_from_a_name(name: str, handle: str) -> None:
    assert mentions.handle_of(name) == handle
    assert mentions.handles_in(f"(@{handle}), @{handle.upper()}. mail@{handle} /@{handle}") == [handle]


async def test_who_is_named_is_told_until_they_read_it(crm: AsyncSession) -> None:
    emma, karim, held = await person(crm), await person(crm, "Karim Benali"), await talk(crm, "nobody")
    twin = await person(crm, "Karim Benali")
    away = await person(crm, "Ada Lovelace")
    away.active = False
    crm.add(Team(key="returns", names={"fr": "Retours", "en": "Returns"}, everyone=False))
    await crm.flush()
    crm.add_all(TeamMember(team_key="returns", agent_id=each.id) for each in (emma, karim, away))
    known = {each.handle: each.agents for each in await mentions.everybody(crm)}
    assert known["karim.benali"] == (karim.id,) and known["karim.benali2"] == (twin.id,)
    assert set(known["returns"]) == {emma.id, karim.id} and "ada.lovelace" not in known

    done = await write(crm, emma, held, "@Returns, @karim.benali: voyez ; @emma.roy @nobody karim@karim.benali2")
    assert done.told == [karim.id]
    assert await mentions.of_notes(crm, [done.note.id]) == {done.note.id: ["karim.benali"]}
    assert ([await count(crm, each) for each in (emma, karim, twin)], await seen(crm, karim, "mentioned")) == (
        [0, 1, 0],
        [held.id],
    )
    (told,) = await notices.of_agent(crm, karim.id)
    assert (told.kind, told.texts["fr"]) == (mentions.MENTIONED, "Emma Roy vous mentionne dans une note interne.")
    assert (await write(crm, emma, held, "Encore @karim.benali")).told == [karim.id]
    assert await count(crm, karim) == 1
    changed = await private_notes.edit(crm, note_id=done.note.id, agent=emma, text="@karim.benali @karim.benali2")
    assert changed.told == [twin.id]
    assert await mentions.read(crm, conversation_id=held.id, agent=karim) == 2
    assert await mentions.read(crm, conversation_id=held.id, agent=karim) == 0
    assert (await count(crm, karim), await notices.unseen(crm, karim.id)) == (0, 0)
    await private_notes.edit(crm, note_id=done.note.id, agent=emma, text="personne")
    assert (await count(crm, twin), await seen(crm, twin, "mentioned")) == (0, [])


async def test_a_mail_is_due_once_for_what_was_not_read_in_time(crm: AsyncSession) -> None:
    emma, karim, ada = await person(crm), await person(crm, "Karim Benali"), await person(crm, "Ada Lovelace")
    held = await talk(crm, "bot")
    assert (await mention_mails.settings_of(crm, karim)).minutes == 15
    await mention_mails.choose(crm, ada, mail=False, minutes=5)
    for wrong in (0, 1441, -(10**30)):
        with pytest.raises(Invalid):
            await mention_mails.choose(crm, karim, mail=True, minutes=wrong)
    await write(crm, emma, held, "@karim.benali @ada.lovelace")
    await write(crm, emma, held, "@karim.benali encore")
    at = utc_now() + timedelta(minutes=10)
    assert await mention_mails.claim(crm, now=at) is None
    await mention_mails.choose(crm, karim, mail=True, minutes=9)
    mail = await mention_mails.claim(crm, now=at)
    assert mail is not None and (mail.agent.id, mail.author, mail.conversation_id) == (karim.id, "Emma Roy", held.id)
    assert await mention_mails.claim(crm, now=at) is None, "both notes are in the one mail"
    again = await mention_mails.claim(crm, now=mail.until)
    assert again is not None and again.first == mail.first, "whoever claimed it died"
    await mention_mails.settle(crm, mail, now=at, sent=False)
    await mention_mails.settle(crm, again, now=at, sent=False, again=True)
    late = await mention_mails.claim(crm, now=at + timedelta(hours=1))
    assert late is not None
    await mention_mails.settle(crm, late, now=at, sent=True)
    assert await mention_mails.claim(crm, now=at + timedelta(days=9)) is None
    await write(crm, emma, held, "@karim.benali lu")
    await mentions.read(crm, conversation_id=held.id, agent=karim)
    assert await mention_mails.claim(crm, now=at + timedelta(days=9)) is None


async def test_who_wants_no_mail_any_more_gets_none_tried_again(crm: AsyncSession) -> None:
    emma, karim, held = await person(crm), await person(crm, "Karim Benali"), await talk(crm, "bot")
    await write(crm, emma, held, "@karim.benali")
    now = utc_now() + timedelta(hours=1)
    failed = await mention_mails.claim(crm, now=now)
    assert failed is not None
    await mention_mails.settle(crm, failed, now=now, sent=False, again=True)
    await mention_mails.choose(crm, karim, mail=False, minutes=15)
    assert await mention_mails.claim(crm, now=now + timedelta(days=1)) is None
    await mention_mails.settle(crm, failed, now=now, sent=False, again=True)
    assert await mention_mails.claim(crm, now=now + timedelta(days=1)) is None


async def test_nobody_is_mailed_who_left_or_whose_mail_cannot_go(crm: AsyncSession) -> None:
    emma, karim, ada = await person(crm), await person(crm, "Karim Benali"), await person(crm, "Ada Lovelace")
    held = await talk(crm, "bot")
    await write(crm, emma, held, "@karim.benali @ada.lovelace")
    karim.active = False
    await crm.flush()
    now = utc_now() + timedelta(days=1)
    for _ in range(mention_mails.TRIES):
        mail = await mention_mails.claim(crm, now=now)
        assert mail is not None and mail.agent.id == ada.id
        await mention_mails.settle(crm, mail, now=now, sent=False, again=True)
        now += timedelta(days=1)
    assert await mention_mails.claim(crm, now=now) is None
    assert await crm.scalar(select(func.count()).where(Mention.mail_at.is_not(None))) == 0


async def test_notes_go_along_with_the_messages_they_stand_after(crm: AsyncSession) -> None:
    emma, karim = await person(crm), await person(crm, "Karim Benali")
    old, new = await talk(crm, "bot", last_seq=2), await talk(crm, "bot")
    stays = (await write(crm, emma, old, "au début")).note
    old.last_seq = 5
    goes = (await write(crm, emma, old, "@karim.benali à la fin")).note
    await private_notes.follow(crm, source=old.id, target=new.id, since=4, shift=-3)
    everything = select(PrivateNote).execution_options(populate_existing=True)
    where = {row.id: (row.conversation_id, row.after_seq) for row in await crm.scalars(everything)}
    assert where == {stays.id: (old.id, 2), goes.id: (new.id, 2)}
    assert await seen(crm, karim, "mentioned") == [new.id]
