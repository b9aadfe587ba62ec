// What the bar for several conversations says.

import type { Language } from "../types";

const many = (n: number, one: string, more: string): string => `${n} ${n === 1 ? one : more}`;
const plus = (n: number, un: string, plusieurs: string): string => `${n}\u00a0${n < 2 ? un : plusieurs}`;

const en = {
  label: "Chosen conversations",
  none: "Choose rows with x, or with Shift and an arrow.",
  chosen: (n: number) => `${n} chosen`,
  all: "All of this view",
  allMost: (n: number) => `The first ${n} of this view`,
  take: "Take",
  assign: "Pass on",
  tag: "Tag",
  snooze: "Snooze",
  close: "Close",
  clear: "Choose none",
  working: "Working…",
  failed: "That did not work. Look at the list, then try again.",
  done: {
    take: (n: number) => `${many(n, "conversation is", "conversations are")} yours.`,
    assign: (n: number) => `${many(n, "conversation", "conversations")} passed on.`,
    tag: (n: number) => `${many(n, "conversation", "conversations")} tagged.`,
    snooze: (n: number) => `${many(n, "conversation", "conversations")} snoozed.`,
    close: (n: number) => `${many(n, "conversation", "conversations")} closed.`,
  },
  left: (n: number) => `Not done in ${n}:`,
  others: (n: number) => `and ${many(n, "other", "others")}`,
  dismiss: "Understood",
  closeSure: (n: number) => `Close ${many(n, "conversation", "conversations")}?`,
  closeText: "Only your own are closed. Their customers are told, and may write again.",
  cancel: "Cancel",
  to: "To whom",
  teams: "Teams",
  agents: "Colleagues",
  me: "Me",
  reason: "Reason, kept in the log",
  reasonHelp: "Needed for conversations that others have.",
  inAnHour: "In an hour",
  tomorrow: "Tomorrow morning",
  written: "Until the customer writes",
  addTag: "Tag them",
  loading: "Loading…",
};

const fr: typeof en = {
  label: "Conversations choisies",
  none: "Choisissez des lignes avec x, ou avec Maj et une flèche.",
  chosen: (n) => plus(n, "choisie", "choisies"),
  all: "Toute cette vue",
  allMost: (n) => `Les ${n} premières de cette vue`,
  take: "Prendre",
  assign: "Transmettre",
  tag: "Étiqueter",
  snooze: "Mettre en veille",
  close: "Clore",
  clear: "Ne rien choisir",
  working: "En cours…",
  failed: "Cela n’a pas fonctionné. Regardez la liste, puis réessayez.",
  done: {
    take: (n) => `${plus(n, "conversation est à vous", "conversations sont à vous")}.`,
    assign: (n) => `${plus(n, "conversation transmise", "conversations transmises")}.`,
    tag: (n) => `${plus(n, "conversation étiquetée", "conversations étiquetées")}.`,
    snooze: (n) => `${plus(n, "conversation mise en veille", "conversations mises en veille")}.`,
    close: (n) => `${plus(n, "conversation close", "conversations closes")}.`,
  },
  left: (n) => `Pas fait dans ${n}\u00a0:`,
  others: (n) => `et ${plus(n, "autre", "autres")}`,
  dismiss: "Compris",
  closeSure: (n) => `Clore ${plus(n, "conversation", "conversations")}\u00a0?`,
  closeText: "Seules les vôtres sont closes. Leurs clients en sont avertis, et peuvent récrire.",
  cancel: "Annuler",
  to: "À qui",
  teams: "Équipes",
  agents: "Collègues",
  me: "Moi",
  reason: "Raison, gardée au journal",
  reasonHelp: "Il en faut une pour les conversations des autres.",
  inAnHour: "Dans une heure",
  tomorrow: "Demain matin",
  written: "Jusqu’à ce que le client écrive",
  addTag: "Les étiqueter",
  loading: "Chargement…",
};

export const words: Record<Language, typeof en> = { en, fr };
export type Words = typeof en;
