// Rules: in the order they run in, each said in a sentence; opened, one is changed, tried, paused, moved.

import { ArrowDown, ArrowUp, Pause, Play, Plus } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useShown, type Shown } from "../admin/list";
import { Chip, Form, Nothing, Pick, problemsOf, Row, Section, Switch, Text } from "../admin/parts";
import { useRest } from "../admin/rest";
import { useWords as useAdminWords } from "../admin/words";
import { Refused } from "../api";
import { Icon } from "../ui/bits";
import { useMay } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import { Actions, FIRST } from "./actions";
import { Conditions } from "./condition";
import { actionSaid, whenSaid, type Speaking } from "./said";
import { useSpeaking, useWords } from "./speaking";
import { conditionOf, pathsOf, treeOf } from "./tree";
import { Changed, Ran, Trying } from "./trying";
import type { Choices, Rule } from "./types";
import "./rules.css";

const NEW: Rule = { id: "", version: 0, name: "", enabled: true, position: 0, event: "case.opened", wait: null, condition: {}, actions: [FIRST], stop: false };

export function Rules() {
  const words = useWords();
  const rest = useRest();
  const shown = useShown<Rule>(() => rest.all<Rule>("/rules"), (rule) => rule.id);
  const choices = useLoaded(() => rest.get<Choices>("/desk/api/rule-choices"));
  const rules = shown.loaded.value;
  if (!rules || !choices.value || shown.loaded.failed) return <Waiting loaded={choices.failed ? choices : shown.loaded} />;
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && <RuleForm rule={NEW} choices={choices.value} shown={shown} />}
      {rules.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      <List rules={rules} choices={choices.value} shown={shown} />
    </Section>
  );
}

export function ruleSaid(rule: Rule, how: Speaking): string {
  return how.words.then(whenSaid(rule, how), rule.actions.map((action) => actionSaid(action, how)).join(", "));
}

function List({ rules, choices, shown }: { rules: Rule[]; choices: Choices; shown: Shown<Rule> }) {
  const how = useSpeaking(choices);
  const admin = useAdminWords();
  const rest = useRest();
  const [told, tell] = useState("");
  const failed = (error: unknown): void => tell(Object.values(problemsOf(error, admin))[0] ?? "");
  const move = async (at: number, by: 1 | -1): Promise<void> => {
    const ids = rules.map(({ id }) => id);
    const [one] = ids.splice(at, 1);
    if (one) ids.splice(at + by, 0, one);
    tell("");
    try {
      const { items } = await rest.post<{ items: Rule[] }>("/rules/reorder", { rules: ids });
      shown.loaded.set(() => items);
    } catch (error) {
      // A rule that a colleague made or deleted meanwhile: what there is now is shown.
      failed(error);
      await shown.loaded.reload();
    }
  };
  const pause = async (rule: Rule): Promise<void> => {
    tell("");
    try {
      const now = await rest.patch<Rule>(`/rules/${rule.id}`, { enabled: !rule.enabled }, rule.version);
      shown.loaded.set((known) => known.map((each) => (each.id === now.id ? now : each)));
    } catch (error) {
      failed(error);
      await shown.loaded.reload();
    }
  };
  return (
    <>
      {told && <p class="gate-problem" role="alert">{told}</p>}
      <ul class="admin-list rules-list">
        {rules.map((rule, at) => (
          <Row
            key={rule.id} title={rule.name} more={ruleSaid(rule, how)} open={shown.open === rule.id} onToggle={() => shown.toggle(rule.id)} testId="rule-row"
            marks={!rule.enabled && <Chip kind="late">{how.words.paused}</Chip>}
          >
            <div class="rules-foot rules-acts">
              <button type="button" class="button" data-testid="rule-pause" onClick={() => void pause(rule)}><Icon of={rule.enabled ? Pause : Play} />{rule.enabled ? how.words.pause : how.words.resume}</button>
              <button type="button" class="button" data-testid="rule-up" aria-disabled={at === 0} onClick={() => at > 0 && void move(at, -1)}><Icon of={ArrowUp} />{how.words.up}</button>
              <button type="button" class="button" data-testid="rule-down" aria-disabled={at === rules.length - 1} onClick={() => at < rules.length - 1 && void move(at, 1)}><Icon of={ArrowDown} />{how.words.down}</button>
            </div>
            <RuleForm rule={rule} choices={choices} shown={shown} />
          </Row>
        ))}
      </ul>
    </>
  );
}

interface RuleFormProps {
  rule: Rule;
  choices: Choices;
  shown: Shown<Rule>;
}

