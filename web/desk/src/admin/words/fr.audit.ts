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
  case_template: "modèle de dossier", case_type: "type de dossier", closing_reason: "motif de clôture", contract: "contrat", conversation: "conversation", conversation_tag: "étiquette", conversations: "conversations",
  customer: "client", file: "fichier", gift_card: "carte cadeau", group: "foyer", identity: "identité", invoice: "facture", key: "clé d’API", loyalty_level: "niveau de fidélité", loyalty_member: "membre fidélité",
  loyalty_programme: "programme de fidélité", macro: "macro", order: "commande", outbox: "envois", policy: "politique", promo_code: "code promo", question_group: "questions sans réponse", report: "rapport",
  report_mailing: "envoi de rapport", retention: "conservation", role: "rôle", rule: "règle", saved_filter: "filtre gardé", segment: "segment", service_policy: "niveau de service", shop: "boutique", sign_in: "connexion",
  sign_in_rules: "règles de connexion", synonym: "synonyme", table: "table", tag: "étiquette de client", team: "équipe", value_settings: "réglages de valeur", webhook: "webhook",
};

/** Ce qui est noté à côté d’un geste. */
export const facts: Record<string, string> = {
  agent: "collègue", article: "article", at: "date", by: "par", channel: "canal", comment_id: "commentaire", conversation: "conversation", conversation_id: "conversation", count: "nombre", deliveries: "envois", do: "geste",
  does: "étapes", done: "faits", fact: "fait", failures: "échecs", fields: "champs", file: "fichier", file_id: "fichier", group: "foyer", id: "identifiant", identity: "moyen de contact", in_the_name_of: "au nom de", intent: "sujet",
  into: "vers", kind: "genre", kinds: "genres", language: "langue", left: "laissés", message_id: "message", minutes: "minutes", note: "note", number: "numéro", of: "de", offer: "proposition", order: "commande", other: "autre",
  period: "période", purpose: "but", reason: "raison", recipients: "destinataires", rows: "lignes", score: "note du client", seq: "message n°", team: "équipe", until: "jusqu’au", values: "valeurs", way: "moyen", why: "pourquoi",
  wrap_up: "compte rendu",
};

/** Les valeurs qui ont un mot. */
export const said: Record<string, string> = {
  asked: "demande", assign: "attribution", close: "clôture", code: "code", code_to_email: "code par e-mail", code_to_phone: "code par téléphone", email: "e-mail", en: "anglais", false: "non", fr: "français", link: "lien", mail: "e-mail",
  order: "commande", password: "mot de passe", phone: "téléphone", retention: "conservation", snooze: "mise en veille", tag: "étiquetage", take: "prise en charge", telegram: "Telegram", token: "site de l’entreprise", true: "oui", webchat: "chat du site", whatsapp: "WhatsApp",
};
