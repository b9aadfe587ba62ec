// Rules in plain words: when, if, then.

import type { Language } from "../types";
import { takesNothing, valuesOf } from "./tree";
import type { Action, Choices, ListName, Scalar, Step, Tree } from "./types";
import type { Words } from "./words.en";

export interface Speaking {
  words: Words;
  language: Language;
  choices: Choices;
  channel(key: string): string;
}

export const inList = ({ choices }: Speaking, list: ListName, key: string | undefined): string =>
  choices.lists[list].find((one) => one.key === key)?.name ?? key ?? "";

export function valueNamed({ words, channel }: Pick<Speaking, "words" | "channel">, field: string, key: string): string {
  if (field.endsWith(".channel")) return channel(key);
  return words.values[field]?.[key] ?? key;
}

function listed(names: string[], between: string): string {
  const last = names[names.length - 1] ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} ${between} ${last}`;
}

/** One sentence for a condition: "the case type is Complaint and the priority is Urgent or High"; empty where nothing is asked. */
export function conditionSaid(tree: Tree, event: string, how: Speaking, inner = false): string {
  const { words } = how;
  if (Object.keys(tree).length === 0) return "";
  if ("not" in tree) return words.unless(conditionSaid(tree.not as Tree, event, how));
  if ("all" in tree || "any" in tree) {
    const [parts, between] = "all" in tree ? [tree.all as Tree[], words.and] : [(tree as { any: Tree[] }).any, words.or];
    const told = parts.map((each) => conditionSaid(each, event, how, true)).filter(Boolean).join(` ${between} `);
    return inner && parts.length > 1 ? `(${told})` : told;
  }
  const { field: path, is, value } = tree as { field: string; is: string; value?: Scalar | Scalar[] };
  const field = how.choices.fields.find((one) => one.field === path);
  const known = valuesOf(field, event, how.choices, (of, key) => valueNamed(how, of, key));
  const one = (plain: Scalar): string => {
    if (typeof plain === "boolean") return plain ? words.yes : words.no;
    if (typeof plain === "number") return plain.toLocaleString(how.language === "fr" ? "fr-FR" : "en-GB");
    return known?.find(({ key }) => key === plain)?.name ?? valueNamed(how, path, plain);
  };
  const name = words.fields[path] ?? path;
  const compared = (words.fieldOps[path] ?? words.ops)[is] ?? words.ops[is] ?? is;
  if (takesNothing(is)) return `${name} ${compared}`;
  const values = (Array.isArray(value) ? value : [value ?? ""]).map(one).map((each) => words.quoted(each));
  return `${name} ${compared} ${listed(values, is === "not_in" ? words.nor : words.or)}`;
}

export function actionSaid(action: Action, how: Speaking): string {
  const { words } = how;
  const team = (): string => inList(how, "teams", action.team);
  const agent = (): string => inList(how, "agents", action.agent_id);
  const say = words.says;
  switch (action.do) {
    case "assign": return say.assign([action.team && team(), action.agent_id && agent()].filter(Boolean).join(", "));
    case "set": return say.set(words.settable[action.field ?? ""] ?? action.field ?? "", setValue(action, how));
    case "set_status": return say.set_status(inList(how, "statuses", action.to));
    case "add_tag": return say.add_tag(action.tag ?? "");
    case "remove_tag": return say.remove_tag(action.tag ?? "");
    case "tag_conversation": return say.tag_conversation(inList(how, "tags", action.tag_id));
    case "add_watcher": return say.add_watcher(agent());
    case "notify": return say.notify(words.whom[action.whom ?? ""] ?? "");
    case "notify_agent": return say.notify(agent());
    case "reply": return action.canned ? say.canned(inList(how, "replies", action.canned)) : say.reply(action.texts?.[how.language] ?? "");
    case "escalate": return action.team ? say.escalateTo(team()) : say.escalate;
    case "open_case": return say.open_case(inList(how, "types", action.type_key));
    case "call": return say.call(action.name ?? "");
    default: return say.raise_priority;
  }
}

function setValue({ field = "", value = "" }: Action, how: Speaking): string {
  if (field === "type_key") return inList(how, "types", value);
  if (field === "category_id") return inList(how, "categories", value);
  return valueNamed(how, `case.${field}`, value);
}

/** When and if, without what is done. */
export function whenSaid(rule: { event: string; wait: { status: string; hours: number; calendar_id?: string | null } | null; condition: Tree }, how: Speaking): string {
  const { words } = how;
  const when = rule.wait ? words.waited(rule.wait.hours, inList(how, "statuses", rule.wait.status), Boolean(rule.wait.calendar_id)) : words.when[rule.event] ?? rule.event;
  const asked = conditionSaid(rule.condition, rule.event, how);
  return asked ? words.whenIf(when, asked) : when;
}

const NAMED: Record<string, ListName> = { team: "teams", agent_id: "agents", type_key: "types", status: "statuses", category_id: "categories" };

/** What came of an action, or would: what changes from what to what, or why it is refused. */
export function stepSaid(step: Step, how: Speaking): string {
  const { words } = how;
  const what = words.kinds[step.do] ?? step.do;
  if (step.refused) return `${what}${words.colon}${step.why || words.refused}`;
  if (step.held_back) return `${what}${words.colon}${words.heldBack[step.held_back] ?? step.held_back}`;
  const one = (name: string, value: unknown): string => {
    if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return words.nothing;
    if (Array.isArray(value)) return value.join(", ");
    const list = NAMED[name];
    return list ? inList(how, list, String(value)) : valueNamed(how, `case.${name}`, String(value));
  };
  const changes = Object.entries(step.changed ?? {}).map(([name, [old, now]]) => `${words.settable[name] ?? name} ${one(name, old)} → ${one(name, now)}`);
  if (changes.length > 0) return `${what}${words.colon}${changes.join(", ")}`;
  if (step.changed || step.new === false) return `${what}${words.colon}${words.already}`;
  return what;
}
