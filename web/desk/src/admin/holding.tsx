// What each agent can hold and knows, and how much room one conversation takes on each channel.

import { Plus } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { found } from "../folding";
import { Icon } from "../ui/bits";
import { useLanguage, useSelect } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import { useShown, type Shown } from "./list";
import { Form, Nothing, Pick, Row, Section, Switch, Text } from "./parts";
import { useRest } from "./rest";
import { LEVELS, skillName, useTopics, type Skill } from "./skills";
import { MANY, typed } from "./teams";
import { useWords } from "./words";

interface Person {
  id: string;
  name: string;
  active: boolean;
}

interface Held {
  /** In hundredths of a chat. */
  capacity: number;
  skills: { skill_id: string; level: number }[];
}

interface Weight {
  channel: string;
  kind: string;
  /** In hundredths of a chat. */
  weight: number;
  points: number;
  returns: boolean;
}

const KINDS = ["chat", "messaging", "mail", "case"] as const;

export function Holding() {
  return <><People /><Weights /></>;
}

function People() {
  const { holding: words } = useWords();
  const rest = useRest();
  const shown = useShown<Person>(async () => (await rest.all<Person>("/agents?sort=name")).filter(({ active }) => active), ({ id }) => id);
  const skills = useLoaded(() => rest.all<Skill>("/skills"));
  const topics = useTopics();
  const [query, setQuery] = useState("");
  const people = shown.loaded.value;
  if (!people || !skills.value || shown.loaded.failed) return <Waiting loaded={skills.failed ? skills : shown.loaded} />;
  const fitting = people.filter(({ name }) => found(name, query.trim()));
  return (
    <Section title={words.title} lead={words.lead}>
      {people.length > MANY && <Text name="people-search" label={words.search} value={query} onInput={setQuery} />}
      {fitting.length === 0 && <Nothing title={words.none} text={words.noneText} />}
      <ul class="admin-list">
        {fitting.map((person) => (
          <Row key={person.id} title={person.name} open={shown.open === person.id} onToggle={() => shown.toggle(person.id)} testId="holder">
            <Holder person={person} skills={skills.value ?? []} topics={topics} shown={shown} />
          </Row>
        ))}
      </ul>
    </Section>
  );
}

interface HolderProps {
  person: Person;
  skills: Skill[];
  topics: Record<string, string>;
  shown: Shown<Person>;
}

function Holder(props: HolderProps) {
  const rest = useRest();
  const loaded = useLoaded(() => rest.get<Held>(`/agents/${props.person.id}/routing`));
  if (!loaded.value || loaded.failed) return <Waiting loaded={loaded} />;
  return <HolderForm {...props} held={loaded.value} />;
}

/** Only what was changed is sent: skills that somebody else gives meanwhile stay. */
function HolderForm({ person, skills, topics, shown, held }: HolderProps & { held: Held }) {
  const { holding: words, skills: named } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const [capacity, setCapacity] = useState(String(held.capacity));
  const [changed, change] = useState<Record<string, string>>({});
  const [query, setQuery] = useState("");
  const levels: Record<string, string> = { ...Object.fromEntries(held.skills.map(({ skill_id: id, level }) => [id, String(level)])), ...changed };
  const save = async (): Promise<void> => {
    // Of an empty field the server says what it may be.
    const body = {
      ...(capacity !== String(held.capacity) && { capacity: typed(capacity) ?? -1 }),
      ...(Object.keys(changed).length > 0 && { skills: Object.entries(levels).filter(([, level]) => level).map(([id, level]) => ({ skill_id: id, level: Number(level) })) }),
    };
    await rest.put<Held>(`/agents/${person.id}/routing`, body);
    shown.close();
  };
  const options = [{ value: "", label: words.lacks }, ...LEVELS.map((each) => ({ value: String(each), label: named.levels[each] }))];
  const fitting = skills.filter((skill) => found(skillName(skill, language, topics), query.trim()));
  return (
    <>
      {skills.length > MANY && <Text name="skill-search" label={words.searchSkill} value={query} onInput={setQuery} />}
      <Form fields={["capacity", "skills"]} save={save} onCancel={shown.close} testId="holder-form">
        <Text name="capacity" type="number" min={0} max={10_000} label={words.capacity} help={words.capacityHelp(Number(capacity) || 0)} value={capacity} onInput={setCapacity} />
        {skills.length === 0 ? <p class="notes quiet">{words.noSkills} <a href="#/admin/teams">{words.toSkills}</a></p> : (
          <fieldset class="ticks">
            <legend>{words.skills}</legend>
            <p class="notes quiet">{words.skillsHelp}</p>
            <div class="two">
              {fitting.map((skill) => (
                <Pick key={skill.id} name={`skills.${skill.id}`} label={`${skillName(skill, language, topics)} (${named.kinds[skill.kind]})`} value={levels[skill.id] ?? ""} options={options} onChange={(to) => change({ ...changed, [skill.id]: to })} />
              ))}
            </div>
          </fieldset>
        )}
      </Form>
    </>
  );
}

