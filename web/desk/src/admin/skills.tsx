// Skills: what some of the work asks of whoever does it, at which level, and whether a long wait gives it up.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useDesk, useLanguage } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import type { Language } from "../types";
import { useShown, type Shown } from "./list";
import { Chip, Form, Nothing, Pick, Row, Section, Switch, Text } from "./parts";
import { useRest } from "./rest";
import { useWords } from "./words";

export interface Skill {
  id: string;
  version: number;
  kind: "language" | "topic" | "product";
  value: string;
  level: number;
  firm: boolean;
}

type Named = { kind: Skill["kind"]; value: string };

const KINDS = ["language", "topic", "product"] as const;
export const LEVELS = [1, 2, 3, 4, 5] as const;
const SPOKEN = ["fr", "en", "de", "es", "it", "nl", "pt"];

/** What a skill is called: a language by its name, a topic by the assistant’s. */
export function skillName({ kind, value }: Named, language: Language, topics: Record<string, string> = {}): string {
  if (kind === "topic") return topics[value] ?? value;
  if (kind === "product") return value;
  try {
    const name = new Intl.DisplayNames([language], { type: "language" }).of(value) ?? value;
    return name.charAt(0).toUpperCase() + name.slice(1);
  } catch {
    return value;
  }
}

/** The topics that open conversations are about, by key: their names, and what may be chosen with one press. */
export function useTopics(): Record<string, string> {
  const desk = useDesk();
  const loaded = useLoaded(async () => Object.fromEntries((await desk.api.filters().catch(() => ({ topics: [] }))).topics.map(({ key, name }) => [key, name])));
  return loaded.value ?? {};
}

export function Skills() {
  const { skills: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const topics = useTopics();
  const shown = useShown<Skill>(() => rest.all<Skill>("/skills"), ({ id }) => id);
  const skills = shown.loaded.value;
  if (!skills || shown.loaded.failed) return <Waiting loaded={shown.loaded} />;
  const add = <button type="button" class="button" data-testid="add-skill" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && <SkillForm skill={null} topics={topics} shown={shown} />}
      {skills.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      <ul class="admin-list">
        {skills.map((skill) => (
          <Row
            key={skill.id} title={skillName(skill, language, topics)} more={words.kinds[skill.kind]} open={shown.open === skill.id} onToggle={() => shown.toggle(skill.id)} testId="skill"
            marks={<>{skill.firm && <Chip kind="going">{words.firmMark}</Chip>}<Chip>{words.atLeast(skill.level)}</Chip></>}
          >
            <SkillForm skill={skill} topics={topics} shown={shown} />
          </Row>
        ))}
      </ul>
      {skills.length > 0 && <p class="admin-hint quiet">{words.whoHint} <a href="#/admin/holding">{words.toHolding}</a></p>}
    </Section>
  );
}

function SkillForm({ skill, topics, shown }: { skill: Skill | null; topics: Record<string, string>; shown: Shown<Skill> }) {
  const { skills: words } = useWords();
  const rest = useRest();
  const [draft, set] = useState({ kind: skill?.kind ?? ("language" as Skill["kind"]), value: skill?.value ?? "", level: String(skill?.level ?? 1), firm: skill?.firm ?? false });
  const asked = { level: Number(draft.level), firm: draft.firm };
  const save = async (): Promise<void> => shown.saved(skill
    ? await rest.patch<Skill>(`/skills/${skill.id}`, asked, skill.version)
    : await rest.post<Skill>("/skills", { kind: draft.kind, value: draft.value, ...asked }));
  const remove = skill && { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(`/skills/${skill.id}`, skill.version);
    shown.removed(skill.id);
  } };
  return (
    <Form fields={["kind", "value", "level", "firm"]} save={save} onCancel={shown.close} remove={remove ?? undefined} testId="skill-form">
      {!skill && (
        <>
          <div class="two">
            <Pick
              name="kind" label={words.kind} value={draft.kind} onChange={(kind) => set({ ...draft, kind: kind as Skill["kind"], value: "" })}
              options={KINDS.map((value) => ({ value, label: words.kinds[value] }))}
            />
            <Text name="value" label={words.values[draft.kind]} help={words.helps[draft.kind]} value={draft.value} onInput={(value) => set({ ...draft, value })} required />
          </div>
          <Known kind={draft.kind} topics={topics} choose={(value) => set({ ...draft, value })} />
        </>
      )}
      <Pick
        name="level" label={words.level} help={words.levelHelp} value={draft.level} onChange={(level) => set({ ...draft, level })}
        options={LEVELS.map((each) => ({ value: String(each), label: words.levels[each] }))}
      />
      <Switch name="firm" label={words.firm} help={words.firmHelp} on={draft.firm} onChange={(firm) => set({ ...draft, firm })} />
    </Form>
  );
}

/** What can be chosen with one press instead of typing it. */
function Known({ kind, topics, choose }: { kind: Skill["kind"]; topics: Record<string, string>; choose(value: string): void }) {
  const { skills: words } = useWords();
  const language = useLanguage();
  const values = kind === "language" ? SPOKEN : kind === "topic" ? Object.keys(topics) : [];
  if (values.length === 0) return null;
  return (
    <div class="places" role="group" aria-label={words.known}>
      <p>{values.map((value) => <button key={value} type="button" class="status place-chip" title={value} onClick={() => choose(value)}>{skillName({ kind, value }, language, topics)}</button>)}</p>
    </div>
  );
}
