// Service levels: how soon what is answered and solved, for whom, and by which calendar.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useLanguage, useSelect } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import type { Language } from "../types";
import { useShown, type Shown } from "./list";
import { Chip, Form, Nothing, Pick, Row, Section, Switch, Text } from "./parts";
import { useRest } from "./rest";
import { useWords } from "./words";

interface Policy {
  id: string;
  version: number;
  name: string;
  enabled: boolean;
  rank: number;
  type_key: string | null;
  priority: string | null;
  channel: string | null;
  calendar_id: string;
  first_response: number | null;
  next_response: number | null;
  resolution: number | null;
  warn_percent: number;
  pause_on_third_party: boolean;
  bot_counts: boolean;
}

interface Known {
  calendars: { id: string; name: string }[];
  types: { key: string; names: Partial<Record<Language, string | null>> }[];
}

export function Levels() {
  const { levels: words } = useWords();
  const rest = useRest();
  const shown = useShown<Policy>(() => rest.all<Policy>("/service-policies"), (policy) => policy.id);
  const known = useLoaded(async (): Promise<Known> => ({
    calendars: await rest.all<Known["calendars"][number]>("/calendars"), types: await rest.get<{ items: Known["types"] }>("/case-types").then(({ items }) => items, () => []),
  }));
  const policies = shown.loaded.value;
  const around = known.value;
  if (!policies || !around || shown.loaded.failed) return <Waiting loaded={known.failed ? known : shown.loaded} />;
  const ready = around.calendars.length > 0;
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && ready && add}>
      {!ready && <p class="gate-note">{words.noCalendar} <a href="#/admin/hours">{words.toHours}</a></p>}
      {shown.open === "new" && <PolicyForm policy={null} known={around} shown={shown} />}
      {policies.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      <ul class="admin-list">
        {policies.map((policy) => (
          <Row
            key={policy.id} title={policy.name} open={shown.open === policy.id} onToggle={() => shown.toggle(policy.id)} testId="policy"
            more={words.targets(lasting(policy.first_response), lasting(policy.resolution))} marks={policy.enabled ? <Chip kind="done">{words.on}</Chip> : <Chip>{words.off}</Chip>}
          >
            <PolicyForm policy={policy} known={around} shown={shown} />
          </Row>
        ))}
      </ul>
    </Section>
  );
}

/** Minutes as people say them: `4 h`, `1 h 30`, `20 min`. */
export function lasting(minutes: number | null): string {
  if (minutes === null) return "–";
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest}\u00a0min`;
  return rest === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h\u00a0${String(rest).padStart(2, "0")}`;
}

const PRIORITIES = ["urgent", "high", "normal", "low"] as const;
const TARGETS = ["first_response", "next_response", "resolution"] as const;

function PolicyForm({ policy, known, shown }: { policy: Policy | null; known: Known; shown: Shown<Policy> }) {
  const { levels: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const channels = useSelect((state) => state.channelNames);
  const [draft, set] = useState({
    name: policy?.name ?? "", enabled: policy?.enabled ?? true, rank: String(policy?.rank ?? 100), type_key: policy?.type_key ?? "", priority: policy?.priority ?? "",
    channel: policy?.channel ?? "", calendar_id: policy?.calendar_id ?? known.calendars[0]?.id ?? "", warn_percent: String(policy?.warn_percent ?? 80),
    first_response: String(policy?.first_response ?? ""), next_response: String(policy?.next_response ?? ""), resolution: String(policy?.resolution ?? ""),
    pause_on_third_party: policy?.pause_on_third_party ?? false, bot_counts: policy?.bot_counts ?? false,
  });
  const body = {
    ...draft, rank: Number(draft.rank), warn_percent: Number(draft.warn_percent),
    ...Object.fromEntries([...TARGETS].map((name) => [name, draft[name].trim() === "" ? null : Number(draft[name])])),
    type_key: draft.type_key || null, priority: draft.priority || null, channel: draft.channel || null,
  };
  const save = async (): Promise<void> =>
    shown.saved(policy ? await rest.patch<Policy>(`/service-policies/${policy.id}`, body, policy.version) : await rest.post<Policy>("/service-policies", body));
  const remove = policy && { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(`/service-policies/${policy.id}`, policy.version);
    shown.removed(policy.id);
  } };
  const any = { value: "", label: words.any };
  return (
    <Form fields={Object.keys(draft)} save={save} onCancel={shown.close} remove={remove ?? undefined} testId="policy-form">
      <Text name="name" label={words.name} value={draft.name} onInput={(name) => set({ ...draft, name })} required />
      <div class="two">
        <Pick name="type_key" label={words.type} value={draft.type_key} onChange={(to) => set({ ...draft, type_key: to })} options={[any, ...known.types.map((each) => ({ value: each.key, label: each.names[language] ?? each.key }))]} />
        <Pick name="priority" label={words.priority} value={draft.priority} onChange={(to) => set({ ...draft, priority: to })} options={[any, ...PRIORITIES.map((each) => ({ value: each, label: words.priorities[each] }))]} />
        <Pick name="channel" label={words.channel} value={draft.channel} onChange={(to) => set({ ...draft, channel: to })} options={[any, ...Object.entries(channels).map(([value, names]) => ({ value, label: names?.[language] ?? value }))]} />
        <Pick name="calendar_id" label={words.calendar} value={draft.calendar_id} onChange={(to) => set({ ...draft, calendar_id: to })} options={known.calendars.map((each) => ({ value: each.id, label: each.name }))} />
      </div>
      <div class="three">
        {TARGETS.map((name) => (
          <Text key={name} name={name} type="number" min={1} label={words.target[name]} value={draft[name]} help={draft[name] ? lasting(Number(draft[name])) : words.noTarget} onInput={(to) => set({ ...draft, [name]: to })} />
        ))}
      </div>
      <div class="two">
        <Text name="warn_percent" type="number" min={1} max={100} label={words.warn} value={draft.warn_percent} onInput={(to) => set({ ...draft, warn_percent: to })} />
        <Text name="rank" type="number" min={0} label={words.rank} help={words.rankHelp} value={draft.rank} onInput={(to) => set({ ...draft, rank: to })} />
      </div>
      <Switch name="enabled" label={words.enabled} on={draft.enabled} onChange={(to) => set({ ...draft, enabled: to })} />
      <Switch name="bot_counts" label={words.botCounts} on={draft.bot_counts} onChange={(to) => set({ ...draft, bot_counts: to })} />
      <Switch name="pause_on_third_party" label={words.pause} on={draft.pause_on_third_party} onChange={(to) => set({ ...draft, pause_on_third_party: to })} />
    </Form>
  );
}
