// What macros say: what each step does, and what came of it.

import type { Language } from "../types";
import type { SnoozeFor, StepKind } from "../types.sorting";

const enUntil: Record<SnoozeFor, string> = { hour: "an hour", four_hours: "four hours", tomorrow: "until tomorrow at nine", week: "for a week", written: "until the customer writes" };
const frUntil: Record<SnoozeFor, string> = { hour: "une heure", four_hours: "quatre heures", tomorrow: "jusqu’à demain neuf heures", week: "une semaine", written: "jusqu’à ce que le client écrive" };

const en = {
  title: "Macros",
  find: "Find a macro",
  list: "Macros",
  none: "No macro yet. Make your own in your account, under Macros.",
  nothing: "No macro by that name",
  failed: "That could not be loaded. Try again.",
  own: "yours",
  preview: "What would be done",
  previewing: "Looking what would be done…",
  refused: "As it stands it would do nothing: one step is refused.",
  run: "Run",
  running: "Running…",
  cancel: "Cancel",
  nothingDone: "Nothing was done.",
  because: (step: string, why: string) => `${step}: ${why}`,
  done: (name: string) => `Done: ${name}.`,
  missing: (names: string) => `Still to be filled in: ${names}.`,
  steps: {
    insert: () => "Put a text into the composer",
    send: () => "Send a text",
    add_tag: (what: string) => `Tag ${what}`,
    remove_tag: (what: string) => `Take off the tag ${what}`,
    set_language: (what: string) => `Go on in ${what === "fr" ? "French" : "English"}`,
    open_case: (what: string) => `Open a case: ${what}`,
    change_case: (what: string) => `Move the case to: ${what}`,
    assign: (what: string) => `Pass on to ${what}`,
    snooze: (what: string) => `Snooze: ${enUntil[what as SnoozeFor] ?? what}`,
    close: () => "Close the conversation",
  } as Record<StepKind, (what: string) => string>,
  until: enUntil,
};

const fr: typeof en = {
  title: "Macros",
  find: "Chercher une macro",
  list: "Macros",
  none: "Aucune macro encore. Créez les vôtres dans votre compte, sous Macros.",
  nothing: "Aucune macro de ce nom",
  failed: "Cela n’a pas pu être chargé. Réessayez.",
  own: "à vous",
  preview: "Ce qui serait fait",
  previewing: "Vérification de ce qui serait fait…",
  refused: "En l’état, rien ne serait fait\u00a0: une étape est refusée.",
  run: "Exécuter",
  running: "Exécution…",
  cancel: "Annuler",
  nothingDone: "Rien n’a été fait.",
  because: (step, why) => `${step}\u00a0: ${why}`,
  done: (name) => `Fait\u00a0: ${name}.`,
  missing: (names) => `Il reste à compléter\u00a0: ${names}.`,
  steps: {
    insert: () => "Proposer un texte dans la réponse",
    send: () => "Envoyer un texte",
    add_tag: (what) => `Étiqueter ${what}`,
    remove_tag: (what) => `Retirer l’étiquette ${what}`,
    set_language: (what) => `Continuer en ${what === "fr" ? "français" : "anglais"}`,
    open_case: (what) => `Ouvrir un dossier\u00a0: ${what}`,
    change_case: (what) => `Passer le dossier à\u00a0: ${what}`,
    assign: (what) => `Transmettre à ${what}`,
    snooze: (what) => `Mettre en veille\u00a0: ${frUntil[what as SnoozeFor] ?? what}`,
    close: () => "Clore la conversation",
  },
  until: frUntil,
};

export const words: Record<Language, typeof en> = { en, fr };
