// Rules in words, for those who read them and do not write them.

import { amount } from "./values";
import { takesDays, takesNothing, type Plain, type Rule } from "./rules";
import type { Field } from "./types";
import type { Language } from "../types";
import type { Words } from "./words.en";

/** One sentence for a rule: "Last order in the last 180 days and Orders at least 2". */
export function ruleSaid(rule: Rule, fields: readonly Field[], words: Words, language: Language, inner = false): string {
  const w = words.segments;
  if ("not" in rule) return `${w.not_} (${ruleSaid(rule.not, fields, words, language)})`;
  if ("all" in rule || "any" in rule) {
    const [rules, between] = "all" in rule ? [rule.all, w.and] : [rule.any, w.or];
    const told = rules.map((each) => ruleSaid(each, fields, words, language, true)).join(` ${between} `);
    return inner && rules.length > 1 ? `(${told})` : told;
  }
  const field = fields.find((one) => one.name === rule.field);
  const name = field?.labels[language] ?? rule.field;
  const within = rule.within_days ? w.said.within(rule.within_days) : "";
  const value = rule.value ?? "";
  const one = (plain: Plain): string => valueSaid(plain, field, rule.currency, words, language);
  if (takesNothing(rule.op)) return `${name} ${w.ops[rule.op]}`;
  if (takesDays(rule.op)) return `${name} ${(rule.op === "in_last_days" ? w.said.lastDays : w.said.notLastDays)(String(value))}`;
  if (rule.op === "between" && Array.isArray(value)) return `${name} ${w.said.between(one(value[0] ?? ""), one(value[1] ?? ""))}${within}`;
  const said = Array.isArray(value) ? value.map(one).join(", ") : one(value);
  return `${name} ${w.ops[rule.op] ?? rule.op} ${said}${within}`;
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
