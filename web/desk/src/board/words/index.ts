// The words of the board in the agent's language.

import { useLanguage } from "../../ui/hooks";
import { en, type Words } from "./en";
import { fr } from "./fr";

export type { Words };

export function useWords(): Words {
  return useLanguage() === "fr" ? fr : en;
}