function RuleForm({ rule, choices, shown }: RuleFormProps) {
  const how = useSpeaking(choices);
  const { words } = how;
  const rest = useRest();
  const audits = useMay("audit.read");
  const [draft, set] = useState(rule);
  const [tree, grow] = useState(() => treeOf(rule.condition));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  // Paused or moved while it is open: what was typed goes on from the version that came of it.
  const version = useRef(rule.version);
  useEffect(() => {
    version.current = rule.version;
  }, [rule.version]);
  const body = {
    name: draft.name, event: draft.event, wait: draft.event === "case.waited" ? draft.wait ?? { status: choices.lists.statuses[0]?.key ?? "", hours: 72 } : null,
    condition: conditionOf(tree, choices.fields), actions: draft.actions, stop: draft.stop,
  };
  const placed = (error: unknown): void => {
    const fields = error instanceof Refused ? error.fields : {};
    const paths = [...pathsOf(tree, "condition")].sort((a, b) => b[1].length - a[1].length);
    setWrong(Object.fromEntries(Object.entries(fields).flatMap(([at, said]) => {
      const key = paths.find(([, path]) => at === path || at.startsWith(`${path}.`))?.[0];
      return at.startsWith("condition") ? [[key ?? tree.key, said]] : [];
    })));
  };
  const save = async (): Promise<void> => {
    try {
      shown.saved(rule.id ? await rest.patch<Rule>(`/rules/${rule.id}`, body, version.current) : await rest.post<Rule>("/rules", body));
    } catch (error) {
      placed(error);
      throw error;
    }
  };
  const remove = rule.id ? { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(`/rules/${rule.id}`, version.current);
    shown.removed(rule.id);
  } } : undefined;
  return (
    <>
      <Form fields={["name", "event", "wait", "condition", "actions", "stop"]} save={save} onCancel={shown.close} remove={remove} testId="rule-form">
        <Text name="name" label={words.name} value={draft.name} required onInput={(name) => set({ ...draft, name })} />
        <fieldset class="ticks rules-part">
          <legend>{words.whenTitle}</legend>
          <Pick name="event" label={words.event} value={draft.event} onChange={(event) => set({ ...draft, event })} options={choices.events.map((value) => ({ value, label: words.when[value] ?? value }))} />
          {body.wait && <Waited draft={{ ...draft, wait: body.wait }} choices={choices} onChange={set} />}
        </fieldset>
        <Conditions tree={tree} event={draft.event} choices={choices} problems={wrong} onChange={(now) => {
          grow(now);
          setWrong({});
        }} />
        <Actions actions={draft.actions} choices={choices} onChange={(actions) => set({ ...draft, actions })} />
        <Switch name="stop" label={words.stop} help={words.stopHelp} on={draft.stop} onChange={(stop) => set({ ...draft, stop })} />
        <p class="rules-said" data-testid="rule-said">{ruleSaid({ ...draft, ...body }, how)}</p>
        <Trying rule={{ event: body.event, wait: body.wait, condition: body.condition, actions: body.actions }} choices={choices} onWrong={placed} />
      </Form>
      {rule.id && <section class="rules-more"><h3>{words.ran}</h3><Ran id={rule.id} choices={choices} /></section>}
      {rule.id && audits && <section class="rules-more"><h3>{words.changes}</h3><Changed key={rule.version} id={rule.id} choices={choices} /></section>}
    </>
  );
}

function Waited({ draft, choices, onChange }: { draft: Rule; choices: Choices; onChange(draft: Rule): void }) {
  const words = useWords();
  const wait = draft.wait ?? { status: "", hours: 72 };
  const set = (part: Partial<typeof wait>): void => onChange({ ...draft, wait: { ...wait, ...part } });
  return (
    <div class="three">
      <Pick name="wait.status" label={words.waitStatus} value={wait.status} onChange={(status) => set({ status })} options={choices.lists.statuses.map(({ key, name }) => ({ value: key, label: name }))} />
      <Text name="wait.hours" type="number" label={words.waitHours} min={1} value={String(wait.hours || "")} onInput={(hours) => set({ hours: Number(hours) })} />
      <Pick
        name="wait.calendar_id" label={words.waitCalendar} value={wait.calendar_id ?? ""} onChange={(id) => set({ calendar_id: id || null })}
        options={[{ value: "", label: words.anyHours }, ...choices.lists.calendars.map(({ key, name }) => ({ value: key, label: words.workingHours(name) }))]}
      />
    </div>
  );
}
