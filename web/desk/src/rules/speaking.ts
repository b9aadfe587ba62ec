// The words of the pages of rules, and all that saying one takes.

import { useChannelName } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import type { Speaking } from "./said";
import type { Choices } from "./types";
import { en, type Words } from "./words.en";
import { fr } from "./words.fr";

export function useWords(): Words {
  return useLanguage() === "fr" ? fr : en;
}

export function useSpeaking(choices: Choices): Speaking {
  return { words: useWords(), language: useLanguage(), choices, channel: useChannelName() };
}
