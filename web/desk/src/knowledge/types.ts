// What the server tells of articles, their versions, and what readers make of them.

import type { Language } from "../types";

export type Status = "draft" | "in_review" | "scheduled" | "published" | "archived";
export type Audience = "public" | "agents";

export interface Side {
  language: Language;
  title: string;
  slug: string;
  published: number | null;
  open: number | null;
  open_status: "draft" | "in_review" | "scheduled" | null;
}

export interface Article {
  id: string;
  version: number;
  key: string;
  category: string;
  status: "draft" | "published" | "archived";
  audience: Audience;
  tags: string[];
  languages: Side[];
  updated_at: string;
}

export interface Version {
  id: string;
  version: number;
  article_id: string;
  language: Language;
  number: number;
  status: Status;
  slug: string;
  title: string;
  summary: string;
  body: string;
  questions: string[];
  note: string;
  minor: boolean;
  based_on: number | null;
  writers: string[];
  reviewer: string | null;
  reviewed_at: string | null;
  review_note: string;
  publish_at: string | null;
  expire_at: string | null;
  published_at: string | null;
  ended_at: string | null;
  created_at: string;
  updated_at: string;
}

export interface Category {
  id: string;
  version: number;
  key: string;
  names: Record<Language, string | null>;
  parent_id: string | null;
  position: number;
  articles: number;
}

export interface Found {
  key: string;
  category: string;
  audience: Audience;
  title: string;
  heading: string;
  text: string;
}

export interface Notice {
  article_id: string;
  key: string;
  language: Language;
  kind: "stale" | "missing";
  twin_title: string;
  since: string;
}

export interface Preview {
  html: string;
  broken: string[];
}

export interface Figures {
  views: number;
  helpful: number;
  unhelpful: number;
  contacts: number;
  searches: { text: string; times: number }[];
}

export interface Referrer {
  article_id: string;
  key: string;
  language: Language;
  title: string;
}

export interface Change {
  field: "slug" | "title" | "summary" | "body" | "questions";
  pieces: { kind: "same" | "added" | "removed"; text: string }[];
}

export interface Group {
  id: string;
  version: number;
  language: Language;
  status: "open" | "drafted" | "answered" | "dismissed";
  label: string;
  questions: number;
  asked: number;
  contacts: number;
  article_id: string | null;
  last_at: string;
}

export interface AskedQuestion {
  id: string;
  text: string;
  times: number;
}

export interface ArticleFile {
  id: string;
  kind: string;
  name: string;
  url: string;
}
