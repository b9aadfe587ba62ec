"""Every permission there is. A role is a set of them, and so is the scope of an API key."""

from __future__ import annotations

PERMISSIONS: dict[str, dict[str, str]] = {
    "customers.read": {"fr": "Voir les clients", "en": "See customers"},
    "customers.write": {"fr": "Modifier les clients", "en": "Change customers"},
    "customers.merge": {"fr": "Fusionner des clients", "en": "Merge customers"},
    "customers.export": {"fr": "Exporter les données d’une personne", "en": "Export a person’s data"},
    "customers.erase": {"fr": "Effacer une personne", "en": "Erase a person"},
    "attributes.configure": {"fr": "Définir les attributs des clients", "en": "Define customer attributes"},
    "segments.read": {"fr": "Voir les segments", "en": "See segments"},
    "segments.write": {"fr": "Modifier les segments", "en": "Change segments"},
    "orders.read": {"fr": "Voir les commandes", "en": "See orders"},
    "orders.write": {"fr": "Modifier les commandes", "en": "Change orders"},
    "orders.refund": {"fr": "Rembourser", "en": "Refund"},
    "policies.configure": {"fr": "Définir les règles de vente", "en": "Define sales policies"},
    "catalogue.read": {"fr": "Voir le catalogue", "en": "See the catalogue"},
    "catalogue.write": {"fr": "Modifier le catalogue", "en": "Change the catalogue"},
    "cases.read": {"fr": "Voir les dossiers", "en": "See cases"},
    "cases.write": {"fr": "Traiter les dossiers", "en": "Work on cases"},
    "cases.reopen": {"fr": "Rouvrir des dossiers clos", "en": "Reopen closed cases"},
    "cases.configure": {"fr": "Définir types, étapes et règles", "en": "Define types, steps and rules"},
    "service_levels.configure": {"fr": "Définir les niveaux de service", "en": "Define service levels"},
    "conversations.read": {"fr": "Voir les conversations", "en": "See conversations"},
    "conversations.write": {"fr": "Répondre aux clients", "en": "Answer customers"},
    "conversations.supervise": {
        "fr": "Intervenir dans les conversations des autres",
        "en": "Step into other agents’ conversations",
    },
    "routing.configure": {"fr": "Régler la distribution", "en": "Configure routing"},
    "knowledge.read": {"fr": "Lire la base de connaissances", "en": "Read the knowledge base"},
    "knowledge.write": {"fr": "Écrire des articles", "en": "Write articles"},
    "knowledge.publish": {"fr": "Publier des articles", "en": "Publish articles"},
    "knowledge.publish_own": {
        "fr": "Publier ses propres articles sans relecture",
        "en": "Publish one’s own articles without a review",
    },
    "agents.read": {"fr": "Voir les agents", "en": "See agents"},
    "agents.configure": {"fr": "Gérer les agents et les rôles", "en": "Manage agents and roles"},
    "channels.configure": {"fr": "Gérer les canaux", "en": "Manage channels"},
    "deliveries.manage": {"fr": "Gérer les envois en échec", "en": "Manage failed deliveries"},
    "keys.configure": {"fr": "Gérer les clés d’API", "en": "Manage API keys"},
    "webhooks.configure": {"fr": "Gérer les webhooks", "en": "Manage webhooks"},
    "privacy.configure": {"fr": "Définir la conservation des données", "en": "Define data retention"},
    "tables.export": {"fr": "Exporter des tables", "en": "Export tables"},
    "audit.read": {"fr": "Lire le journal d’audit", "en": "Read the audit log"},
}
ALL = frozenset(PERMISSIONS)
