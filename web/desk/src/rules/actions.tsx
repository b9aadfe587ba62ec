// What a rule has done, one action under the other, each with what it needs.

import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { Pick, Text } from "../admin/parts";
import type { Language } from "../types";
import { Icon, IconButton } from "../ui/bits";
import { useMay } from "../ui/hooks";
import { useSpeaking } from "./speaking";
import { valueNamed } from "./said";
import type { Action, Choice, Choices, ListName } from "./types";

const MOST = 20;
const EMPTY = { fr: "", en: "" };
const FRESH: Record<string, Action> = {
  assign: { do: "assign" }, set: { do: "set", field: "urgency", value: "high" }, set_status: { do: "set_status" }, raise_priority: { do: "raise_priority" }, add_tag: { do: "add_tag" }, remove_tag: { do: "remove_tag" },
  tag_conversation: { do: "tag_conversation" }, add_watcher: { do: "add_watcher" }, notify: { do: "notify", whom: "supervisors", texts: EMPTY }, notify_agent: { do: "notify_agent", texts: EMPTY },
  reply: { do: "reply", texts: EMPTY }, escalate: { do: "escalate" }, open_case: { do: "open_case" }, call: { do: "call" },
};
export const FIRST: Action = { do: "assign" };

interface ActionsProps {
  actions: Action[];
  choices: Choices;
  onChange(actions: Action[]): void;
}

export function Actions({ actions, choices, onChange }: ActionsProps) {
  const { words } = useSpeaking(choices);
  const answers = useMay("conversations.write");
  const put = (index: number, action: Action): void => onChange(actions.map((each, at) => (at === index ? action : each)));
  const swap = (index: number): void => {
    const [one, other] = [actions[index], actions[index + 1]];
    if (one && other) onChange(actions.map((each, at) => (at === index ? other : at === index + 1 ? one : each)));
  };
  return (
    <fieldset class="ticks rules-part" data-testid="rule-actions">
      <legend>{words.thenTitle}</legend>
      <ol class="macros-steps">
        {actions.map((action, index) => {
          // A rule lends nobody rights that its writer lacks.
          const kinds = Object.keys(FRESH).filter((kind) => answers || kind !== "reply" || action.do === "reply");
          return (
            <li key={index} class="macros-step" data-testid="rule-action">
              <p class="macros-step-top">
                <strong>{words.action(index + 1)}</strong>
                {index > 0 && <IconButton icon={ArrowUp} label={words.up} onClick={() => swap(index - 1)} />}
                {index < actions.length - 1 && <IconButton icon={ArrowDown} label={words.down} onClick={() => swap(index)} />}
                {actions.length > 1 && <IconButton icon={Trash2} label={words.removeAction} onClick={() => onChange(actions.filter((_, at) => at !== index))} />}
              </p>
              <Pick
                name={`actions.${index}.do`} label={words.actionKind} value={action.do} onChange={(kind) => put(index, FRESH[kind] ?? FIRST)}
                options={kinds.map((kind) => ({ value: kind, label: words.kinds[kind] ?? kind }))}
              />
              <What action={action} at={`actions.${index}`} choices={choices} onChange={(changed) => put(index, changed)} />
            </li>
          );
        })}
      </ol>
      {actions.length < MOST && <button type="button" class="button" data-testid="add-action" onClick={() => onChange([...actions, FIRST])}><Icon of={Plus} />{words.addAction}</button>}
    </fieldset>
  );
}

interface WhatProps {
  action: Action;
  at: string;
  choices: Choices;
  onChange(action: Action): void;
}

