// What the choice of tags says.

import type { Language } from "../types";

const en = {
  find: "Find a tag",
  list: "Tags",
  none: "No tag yet. Supervisors make them in Administration, Tags.",
  nothing: "No tag by that name",
  failed: "The tags could not be loaded.",
  done: "Done",
  hint: "Enter puts it on or takes it off.",
};

const fr: typeof en = {
  find: "Chercher une étiquette",
  list: "Étiquettes",
  none: "Aucune étiquette encore. Les superviseurs les créent dans Administration, Étiquettes.",
  nothing: "Aucune étiquette de ce nom",
  failed: "Les étiquettes n’ont pas pu être chargées.",
  done: "Terminé",
  hint: "Entrée la pose ou la retire.",
};

export const words: Record<Language, typeof en> = { en, fr };
