"""A company of some years in one go: customers, orders, conversations, cases and articles, made by the database itself.

Identifiers grow as those of the product do (UUIDv7), names and words come from short lists, dates lie in three years.
Triggers and foreign keys are off while it is loaded, as they are when a dump is restored.
"""

# ruff: noqa: E501  statements are read more easily whole
from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from crm_backend.database import sessions_on
from crm_backend.knowledge import indexing

WHOLE = {"customers": 100_000, "orders": 500_000, "messages": 1_000_000, "cases": 200_000, "articles": 5_000}
FIRST = "Marie Paul Zoé Karim Emma Louis Inès Hugo Léa Omar Chloé Adam Jeanne Noah Alice Rayan Manon Lucas Sarah Tom"
LAST = (
    "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy Roux David"
    " Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefebvre Faure André"
    " Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin"
)
WORDS = (
    "colis livraison retard facture paiement carte remboursement retour échange garantie lampe table chaise rideau"
    " tapis canapé coussin assiette verre couverts taille couleur matière entretien lavage montage notice vis pied"
    " abat-jour ampoule mot de passe compte adresse commande suivi transporteur point relais magasin stock promotion"
    " cadeau chèque avoir délai réclamation défaut casse pièce manquante emballage écologie recyclage newsletter"
)
CATEGORIES = "lampes textiles meubles vaisselle"
KINDS = {name: f"{number:x}" for number, name in enumerate(
    ("customers", "identities", "addresses", "orders", "order_lines", "conversations", "messages", "cases", "articles",
     "translations", "passages", "shipments", "participants", "emails", "case_events", "payments")
)}  # fmt: skip


def uid(kind: str, n: str) -> str:
    """SQL for the identifier of the n-th of a kind. `n` is SQL, too."""
    number = KINDS[kind]
    return f"('0190{number}000-0000-7000-8000-' || lpad(to_hex({n}), 12, '0'))::uuid"


def _named(kind: str, n: str) -> str:
    """The same for what there are few of."""
    return f"md5('{kind}' || ({n}))::uuid"


def _pick(words: str, n: str) -> str:
    """SQL for one word of a list, by a number that is SQL."""
    listed = ", ".join(f"'{word}'" for word in words.split())
    return f"(array[{listed}])[1 + abs(({n})::bigint) % {len(words.split())}]"


def _some(n: str, count: int) -> str:
    """SQL for some words, by a number."""
    return " || ' ' || ".join(_pick(WORDS, f"({n}) * {7 * step + 3} + {step}") for step in range(count))


_AGO = "now() - interval '1 second' * ((({n})::bigint * 7919) % 94608000)"


