// Rules of segments as they are edited: a tree of groups and conditions, read from the API's JSON and written back.

import type { Field } from "./types";

export type Plain = string | number | boolean;
export type Rule =
  | { all: Rule[] } | { any: Rule[] } | { not: Rule }
  | { field: string; op: string; value?: Plain | Plain[]; currency?: string; within_days?: number };

export interface Condition {
  is: "condition";
  key: string;
  not: boolean;
  field: string;
  op: string;
  /** As they are typed: one for most operators, two for `between`, any number for lists. */
  values: string[];
  currency: string;
  within: string;
}

export interface Group {
  is: "group";
  key: string;
  not: boolean;
  mode: "all" | "any";
  items: Node[];
}

export type Node = Condition | Group;

export const DEEPEST = 3;
const LISTED = ["in", "not_in", "any_of", "all_of", "none_of"];
const VALUELESS = ["known", "unknown"];
const DAYS = ["in_last_days", "not_in_last_days"];

let made = 0;
const key = (): string => `n${(made += 1)}`;

export const takesList = (op: string): boolean => LISTED.includes(op);
export const takesNothing = (op: string): boolean => VALUELESS.includes(op);
export const takesDays = (op: string): boolean => DAYS.includes(op);
/** Money is typed in euros and pence, and kept in the smallest unit. */
const minor = (currency: string): number => 10 ** (new Intl.NumberFormat("en", { style: "currency", currency: valid(currency) }).resolvedOptions().maximumFractionDigits ?? 2);
const valid = (currency: string): string => (/^[A-Z]{3}$/.test(currency) ? currency : "EUR");

export function newCondition(field: Field): Condition {
  const op = field.operators[0] ?? "";
  return { is: "condition", key: key(), not: false, field: field.name, op, values: firstValues(field, op), currency: field.currency ? "EUR" : "", within: "" };
}

export function newGroup(items: Node[] = []): Group {
  return { is: "group", key: key(), not: false, mode: "all", items };
}

/** What a condition begins with when its field or operator has just been chosen. */
export function firstValues(field: Field, op: string): string[] {
  if (takesNothing(op)) return [];
  if (op === "between") return ["", ""];
  if (takesList(op)) return [];
  if (field.kind === "boolean") return ["true"];
  return [field.kind === "choice" ? field.choices[0] ?? "" : ""];
}

/** The tree of a rule; always a group, so that a condition can be added to it. */
export function treeOf(rule: Rule | null, fields: readonly Field[]): Group {
  const node = rule ? nodeOf(rule, fields, false) : newGroup();
  return node.is === "group" && !node.not ? node : newGroup([node]);
}

function nodeOf(rule: Rule, fields: readonly Field[], not: boolean): Node {
  if ("not" in rule) return nodeOf(rule.not, fields, !not);
  if ("all" in rule) return { ...newGroup(rule.all.map((each) => nodeOf(each, fields, false))), mode: "all", not };
  if ("any" in rule) return { ...newGroup(rule.any.map((each) => nodeOf(each, fields, false))), mode: "any", not };
  const field = fields.find((one) => one.name === rule.field);
  const given = rule.value === undefined ? [] : Array.isArray(rule.value) ? rule.value : [rule.value];
  const currency = rule.currency ?? "";
  const told = field?.kind === "money" ? given.map((one) => String(Number(one) / minor(currency))) : given.map(String);
  return { is: "condition", key: key(), not, field: rule.field, op: rule.op, values: told, currency, within: rule.within_days ? String(rule.within_days) : "" };
}

/** The rule of a tree, as the API takes it. What was typed wrongly goes as it is: the server says what is wrong. */
export function ruleOf(node: Node, fields: readonly Field[]): Rule {
  const plain: Rule = node.is === "group"
    ? node.mode === "all" ? { all: node.items.map((each) => ruleOf(each, fields)) } : { any: node.items.map((each) => ruleOf(each, fields)) }
    : leafOf(node, fields);
  return node.not ? { not: plain } : plain;
}

function leafOf(node: Condition, fields: readonly Field[]): Rule {
  const field = fields.find((one) => one.name === node.field);
  const values = node.values.map((typed) => plain(typed, field, node));
  const rule: Rule = { field: node.field, op: node.op };
  if (!takesNothing(node.op)) {
    const first = values[0];
    if (takesList(node.op) || node.op === "between") rule.value = values;
    else if (first !== undefined) rule.value = first;
  }
  if (field?.currency) rule.currency = node.currency;
  const within = Number(node.within);
  if (field?.within_days && node.within.trim()) rule.within_days = Number.isFinite(within) ? within : 0;
  return rule;
}

function plain(typed: string, field: Field | undefined, { op, currency }: Condition): Plain {
  if (field?.kind === "boolean") return typed === "true";
  const numeric = field?.kind === "number" || field?.kind === "money" || takesDays(op);
  if (!numeric) return typed;
  const number = Number(typed.replace(",", ".").replace(/[\s\u00a0\u202f]/g, ""));
  if (!typed.trim() || !Number.isFinite(number)) return typed;
  return field?.kind === "money" && !takesDays(op) ? Math.round(number * minor(currency)) : number;
}

/** The path of a node's place in the rule, as the server names it (`rule.all.1`): its own, and that of what it holds. */
export function pathsOf(node: Node, path = "rule", found: Map<string, string> = new Map()): Map<string, string> {
  found.set(node.key, path);
  const inner = node.not ? `${path}.not` : path;
  if (node.is === "group") node.items.forEach((each, at) => pathsOf(each, `${inner}.${node.mode}.${at}`, found));
  return found;
}

/** The tree with one node changed; null takes it out. */
export function changed(tree: Group, at: string, change: (node: Node) => Node | null): Group {
  const items = tree.items.flatMap((each): Node[] => {
    if (each.key === at) {
      const now = change(each);
      return now ? [now] : [];
    }
    return [each.is === "group" ? changed(each, at, change) : each];
  });
  return tree.key === at ? (change(tree) as Group | null) ?? tree : { ...tree, items };
}

/** Whether anything is asked at all, everywhere: an empty group is no rule yet. */
export function complete(node: Node): boolean {
  if (node.is === "group") return node.items.length > 0 && node.items.every(complete);
  if (takesNothing(node.op)) return true;
  return node.values.length > 0 && node.values.every((typed) => typed.trim() !== "");
}
