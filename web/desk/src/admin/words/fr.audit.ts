// Ce que dit le journal d’audit : les gestes et ce sur quoi ils portent.

const made = "création";
const changed = "modification";
const gone = "suppression";

const plain: Record<string, string> = {
  added: "ajout", created: made, changed, removed: gone, deleted: gone, edited: changed, erased: "effacement", exported: "export", merged: "fusion", merge_undone: "fusion annulée", split: "séparation",
  split_undone: "séparation annulée", set: "réglage", reordered: "nouvel ordre", replaced: "remplacement", renamed: "nouveau nom", issued: "émission", confirmed: "confirmation", cancelled: "annulation",
  paid: "paiement", preparing: "en préparation", shipped: "expédition", tracked: "suivi du colis", delivered: "livraison", returned: "retour", refunded: "remboursement", refund_settled: "remboursement réglé",
  address_changed: "changement d’adresse", released: "rendu", adjusted: "ajustement", rated: "note du client", signed_in: "connexion", sso_refused: "connexion unique refusée", locked_out: "accès bloqué",
  session_ended: "session fermée", sessions_ended: "sessions fermées", password_set: "mot de passe choisi", password_forgotten: "mot de passe oublié", secret_changed: "secret changé", invited: "invitation",
  link_sent: "lien envoyé", joined: "arrivée", left: "départ", second_factor_on: "second facteur activé", second_factor_off: "second facteur désactivé", recovery_codes_made: "codes de secours créés",
  recovery_code_used: "code de secours utilisé", key_made: "clé créée", key_revoked: "clé révoquée", language_set: "langue choisie", presence_set: "présence réglée", push_begun: "avis du navigateur activés",
  push_ended: "avis du navigateur arrêtés", opened: "ouverture", closed: "clôture", moved: "déplacement", assigned: "attribution", taken: "prise en charge", handed_over: "passage à un conseiller", put_back: "remise en file",
  snoozed: "mise en veille", unsnoozed: "fin de veille", tagged: "étiquetage", done_in_bulk: "geste groupé", stepped_out: "retrait", joined_group: "entrée dans le foyer", left_group: "sortie du foyer", leave: "départ",
  offer_accepted: "proposition acceptée", offer_declined: "proposition refusée", offered_elsewhere: "autre canal proposé", answer_promised: "réponse promise", answered: "réponse", replied: "réponse", customer_wrote: "message du client",
  written: "message", whispered: "mot soufflé", listened: "écoute", watched: "suivi", unwatched: "fin de suivi", note_added: "note ajoutée", note_edited: "note corrigée", note_removed: "note retirée", commented: "commentaire",
  comment_edited: "commentaire corrigé", comment_deleted: "commentaire retiré", attached: "fichier joint", detached: "fichier retiré", document_added: "document ajouté", document_removed: "document retiré",
  acknowledged: "accusé de réception", status_changed: "changement d’étape", due_extended: "délai prolongé", passport_corrected: "passeport corrigé", work_counted: "travail compté", wrapped_up: "compte rendu",
  wrap_up_skipped: "compte rendu passé", transcript_sent: "transcription envoyée", stopped_waiting: "fin d’attente", visit_ended: "visite terminée", verified: "vérification", identity_added: "identité ajoutée",
  identity_removed: "identité retirée", identity_proved: "identité prouvée", identity_made_primary: "identité principale", address_added: "adresse ajoutée", address_removed: "adresse retirée", attributes_changed: "attributs modifiés",
  contact_preference: "préférence de contact", subscribed: "abonnement", unsubscribed: "désabonnement", vip_chosen: "VIP choisi", let_go: "détails oubliés", segment_added: "segment créé", segment_changed: "segment modifié",
  segment_removed: "segment supprimé", product_added: "produit ajouté", product_changed: "produit modifié", variant_added: "variante ajoutée", variant_changed: "variante modifiée", value_settings_changed: "réglages de valeur modifiés",
  begun: "brouillon commencé", submitted: "envoyé en relecture", sent_back: "renvoyé à l’auteur", scheduled: "publication prévue", published: "publication", discarded: "abandon", steps_set: "étapes réglées", matrix_set: "matrice réglée",
  case_category_added: "catégorie ajoutée", case_category_changed: "catégorie modifiée", case_category_removed: "catégorie supprimée", linked: "lien ajouté", unlinked: "lien retiré", item_added: "point ajouté à la liste", item_changed: "point de la liste modifié", item_removed: "point de la liste retiré", ran: "exécution", replayed: "renvoi", account_moved: "compte déplacé",
};

