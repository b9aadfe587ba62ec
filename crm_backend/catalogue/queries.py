"""Finding products in what customers say of them."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.catalogue.model import Product
from crm_backend.catalogue.schema import ProductView, VariantView

MOST = 5
"""Products shown at once. A question that names more names a whole shelf, and no product."""
HALF = 0.5
"""The share of a name's words that a question has to have."""

_NAMED = text("""
with asked as materialized (
    select tsvector_to_array(to_tsvector(
        case when :language = 'fr' then 'relais_fr'::regconfig else 'relais_en'::regconfig end, :question)) as words
), named as (
    select id, tsvector_to_array(to_tsvector(
        case when :language = 'fr' then 'relais_fr'::regconfig else 'relais_en'::regconfig end,
        split_part(coalesce(names ->> :language, ''), ',', 1))) as words
    from products
), shared as (
    select named.id, cardinality(named.words) as length,
        cardinality(array(select unnest(named.words) intersect select unnest(asked.words))) as found
    from named, asked where named.words && asked.words
)
select id, found, found::float / length as share from shared
where found::float / length >= :least order by found desc, share desc, id limit :limit
""")


async def named_in(session: AsyncSession, *, question: str, language: str) -> list[ProductView]:
    """The products whose name, in this language, the question says best; none when it says no name, or too many.

    At least half of a name's words before any comma (`Assiettes Terroir, lot de quatre`) are there, and of those
    products the ones with the most. Words count by their stems: `assiettes` names an `assiette`.
    """
    asked = {"question": question.replace("\u00a0", " "), "language": language, "least": HALF, "limit": 4 * MOST}
    rows = (await session.execute(_NAMED, asked)).all()
    best = [row.id for row in rows if (row.found, row.share) == (rows[0].found, rows[0].share)]
    if not 0 < len(best) <= MOST:
        return []
    found = await session.scalars(select(Product).where(Product.id.in_(best)).options(selectinload(Product.variants)))
    views = [_view(product) for product in found]
    return sorted((view for view in views if view.variants), key=lambda view: view.name(language))


def _view(product: Product) -> ProductView:
    variants = [VariantView.model_validate(variant) for variant in product.variants]
    cheapest_first = sorted(variants, key=lambda one: one.price_minor)
    return ProductView(names=product.names, image=product.image, pages=product.pages, variants=cheapest_first)
