// How one gets to the articles: by key, by the palette, by the menu.

import { register } from "../ui/commands";

export const NEEDS = "knowledge.read";
export const PROPOSES = "knowledge.propose";
export const WRITES = "knowledge.write";
export const PUBLISHES = "knowledge.publish";
export const OWN = "knowledge.publish_own";
export const NAME = { fr: "Base de connaissances", en: "Knowledge" };

register({
  id: "knowledge", group: "pages", words: NAME, also: { fr: "articles aide rédiger relecture lacunes", en: "articles help centre write review gaps" },
  shortcut: "Shift+A", may: NEEDS, run: (desk) => desk.go({ page: "knowledge" }),
});
