// Rules in plain sentences, for those who read them and do not write them.

import { phrases as en, type Phrases } from "./phrases.en";
import { phrases as fr } from "./phrases.fr";
import { takesDays, type Plain, type Rule } from "./rules";
import type { Field } from "./types";
import type { Language } from "../types";
import { amount, countryName, dayName, number } from "./values";
import type { Words } from "./words.en";

interface Saying {
  fields: readonly Field[];
  words: Words;
  language: Language;
  say: Phrases;
}

/** One sentence for a rule: "Customers who last ordered in the last 180 days and placed at least 2 orders"; empty where nothing is asked. */
export function ruleSaid(rule: Rule, fields: readonly Field[], words: Words, language: Language): string {
  const say = language === "fr" ? fr : en;
  const told = said(rule, { fields, words, language, say });
  return told && say.customers(told);
}

function said(rule: Rule, how: Saying, inner = false): string {
  const { say } = how;
  if ("not" in rule) return say.among(said(rule.not, how, true));
  if ("all" in rule || "any" in rule) {
    const [rules, between] = "all" in rule ? [rule.all, say.and] : [rule.any, say.or];
    const told = rules.map((each) => said(each, how, true)).filter(Boolean).join(` ${between} `);
    return inner && rules.length > 1 ? `(${told})` : told;
  }
  const field = how.fields.find((one) => one.name === rule.field);
  return clause(rule, field, how) + (rule.within_days ? say.within(rule.within_days) : "");
}

type Leaf = Extract<Rule, { field: string }>;

function clause(rule: Leaf, field: Field | undefined, how: Saying): string {
  const { say, language } = how;
  const label = field?.labels[language] ?? rule.field;
  const phrase = say.fields[rule.field] ?? say.other(label);
  if (rule.op === "known" || rule.op === "unknown") return phrase[rule.op] ?? say.other(label)[rule.op] ?? label;
  if (rule.field === "vip") return say.vip(rule.value === true);
  const values = (Array.isArray(rule.value) ? rule.value : [rule.value ?? ""]).map((plain) => named(plain, rule, field, how));
  const [first = "", second = ""] = values;
  const joined = (word: string): string => (values.length < 2 ? first : `${values.slice(0, -1).join(", ")} ${word} ${values[values.length - 1]}`);
  const not = phrase.not ?? ((value: string): string => say.among(phrase.is(value)));
  switch (rule.op) {
    case "between": return phrase.is(say.between(first, second));
    case "contains": return phrase.is(say.contains(first));
    case "starts_with": return phrase.is(say.begins(first));
    case "is_not": case "not_in": case "none_of": return not(joined(say.or));
    case "all_of": return (phrase.all ?? phrase.is)(joined(say.and));
    default: return phrase.is((say.quantity[rule.op] ?? say.time[rule.op])?.(first) ?? joined(say.or));
  }
}

/** A value as it stands in a sentence. */
function named(value: Plain, rule: Leaf, field: Field | undefined, { say, words, language }: Saying): string {
  if (rule.field === "countries") return say.place(String(value), countryName(String(value), language));
  if (field?.kind === "date" && typeof value === "string" && !takesDays(rule.op)) return dayName(value, language) || value;
  if (field?.kind === "number" && typeof value === "number") return number(value, language, 2);
  const plain = valueSaid(value, field, rule.currency, words, language);
  return rule.field === "language" && language === "fr" ? plain.toLowerCase() : plain;
}

/** A value of a field as people call it. */
export function valueSaid(value: Plain, field: Field | undefined, currency: string | undefined, words: Words, language: Language): string {
  if (typeof value === "boolean") return value ? words.segments.yes : words.segments.no;
  if (field?.kind === "money" && typeof value === "number") return amount(value, currency, language) || String(value);
  if (field?.name === "stage") return words.stages[String(value)] ?? String(value);
  if (field?.name === "language") return words.languages[value as Language] ?? String(value);
  if (field?.name === "consents") return words.consents.purposes[String(value)] ?? String(value);
  return String(value);
}
