// Teams: their names, how they get work, when they are there, who helps them out, and who is in them.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { found } from "../folding";
import { Icon } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import type { Language } from "../types";
import { useShown, type Shown } from "./list";
import { Chip, Form, Nothing, Pick, Row, Section, Switch, Text, Ticks } from "./parts";
import { useRest } from "./rest";
import { Skills } from "./skills";
import { useWords } from "./words";

interface Team {
  key: string;
  version: number;
  names: Record<Language, string>;
  mode: "manual" | "offer" | "assign";
  strategy: "longest_idle" | "most_free";
  everyone: boolean;
  prefer_last: boolean;
  cases: boolean;
  offer_seconds: number;
  offer_again_after: number;
  missed_limit: number;
  vanish_after: number;
  relax_after: number | null;
  overflow_team: string | null;
  overflow_after: number | null;
  calendar_id: string | null;
}

/** What a team begins with, as the server would have it. */
const BEGUN: Omit<Team, "key" | "version"> = {
  names: { fr: "", en: "" }, mode: "offer", strategy: "longest_idle", everyone: true, prefer_last: true, cases: false, offer_seconds: 30, offer_again_after: 300,
  missed_limit: 2, vanish_after: 60, relax_after: 120, overflow_team: null, overflow_after: null, calendar_id: null,
};
const MODES = ["manual", "offer", "assign"] as const;
const STRATEGIES = ["longest_idle", "most_free"] as const;
const TIMES = ["offer_seconds", "offer_again_after", "missed_limit"] as const;
const NUMBERS = [...TIMES, "vanish_after", "relax_after", "overflow_after"] as const;
/** A team may be called `new`, which its row may not. */
const row = (key: string): string => `team ${key}`;
/** More than this many are searched. */
export const MANY = 8;

interface Person {
  id: string;
  name: string;
  active: boolean;
}

interface Around {
  people: Person[];
  calendars: { id: string; name: string }[];
}

export function Teams() {
  return <><AllTeams /><Skills /></>;
}

function AllTeams() {
  const { teams: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const shown = useShown<Team>(() => rest.all<Team>("/teams"), ({ key }) => row(key));
  // Hours are read with another permission: without it the team’s stay as they are.
  const around = useLoaded(async (): Promise<Around> => ({
    people: await rest.all<Person>("/agents?sort=name"), calendars: await rest.all<Around["calendars"][number]>("/calendars").catch(() => []),
  }));
  const teams = shown.loaded.value;
  const known = around.value;
  if (!teams || !known || shown.loaded.failed) return <Waiting loaded={around.failed ? around : shown.loaded} />;
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && <TeamForm team={null} teams={teams} known={known} shown={shown} />}
      {teams.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      <ul class="admin-list">
        {teams.map((team) => (
          <Row
            key={team.key} title={team.names[language] || team.key} more={words.modes[team.mode]} open={shown.open === row(team.key)} onToggle={() => shown.toggle(row(team.key))} testId="team"
            marks={<Chip>{team.everyone ? words.all : words.some}</Chip>}
          >
            <TeamForm team={team} teams={teams} known={known} shown={shown} />
            {!team.everyone && <Members team={team} people={known.people} />}
          </Row>
        ))}
      </ul>
    </Section>
  );
}

/** A key as the server takes it, from what people call the team. */
export function teamKey(name: string): string {
  const plain = name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+/, "").slice(0, 40).replace(/-+$/, "");
}

/** A number that was typed; nothing for an empty field. */
export const typed = (text: string): number | null => (text.trim() === "" ? null : Number(text));

interface TeamFormProps {
  team: Team | null;
  teams: Team[];
  known: Around;
  shown: Shown<Team>;
}

type Draft = ReturnType<typeof begin>;

