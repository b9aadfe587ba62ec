"""The files of an article: pictures in its text and documents beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.attachments import services as attachments
from crm_backend.attachments.model import Attachment
from crm_backend.attachments.schema import FileRef
from crm_backend.attachments.services import ref_of
from crm_backend.audit.services import record
from crm_backend.errors import NotFound, NotNow
from crm_backend.knowledge.drafts import locked_article, need_hand_in
from crm_backend.knowledge.model import ArticleFile

MOST = 50
"""Files of one article."""
# The words are bounded, so that hostile text takes no longer than other text.
_NAMED = re.compile(r"(!?)\[((?:[^\[\]\\]|\\.){0,500})\]\(/files/([0-9a-fA-F-]{36})(?:\s+\"[^\"]*\")?\)")
_FOREIGN = re.compile(r"!\[((?:[^\[\]\\]|\\.){0,500})\]\((?!/files/)[^)]*\)")


async def attach(session: AsyncSession, *, actor: Actor, article_id: UUID, file_id: UUID) -> FileRef:
    """Ties a file that this actor uploaded to an article; its text shows it as `![words](/files/<id>)`. Needs
    knowledge.propose, and knowledge.write for an article of which one is writing no draft. Raises NotFound, BadInput
    for another's file, NotNow when the article has too many."""
    actor.need("knowledge.propose")
    article = await locked_article(session, article_id)
    await need_hand_in(session, actor, article.id)
    if len(await of(session, article.id)) >= MOST:
        raise NotNow("too_many_files", most=MOST)
    (file,) = await attachments.take(session, [file_id], uploaded_by=actor.name)
    file.held_by = f"article:{article.id}"
    session.add(ArticleFile(attachment_id=file.id, article_id=article.id, added_by=actor.name))
    await session.flush()
    record(session, actor=actor, action="attached", subject=("article", article.id), file=str(file.id))
    return ref_of(file)


async def detach(session: AsyncSession, *, actor: Actor, article_id: UUID, file_id: UUID) -> None:
    """Unties a file, which goes with the next sweep; versions that show it show its words instead. Needs
    knowledge.write. Raises NotFound."""
    actor.need("knowledge.write")
    gone = delete(ArticleFile).where(ArticleFile.article_id == article_id, ArticleFile.attachment_id == file_id)
    if not await session.scalar(gone.returning(ArticleFile.attachment_id)):
        raise NotFound("no such file")
    file = await session.get_one(Attachment, file_id)
    file.held_by = None
    await session.flush()
    record(session, actor=actor, action="detached", subject=("article", article_id), file=str(file_id))


async def of(session: AsyncSession, article_id: UUID) -> list[FileRef]:
    """The files of an article in the order they came."""
    rows = await session.scalars(
        select(Attachment)
        .join(ArticleFile, ArticleFile.attachment_id == Attachment.id)
        .where(ArticleFile.article_id == article_id, Attachment.state == "kept")
        .order_by(ArticleFile.created_at, Attachment.id)
    )
    return [ref_of(row) for row in rows]


def resolved(body: str, files: Collection[FileRef], link: Callable[[UUID], str]) -> str:
    """The Markdown with the addresses of the article's own files as `link` gives them. Of other files and of pictures
    from elsewhere (they would tell strangers who reads) only the words stay."""
    own = {file.id: file for file in files}

    def replaced(match: re.Match[str]) -> str:
        shown, words, name = match.groups()
        try:
            file = own.get(UUID(name))
        except ValueError:
            file = None
        if file is None or (shown and file.kind != "image"):
            return words
        return f"{shown}[{words}]({link(file.id)})"

    # After the last bracket nothing can match, and thousands of beginnings would each be followed to the end.
    end = body.rfind(")") + 1
    return _NAMED.sub(replaced, _FOREIGN.sub(r"\1", body[:end]) + body[end:])