function Weights() {
  const { weights: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const channels = useSelect((state) => state.channelNames);
  const opener = useRef<HTMLButtonElement>(null);
  const shown = useShown<Weight>(() => rest.all<Weight>("/channel-weights"), ({ channel }) => channel);
  const weights = shown.loaded.value;
  if (!weights || shown.loaded.failed) return <Waiting loaded={shown.loaded} />;
  const called = (channel: string): string => words.special[channel as keyof typeof words.special] ?? channels[channel]?.[language] ?? channel;
  const others = [...Object.keys(channels), ...Object.keys(words.special)].filter((one) => !weights.some(({ channel }) => channel === one));
  const open = weights.find(({ channel }) => channel === shown.open);
  const close = (): void => {
    shown.close();
    opener.current?.focus();
  };
  const add = others.length > 0 && <button type="button" class="button" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && others[0] && (
        <WeightForm weight={{ channel: others[0], kind: "messaging", weight: 50, points: 2, returns: true }} channels={others.map((value) => ({ value, label: called(value) }))} shown={shown} close={shown.close} />
      )}
      {weights.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      {weights.length > 0 && <Table weights={weights} called={called} shown={shown} opener={opener} />}
      {open && (
        <div class="admin-row-body" role="group" aria-label={called(open.channel)}>
          <p class="admin-row-title">{called(open.channel)}</p>
          <WeightForm key={open.channel} weight={open} channels={[]} shown={shown} close={close} />
        </div>
      )}
    </Section>
  );
}

interface TableProps {
  weights: Weight[];
  called(channel: string): string;
  shown: Shown<Weight>;
  opener: { current: HTMLButtonElement | null };
}

function Table({ weights, called, shown, opener }: TableProps) {
  const { weights: words } = useWords();
  const language = useLanguage();
  return (
    <div class="table-scroll">
      <table class="admin-table">
        <thead>
          <tr><th scope="col">{words.channel}</th><th scope="col">{words.kind}</th><th scope="col" class="number">{words.room}</th><th scope="col" class="number">{words.priority}</th><th scope="col">{words.returning}</th><td /></tr>
        </thead>
        <tbody>
          {weights.map((weight) => (
            <tr key={weight.channel} data-testid="weight">
              <th scope="row">{called(weight.channel)}</th>
              <td>{words.kinds[weight.kind as keyof typeof words.kinds] ?? weight.kind}</td>
              <td class="number">{weight.weight.toLocaleString(language)}</td>
              <td class="number">{weight.points.toLocaleString(language)}</td>
              <td>{weight.returns ? words.yes : words.no}</td>
              <td>
                <button
                  type="button" class="link" aria-label={words.changeOf(called(weight.channel))} aria-expanded={shown.open === weight.channel}
                  onClick={(event) => { opener.current = event.currentTarget; shown.toggle(weight.channel); }}
                >{words.change}</button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface WeightFormProps {
  weight: Weight;
  /** Those to choose from, for a line that is made. */
  channels: { value: string; label: string }[];
  shown: Shown<Weight>;
  close(): void;
}

function WeightForm({ weight, channels, shown, close }: WeightFormProps) {
  const { weights: words } = useWords();
  const rest = useRest();
  const [draft, set] = useState({ channel: weight.channel, kind: weight.kind, weight: String(weight.weight), points: String(weight.points), returns: weight.returns });
  const save = async (): Promise<void> => {
    const body = { kind: draft.kind, weight: typed(draft.weight), points: typed(draft.points), returns: draft.returns };
    shown.saved(await rest.put<Weight>(`/channel-weights/${encodeURIComponent(draft.channel)}`, body));
    close();
  };
  const top = useRef<HTMLDivElement>(null);
  // It opens away from what was pressed for it.
  useEffect(() => top.current?.querySelector<HTMLElement>("select")?.focus(), []);
  return (
    <Form fields={["kind", "weight", "points", "returns"]} save={save} onCancel={close} testId="weight-form">
      <div ref={top} class="two">
        {channels.length > 0 && <Pick name="channel" label={words.channel} value={draft.channel} onChange={(channel) => set({ ...draft, channel })} options={channels} />}
        <Pick name="kind" label={words.kind} help={words.kindHelp} value={draft.kind} onChange={(kind) => set({ ...draft, kind })} options={KINDS.map((value) => ({ value, label: words.kinds[value] }))} />
        <Text name="weight" type="number" min={1} max={1000} label={words.roomLong} help={words.roomHelp} value={draft.weight} onInput={(to) => set({ ...draft, weight: to })} />
        <Text name="points" type="number" min={0} max={60} label={words.priorityLong} help={words.priorityHelp} value={draft.points} onInput={(points) => set({ ...draft, points })} />
      </div>
      <Switch name="returns" label={words.returns} help={words.returnsHelp} on={draft.returns} onChange={(returns) => set({ ...draft, returns })} />
    </Form>
  );
}
