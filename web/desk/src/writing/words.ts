// What the tools of the composer are called.

import type { Language } from "../types";
import type { Tool } from "./format";

export const TOOLS: Record<Language, Record<Tool, string>> = {
  en: { bold: "Bold", italic: "Italics", list: "List", link: "Link" },
  fr: { bold: "Gras", italic: "Italique", list: "Liste", link: "Lien" },
};

export const KEYS: Record<Tool, string> = { bold: "Ctrl + B", italic: "Ctrl + I", list: "Ctrl + ⇧ + L", link: "Ctrl + ⇧ + U" };