def statements(counts: dict[str, int]) -> dict[str, str]:
    """What loads each table, by name."""
    customers, orders, messages, cases = (counts[name] for name in ("customers", "orders", "messages", "cases"))
    conversations, articles = messages // 10, counts["articles"]
    customer_of = f"1 + (n::bigint * 48271) % {customers}"
    status = "(array['delivered','delivered','delivered','shipped','paid','cancelled'])[1 + n % 6]"
    case_status = (
        "(array['closed','closed','closed','closed','resolved','open','new','waiting_on_customer'])[1 + n % 8]"
    )
    stage = "(array['closed','closed','closed','closed','resolved','active','active','waiting_customer'])[1 + n % 8]"
    return {
        "customers": f"""insert into customers (id, external_id, first_name, last_name, language, updated_at, created_at)
            select {uid("customers", "n")}, 'B' || n, {_pick(FIRST, "n")}, {_pick(LAST, "n / 20")} || case when n % 3 = 0
            then '-' || {_pick(LAST, "n / 7 + 5")} else '' end, (array['fr','fr','en'])[1 + n % 3], now(),
            {_AGO.format(n="n")} from generate_series(1, {customers}) n""",
        "emails": f"""insert into identities (id, customer_id, kind, value, proof, is_primary)
            select {uid("emails", "n")}, {uid("customers", "n")}, 'email', 'client' || n || '@example.fr', 'none', true
            from generate_series(1, {customers}) n""",
        "phones": f"""insert into identities (id, customer_id, kind, value, proof, is_primary)
            select {uid("identities", "n")}, {uid("customers", "n")}, 'phone', '+336' || lpad((39800000 + n)::text, 8, '0'),
            'none', true from generate_series(1, {customers}) n""",
        "browsers": f"""insert into identities (id, customer_id, kind, value, proof, is_primary)
            select {uid("participants", "n")}, null, 'browser', 'bench-' || n, 'none', false
            from generate_series(1, {conversations}) n""",
        "addresses": f"""insert into addresses (id, customer_id, line1, line2, city, region, postcode, country, is_default)
            select {uid("addresses", "n")}, {uid("customers", "n")}, (n % 200) || ' rue des Tilleuls', '', 'Lyon', '',
            lpad((1000 + n % 95000)::text, 5, '0'), 'FR', true from generate_series(1, {customers}) n""",
        "tags": f"""insert into tags (id, name, key)
            select {_named("tag", "n")}, 'tag ' || n, 'tag ' || n from generate_series(1, 20) n""",
        "customer_tags": f"""insert into customer_tags (customer_id, tag_id, actor, at)
            select {uid("customers", "n")}, {_named("tag", "1 + n % 20")}, 'system', now()
            from generate_series(1, {customers}) n where n % 4 = 0""",
        "customer_notes": f"""insert into customer_notes (id, customer_id, author, text)
            select gen_random_uuid(), {uid("customers", "n")}, 'system', {_some("n", 12)}
            from generate_series(1, {customers}) n where n % 5 = 0""",
        "consent_events": f"""insert into consent_events (id, customer_id, purpose, given, how, actor, at)
            select gen_random_uuid(), {uid("customers", "n")}, (array['marketing','surveys'])[step], n % 2 = 0, 'form', 'system',
            {_AGO.format(n="n")} from generate_series(1, {customers}) n, generate_series(1, 2) step where n % 3 = 0""",
        "contact_preferences": f"""insert into contact_preferences (customer_id, unasked, updated_at)
            select {uid("customers", "n")}, n % 20 = 0, now() from generate_series(1, {customers}) n where n % 10 = 0""",
        "orders": f"""insert into orders (id, number, number_key, customer_id, status, placed_at, created_at, total_minor,
            currency, ship_name, ship_line1, ship_line2, ship_city, ship_region, ship_postcode, ship_country, updated_at)
            select {uid("orders", "n")}, (1000000 + n)::text, (1000000 + n)::text, {uid("customers", customer_of)},
            {status}, {_AGO.format(n="n")}, {_AGO.format(n="n")}, 1000 + n % 50000, 'EUR', 'Client', '1 rue', '', 'Lyon', '',
            '69001', 'FR', now() from generate_series(1, {orders}) n""",
        "products": f"""insert into products (id, names, category, return_exclusion, updated_at)
            select {_named("product", "n")}, jsonb_build_object('fr', {_pick(WORDS, "n")}), {_pick(CATEGORIES, "n")},
            case when n % 50 = 0 then 'hygiene' end, now() from generate_series(1, 500) n""",
        "variants": f"""insert into variants (id, product_id, options, price_minor, currency, available, updated_at)
            select {_named("variant", "n")}, {_named("product", "1 + n % 500")}, '{{}}', 500 + n % 20000, 'EUR', true, now()
            from generate_series(1, 1000) n""",
        "policies": f"""insert into policies (id, kind, parameters, category, valid_from)
            select gen_random_uuid(), 'return', jsonb_build_object('days', 14 + n), case when n > 0 then {_pick(CATEGORIES, "n")}
            else '' end, now() - interval '10 years' from generate_series(0, 3) n""",
        "order_lines": f"""insert into order_lines (id, order_id, position, variant_id, names, options, quantity, unit_price_minor)
            select {uid("order_lines", "n")}, {uid("orders", "1 + (n - 1) / 2")}, 1 + (n - 1) % 2,
            {_named("variant", "1 + n % 1000")},
            jsonb_build_object('fr', {_pick(WORDS, "n")}), '{{}}', 1, 500 + n % 20000
            from generate_series(1, {orders * 2}) n""",
        "shipments": f"""insert into shipments (id, order_id, carrier, tracking_number, status, shipped_at, delivered_at)
            select {uid("shipments", "n")}, {uid("orders", "n")}, 'Colissimo', 'T' || n, 'delivered',
            {_AGO.format(n="n")} + interval '1 day', {_AGO.format(n="n")} + interval '3 days'
            from generate_series(1, {orders}) n where n % 6 < 3""",
        "tracking_events": f"""insert into tracking_events (id, shipment_id, at, code, place)
            select gen_random_uuid(), {uid("shipments", "n")}, {_AGO.format(n="n")} + interval '1 day' * (1 + step),
            (array['picked_up','delivered'])[1 + step], 'Lyon'
            from generate_series(1, {orders}) n, generate_series(0, 1) step where n % 6 < 3""",
        "payments": f"""insert into payments (id, order_id, method, reference, amount_minor, refunded_minor, currency, paid_at)
            select {uid("payments", "n")}, {uid("orders", "n")}, 'card', 'P' || n, 1000 + n % 50000, 0, 'EUR',
            {_AGO.format(n="n")} from generate_series(1, {orders}) n""",
        "conversations": f"""insert into conversations (id, channel, address, identity_id, customer_id, proof, owner, version,
            language, language_pinned, mood, priority, last_seq, agent_seen_seq, customer_seen_seq, last_message_at,
            waiting_since, closed_at, created_at)
            select {uid("conversations", "n")}, 'webchat', 'bench-' || n, {uid("participants", "n")},
            {uid("customers", customer_of)}, 'verified',
            case when n % 500 = 0 then 'queue:support' when n % 100 = 1 then 'bot' else 'nobody' end, 1, 'fr', false,
            'calm', 'normal', 10, 0, 10, {_AGO.format(n="n")},
            case when n % 500 = 0 then {_AGO.format(n="n")} end,
            case when n % 500 <> 0 and n % 100 <> 1 then {_AGO.format(n="n")} end,
            {_AGO.format(n="n")} - interval '10 minutes' from generate_series(1, {conversations}) n""",
        "messages": f"""insert into messages (id, conversation_id, seq, author, place, channel, text, content, created_at)
            select {uid("messages", "n")}, {uid("conversations", "1 + (n - 1) / 10")}, 1 + (n - 1) % 10,
            (array['customer','bot'])[1 + n % 2], 1 + (n - 1) % 10, 'webchat', {_some("n", 8)}, '{{}}',
            {_AGO.format(n="(1 + (n - 1) / 10)")} - interval '1 minute' * (10 - (n - 1) % 10)
            from generate_series(1, {messages}) n""",
        "cases": f"""insert into cases (id, number, type_key, subject, description, customer_id, language, channel, status,
            stage, impact, urgency, priority, team, tags, opened_by, updated_at, status_since, resolved_at, closed_at,
            created_at)
            select {uid("cases", "n")}, 'C-2026-' || lpad(n::text, 6, '0'),
            (array['question','request','complaint','return','incident'])[1 + n % 5], {_some("n", 4)}, {_some("n + 1", 12)},
            {uid("customers", customer_of)}, 'fr', 'webchat', {case_status}, {stage},
            'medium', 'medium', (array['normal','high','low','urgent'])[1 + n % 4],
            (array['support','retours','facturation'])[1 + n % 3],
            case when n % 10 = 0 then array['vip'] else array[]::text[] end,
            'system', {_AGO.format(n="n")}, {_AGO.format(n="n")},
            case when n % 8 < 5 then {_AGO.format(n="n")} end, case when n % 8 < 4 then {_AGO.format(n="n")} end,
            {_AGO.format(n="n")} - interval '1 day' from generate_series(1, {cases}) n""",
        "article_categories": """insert into article_categories (id, key, names) values
            (gen_random_uuid(), 'bench', '{"fr": "Essai", "en": "Test"}')""",
        "articles": f"""insert into articles (id, key, category, status, audience, updated_at)
            select {uid("articles", "n")}, 'bench-' || n, 'bench', 'published', 'public', now()
            from generate_series(1, {articles}) n""",
        "article_translations": f"""insert into article_translations (id, article_id, language, slug, title, summary, body,
            asked, version, centroid, placed, updated_at)
            select {uid("translations", "n")}, {uid("articles", "1 + (n - 1) / 2")}, (array['fr','en'])[1 + n % 2],
            'bench-' || n, {_some("n", 5)}, {_some("n + 2", 12)}, {_some("n + 4", 60)}, {_some("n + 6", 6)}, 1,
            {_vector("n")}, {_vector("n")}, now() from generate_series(1, {articles * 2}) n""",
        "passages": f"""insert into passages (id, translation_id, language, position, kind, heading, text, vector)
            select {uid("passages", "n")}, {uid("translations", "1 + (n - 1) / 3")},
            (array['fr','en'])[1 + (1 + (n - 1) / 3) % 2], (n - 1) % 3,
            (array['lead','section','question'])[1 + (n - 1) % 3], {_some("n", 4)}, {_some("n + 3", 25)},
            {_vector("n")} from generate_series(1, {articles * 6}) n""",
    }  # fmt: skip


def _vector(n: str) -> str:
    return f"(select array_agg(sin({n} * 0.37 + i * i * 0.11)) from generate_series(1, 384) i)::vector"


async def load(engine: AsyncEngine, counts: dict[str, int], tell: Callable[[str], None]) -> float:
    """Loads an empty, migrated database, has search and statistics made, and returns the seconds it took."""
    began = time.perf_counter()
    async with engine.begin() as connection:
        await connection.execute(text("set local session_replication_role = replica"))
        await connection.execute(text("set local synchronous_commit = off"))
        for name, statement in statements(counts).items():
            since = time.perf_counter()
            await connection.exec_driver_sql(statement)
            tell(f"{name:22}{time.perf_counter() - since:7.1f} s")
    since = time.perf_counter()
    async with sessions_on(engine)() as session, session.begin():
        await _index(session)
    tell(f"{'index of articles':22}{time.perf_counter() - since:7.1f} s")
    since = time.perf_counter()
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.exec_driver_sql("vacuum analyze")
    tell(f"{'vacuum, statistics':22}{time.perf_counter() - since:7.1f} s")
    return time.perf_counter() - began


async def _index(session: AsyncSession) -> None:
    await indexing.rebuild(session)