/** Ce qui arrive à un dossier porte son nom devant. */
const OF_CASES = [
  "opened", "changed", "status_changed", "due_extended", "commented", "comment_edited", "comment_deleted", "replied", "acknowledged", "linked", "unlinked", "attached", "detached", "watched", "unwatched", "item_added", "item_changed",
  "item_removed",
];

export const acts: Record<string, string> = { ...plain, ...Object.fromEntries(OF_CASES.map((code) => [`case_${code}`, `dossier, ${plain[code] ?? code}`])) };

export const kinds: Record<string, string> = {
  account: "compte", agent: "collègue", article: "article", article_category: "rubrique", article_test: "question d’essai", article_version: "version d’article", backup: "sauvegarde", board_targets: "objectifs du tableau",
  booking: "rendez-vous", booking_schedule: "horaires de rendez-vous", calendar: "calendrier", canned_reply: "réponse type", case: "dossier", case_category: "catégorie de dossier", case_priorities: "priorités",
  case_template: "modèle de dossier", case_type: "type de dossier", closing_reason: "motif de clôture", case_resolution: "issue", case_status: "étape", contract: "contrat", conversation: "conversation", conversation_tag: "étiquette", conversations: "conversations",
  customer: "client", file: "fichier", gift_card: "carte cadeau", group: "foyer", identity: "identité", invoice: "facture", key: "clé d’API", loyalty_level: "niveau de fidélité", loyalty_member: "membre fidélité",
  loyalty_programme: "programme de fidélité", macro: "macro", order: "commande", outbox: "envois", policy: "politique", promo_code: "code promo", question_group: "questions sans réponse", report: "rapport",
  report_mailing: "envoi de rapport", retention: "conservation", role: "rôle", rule: "règle", saved_filter: "filtre gardé", segment: "segment", service_policy: "niveau de service", shop: "boutique", sign_in: "connexion",
  sign_in_rules: "règles de connexion", synonym: "synonyme", table: "table", tag: "étiquette de client", team: "équipe", value_settings: "réglages de valeur", webhook: "webhook",
};

/** Les champs qui changent, et ce qui est noté à côté d’un geste. */
export const facts: Record<string, string> = {
  account: "compte", actions: "actions", active: "en service", advantages: "avantages", all: "tout à la fois", any: "l’un ou l’autre", agent: "collègue", agent_id: "chargé du dossier", agents: "collègues", amount_minor: "montant", archived: "archivé", article: "article", at: "date",
  attributes: "attributs", audience: "lecteurs", available: "disponible", birth_date: "date de naissance", body: "texte", bot_counts: "réponse de l’assistant comptée", by: "par", calendar_id: "calendrier", capacity: "places", categories: "rayons",
  category: "rubrique", category_id: "catégorie", channel: "canal", choices: "choix", city: "ville", code: "code", colour: "couleur", comment_id: "commentaire", company: "entreprise", condition: "condition", contract_id: "contrat",
  conversation: "conversation", conversation_id: "conversation", count: "nombre", country: "pays", currency: "monnaie", customer_id: "client", days: "jours", deliveries: "envois", description: "description", descriptions: "descriptions",
  do: "geste", document: "document", does: "étapes", done: "fait", due_at: "échéance", email: "e-mail", enabled: "actif", event: "quand", events: "événements", external_id: "identifiant extérieur", fact: "fait", failures: "échecs", field: "champ",
  fields: "champs", file: "fichier", file_id: "fichier", first_name: "prénom", first_response: "première réponse (min)", from: "de", from_stage: "depuis la phase", group: "foyer", hour: "heure", hours: "heures", id: "identifiant",
  identity: "moyen de contact", image: "image", impact: "portée", in_the_name_of: "au nom de", included_cases: "dossiers compris", included_minutes: "minutes comprises", intent: "sujet", into: "vers", is: "comparaison", is_unique: "unique", item_id: "point de la liste",
  key: "clé", kind: "genre", kinds: "genres", labels: "libellés", language: "langue", last_name: "nom", latitude: "latitude", lead_minutes: "délai minimal (min)", left: "laissés", limits: "limites", line1: "adresse", line2: "complément d’adresse",
  linked: "lié", longitude: "longitude", mention: "mention", message: "message", message_id: "message", minimum_minor: "à partir de", minutes: "minutes", name: "nom", names: "nom", next_response: "réponse suivante (min)", note: "note", notes: "notes",
  number: "numéro", of: "de", offer: "proposition", op: "comparaison", on_breach: "en cas de retard", on_warning: "avant le retard", options: "options", order: "commande", order_id: "commande", other: "autre", owner: "chargé", pages: "pages", parent_id: "sous",
  pause_on_third_party: "en pause chez un tiers", per_customer: "fois par client", percent: "remise", period: "période", permissions: "droits", phone: "téléphone", place: "jours fériés de", points: "points", points_per_unit: "points par unité",
  position: "rang", postcode: "code postal", presence: "présence", price: "prix", priority: "priorité", purpose: "but", rank: "rang", reason: "raison", recipients: "destinataires", reminder: "rappel", required: "obligatoire",
  resolution: "résolution (min)", resolution_key: "issue", resolution_summary: "ce qui a été fait", retired: "retiré", returned: "retourné", rhythm: "rythme", role: "rôle", roles: "rôles", rows: "lignes", rule: "règle", score: "note du client",
  second_factor_roles: "second facteur demandé à", segment_id: "segment", seq: "message n°", services: "services", shared: "partagé", shop_id: "boutique", shortcut: "raccourci", skill: "compétence", skills: "compétences", split_by: "réparti par",
  stage: "phase", status: "étape", steps: "étapes", stop: "s’arrête là", subject: "objet", tag: "étiquette", tags: "étiquettes", team: "équipe", teams: "équipes", template: "modèle", template_key: "modèle", terms: "mots", text: "texte", texts: "textes",
  time_zone: "fuseau horaire", titles: "titre", to: "vers", type: "type", type_key: "type de dossier", until: "jusqu’au", urgency: "urgence", url: "adresse", valid_from: "valable du", valid_to: "valable jusqu’au", valid_until: "valable jusqu’au",
  value: "valeur", values: "valeurs", within_days: "sur (jours)", view: "vue", vip: "VIP", wait: "attente", warn_percent: "prévenir à (%)", way: "moyen", week: "semaine", whom: "qui", why: "pourquoi", window_minutes: "durée d’un créneau (min)", wrap_up: "compte rendu", zone: "fuseau horaire",
};

