"""Files that platforms only name are fetched until they are here, refused or lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from channels.port import Channel, Rejected, Retry
from crm_backend.attachments.model import Attachment
from crm_backend.conversations.reading import queries
from crm_backend.conversations.schema import IncomingFile, Received
from crm_backend.database import Sessions, utc_now
from server.files.fetching import FetchLoop
from server.files.places import ObjectPlace
from server.files.scanner import ClamAV
from server.files.store import FileStore
from tests.server.files.conftest import ADDRESS, Clamd
from tests.support import core, samples
from tests.support.channels import Notes
from tests.support.samples import chunks


@dataclass
class Platform:
    """The fetching side of a channel."""

    content: bytes = b""
    fault: Exception | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)

    def fetch(self, remote: dict[str, Any]) -> AsyncIterator[bytes]:
        self.asked.append(remote)
        return self._bytes()

    async def _bytes(self) -> AsyncIterator[bytes]:
        async for chunk in chunks(self.content):
            yield chunk
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def loop(sessions: Sessions, store: FileStore, platform: Platform, notes: Notes) -> FetchLoop:
    channels: dict[tuple[str, str], Channel] = {("webchat", "main"): platform}  # type: ignore[dict-item]
    return FetchLoop(sessions=sessions, find=lambda *key: channels.get(key), store=store, live=notes)


async def sent(sessions: Sessions, **more: Any) -> Received:
    """A customer's message whose file is still with the platform."""
    file = IncomingFile(remote={"file_id": "abc"}, name="carte.png", kind="image", media_type="image/png", **more)
    return await core.write(sessions, "", files=[file])


async def row(sessions: Sessions) -> Attachment:
    async with sessions() as session:
        return (await session.scalars(select(Attachment))).one()


async def due(sessions: Sessions) -> None:
    """Time passes until the file may be asked for again."""
    async with sessions() as session, session.begin():
        await session.execute(update(Attachment).values(available_at=utc_now(), lease_until=None))


async def test_a_file_that_was_named_is_fetched_and_everybody_looks_again(
    sessions: Sessions, loop: FetchLoop, store: FileStore, platform: Platform, notes: Notes
) -> None:
    received = await sent(sessions)
    platform.content = samples.photo()
    assert await loop.work() and not await loop.work()
    assert platform.asked == [{"file_id": "abc"}]
    file = await row(sessions)
    assert (file.state, file.media_type, file.name, file.remote) == ("kept", "image/jpeg", "carte.png.jpg", None)
    assert len(await store.read(file.id)) == file.size
    topics = dict(notes.published)
    assert topics["desk"]["seq"] == received.seq
    assert topics[f"conversation:{received.conversation_id}"] == {"kind": "updated", "seq": received.seq}


async def test_a_message_shows_what_has_become_of_its_file(
    sessions: Sessions, loop: FetchLoop, platform: Platform
) -> None:
    received = await sent(sessions)

    async def shown() -> dict[str, Any]:
        async with sessions() as session:
            view = await queries.message(session, conversation_id=received.conversation_id, seq=received.seq)
        file: dict[str, Any] = view.outward(company="", mine="agent", link=lambda _: "link")["files"][0]
        return file

    assert await shown() | {"id": ""} == {
        "id": "", "kind": "image", "name": "carte.png", "media_type": "image/png", "size": 0, "state": "pending",
        "refused": None, "width": None, "height": None, "inline": False, "url": None,
    }  # fmt: skip
    platform.content = samples.HTML
    await loop.work()
    assert (await shown())["state"] == "refused" and (await shown())["refused"] == "type"
    assert (await shown())["url"] is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (bytes(26 * 1024 * 1024), "too_large"),
        (samples.SVG, "type"),
        (samples.picture()[:50], "broken"),
    ],
)
async def test_what_is_not_taken_is_refused_for_good(
    sessions: Sessions, loop: FetchLoop, platform: Platform, content: bytes, reason: str
) -> None:
    await sent(sessions)
    platform.content = content
    await loop.work()
    file = await row(sessions)
    assert (file.state, file.refused) == ("refused", reason)
    assert not await loop.work()


async def test_what_the_platform_has_no_more_is_lost(sessions: Sessions, loop: FetchLoop, platform: Platform) -> None:
    await sent(sessions)
    platform.fault = Rejected("gone")
    await loop.work()
    assert ((await row(sessions)).state, (await row(sessions)).refused) == ("lost", "gone")


