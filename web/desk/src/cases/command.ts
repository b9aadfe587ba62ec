// How one gets to the cases, and what keys do there: by key, by the palette, by the menu.

import type { State } from "../state/state";
import { register } from "../ui/commands";

export const NEEDS = "cases.read";
export const WRITES = "cases.write";
export const NAME = { fr: "Dossiers", en: "Cases" };

const here = ({ page }: State): boolean => page === "cases";

register(
  {
    id: "cases", group: "pages", words: NAME, also: { fr: "tickets réclamations demandes tableau kanban", en: "tickets complaints requests board kanban" },
    shortcut: "Shift+O", may: NEEDS, run: (desk) => desk.go({ page: "cases" }),
  },
  { id: "cases.next", group: "pages", words: { fr: "Dossiers\u00a0: le suivant", en: "Cases: next" }, shortcut: "j", may: NEEDS, when: here },
  { id: "cases.previous", group: "pages", words: { fr: "Dossiers\u00a0: le précédent", en: "Cases: previous" }, shortcut: "k", may: NEEDS, when: here },
  { id: "cases.search", group: "pages", words: { fr: "Dossiers\u00a0: chercher", en: "Cases: search" }, shortcut: "/", may: NEEDS, when: here },
  { id: "cases.board", group: "pages", words: { fr: "Dossiers\u00a0: liste ou tableau", en: "Cases: list or board" }, shortcut: "b", may: NEEDS, when: here },
  { id: "cases.new", group: "pages", words: { fr: "Ouvrir un dossier", en: "Open a case" }, also: { fr: "nouveau créer ticket", en: "new create ticket" }, shortcut: "n", may: WRITES, when: here },
  { id: "cases.take", group: "pages", words: { fr: "Dossier\u00a0: m’en charger", en: "Case: assign to me" }, shortcut: "t", may: WRITES, when: here },
  { id: "cases.move", group: "pages", words: { fr: "Dossier\u00a0: changer d’étape", en: "Case: change its status" }, shortcut: "m", may: WRITES, when: here },
  { id: "cases.comment", group: "pages", words: { fr: "Dossier\u00a0: commenter", en: "Case: comment" }, shortcut: "o", may: WRITES, when: here },
  { id: "cases.attach", group: "pages", words: { fr: "Dossier\u00a0: joindre des fichiers", en: "Case: attach files" }, also: { fr: "pièce jointe photo", en: "upload picture document" }, shortcut: "a", may: WRITES, when: here },
  { id: "cases.reply", group: "pages", words: { fr: "Dossier\u00a0: répondre au client", en: "Case: reply to the customer" }, shortcut: "r", may: WRITES, when: here },
);
