// Étiquettes, choix de plusieurs conversations, macros et outils d’écriture : ce qui est là d’emblée.

import type { sorting as SortingIn } from "./en.sorting";

export const sorting: typeof SortingIn = {
  tags: "Étiquettes",
  tag: "Étiqueter",
  tagged: "Étiquette",
  select: "Choisir plusieurs conversations",
  pick: (name) => `Choisir ${name}`,
  macros: "Macros",
  tools: "Mise en forme",
  emoji: "Émojis",
};
