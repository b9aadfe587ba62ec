"""Where each table holds something of a person, and what erasing them means there. A table that is neither here nor in
`nobodys` is a fault: a test says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Held:
    """A table with rows of a person. `where` finds them: SQL over `t`, with the sets of `person.Person` as parameters.

    `blank` are the columns that are emptied and what is put there instead; None deletes the rows, {} keeps them as they
    are, for the reason `why` (a key of `reasons.REASONS`). `only` narrows what is emptied: the others go with what they
    hang on. `untold` are columns that a copy of one's data leaves out: our own keys, what is worked out for machines;
    `untold_in` are such keys within columns of JSON. `fr` and `en` are what a person calls it.
    """

    where: str
    fr: str
    en: str
    blank: Mapping[str, str] | None = None
    why: str = ""
    only: str = ""
    untold: frozenset[str] = field(default_factory=frozenset)
    untold_in: Mapping[str, frozenset[str]] = field(default_factory=dict)


OF_CUSTOMER = "t.customer_id = :customer"
OF_CONVERSATION = "t.conversation_id = any(:conversations)"
OF_MESSAGE = "t.message_id = any(:messages)"
OF_TALK = f"{OF_CONVERSATION} or {OF_MESSAGE}"
OF_ORDER = "t.order_id = any(:orders)"
OF_CASE = "t.case_id = any(:cases)"
_LEASE = frozenset({"lease", "lease_until"})
_INVOICE = "accounting"
_ORDER = "orders"

HELD: dict[str, Held] = {
    # What is emptied or deleted first stands first: later lines find their rows by it.
    "attachments": Held(
        "t.id = any(:files)",
        "Fichiers",
        "Files",
        # Nobody holds them now: the sweep of loose files deletes bytes and row, again and again until it succeeds.
        {
            "message_id": "null",
            "held_by": "null",
            "name": "''",
            "remote": "null",
            "uploaded_by": "null",
            "created_at": "'epoch'",
        },
        untold=_LEASE | {"remote", "attempts", "available_at", "sha256"},
    ),
    "bookings": Held(
        f"{OF_CUSTOMER} or {OF_CONVERSATION}",
        "Rappels et rendez-vous",
        "Call-backs and appointments",
        untold=frozenset({"key"}),
    ),
    "promo_code_uses": Held(
        OF_CUSTOMER,
        "Codes promotionnels utilisés",
        "Promotion codes used",
        {"customer_id": "null", "reference": "t.id::text"},
        why="figures",
    ),
    "gift_card_tries": Held(
        OF_CONVERSATION, "Essais de cartes cadeaux", "Tries of gift cards", untold=frozenset({"code_key", "card_key"})
    ),
    "portal_visits": Held(
        OF_CUSTOMER,
        "Visites dans l’espace client",
        "Visits to the customers’ pages",
        untold=frozenset({"token_hash", "csrf", "kept"}),
    ),
    "proof_codes": Held(
        f"{OF_CONVERSATION} or t.identity_id = any(:identities)",
        "Codes de vérification",
        "Verification codes",
        untold=frozenset({"code_hash", "address_key", "asked_from", "browser_key", "link_hash"}),
    ),
    "promo_code_tries": Held(OF_CONVERSATION, "Essais de codes promotionnels", "Tries of promotion codes"),
    "loyalty_adjustments": Held(OF_CUSTOMER, "Points de fidélité", "Loyalty points"),
    "loyalty_members": Held(OF_CUSTOMER, "Programme de fidélité", "Loyalty programme"),
    "case_files": Held(OF_CASE, "Fichiers des dossiers", "Files of cases"),
    "customer_documents": Held(OF_CUSTOMER, "Documents", "Documents"),
    "case_comments": Held(OF_CASE, "Commentaires des dossiers", "Comments on cases"),
    "case_events": Held(
        OF_CASE, "Historique des dossiers", "History of cases", {"changes": "'{}'", "details": "'{}'"}, why="figures"
    ),
    "case_conversations": Held(OF_CASE, "Conversations des dossiers", "Conversations of cases"),
    "case_orders": Held(OF_CASE, "Commandes des dossiers", "Orders of cases"),
    "rule_runs": Held(OF_CASE, "Règles appliquées", "Rules applied", {"steps": "'[]'"}, why="figures"),
    "cases": Held(
        "t.id = any(:cases)",
        "Dossiers",
        "Cases",
        {
            "customer_id": "null",
            "subject": "''",
            "description": "''",
            "fields": "'{}'",
            "tags": "'{}'",
            "resolution_summary": "''",
        },
        why="figures",
        untold=frozenset({"haystack", "priority_rank"}),
    ),
    "agent_notices": Held(
        "t.subject_id = any(:cases) or t.subject_id = any(:conversations)", "Avis aux agents", "Notices to agents"
    ),
    "notifications": Held(OF_CUSTOMER, "Messages proactifs", "Proactive messages"),
    "messages": Held(
        "t.id = any(:messages)",
        "Messages",
        "Messages",
        # Those in conversations with somebody else; the others go with their conversation.
        {"text": "''", "content": "'{}'", "understanding": "null", "details": "'{}'", "identity_id": "null"},
        why="others",
        only="t.conversation_id <> all(:conversations)",
        untold=frozenset({"platform_order", "place"}),
        # Of a browser's network, for a day: `proof_codes.places`.
        untold_in={"details": frozenset({"asked_from"})},
    ),
    "outbox": Held(
        OF_TALK, "Envois", "Deliveries", untold=_LEASE | {"attempts", "faults", "available_at", "platform_id", "secret"}
    ),
    "turns": Held(OF_TALK, "Tours de l’assistant", "The assistant’s turns", untold=_LEASE),
    "sent_parts": Held(OF_MESSAGE, "Parties envoyées", "Parts that were sent"),
    "ratings": Held(OF_CONVERSATION, "Satisfaction", "Satisfaction"),
    "report_contacts": Held(
        f"{OF_CONVERSATION} or t.person_id = :customer or t.person_id = any(:identities)",
        "Statistiques des contacts",
        "Figures of contacts",
        {"conversation_id": "null", "person_id": "null"},
        why="figures",
        untold=frozenset({"check_at"}),
    ),
    "report_stays": Held(
        OF_CONVERSATION, "Statistiques des attentes", "Figures of waits", {"conversation_id": "null"}, why="figures"
    ),
    "satisfaction_asks": Held(OF_CONVERSATION, "Demandes d’avis", "Requests for a rating"),
    "wrap_ups": Held(OF_CONVERSATION, "Comptes rendus", "Wrap-ups"),
    "solved_conversations": Held(
        OF_CONVERSATION, "Réponses à réutiliser", "Answers to be used again", untold=frozenset({"vector"})
    ),
    "suggestion_outcomes": Held(OF_CONVERSATION, "Suggestions aux conseillers", "Suggestions to agents"),
    "queue_entries": Held(f"{OF_CONVERSATION} or {OF_CASE}", "Attentes", "Waiting"),
    "routing_offers": Held(
        f"{OF_CONVERSATION} or {OF_CASE}",
        "Propositions à des conseillers",
        "Offers to agents",
        untold=frozenset({"note"}),
    ),
    "answer_drafts": Held(OF_CONVERSATION, "Brouillons de réponses", "Drafts of answers"),
    "note_mentions": Held(
        OF_CONVERSATION,
        "Mentions dans les notes internes",
        "Mentions in private notes",
        untold=frozenset({"mail_at", "mail_tries", "mailed_at"}),
    ),
    "conversation_notes": Held(
        OF_CONVERSATION, "Notes internes", "Private notes", untold=frozenset({"client_id", "after_seq"})
    ),
    "pushes": Held(
        OF_CONVERSATION,
        "Avis aux conseillers par leur navigateur",
        "Notices to agents by their browser",
        untold=frozenset({"subscription_id", "cause", "attempts", "available_at", "expires_at"}),
    ),
    "reminders": Held(OF_CONVERSATION, "Rappels des conseillers", "Agents’ reminders", untold=frozenset({"client_id"})),
    "whispers": Held(
        OF_CONVERSATION, "Conseils entre collègues", "Advice between colleagues", untold=frozenset({"client_id"})
    ),
    "repeated_facts": Held(OF_MESSAGE, "Questions posées deux fois", "Questions asked twice"),
    "held_answers": Held(OF_CONVERSATION, "Réponses sur le point de partir", "Answers about to leave"),
    "conversation_helpers": Held(OF_CONVERSATION, "Conseillers invités", "Agents who joined"),
    "join_codes": Held(OF_CONVERSATION, "Codes", "Codes", untold=frozenset({"code_hash"})),
    "verification_attempts": Held(
        OF_CONVERSATION, "Vérifications d’identité", "Checks of identity", untold=frozenset({"email_key"})
    ),
    "participants": Held(
        "t.conversation_id = any(:conversations) or t.identity_id = any(:identities)", "Participants", "Participants"
    ),
    "conversations": Held("t.id = any(:conversations)", "Conversations", "Conversations"),
    "merge_steps": Held(
        "t.merge_id in (select id from merges where kept_id = :customer or gone_id = :customer)",
        "Détails des fusions",
        "Details of merges",
        untold=frozenset({"old", "new", "key"}),
    ),
    "merges": Held("t.kept_id = :customer or t.gone_id = :customer", "Fusions", "Merges"),
    "duplicate_pairs": Held(":customer in (t.low_id, t.high_id)", "Doublons possibles", "Possible duplicates"),
    "addresses": Held(OF_CUSTOMER, "Adresses", "Addresses"),
    "attribute_values": Held(OF_CUSTOMER, "Attributs", "Attributes", untold=frozenset({"unique_key"})),
    "consent_events": Held(OF_CUSTOMER, "Consentements", "Consents"),
    "contact_preferences": Held(OF_CUSTOMER, "Préférences", "Preferences"),
    "customer_notes": Held(OF_CUSTOMER, "Notes", "Notes"),
    "customer_tags": Held(OF_CUSTOMER, "Étiquettes", "Tags"),
    "customer_values": Held(OF_CUSTOMER, "Valeur", "Value"),
    "changed_customers": Held(OF_CUSTOMER, "Calculs en attente", "Figures to be computed"),
    "stage_changes": Held(OF_CUSTOMER, "Cycle de vie", "Life cycle"),
    "group_members": Held(OF_CUSTOMER, "Foyers et entreprises", "Households and companies"),
    "contract_uses": Held(
        "t.contract_id in (select id from service_contracts where customer_id = :customer)",
        "Usage des contrats",
        "Use of contracts",
    ),
    "service_contracts": Held(OF_CUSTOMER, "Contrats de service", "Service contracts"),
    "gift_cards": Held(
        OF_CUSTOMER,
        "Cartes cadeaux",
        "Gift cards",
        {"customer_id": "null"},
        why="gift_cards",
        untold=frozenset({"code_hash"}),
    ),
    "gift_card_entries": Held(OF_ORDER, "Mouvements de cartes cadeaux", "Gift card entries", {}, why=_ORDER),
    "tracking_events": Held(
        "t.shipment_id in (select id from shipments where order_id = any(:orders))", "Suivi des colis", "Tracking"
    ),
    "shipments": Held(OF_ORDER, "Colis", "Parcels", {"tracking_number": "null", "tracking_url": "null"}, why=_ORDER),
    "return_files": Held(
        "t.return_id in (select id from returns where order_id = any(:orders))",
        "Photos des retours",
        "Pictures of returns",
    ),
    "return_lines": Held(
        "t.return_id in (select id from returns where order_id = any(:orders))",
        "Articles retournés",
        "Items sent back",
        {},
        why=_ORDER,
    ),
    "refund_parts": Held(
        "t.refund_id in (select id from refunds where order_id = any(:orders))",
        "Parts des remboursements",
        "Parts of refunds",
        {},
        why=_INVOICE,
    ),
    "refunds": Held(OF_ORDER, "Remboursements", "Refunds", {"note": "''"}, why=_INVOICE),
    "returns": Held(
        OF_ORDER, "Retours", "Returns", {"note": "''", "label_reference": "null", "label_url": "null"}, why=_ORDER
    ),
    "payments": Held(OF_ORDER, "Paiements", "Payments", {}, why=_INVOICE),
    "invoices": Held(OF_ORDER, "Factures", "Invoices", {}, why=_INVOICE),
    "order_commands": Held(OF_ORDER, "Ordres passés", "Commands", untold=frozenset({"fingerprint", "key"})),
    "order_lines": Held(OF_ORDER, "Articles commandés", "Items ordered", {}, why=_ORDER),
    "orders": Held(
        OF_CUSTOMER,
        "Commandes",
        "Orders",
        dict.fromkeys(("ship_name", "ship_line1", "ship_line2", "ship_city", "ship_region", "ship_postcode"), "''"),
        why=_ORDER,
    ),
    "identities": Held("t.id = any(:identities)", "Moyens de contact", "Ways to reach you"),
    "customers": Held(
        "t.id = :customer",
        "Profil",
        "Profile",
        {
            "first_name": "''",
            "last_name": "''",
            "company": "''",
            "external_id": "null",
            "birth_date": "null",
            "time_zone": "null",
            "erased_at": "now()",
            "version": "version + 1",
        },
        why="stub",
        untold=frozenset({"name_key", "matched_at"}),
    ),
}
"""In the order in which erasing works through them."""