async def test_a_platform_that_is_busy_is_asked_again_when_it_says(
    sessions: Sessions, loop: FetchLoop, platform: Platform
) -> None:
    await sent(sessions)
    platform.fault = Retry("busy", after=120)
    await loop.work()
    file = await row(sessions)
    assert file.state == "pending" and file.available_at > utc_now() + timedelta(seconds=100)
    assert not await loop.work()
    platform.content, platform.fault = samples.PDF, None
    await due(sessions)
    await loop.work()
    assert (await row(sessions)).state == "kept"


async def test_a_platform_that_always_fails_is_given_up(
    sessions: Sessions, loop: FetchLoop, platform: Platform
) -> None:
    await sent(sessions)
    platform.fault = ConnectionError()
    for _ in range(10):
        assert (await row(sessions)).state == "pending"
        await due(sessions)
        assert await loop.work()
    assert (await row(sessions)).state == "lost"


async def test_while_the_scanner_is_away_a_file_waits_and_is_never_let_in_unseen(
    sessions: Sessions, place: ObjectPlace, clamd: Clamd, platform: Platform, notes: Notes
) -> None:
    scanner = ClamAV(f"tcp://127.0.0.1:{clamd.port}")
    store = FileStore(sessions=sessions, place=place, secret=b"s", address=ADDRESS, scanner=scanner)
    loop = FetchLoop(sessions=sessions, find=lambda *_: platform, store=store, live=notes)  # type: ignore[arg-type,return-value]
    await sent(sessions)
    platform.content = samples.PDF
    await clamd.stop()
    for _ in range(15):
        await due(sessions)
        await loop.work()
        assert (await row(sessions)).state == "pending"
    await clamd.start()
    await due(sessions)
    await loop.work()
    assert (await row(sessions)).state == "kept" and clamd.seen == [samples.PDF]


async def test_a_file_of_a_closed_account_waits_a_day_for_it(
    sessions: Sessions, store: FileStore, notes: Notes
) -> None:
    loop = FetchLoop(sessions=sessions, find=lambda *_: None, store=store, live=notes)
    await sent(sessions)
    for _ in range(12):
        await due(sessions)
        await loop.work()
    assert (await row(sessions)).state == "pending"
    async with sessions() as session, session.begin():
        await session.execute(update(Attachment).values(created_at=utc_now() - timedelta(days=2)))
    await due(sessions)
    await loop.work()
    assert (await row(sessions)).state == "lost"


async def test_a_fetch_that_died_is_taken_up_by_another(
    sessions: Sessions, loop: FetchLoop, platform: Platform
) -> None:
    from crm_backend.attachments import services

    await sent(sessions)
    platform.content = samples.PDF
    async with sessions() as session, session.begin():
        dead = await services.claim(session, lease_seconds=60)
    assert dead is not None and not await loop.work()
    await due(sessions)
    assert await loop.work()
    async with sessions() as session, session.begin():
        assert not await services.lost(session, dead)
    assert (await row(sessions)).state == "kept"


async def test_files_that_nobody_sent_are_forgotten_after_a_day(
    sessions: Sessions, loop: FetchLoop, store: FileStore
) -> None:
    old, new = [await store.keep(chunks(samples.PDF)) for _ in range(2)]
    async with sessions() as session, session.begin():
        past = utc_now() - timedelta(hours=25)
        await session.execute(update(Attachment).where(Attachment.id == old.id).values(created_at=past))
    taken = await store.keep(chunks(samples.PDF), uploaded_by="marie")
    await core.write(sessions, "", files=[IncomingFile(id=taken.id, uploaded_by="marie")])
    async with sessions() as session, session.begin():
        past = utc_now() - timedelta(hours=25)
        await session.execute(update(Attachment).where(Attachment.id == taken.id).values(created_at=past))
    await loop.work()
    left = set[UUID]()
    async with sessions() as session:
        left = set(await session.scalars(select(Attachment.id)))
    assert left == {new.id, taken.id}
    from crm_backend.errors import NotFound

    with pytest.raises(NotFound):
        await store.place.get(old.id)
    assert await store.place.get(taken.id) == samples.PDF