function begin(team: Team | null) {
  const from = team ?? BEGUN;
  const text = (name: (typeof NUMBERS)[number]): string => String(from[name] ?? "");
  return {
    fr: from.names.fr ?? "", en: from.names.en ?? "", key: "", mode: from.mode as string, strategy: from.strategy as string, everyone: from.everyone, prefer_last: from.prefer_last,
    cases: from.cases, overflow_team: from.overflow_team ?? "", calendar_id: from.calendar_id ?? "", offer_seconds: text("offer_seconds"),
    offer_again_after: text("offer_again_after"), missed_limit: text("missed_limit"), vanish_after: text("vanish_after"), relax_after: text("relax_after"),
    overflow_after: text("overflow_after"),
  };
}

function bodyOf({ fr, en, key: _, ...draft }: Draft) {
  return {
    ...draft, names: { fr, en }, ...Object.fromEntries(NUMBERS.map((name) => [name, typed(draft[name])])),
    overflow_team: draft.overflow_team || null, calendar_id: draft.calendar_id || null,
  };
}

function TeamForm({ team, teams, known, shown }: TeamFormProps) {
  const { teams: words } = useWords();
  const rest = useRest();
  const [draft, set] = useState(() => begin(team));
  const save = async (): Promise<void> => {
    if (team) {
      const now = await rest.patch<Team>(`/teams/${team.key}`, bodyOf(draft), team.version);
      // No longer everybody’s: it stays open, for its members are chosen next.
      if (team.everyone && !now.everyone) return shown.loaded.set((teams) => teams.map((each) => (each.key === now.key ? now : each)));
      return shown.saved(now);
    }
    const made = await rest.post<Team>("/teams", { key: draft.key.trim() || teamKey(draft.en || draft.fr), ...bodyOf(draft) });
    shown.saved(made);
    // A team that is not everybody's has nobody yet: it stays open for its members.
    if (!made.everyone) shown.toggle(row(made.key));
  };
  const remove = team && { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(`/teams/${team.key}`, team.version);
    shown.removed(row(team.key));
  } };
  const fields = ["names.fr", "names.en", "mode", "everyone", "prefer_last", "cases", "vanish_after", "relax_after", "overflow_team", "calendar_id"];
  if (!team) fields.push("key");
  if (draft.mode !== "manual") fields.push("strategy");
  if (draft.mode === "offer") fields.push(...TIMES);
  if (draft.overflow_team) fields.push("overflow_after");
  const change = (to: Partial<Draft>): void => set({ ...draft, ...to });
  return (
    <Form fields={fields} save={save} onCancel={shown.close} remove={remove ?? undefined} testId="team-form">
      <div class="two">
        <Text name="names.fr" label={words.nameFr} value={draft.fr} onInput={(fr) => change({ fr })} required />
        <Text name="names.en" label={words.nameEn} value={draft.en} onInput={(en) => change({ en })} required />
      </div>
      {!team && <Text name="key" label={words.key} help={words.keyHelp(teamKey(draft.en || draft.fr))} value={draft.key} onInput={(key) => change({ key })} />}
      <Switch name="everyone" label={words.everyone} help={words.everyoneHelp} on={draft.everyone} onChange={(everyone) => change({ everyone })} />
      <Work draft={draft} change={change} />
      <Reach team={team} teams={teams} known={known} draft={draft} change={change} />
    </Form>
  );
}

interface PartProps {
  draft: Draft;
  change(to: Partial<Draft>): void;
}