function What({ action, at, choices, onChange }: WhatProps) {
  const { words } = useSpeaking(choices);
  const set = (field: keyof Action, value: string): void => {
    const { [field]: _, ...others } = action;
    onChange((value ? { ...others, [field]: value } : others) as Action);
  };
  const one = (field: keyof Action, label: string, from: Choice[], none = words.choose): ComponentChildren => (
    <Pick name={`${at}.${field}`} label={label} value={String(action[field] ?? "")} onChange={(value) => set(field, value)} options={[{ value: "", label: none }, ...from.map(({ key, name }) => ({ value: key, label: name }))]} />
  );
  const of = (list: ListName): Choice[] => choices.lists[list];
  const typed = (field: keyof Action, label: string): ComponentChildren => <Text name={`${at}.${field}`} label={label} value={String(action[field] ?? "")} onInput={(value) => set(field, value)} />;
  const levels: Choice[] = ["low", "medium", "high"].map((key) => ({ key, name: words.values["case.urgency"]?.[key] ?? key }));
  switch (action.do) {
    case "assign": return <div class="two">{one("team", words.team, of("teams"), words.noTeam)}{one("agent_id", words.agent, of("agents"), words.noAgent)}</div>;
    case "set": return <Setting action={action} at={at} choices={choices} onChange={onChange} />;
    case "set_status": return (
      <>
        <div class="two">{one("to", words.status, of("statuses"))}{one("resolution", words.resolution, of("resolutions"), words.asUsual)}</div>
        {typed("reason", words.reason)}
        {typed("summary", words.summary)}
      </>
    );
    case "add_tag":
    case "remove_tag": return <>{typed("tag", words.tag)}</>;
    case "tag_conversation": return <>{one("tag_id", words.tag, of("tags"))}</>;
    case "add_watcher": return <>{one("agent_id", words.agent, of("agents"))}</>;
    case "notify": return (
      <>
        <Pick name={`${at}.whom`} label={words.whomLabel} value={action.whom ?? "agent"} onChange={(value) => set("whom", value)} options={Object.entries(words.whom).map(([value, label]) => ({ value, label }))} />
        <Texts action={action} at={at} choices={choices} onChange={onChange} />
      </>
    );
    case "notify_agent": return <>{one("agent_id", words.agent, of("agents"))}<Texts action={action} at={at} choices={choices} onChange={onChange} /></>;
    case "reply": return (
      <>
        {of("replies").length > 0 && (
          <Pick
            name={`${at}.canned`} label={words.canned} value={action.canned ?? ""} onChange={(canned) => onChange(canned ? { do: "reply", canned } : { do: "reply", texts: EMPTY })}
            options={[{ value: "", label: words.ownWords }, ...of("replies").map(({ key, name }) => ({ value: key, label: `${name} /${key}` }))]}
          />
        )}
        {action.canned === undefined && <Texts action={action} at={at} choices={choices} onChange={onChange} />}
      </>
    );
    case "escalate": return <>{one("team", words.team, of("teams"), words.noTeam)}</>;
    case "open_case": return (
      <>
        {one("type_key", words.type, of("types"))}
        <div class="two">{one("urgency", words.urgency, levels, words.asUsual)}{one("team", words.team, of("teams"), words.asUsual)}</div>
      </>
    );
    case "call": return <>{typed("name", words.callName)}</>;
    default: return null;
  }
}

const SETTABLE = ["impact", "urgency", "type_key", "category_id", "language"];

function Setting({ action, at, choices, onChange }: WhatProps) {
  const how = useSpeaking(choices);
  const { words } = how;
  const field = action.field ?? "urgency";
  const list: Record<string, ListName> = { type_key: "types", category_id: "categories" };
  const own = list[field];
  const fixed = field === "language" ? ["fr", "en"] : ["low", "medium", "high"];
  const values = own ? choices.lists[own] : fixed.map((key) => ({ key, name: valueNamed(how, `case.${field}`, key) }));
  return (
    <div class="two">
      <Pick name={`${at}.field`} label={words.setField} value={field} onChange={(to) => onChange({ do: "set", field: to, value: "" })} options={SETTABLE.map((value) => ({ value, label: words.settable[value] ?? value }))} />
      <Pick name={`${at}.value`} label={words.setTo} value={action.value ?? ""} onChange={(value) => onChange({ ...action, field, value })} options={[{ value: "", label: words.choose }, ...values.map(({ key, name }) => ({ value: key, label: name }))]} />
    </div>
  );
}

function Texts({ action, at, choices, onChange }: WhatProps) {
  const { words } = useSpeaking(choices);
  const write = (language: Language, text: string): void => onChange({ ...action, texts: { ...EMPTY, ...action.texts, [language]: text } });
  return (
    <>
      {(["fr", "en"] as const).map((language) => (
        <div key={language} lang={language}>
          <Text name={`${at}.texts.${language}`} label={language === "fr" ? words.textFr : words.textEn} rows={2} value={action.texts?.[language] ?? ""} onInput={(text) => write(language, text)} />
        </div>
      ))}
      <p class="quiet">{words.textsHelp}</p>
    </>
  );
}
