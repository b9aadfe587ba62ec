// Conditions as they are edited: the tree of segments' rules, read from the API's JSON of these rules and written back.

import { newGroup, type Condition, type Group, type Node } from "../customers/rules";
import type { Choices, Field, Scalar, Tree } from "./types";

export { changed, newGroup, pathsOf, type Condition, type Group, type Node } from "../customers/rules";

export const DEEPEST = 3;
const SEVERAL = ["in", "not_in", "has_any"];
const NOTHING = ["empty", "not_empty"];

export const takesSeveral = (is: string): boolean => SEVERAL.includes(is);
export const takesNothing = (is: string): boolean => NOTHING.includes(is);

let made = 0;

const leaf = (field: string, op: string, values: string[], not = false): Condition => ({ is: "condition", key: `r${(made += 1)}`, not, field, op, values, currency: "", within: "" });

/** What fields an event has something to say about, and those that are asked about already. */
export function fieldsFor(event: string, fields: readonly Field[], used = ""): Field[] {
  const about: Record<string, boolean> = {
    "message.text": event.startsWith("message."), "message.author": event.startsWith("message."), "clock.kind": event.startsWith("clock."),
    "change.from": ["case.status", "case.priority", "case.assigned", "order.changed"].includes(event), "change.to": ["case.status", "case.priority", "case.assigned", "order.changed"].includes(event),
    "change.what": event === "order.changed",
  };
  return fields.filter(({ field }) => field === used || (about[field] ?? true));
}

/** The values a field can have, by key; null where any word will do. */
export function valuesOf(field: Field | undefined, event: string, choices: Choices, named: (field: string, key: string) => string): { key: string; name: string }[] | null {
  if (!field) return null;
  if (field.list) return choices.lists[field.list];
  if (field.choices.length > 0) return field.choices.map((key) => ({ key, name: named(field.field, key) }));
  if (field.field === "change.from" || field.field === "change.to") {
    if (event === "case.status") return choices.lists.statuses;
    const like = event === "case.priority" ? "case.priority" : event === "order.changed" ? "order.status" : "";
    return valuesOf(choices.fields.find((one) => one.field === like), event, choices, named);
  }
  return null;
}

export function newCondition(field: Field): Condition {
  return leaf(field.field, field.comparisons[0] ?? "is", field.type === "yes_no" ? ["true"] : []);
}

export function treeOf(tree: Tree): Group {
  if (Object.keys(tree).length === 0) return newGroup();
  const node = nodeOf(tree, false);
  return node.is === "group" && !node.not ? node : newGroup([node]);
}

function nodeOf(tree: Tree, not: boolean): Node {
  if ("not" in tree) return nodeOf(tree.not as Tree, !not);
  if ("all" in tree) return { ...newGroup((tree.all as Tree[]).map((each) => nodeOf(each, false))), not };
  if ("any" in tree) return { ...newGroup((tree.any as Tree[]).map((each) => nodeOf(each, false))), mode: "any", not };
  const { field, is, value } = tree as { field: string; is: string; value?: Scalar | Scalar[] };
  const values = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return leaf(field, is, values.map(String), not);
}

/** The condition of a tree, as the API takes it; a group without anything in it asks nothing. */
export function conditionOf(node: Node, fields: readonly Field[]): Tree {
  if (node.is === "group" && node.items.length === 0) return {};
  const plain: Tree = node.is === "group"
    ? node.mode === "all" ? { all: node.items.map((each) => conditionOf(each, fields)) } : { any: node.items.map((each) => conditionOf(each, fields)) }
    : comparison(node, fields.find(({ field }) => field === node.field));
  return node.not ? { not: plain } : plain;
}

function comparison({ field, op, values }: Condition, known: Field | undefined): Tree {
  if (takesNothing(op)) return { field, is: op };
  const told = values.map((typed): Scalar => {
    if (known?.type === "yes_no") return typed === "true";
    const number = Number(typed.replace(",", "."));
    return known?.type === "number" && typed.trim() && Number.isFinite(number) ? number : typed.trim();
  });
  return { field, is: op, value: takesSeveral(op) ? told : told[0] ?? "" };
}