/** How work comes to the team's agents. */
function Work({ draft, change }: PartProps) {
  const { teams: words } = useWords();
  const number = (name: (typeof NUMBERS)[number], most: number, least = 0) => (
    <Text key={name} name={name} type="number" min={least} max={most} label={words.numbers[name]} help={words.helps[name]} value={draft[name]} onInput={(to) => change({ [name]: to })} />
  );
  return (
    <>
      <div class="two">
        <Pick name="mode" label={words.mode} value={draft.mode} onChange={(mode) => change({ mode })} options={MODES.map((value) => ({ value, label: words.modes[value] }))} />
        {draft.mode !== "manual" && (
          <Pick name="strategy" label={words.strategy} value={draft.strategy} onChange={(strategy) => change({ strategy })} options={STRATEGIES.map((value) => ({ value, label: words.strategies[value] }))} />
        )}
      </div>
      {draft.mode === "offer" && <div class="three">{number("offer_seconds", 3600, 5)}{number("offer_again_after", 86_400)}{number("missed_limit", 100)}</div>}
      <div class="two">{number("vanish_after", 86_400)}{number("relax_after", 86_400, 1)}</div>
      <Switch name="prefer_last" label={words.preferLast} on={draft.prefer_last} onChange={(to) => change({ prefer_last: to })} />
      <Switch name="cases" label={words.cases} help={words.casesHelp} on={draft.cases} onChange={(cases) => change({ cases })} />
    </>
  );
}

/** When the team is there, and who takes what it cannot. */
function Reach({ team, teams, known, draft, change }: PartProps & Omit<TeamFormProps, "shown">) {
  const { teams: words } = useWords();
  const language = useLanguage();
  const others = teams.filter(({ key }) => key !== team?.key).map(({ key, names }) => ({ value: key, label: names[language] || key }));
  const hours = known.calendars.map(({ id, name }) => ({ value: id, label: name }));
  if (draft.calendar_id && !hours.some(({ value }) => value === draft.calendar_id)) hours.push({ value: draft.calendar_id, label: words.hoursKept });
  return (
    <div class="two">
      <Pick
        name="calendar_id" label={words.hours} value={draft.calendar_id} onChange={(to) => change({ calendar_id: to })} options={[{ value: "", label: words.always }, ...hours]}
        help={hours.length === 0 ? words.noHours : undefined}
      />
      <Pick name="overflow_team" label={words.overflow} help={words.overflowHelp} value={draft.overflow_team} onChange={(to) => change({ overflow_team: to })} options={[{ value: "", label: words.nobody }, ...others]} />
      {draft.overflow_team && (
        <Text name="overflow_after" type="number" min={0} max={604_800} label={words.numbers.overflow_after} help={words.helps.overflow_after} value={draft.overflow_after} onInput={(to) => change({ overflow_after: to })} />
      )}
    </div>
  );
}

interface Member {
  id: string;
  name: string;
}

/** Who is in a team that is not everybody's: all of them are saved at once. */
function Members({ team, people }: { team: Team; people: Person[] }) {
  const { teams: words } = useWords();
  const rest = useRest();
  const path = `/teams/${team.key}/members`;
  const loaded = useLoaded(async () => (await rest.get<{ items: Member[] }>(path)).items);
  const [chosen, choose] = useState<string[] | null>(null);
  const [query, setQuery] = useState("");
  const [saved, setSaved] = useState(false);
  if (!loaded.value || loaded.failed) return <Waiting loaded={loaded} />;
  const members = loaded.value;
  const now = chosen ?? members.map(({ id }) => id);
  const listed: Member[] = [...people.filter(({ id, active }) => active || now.includes(id)), ...members.filter(({ id }) => !people.some((one) => one.id === id))];
  const fitting = listed.filter(({ name }) => found(name, query.trim()));
  const save = async (): Promise<void> => {
    const { items } = await rest.put<{ items: Member[] }>(path, { agents: now });
    loaded.set(() => items);
    choose(null);
    setSaved(true);
  };
  return (
    <>
      {listed.length > MANY && <Text name="member-search" label={words.search} value={query} onInput={setQuery} />}
      <Form fields={["agents"]} save={save} label={words.saveMembers} testId="members-form">
        <Ticks
          name="agents" label={words.members} help={words.membersHelp} chosen={now} options={fitting.map(({ id, name }) => ({ value: id, label: name }))} columns
          onChange={(to) => { choose(to); setSaved(false); }}
        />
        {fitting.length === 0 && <p class="quiet">{words.nobodyFits}</p>}
        <p class="quiet" role="status">{saved ? words.membersSaved(now.length) : words.membersCount(now.length)}</p>
      </Form>
    </>
  );
}
