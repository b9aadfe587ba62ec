// The inbox in French.

import type { furtherEmpty as EmptyIn, furtherViews as ViewsIn, inbox as InboxIn } from "./en.inbox";

export const furtherViews: typeof ViewsIn = { team: "Mon équipe", longest: "Plus longue attente", risk: "Délai menacé", snoozed: "En veille", mentioned: "Mentions" };

export const furtherEmpty: typeof EmptyIn = {
  team: { title: "Rien pour votre équipe", text: "Ce que vos équipes ont, ou doivent prendre, apparaît ici.", go: "Voir qui attend" },
  longest: { title: "Personne n’attend de conseiller", text: "Tout le monde a eu sa réponse.", go: "Voir celles de l’assistant" },
  risk: { title: "Aucun délai menacé", text: "Les conversations dont le dossier arrive au bout de son délai apparaissent ici.", go: "Voir qui attend" },
  snoozed: { title: "Vous n’avez rien mis en veille", text: "Ce que vous remettez à plus tard attend ici et revient tout seul.", go: "Voir les vôtres" },
  mentioned: { title: "Personne ne vous demande", text: "Les conversations où un collègue vous mentionne restent ici jusqu’à ce que vous les ayez lues.", go: "Voir les vôtres" },
};

export const inbox: typeof InboxIn = {
  more: "Autres vues et filtres",
  views: "Autres vues",
  saved: "Filtres enregistrés",
  shared: "partagé avec tous",
  remove: (name) => `Supprimer le filtre ${name}`,
  atRisk: (n) => (n > 1 ? `${n} délais menacés` : `${n} délai menacé`),
  channel: "Canal",
  language: "Langue",
  topic: "Sujet",
  team: "Équipe",
  any: "Tout",
  name: "Nom du filtre",
  save: "Enregistrer",
  share: "Pour tous",
  clear: "Tout afficher",
  nothing: "Rien ne correspond à ces filtres",

  snooze: "Mettre en veille",
  wake: "Ramener maintenant",
  snoozeText: "Elle quitte votre liste et revient en tête. Si le client écrit avant, elle revient aussitôt.",
  inAnHour: "Dans une heure",
  tomorrow: "Demain matin",
  untilTheyWrite: "Jusqu’à ce que le client écrive",
  noReminder: "sans rappel",
  onADay: "Un autre jour",
  set: "Mettre en veille",
  past: "Choisissez un moment à venir.",
  back: "De retour",
  backAt: "Revient à",
  onWriting: "à son message",

  canned: "Réponses types",
  cannedNone: "Aucune réponse type de ce nom",
  cannedFailed: "Cette réponse n’a pas pu être chargée. Réessayez.",
  blanks: "À compléter avant l’envoi :",
  facts: {
    "customer.first_name": "prénom", "customer.last_name": "nom", "customer.name": "nom du client", "order.number": "numéro de commande",
    "order.date": "date de la commande", "order.total": "montant de la commande", "agent.first_name": "votre prénom", "agent.name": "votre nom", today: "date",
  },

  undoSend: "Annuler l’envoi (5 s)",
  undo: "Annuler l’envoi",
  undoKeys: "Annuler l’envoi (Ctrl + Z dans la zone vide)",
  held: "La réponse part dans quelques secondes",
  leaves: (n) => `Part dans ${n} s`,
};
