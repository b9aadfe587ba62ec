"""What the product told the agent who asks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from crm_backend.notices import services
from crm_backend.notices.model import AgentNotice
from server.api import Call, In, Listing, Noun, Out, Page, Sorts

noun = Noun("notices", fr="Avis aux conseillers", en="Notices to agents")


class NoticeOut(Out):
    id: UUID
    kind: str = Field(examples=["case.escalated"])
    subject_kind: str = Field(examples=["case"])
    subject_id: UUID
    texts: dict[str, str] = Field(examples=[{"fr": "Le dossier …", "en": "Case …"}])
    created_at: datetime
    seen_at: datetime | None


class NoticeQuery(Listing):
    unseen: bool | None = None


class SeenIn(In):
    ids: Annotated[list[UUID], Field(max_length=200)] | None = Field(None, description="All, if none are named.")


class SeenOut(Out):
    unseen: int = Field(description="How many are left.")


NOTICE_SORTS = Sorts(by=AgentNotice.id, default="-created_at", created_at=AgentNotice.created_at)


@noun.get(
    "/notices", needs="cases.read", fr="Lister mes avis", en="List my notices", sorts=NOTICE_SORTS,
    more={
        "fr": "Vide pour une clé\u00a0: les avis sont à des personnes.",
        "en": "Empty for a key: they are for people.",
    },
)  # fmt: skip
async def list_notices(call: Call, query: NoticeQuery) -> Page[NoticeOut]:
    statement = services.listed(call.actor, unseen=query.unseen)
    return await call.page(statement, query, NoticeOut.model_validate)


@noun.post("/notices/seen", needs="cases.read", fr="Marquer mes avis comme lus", en="Mark my notices as seen")
async def see_notices(call: Call, body: SeenIn) -> SeenOut:
    agent_id = services.agent_of(call.actor)
    if agent_id is None:
        return SeenOut(unseen=0)
    await services.seen(call.session, agent_id, ids=body.ids)
    return SeenOut(unseen=await services.unseen(call.session, agent_id))
