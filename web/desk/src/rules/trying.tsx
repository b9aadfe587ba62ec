// A rule tried on what happened lately, and what it did in earnest: both in plain words, with the way to each case.

import { useState } from "preact/hooks";
import { useRest, type Many } from "../admin/rest";
import { Refused } from "../api";
import { moment } from "../admin/moments";
import { useWords as useAdminWords } from "../admin/words";
import { caseHash } from "../cases/asked";
import { useLoaded, Waiting } from "../ui/page";
import { stepSaid, type Speaking } from "./said";
import { useSpeaking } from "./speaking";
import type { Choices, Rule, Run, Step, Tried } from "./types";

const SHOWN = 10;
const MOST = 100;

interface TryingProps {
  /** The rule as it stands in the form. */
  rule: Pick<Rule, "event" | "wait" | "condition" | "actions">;
  choices: Choices;
  onWrong(error: unknown): void;
}

export function Trying({ rule, choices, onWrong }: TryingProps) {
  const how = useSpeaking(choices);
  const { words } = how;
  const rest = useRest();
  const [found, set] = useState<{ rule: string; tried: Tried[] } | null>(null);
  const [busy, setBusy] = useState(false);
  const [told, tell] = useState("");
  const asked = JSON.stringify(rule);
  const run = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    tell("");
    try {
      const { items } = await rest.post<Many<Tried>>("/rules/try", { ...rule, days: 7 });
      set({ rule: asked, tried: items });
    } catch (error) {
      set(null);
      tell(error instanceof Refused ? Object.values(error.fields)[0] ?? error.detail : "");
      onWrong(error);
    }
    setBusy(false);
  };
  const tried = found?.rule === asked ? found.tried : null;
  const matched = tried?.filter(({ matches }) => matches) ?? [];
  const timed = rule.event === "case.waited";
  return (
    <div class="rules-try">
      <p class="rules-foot">
        <button type="button" class="button" aria-disabled={busy} data-testid="rule-try" onClick={() => void run()}>{busy ? words.trying : words.try}</button>
        <span class="quiet">{words.tryHelp}</span>
      </p>
      <div aria-live="polite" data-testid="rule-tried">
        {told && <p class="rules-problem">{told}</p>}
        {tried && (
          <>
            <p><strong>{(timed ? words.triedCases : words.tried)(matched.length, tried.length)}</strong> {!timed && tried.length > 0 && <span class="quiet">{words.asNow} {tried.length >= MOST && words.triedMost}</span>}</p>
            <ul class="rules-log">
              {matched.slice(0, SHOWN).map((each, at) => <Line key={at} at={each.at} id={each.case_id} number={each.number} steps={each.steps} how={how} />)}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}

interface LineProps {
  at: string | null;
  id: string | null;
  number: string | null;
  steps: Step[];
  how: Speaking;
  outcome?: string;
}

function Line({ at, id, number, steps, how, outcome }: LineProps) {
  const { words, language } = how;
  return (
    <li data-testid="rule-line">
      <p class="rules-line-top">
        {id ? <a class="link" href={caseHash(id)}>{number ?? words.groups.case}</a> : <span>{words.without}</span>}
        {at && <time class="quiet" dateTime={at}>{moment(at, language)}</time>}
        {outcome && <span class="quiet">{outcome}</span>}
      </p>
      <ul class="rules-steps">{steps.map((step, index) => <li key={index} class={step.refused ? "rules-refused" : ""}>{stepSaid(step, how)}</li>)}</ul>
    </li>
  );
}

/** What a rule did, the newest first. */
export function Ran({ id, choices }: { id: string; choices: Choices }) {
  const how = useSpeaking(choices);
  const { words } = how;
  const rest = useRest();
  const loaded = useLoaded(() => rest.get<Many<Run>>(`/rules/${id}/runs?limit=${SHOWN}`));
  if (!loaded.value || loaded.failed) return <Waiting loaded={loaded} />;
  const { items, next } = loaded.value;
  const more = async (): Promise<void> => {
    const page = await rest.get<Many<Run>>(`/rules/${id}/runs?limit=${SHOWN}&cursor=${encodeURIComponent(next ?? "")}`).catch(() => null);
    if (page) loaded.set((known) => ({ items: [...known.items, ...page.items], next: page.next ?? null }));
  };
  if (items.length === 0) return <p class="quiet">{words.ranNone}</p>;
  return (
    <>
      <ul class="rules-log">
        {items.map((run) => <Line key={run.id} at={run.created_at} id={run.case_id} number={null} steps={run.steps} how={how} outcome={run.outcome === "done" ? "" : words.outcomes[run.outcome]} />)}
      </ul>
      {next && <button type="button" class="button" onClick={() => void more()}>{words.more}</button>}
    </>
  );
}

interface Change {
  id: string;
  created_at: string;
  actor: string;
  action: string;
  old: Record<string, unknown> | null;
  new: Record<string, unknown> | null;
}

/** Who made and changed it, from the audit log. */
export function Changed({ id, choices }: { id: string; choices: Choices }) {
  const { words, language } = useSpeaking(choices);
  const actors: Record<string, string> = useAdminWords().audit.actors;
  const rest = useRest();
  const loaded = useLoaded(() => rest.get<Many<Change>>(`/audit/entries?subject_kind=rule&subject_id=${id}&limit=20`));
  if (!loaded.value || loaded.failed) return <Waiting loaded={loaded} />;
  const { items } = loaded.value;
  if (items.length === 0) return <p class="quiet">{words.changesNone}</p>;
  const who = (actor: string): string => choices.lists.agents.find(({ key }) => actor === `agent:${key}`)?.name ?? actors[actor] ?? actor;
  const what = (entry: Change): string => {
    const names = Object.keys({ ...entry.old, ...entry.new }).filter((name) => JSON.stringify(entry.old?.[name]) !== JSON.stringify(entry.new?.[name]));
    return entry.action === "changed" ? names.map((name) => words.changedWhat[name] ?? name).join(", ") : "";
  };
  return (
    <ul class="rules-log">
      {items.map((entry) => (
        <li key={entry.id} class="rules-line-top">
          <strong>{who(entry.actor)}</strong><span>{words.acts[entry.action] ?? entry.action}{what(entry) && `${words.colon}${what(entry)}`}</span>
          <time class="quiet" dateTime={entry.created_at}>{moment(entry.created_at, language)}</time>
        </li>
      ))}
    </ul>
  );
}
