// What the customer is worth, in which stage of life they are, and why that is said of them.

import { useState } from "preact/hooks";
import { Pick, Text } from "../admin/parts";
import { useRest } from "../admin/rest";
import { useLanguage, useMay } from "../ui/hooks";
import { Careful, Panel, Stage, useAsked, useWords, Vip, Waiting, type Asked } from "./parts";
import { ruleSaid } from "./said";
import type { Field, Stage as StageName, Value, ValueSettings } from "./types";
import { amount, dayName, number } from "./values";
import { percent } from "../format";

interface ValueProps {
  customer: string;
  asked: Asked<Value>;
  changes: boolean;
  objected: boolean;
}

export function ValuePanel({ customer, asked, changes, objected }: ValueProps) {
  const words = useWords();
  const explains = useMay("segments.read");
  const [open, setOpen] = useState<"why" | "vip" | null>(null);
  const { value } = asked;
  return (
    <Panel
      title={words.value.title} testId="cust-value"
      action={value && explains && <button type="button" class="link" aria-expanded={open === "why"} data-testid="cust-why" onClick={() => setOpen(open === "why" ? null : "why")}>{words.value.why}</button>}
    >
      {!value ? <Waiting asked={asked} rows={2} /> : (
        <>
          <p class="cust-marks"><Stage stage={value.stage} />{value.vip && <Vip />}</p>
          {objected && <p class="quiet">{words.value.objected}</p>}
          {open === "why" && <Why customer={customer} value={value} />}
          <Figures value={value} />
          {changes && open !== "vip" && <button type="button" class="link" data-testid="cust-vip" onClick={() => setOpen("vip")}>{words.edit} ({words.vip})</button>}
          {open === "vip" && <VipForm customer={customer} value={value} onEnd={(now) => {
            setOpen(null);
            if (now) asked.set(() => now);
          }} />}
        </>
      )}
    </Panel>
  );
}

function Figures({ value }: { value: Value }) {
  const words = useWords();
  const language = useLanguage();
  const scores = [value.recency_score, value.frequency_score, value.monetary_score];
  const vip = value.vip_by_hand === null ? (value.vip ? words.value.vipRule : "") : value.vip_by_hand ? words.value.vipHand : words.value.vipNotHand;
  const facts: [string, string, string?][] = [
    [words.value.orders, number(value.orders, language)],
    [words.value.spent, value.orders > 0 ? amount(value.spent_minor, value.currency, language) : ""],
    [words.value.first, dayName(value.first_order_at, language)],
    [words.value.last, dayName(value.last_order_at, language)],
    [words.value.stage, value.stage ? `${words.stages[value.stage]}${value.stage_since ? `, ${words.value.stageSince(dayName(value.stage_since, language))}` : ""}` : ""],
    [words.value.scores, scores.every((one) => one !== null) ? scores.join(" · ") : "", words.value.scoresHelp],
    [words.value.future, amount(value.lifetime_value_minor, value.currency, language)],
    [words.value.expected, value.expected_orders === null ? "" : number(value.expected_orders, language, 1)],
    [words.value.risk, value.leaving_risk === null ? "" : percent(value.leaving_risk, language)],
    [words.vip, [vip, value.vip_note].filter(Boolean).join(" – ")],
  ];
  return (
    <dl class="facts cust-figures">
      {facts.map(([name, said, help]) => said && <div key={name}><dt title={help}>{name}</dt><dd dir="auto"><span>{said}</span></dd></div>)}
    </dl>
  );
}

interface StageChange {
  id: string;
  stage: StageName;
  at: string;
}

/** The rule that put them there, in words, and the stages they went through. */
function Why({ customer, value }: { customer: string; value: Value }) {
  const words = useWords();
  const language = useLanguage();
  const settings = useAsked<ValueSettings>("/value-settings");
  const fields = useAsked<{ items: Field[] }>("/segment-fields");
  const past = useAsked<{ items: StageChange[] }>(`/customers/${customer}/stages?limit=10`);
  if (!settings.value || !fields.value) return <Waiting asked={settings.failed ? settings : fields} rows={1} />;
  const rule = value.stage ? settings.value.stage_rules[value.stage] : null;
  const known = fields.value.items;
  return (
    <div class="cust-why" data-testid="cust-why-told">
      {value.stage && (
        <p>
          {words.value.because(words.stages[value.stage] ?? value.stage)}{" "}
          <strong>{rule ? ruleSaid(rule, known, words, language) : words.value.otherwise}</strong>
        </p>
      )}
      <p>{words.value.vipMeans} <strong>{ruleSaid(settings.value.vip_rule, known, words, language)}</strong></p>
      {past.value && past.value.items.length > 0 && (
        <>
          <p class="quiet">{words.value.changed}</p>
          <ul>{past.value.items.map((one) => <li key={one.id}>{words.stages[one.stage] ?? one.stage}, {dayName(one.at, language)}</li>)}</ul>
        </>
      )}
    </div>
  );
}

function VipForm({ customer, value, onEnd }: { customer: string; value: Value; onEnd(now: Value | null): void }) {
  const rest = useRest();
  const words = useWords();
  const path = `/customers/${customer}/value`;
  const [chosen, choose] = useState(value.vip_by_hand === null ? "rule" : value.vip_by_hand ? "yes" : "no");
  const [note, write] = useState(value.vip_note);
  const save = async (version: number): Promise<void> =>
    onEnd(await rest.put<Value>(`/customers/${customer}/vip`, { vip: chosen === "rule" ? null : chosen === "yes", note: note.trim() }, version));
  return (
    <Careful<Value>
      row={value} read={() => rest.get<Value>(path)} save={save} take={onEnd} onCancel={() => onEnd(null)} fields={["vip", "note"]}
      describe={(theirs) => [theirs.vip_by_hand === null ? words.value.vipBy.rule : theirs.vip_by_hand ? words.value.vipBy.yes : words.value.vipBy.no]}
    >
      <Pick
        name="vip" label={words.value.vipChoose} value={chosen} onChange={choose}
        options={(["rule", "yes", "no"] as const).map((one) => ({ value: one, label: words.value.vipBy[one] }))}
      />
      <Text name="note" label={words.value.vipNote} value={note} onInput={write} />
    </Careful>
  );
}
