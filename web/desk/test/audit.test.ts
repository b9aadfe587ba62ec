// The audit log in words: names where things still exist, the reader's language, and nothing raw that has a word.

import { expect, test } from "vitest";
import { fieldOf, subjectOf, thingsOf, told, type Entry, type Telling } from "../src/admin/audit-told";
import { en } from "../src/admin/words/en";
import { fr } from "../src/admin/words/fr";

const ID = "01a20a29-21ab-742a-bf00-34e51f68baa3";
const entry = (more: Partial<Entry> = {}): Entry => ({
  id: "e", created_at: "2026-11-23T10:00:00Z", actor: "system", origin: "", action: "case_opened", subject_kind: "case", subject_id: ID, old: null, new: null, details: {}, position: null, ...more,
});
const telling: Telling = { words: fr.audit, language: "fr", names: { [`case:${ID}`]: "C-2026-000001", "case_type:complaint": "Réclamation", "case_status:new": "Nouveau", "product_category:tableware": "art de la table" } };

test("what an entry names is asked for once by kind and key", () => {
  const made = entry({ new: { type_key: "complaint", status: "new", priority: "high", agent_id: null, teams: ["support", "shop"] }, details: { template: "lost_parcel" } });
  expect(thingsOf(made)).toEqual([`case:${ID}`, "case_type:complaint", "case_status:new", "team:support", "team:shop", "case_template:lost_parcel"]);
});

test("fields, names, codes, dates and amounts are words; what is gone is told by its key or its end", () => {
  const say = (field: string, value: unknown, about = entry()): string => told(about, field, value, telling);
  expect([fieldOf("type_key", telling), say("type_key", "complaint"), say("status", "new"), say("way", "password"), say("enabled", true)]).toEqual(["type de dossier", "Réclamation", "Nouveau", "mot de passe", "oui"]);
  expect(say("categories", ["tableware"], entry({ subject_kind: "promo_code" }))).toBe("art de la table");
  expect([say("agent_id", ID), say("type_key", "gone"), say("team", null), say("percent", 1500)]).toEqual(["…1f68baa3", "gone", "–", "15\u00a0%"]);
  expect([say("subject", { personal: true }), say("week", { mon: [[{ personal: true }]], tue: [] }), say("names", { fr: "Entretien", en: "Care" })]).toEqual(["donnée personnelle", "lun.\u00a0: donnée personnelle · mar.\u00a0: –", "Entretien"]);
  expect(say("due_at", "2026-11-24T05:43:00+00:00")).toContain("24 nov. 2026");
  expect([subjectOf(entry(), telling), subjectOf(entry({ subject_kind: "sign_in", subject_id: "sso" }), telling), subjectOf(entry({ subject_kind: "rule", subject_id: "all" }), telling)]).toEqual(["dossier «\u00a0C-2026-000001\u00a0»", "connexion\u00a0: connexion unique", "règle"]);
});

test("every word is there in both languages", () => {
  for (const table of ["facts", "said", "kinds", "acts"] as const) expect(Object.keys(en.audit[table]).sort()).toEqual(Object.keys(fr.audit[table]).sort());
});
