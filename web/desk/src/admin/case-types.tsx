// Types of cases: what they are called, who sees them, and which team gets them.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Language } from "../types";
import { Icon } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import { useShown, type Shown } from "./list";
import { Chip, Form, Nothing, Pick, Row, Section, Switch, Text } from "./parts";
import { useRest } from "./rest";
import { useWords } from "./words";

interface CaseType {
  key: string;
  version: number;
  names: Record<Language, string>;
  position: number;
  active: boolean;
  team: string;
  customers_see: boolean;
  acknowledge: boolean;
  close_after_days: number | null;
}

interface Team {
  key: string;
  names: Record<Language, string>;
}

/** What programs call a new type: its English name in small letters, unlike all others. */
export function keyFor(name: string, taken: string[]): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "").slice(0, 36) || "type";
  let key = plain;
  for (let n = 2; taken.includes(key); n += 1) key = `${plain}_${n}`;
  return key;
}

export function CaseTypes() {
  const { caseTypes: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const teams = useLoaded(() => rest.all<Team>("/teams").catch(() => []));
  const shown = useShown<CaseType>(async () => (await rest.get<{ items: CaseType[] }>("/case-types")).items, ({ key }) => key);
  const types = shown.loaded.value;
  if (!types || shown.loaded.failed) return <Waiting loaded={shown.loaded} />;
  if (!teams.value) return <Waiting loaded={teams} />;
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  const listed = [...types].sort((a, b) => a.position - b.position || (a.key < b.key ? -1 : 1));
  const form = (type: CaseType | null) => <TypeForm type={type} types={types} teams={teams.value ?? []} shown={shown} />;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && form(null)}
      {types.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      <ul class="admin-list">
        {listed.map((type) => (
          <Row
            key={type.key} title={type.names[language]} more={nameOf(teams.value ?? [], type.team, language)} open={shown.open === type.key} onToggle={() => shown.toggle(type.key)} testId="case-type"
            marks={<>{!type.customers_see && <Chip>{words.hidden}</Chip>}{!type.active && <Chip>{words.retired}</Chip>}</>}
          >
            {form(type)}
          </Row>
        ))}
      </ul>
    </Section>
  );
}

interface TypeFormProps {
  type: CaseType | null;
  types: CaseType[];
  teams: Team[];
  shown: Shown<CaseType>;
}

function TypeForm({ type, types, teams, shown }: TypeFormProps) {
  const { caseTypes: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const last = Math.max(-1, ...types.map(({ position }) => position));
  const [draft, setDraft] = useState({
    fr: type?.names.fr ?? "", en: type?.names.en ?? "", team: type?.team ?? "support", position: String(type?.position ?? last + 1),
    days: String(type ? type.close_after_days ?? "" : 7), customers_see: type?.customers_see ?? true, acknowledge: type?.acknowledge ?? true, active: type?.active ?? true,
  });
  const set = (part: Partial<typeof draft>): void => setDraft({ ...draft, ...part });
  const body = {
    names: { fr: draft.fr, en: draft.en }, team: draft.team, position: Number(draft.position), customers_see: draft.customers_see, acknowledge: draft.acknowledge,
    close_after_days: draft.days.trim() === "" ? null : Number(draft.days),
  };
  const save = async (): Promise<void> => shown.saved(type
    ? await rest.patch<CaseType>(`/case-types/${type.key}`, { ...body, active: draft.active }, type.version)
    : await rest.post<CaseType>("/case-types", { ...body, key: keyFor(draft.en || draft.fr, types.map(({ key }) => key)) }));
  const remove = type && { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(`/case-types/${type.key}`, type.version);
    shown.removed(type.key);
  } };
  const choices = [...teams.map(({ key }) => key), ...(teams.some(({ key }) => key === draft.team) ? [] : [draft.team])];
  return (
    <Form
      fields={["names.fr", "names.en", "team", "position", "close_after_days", "customers_see", "acknowledge", "active"]} save={save} onCancel={shown.close}
      remove={remove ?? undefined} testId="case-type-form"
    >
      <div class="two">
        <Text name="names.fr" label={words.nameFr} value={draft.fr} onInput={(fr) => set({ fr })} required />
        <Text name="names.en" label={words.nameEn} value={draft.en} onInput={(en) => set({ en })} required />
        <Pick name="team" label={words.team} help={words.teamHelp} value={draft.team} onChange={(team) => set({ team })} options={choices.map((key) => ({ value: key, label: nameOf(teams, key, language) }))} />
        <Text name="position" type="number" min={0} max={10_000} label={words.position} help={words.positionHelp} value={draft.position} onInput={(position) => set({ position })} />
        <Text name="close_after_days" type="number" min={0} max={3650} label={words.days} help={words.daysHelp} value={draft.days} onInput={(days) => set({ days })} />
      </div>
      <Switch name="customers_see" label={words.see} help={words.seeHelp} on={draft.customers_see} onChange={(customers_see) => set({ customers_see })} />
      <Switch name="acknowledge" label={words.mail} help={words.mailHelp} on={draft.acknowledge} onChange={(acknowledge) => set({ acknowledge })} />
      {type && <Switch name="active" label={words.active} help={words.activeHelp} on={draft.active} onChange={(active) => set({ active })} />}
    </Form>
  );
}

const nameOf = (teams: Team[], key: string, language: Language): string => teams.find((team) => team.key === key)?.names[language] || key;
