// Reasons for closing, as a list or a tree, and what each team is asked when a conversation is over.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import type { Language } from "../types";
import { useShown, type Shown } from "./list";
import { Chip, Form, Nothing, Pick, Row, Section, Switch, Text, Ticks } from "./parts";
import { useRest } from "./rest";
import { useWords } from "./words";

interface Reason {
  id: string;
  version: number;
  parent_id: string | null;
  names: Record<Language, string>;
  teams: string[];
  position: number;
  archived: boolean;
}

interface Rule {
  team: string;
  version: number;
  mode: "off" | "optional" | "required";
  seconds: number;
}

interface Team {
  key: string;
  names: Record<Language, string>;
}

const EVERY = "*";
const MODES = ["off", "optional", "required"] as const;

export function Closing() {
  const rest = useRest();
  const teams = useLoaded(() => rest.all<Team>("/teams"));
  if (!teams.value || teams.failed) return <Waiting loaded={teams} />;
  return (
    <>
      <Reasons teams={teams.value} />
      <Rules teams={teams.value} />
    </>
  );
}

/** Each below the one that it is under, with how deep it stands. */
export function asTree(reasons: Reason[]): { reason: Reason; depth: number }[] {
  const known = new Set(reasons.map(({ id }) => id));
  const under = (parent: string | null): Reason[] => reasons
    .filter(({ parent_id: above }) => (above !== null && known.has(above) ? above : null) === parent)
    .sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
  const walk = (parent: string | null, depth: number): { reason: Reason; depth: number }[] =>
    depth > 8 ? [] : under(parent).flatMap((reason) => [{ reason, depth }, ...walk(reason.id, depth + 1)]);
  return walk(null, 0);
}

function Reasons({ teams }: { teams: Team[] }) {
  const { reasons: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const [all, setAll] = useState(false);
  const load = async (): Promise<Reason[]> => {
    const [used, archived] = await Promise.all([rest.all<Reason>("/closing-reasons"), rest.all<Reason>("/closing-reasons?archived=true")]);
    return [...used, ...archived];
  };
  const shown = useShown<Reason>(load, ({ id }) => id);
  const reasons = shown.loaded.value;
  if (!reasons || shown.loaded.failed) return <Waiting loaded={shown.loaded} />;
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  const listed = asTree(reasons.filter(({ archived }) => all || !archived));
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && <ReasonForm reason={null} reasons={reasons} teams={teams} shown={shown} />}
      {reasons.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      <ul class="admin-list">
        {listed.map(({ reason, depth }) => (
          <Row
            key={reason.id} title={`${"› ".repeat(depth)}${reason.names[language]}`} open={shown.open === reason.id} onToggle={() => shown.toggle(reason.id)} testId="reason"
            marks={<>{reason.archived && <Chip>{words.retired}</Chip>}{reason.teams.slice(0, 2).map((team) => <Chip key={team}>{named(teams, team, language)}</Chip>)}</>}
          >
            <ReasonForm reason={reason} reasons={reasons} teams={teams} shown={shown} />
          </Row>
        ))}
      </ul>
      {reasons.some(({ archived }) => archived) && <Switch name="all" label={words.showArchived} on={all} onChange={setAll} />}
    </Section>
  );
}

interface ReasonFormProps {
  reason: Reason | null;
  reasons: Reason[];
  teams: Team[];
  shown: Shown<Reason>;
}

