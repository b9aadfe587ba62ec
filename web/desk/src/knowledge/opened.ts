// An article that is opened: all that is known of it, and which of its versions a language has.

import type { Language } from "../types";
import type { Doing } from "./place";
import type { Article, Notice, Version } from "./types";

const OPEN = ["draft", "in_review", "scheduled"];

/** An article with all that is known of it. */
export interface Known {
  article: Article;
  versions: Version[];
  notices: Notice[];
}

/** Where in it somebody is. */
export interface At {
  known: Known;
  language: Language;
  doing: Doing;
  of: string;
  changed(): Promise<void>;
}

export const openOf = ({ versions }: Known, language: Language): Version | null =>
  versions.find((each) => each.language === language && OPEN.includes(each.status)) ?? null;
export const publishedOf = ({ versions }: Known, language: Language): Version | null =>
  versions.find((each) => each.language === language && each.status === "published") ?? null;
