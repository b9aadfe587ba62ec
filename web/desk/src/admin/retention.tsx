// How long what is kept, and what the next night would let go.

import { useState } from "preact/hooks";
import { useLanguage } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import { useShown, type Shown } from "./list";
import { day } from "./moments";
import { Chip, Form, Row, Section, Switch, Text } from "./parts";
import { useRest } from "./rest";
import { useWords } from "./words";

interface Rule {
  kind: string;
  name: string;
  enabled: boolean;
  days: number;
  least: number;
  version: number;
}

interface Due {
  kind: string;
  count: number;
  oldest: string | null;
}

export function Retention() {
  const { retention: words } = useWords();
  const rest = useRest();
  const shown = useShown<Rule>(async () => (await rest.get<{ items: Rule[] }>("/retention")).items, (rule) => rule.kind);
  const rules = shown.loaded.value;
  if (!rules || shown.loaded.failed) return <Waiting loaded={shown.loaded} />;
  return (
    <>
      <Section title={words.title} lead={words.lead}>
        <ul class="admin-list">
          {rules.map((rule) => (
            <Row
              key={rule.kind} title={rule.name} more={words.days(rule.days)} open={shown.open === rule.kind} onToggle={() => shown.toggle(rule.kind)} testId="retention"
              marks={rule.enabled ? <Chip kind="done">{words.on}</Chip> : <Chip>{words.off}</Chip>}
            >
              <RuleForm rule={rule} shown={shown} />
            </Row>
          ))}
        </ul>
      </Section>
      <DryRun rules={rules} />
    </>
  );
}

function RuleForm({ rule, shown }: { rule: Rule; shown: Shown<Rule> }) {
  const { retention: words } = useWords();
  const rest = useRest();
  const [enabled, setEnabled] = useState(rule.enabled);
  const [days, setDays] = useState(String(rule.days));
  return (
    <Form
      fields={["enabled", "days"]} onCancel={shown.close} testId="retention-form"
      save={async () => shown.saved(await rest.patch<Rule>(`/retention/${rule.kind}`, { enabled, days: Number(days) }, rule.version))}
    >
      <Text name="days" type="number" min={rule.least} label={words.keepFor} help={words.least(rule.least)} value={days} onInput={setDays} />
      <Switch name="enabled" label={words.enabled} on={enabled} onChange={setEnabled} help={words.enabledHelp} />
    </Form>
  );
}

/** What is set now, tried without deleting anything. */
function DryRun({ rules }: { rules: Rule[] }) {
  const { retention: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const [asked, ask] = useState(0);
  return (
    <Section title={words.dry} lead={words.dryText} action={<button type="button" class="button" data-testid="dry-run" onClick={() => ask(asked + 1)}>{words.count}</button>}>
      {asked > 0 && <Dues key={asked} rules={rules} load={async () => (await rest.get<{ items: Due[] }>("/retention/due")).items} language={language} />}
    </Section>
  );
}

function Dues({ rules, load, language }: { rules: Rule[]; load(): Promise<Due[]>; language: "fr" | "en" }) {
  const { retention: words } = useWords();
  const loaded = useLoaded(load);
  if (!loaded.value || loaded.failed) return <Waiting loaded={loaded} />;
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={words.dryTable}>
      <table class="admin-table" data-testid="dues">
        <thead><tr><th scope="col">{words.what}</th><th scope="col" class="number">{words.howMany}</th><th scope="col">{words.oldest}</th></tr></thead>
        <tbody>
          {loaded.value.map((due) => {
            const rule = rules.find((each) => each.kind === due.kind);
            return <tr key={due.kind}><td>{rule?.name ?? due.kind}{rule && !rule.enabled && <span class="quiet"> ({words.off})</span>}</td><td class="number">{due.count}</td><td>{day(due.oldest, language, "–")}</td></tr>;
          })}
        </tbody>
      </table>
    </div>
  );
}