function ReasonForm({ reason, reasons, teams, shown }: ReasonFormProps) {
  const { reasons: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const [draft, set] = useState({
    fr: reason?.names.fr ?? "", en: reason?.names.en ?? "", parent_id: reason?.parent_id ?? "", teams: reason?.teams ?? [],
    position: String(reason?.position ?? reasons.length), archived: reason?.archived ?? false,
  });
  const body = { names: { fr: draft.fr, en: draft.en }, parent_id: draft.parent_id || null, teams: draft.teams, position: Number(draft.position) };
  const save = async (): Promise<void> => shown.saved(reason
    ? await rest.patch<Reason>(`/closing-reasons/${reason.id}`, { ...body, archived: draft.archived }, reason.version)
    : await rest.post<Reason>("/closing-reasons", body));
  const remove = reason && { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(`/closing-reasons/${reason.id}`, reason.version);
    shown.removed(reason.id);
  } };
  const above = asTree(reasons).filter(({ reason: one, depth }) => one.id !== reason?.id && !one.archived && depth < 2);
  return (
    <Form fields={["names.fr", "names.en", "parent_id", "teams", "position", "archived"]} save={save} onCancel={shown.close} remove={remove ?? undefined} testId="reason-form">
      <div class="two">
        <Text name="names.fr" label={words.nameFr} value={draft.fr} onInput={(fr) => set({ ...draft, fr })} required />
        <Text name="names.en" label={words.nameEn} value={draft.en} onInput={(en) => set({ ...draft, en })} required />
        <Pick name="parent_id" label={words.under} value={draft.parent_id} onChange={(to) => set({ ...draft, parent_id: to })} options={[{ value: "", label: words.top }, ...above.map(({ reason: one, depth }) => ({ value: one.id, label: `${"› ".repeat(depth)}${one.names[language]}` }))]} />
        <Text name="position" type="number" min={0} label={words.position} help={words.positionHelp} value={draft.position} onInput={(position) => set({ ...draft, position })} />
      </div>
      <Ticks name="teams" label={words.teams} help={words.teamsHelp} chosen={draft.teams} onChange={(chosen) => set({ ...draft, teams: chosen })} options={teams.map(({ key, names }) => ({ value: key, label: names[language] || key }))} columns />
      {reason && <Switch name="archived" label={words.archived} help={words.archivedHelp} on={draft.archived} onChange={(archived) => set({ ...draft, archived })} />}
    </Form>
  );
}

const named = (teams: Team[], key: string, language: Language): string => teams.find((team) => team.key === key)?.names[language] || key;

function Rules({ teams }: { teams: Team[] }) {
  const { rules: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const shown = useShown<Rule>(async () => (await rest.get<{ items: Rule[] }>("/wrap-up-rules")).items, ({ team }) => team);
  const kept = shown.loaded.value;
  if (!kept || shown.loaded.failed) return <Waiting loaded={shown.loaded} />;
  const rules = kept.some(({ team }) => team === EVERY) ? kept : [{ team: EVERY, version: 0, mode: "optional" as const, seconds: 0 }, ...kept];
  const others = teams.filter(({ key }) => !rules.some(({ team }) => team === key));
  const add = others.length > 0 && <button type="button" class="button" data-testid="add-rule" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && others[0] && <RuleForm rule={{ team: others[0].key, version: 0, mode: "optional", seconds: 0 }} teams={others} shown={shown} />}
      <ul class="admin-list">
        {rules.map((rule) => (
          <Row
            key={rule.team} title={rule.team === EVERY ? words.all : named(teams, rule.team, language)} more={words.seconds(rule.seconds)} open={shown.open === rule.team}
            onToggle={() => shown.toggle(rule.team)} testId="wrap-up-rule" marks={<Chip kind={rule.mode === "required" ? "going" : ""}>{words.modes[rule.mode]}</Chip>}
          >
            <RuleForm rule={rule} teams={[]} shown={shown} />
          </Row>
        ))}
      </ul>
    </Section>
  );
}

/** `teams` are those to choose from, for a rule that is made. */
function RuleForm({ rule, teams, shown }: { rule: Rule; teams: Team[]; shown: Shown<Rule> }) {
  const { rules: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const [draft, set] = useState({ team: rule.team, mode: rule.mode as string, seconds: String(rule.seconds) });
  const path = `/wrap-up-rules/${encodeURIComponent(draft.team)}`;
  const save = async (): Promise<void> => shown.saved(await rest.put<Rule>(path, { mode: draft.mode, seconds: Number(draft.seconds) }, rule.version || "*"));
  const remove = rule.version > 0 && rule.team !== EVERY && { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(path, rule.version);
    shown.removed(rule.team);
  } };
  return (
    <Form fields={["mode", "seconds"]} save={save} onCancel={shown.close} remove={remove || undefined} testId="rule-form">
      {teams.length > 0 && <Pick name="team" label={words.team} value={draft.team} onChange={(team) => set({ ...draft, team })} options={teams.map(({ key, names }) => ({ value: key, label: names[language] || key }))} />}
      <Pick name="mode" label={words.mode} value={draft.mode} onChange={(mode) => set({ ...draft, mode })} options={MODES.map((mode) => ({ value: mode, label: words.modes[mode] }))} />
      <Text name="seconds" type="number" min={0} max={3600} label={words.time} help={words.timeHelp} value={draft.seconds} onInput={(seconds) => set({ ...draft, seconds })} />
    </Form>
  );
}