/** Les valeurs qui ont un mot. */
export const said: Record<string, string> = {
  active: "en cours", add_tag: "ajouter une étiquette", agent: "le chargé du dossier", amount: "montant", any_of: "l’un de", appointments: "rendez-vous", archived: "archivé", asked: "demande", assign: "attribution", assistant: "assistant", available: "disponible",
  away: "absent", bonus: "bonus", bot: "assistant", busy: "occupé", "case.opened": "un dossier s’ouvre", "case.priority": "priorité du dossier", "case.type": "type du dossier", "case.waited": "un dossier attend", "clock.breached": "un délai est dépassé", close: "clôture", closed: "clos", code: "code",
  code_to_email: "code par e-mail", code_to_phone: "code par téléphone", collection: "retrait", countries: "pays", draft: "brouillon", email: "e-mail", en: "anglais", escalate: "faire remonter", false: "non", fr: "français", fri: "ven.", ge: "au moins", high: "haute", in: "parmi", is: "est", le: "au plus", link: "lien",
  link_sent: "lien envoyé", low: "basse", mail: "e-mail", medium: "moyenne", monetary_score: "note de dépense", mon: "lun.", new: "nouveau", normal: "normale", notify: "prévenir", offline: "hors ligne", open: "en cours", order: "commande", order_facts: "détails d’une commande", orders: "commandes",
  owner: "la personne elle-même", password: "mot de passe", percent: "pourcentage", phone: "téléphone", published: "publié", queue: "file d’attente", related: "lié", reply: "répondre", resolved: "résolu", retention: "conservation", returns: "retours",
  sat: "sam.", snooze: "mise en veille", sso: "connexion unique", stage: "étape de la relation", sun: "dim.", supervisors: "les superviseurs", tag: "étiquetage", take: "prise en charge", telegram: "Telegram", thu: "jeu.", token: "site de l’entreprise", true: "oui", tue: "mar.",
  urgent: "urgente", vip: "VIP", waiting_customer: "attente du client", waiting_on_customer: "attente du client", waiting_on_third_party: "attente d’un tiers", waiting_other: "attente d’un tiers", webchat: "chat du site", wed: "mer.", whatsapp: "WhatsApp",
};
