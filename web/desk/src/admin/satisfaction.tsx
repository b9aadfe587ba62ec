// Asking customers how it was: on which channels, how long after, in which words, and how often at most.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useLanguage, useSelect } from "../ui/hooks";
import { Waiting } from "../ui/page";
import type { Language } from "../types";
import { useShown, type Shown } from "./list";
import { Chip, Form, Pick, Row, Section, Switch, Text } from "./parts";
import { useRest } from "./rest";
import { useWords } from "./words";

interface Setting {
  channel: string;
  version: number;
  enabled: boolean;
  delay_minutes: number;
  rest_days: number;
  words: Partial<Record<Language, string>>;
}

const EVERY = "*";
const begun = (channel: string, enabled = true): Setting => ({ channel, version: 0, enabled, delay_minutes: 0, rest_days: 0, words: {} });

export function Satisfaction() {
  const { satisfaction: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const channels = useSelect((state) => state.channelNames);
  const load = async (): Promise<Setting[]> => {
    const { items, by_default: asks } = await rest.get<{ items: Setting[]; by_default: boolean }>("/satisfaction-settings");
    return items.some(({ channel }) => channel === EVERY) ? items : [begun(EVERY, asks), ...items];
  };
  const shown = useShown<Setting>(load, ({ channel }) => channel);
  const settings = shown.loaded.value;
  if (!settings || shown.loaded.failed) return <Waiting loaded={shown.loaded} />;
  const named = (channel: string): string => channels[channel]?.[language] ?? channel;
  const others = Object.keys(channels).filter((one) => !settings.some(({ channel }) => channel === one));
  const add = others.length > 0 && <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && others[0] && <SettingForm setting={begun(others[0])} channels={others.map((value) => ({ value, label: named(value) }))} shown={shown} />}
      <ul class="admin-list">
        {settings.map((setting) => (
          <Row
            key={setting.channel} title={setting.channel === EVERY ? words.all : named(setting.channel)} more={setting.enabled ? words.after(setting.delay_minutes) : undefined}
            open={shown.open === setting.channel} onToggle={() => shown.toggle(setting.channel)} testId="satisfaction"
            marks={setting.enabled ? <Chip kind="done">{words.on}</Chip> : <Chip>{words.off}</Chip>}
          >
            <SettingForm setting={setting} channels={[]} shown={shown} />
          </Row>
        ))}
      </ul>
    </Section>
  );
}

interface SettingFormProps {
  setting: Setting;
  /** Those to choose from, for a setting that is made. */
  channels: { value: string; label: string }[];
  shown: Shown<Setting>;
}

function SettingForm({ setting, channels, shown }: SettingFormProps) {
  const { satisfaction: words } = useWords();
  const rest = useRest();
  const [draft, set] = useState({
    channel: setting.channel, enabled: setting.enabled, delay: String(setting.delay_minutes), rest: String(setting.rest_days),
    fr: setting.words.fr ?? "", en: setting.words.en ?? "",
  });
  const path = `/satisfaction-settings/${encodeURIComponent(draft.channel)}`;
  const said = draft.fr.trim() || draft.en.trim();
  const body = { enabled: draft.enabled, delay_minutes: Number(draft.delay), rest_days: Number(draft.rest), words: said ? { fr: draft.fr, en: draft.en } : null };
  const save = async (): Promise<void> => shown.saved(await rest.put<Setting>(path, body, setting.version || "*"));
  const remove = setting.version > 0 && setting.channel !== EVERY && { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(path, setting.version);
    shown.removed(setting.channel);
  } };
  return (
    <Form fields={["enabled", "delay_minutes", "rest_days", "words.fr", "words.en"]} save={save} onCancel={shown.close} remove={remove || undefined} testId="satisfaction-form">
      {channels.length > 0 && <Pick name="channel" label={words.channel} value={draft.channel} onChange={(channel) => set({ ...draft, channel })} options={channels} />}
      <Switch name="enabled" label={words.enabled} on={draft.enabled} onChange={(enabled) => set({ ...draft, enabled })} />
      <div class="two">
        <Text name="delay_minutes" type="number" min={0} max={1440} label={words.delay} help={words.delayHelp} value={draft.delay} onInput={(delay) => set({ ...draft, delay })} />
        <Text name="rest_days" type="number" min={0} max={365} label={words.rest} help={words.restHelp} value={draft.rest} onInput={(days) => set({ ...draft, rest: days })} />
        <Text name="words.fr" label={words.wordsFr} help={words.wordsHelp} value={draft.fr} onInput={(fr) => set({ ...draft, fr })} />
        <Text name="words.en" label={words.wordsEn} value={draft.en} onInput={(en) => set({ ...draft, en })} />
      </div>
    </Form>
  );
}
