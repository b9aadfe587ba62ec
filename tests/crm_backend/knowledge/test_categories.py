"""Shelves, and the files of articles."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.attachments import services as attachments
from crm_backend.attachments.services import Looked
from crm_backend.errors import BadInput, Invalid, NotAllowed, NotFound, NotNow
from crm_backend.knowledge import categories, drafts, pictures, reading
from tests.crm_backend.knowledge.writing import AUTHOR, READER, begun

NAMES = {"fr": "Livraison", "en": "Delivery"}


async def shelf(crm: AsyncSession, key: str, parent=None):
    return await categories.add(crm, actor=AUTHOR, key=key, names=NAMES, parent_id=parent)


async def test_shelves_stand_in_shelves_and_never_in_themselves(crm: AsyncSession) -> None:
    top = await shelf(crm, "a")
    middle = await shelf(crm, "b", top.id)
    low = await shelf(crm, "c", middle.id)
    assert [(each.key, each.parent) for each in await categories.shelves(crm)] == [("a", None), ("b", "a"), ("c", "b")]
    for parent in (top.id, low.id):
        with pytest.raises(Invalid, match="category_circle"):
            await categories.change(crm, actor=AUTHOR, category_id=top.id, changes={"parent_id": parent})
    with pytest.raises(Invalid, match="no_such_category"):
        await shelf(crm, "d", uuid4())
    deeper = await shelf(crm, "d", low.id)
    deepest = await shelf(crm, "e", deeper.id)
    with pytest.raises(Invalid, match="category_too_deep"):
        await shelf(crm, "f", deepest.id)
    with pytest.raises(NotNow):
        await categories.remove(crm, actor=AUTHOR, category_id=deeper.id)
    await categories.remove(crm, actor=AUTHOR, category_id=deepest.id)


async def test_a_shelf_with_articles_stays(crm: AsyncSession) -> None:
    row = await begun(crm)
    (shelf_,) = await categories.shelves(crm)
    assert shelf_.names == {"fr": "Returns", "en": "Returns"}
    assert row.status == "draft"
    with pytest.raises(Invalid, match="no_such_category"):
        await drafts.change_article(crm, actor=AUTHOR, article_id=row.article_id, changes={"category": "nothing"})


@pytest.mark.parametrize("names", [{"fr": "x"}, {"fr": "x", "en": ""}, {"fr": "x", "en": "y", "de": "z"}, "x", None])
async def test_a_shelf_is_named_in_both_languages(crm: AsyncSession, names) -> None:
    with pytest.raises(Invalid):
        await categories.add(crm, actor=AUTHOR, key="a", names=names)
    with pytest.raises(NotAllowed):
        await categories.add(crm, actor=READER, key="a", names=NAMES)


async def test_a_shelf_is_emptied_into_another_before_it_goes(crm: AsyncSession) -> None:
    row = await begun(crm)
    article = await drafts.locked_article(crm, row.article_id)
    old = next(each for each in await crm.scalars(reading.categories(AUTHOR)) if each.key == article.category)
    new = await shelf(crm, "elsewhere")
    assert await categories.counts(crm, actor=READER) == {old.key: 1}
    for to, why in ((old.key, "category_same"), ("nowhere", "no_such_category")):
        with pytest.raises(Invalid, match=why):
            await categories.move_articles(crm, actor=AUTHOR, category_id=old.id, to=to)
    with pytest.raises(NotAllowed):
        await categories.move_articles(crm, actor=READER, category_id=old.id, to=new.key)
    assert await categories.move_articles(crm, actor=AUTHOR, category_id=old.id, to=new.key) == 1
    assert await categories.counts(crm, actor=READER) == {"elsewhere": 1}
    await categories.remove(crm, actor=AUTHOR, category_id=old.id)


async def uploaded(crm: AsyncSession, by: str, kind: str = "image"):
    looked = Looked(kind=kind, media_type="image/png", name="bol.png", size=1, sha256="0" * 64)
    return await attachments.add(crm, uuid4(), looked, uploaded_by=by)


async def test_an_article_keeps_its_files_and_shows_no_others(crm: AsyncSession) -> None:
    row = await begun(crm)
    own, other = await uploaded(crm, AUTHOR.name), await uploaded(crm, READER.name)
    paper = await uploaded(crm, AUTHOR.name, "document")
    for file in (own, paper):
        await pictures.attach(crm, actor=AUTHOR, article_id=row.article_id, file_id=file.id)
    with pytest.raises(BadInput):
        await pictures.attach(crm, actor=AUTHOR, article_id=row.article_id, file_id=other.id)
    files = await pictures.of(crm, row.article_id)
    assert [file.id for file in files] == [own.id, paper.id]
    body = f"![un bol](/files/{own.id}) ![x](/files/{other.id}) [notice](/files/{paper.id}) ![p](/files/{paper.id})"
    body += " ![espion](https://example.com/x.png) [lien](https://example.com)"
    shown = pictures.resolved(body, files, lambda file_id: f"/signed/{file_id}")
    assert pictures.resolved("![words](https://x.example/1.png) ![open](", [], str) == "words ![open]("
    assert shown == (f"![un bol](/signed/{own.id}) x [notice](/signed/{paper.id}) p espion [lien](https://example.com)")
    await pictures.detach(crm, actor=AUTHOR, article_id=row.article_id, file_id=own.id)
    assert [file.id for file in await pictures.of(crm, row.article_id)] == [paper.id]
    with pytest.raises(NotFound):
        await pictures.detach(crm, actor=AUTHOR, article_id=row.article_id, file_id=own.id)
