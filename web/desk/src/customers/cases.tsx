// The customer's cases, and opening one.

import { useState } from "preact/hooks";
import { Form, Pick, Text } from "../admin/parts";
import { useRest } from "../admin/rest";
import { useDesk, useLanguage, useMay } from "../ui/hooks";
import { More, Nothing, useAsked, usePaged, useWords, Waiting } from "./parts";
import type { CaseRow, Named } from "./types";
import { dayName } from "./values";

const TONES: Record<CaseRow["stage"], string> = { active: "going", waiting_customer: "muted", waiting_other: "muted", resolved: "done", closed: "muted" };

export function CasesPart({ customer }: { customer: string }) {
  const words = useWords();
  const language = useLanguage();
  const may = useMay("cases.read");
  const list = usePaged<CaseRow>(may ? `/cases?customer_id=${customer}&limit=20` : null);
  const statuses = useAsked<{ items: Named[] }>(may ? "/case-statuses" : null);
  const types = useAsked<{ items: Named[] }>(may ? "/case-types" : null);
  const named = (found: { items: Named[] } | null, key: string): string => found?.items.find((one) => one.key === key)?.names[language] ?? key;
  if (!may) return <Nothing title={words.cases.noRights} />;
  if (!list.value) return <Waiting asked={list} />;
  if (list.value.length === 0) return <Nothing title={words.cases.none} />;
  return (
    <>
      <ul class="cust-list">
        {list.value.map((one) => (
          <li key={one.id} class="cust-case" data-testid="cust-case">
            <a class="link cust-case-number" href={`#/cases/${one.id}`}>{one.number}</a>
            <span class={`status status-${TONES[one.stage]}`}>{named(statuses.value, one.status)}</span>
            <span class="cust-case-subject" dir="auto">{one.subject}</span>
            <span class="quiet">{named(types.value, one.type_key)} · {words.cases.opened(dayName(one.created_at, language))}</span>
          </li>
        ))}
      </ul>
      <More list={list} />
    </>
  );
}

export function CaseForm({ customer, onMade, onClose }: { customer: string; onMade(): void; onClose(): void }) {
  const rest = useRest();
  const desk = useDesk();
  const words = useWords();
  const language = useLanguage();
  const types = useAsked<{ items: Named[] }>("/case-types");
  const [type, setType] = useState("");
  const [subject, setSubject] = useState("");
  const [description, describe] = useState("");
  const offered = types.value?.items.filter((one) => one.active !== false) ?? [];
  if (!types.value) return <Waiting asked={types} rows={1} />;
  const save = async (): Promise<void> => {
    const made = await rest.post<CaseRow>("/cases", { customer_id: customer, type_key: type || offered[0]?.key, subject: subject.trim(), ...(description.trim() && { description: description.trim() }) });
    desk.store.dispatch({ do: "notice", text: words.cases.made(made.number) });
    onMade();
  };
  return (
    <div class="cust-form" data-testid="cust-case-form">
      <Form save={save} onCancel={onClose} label={words.cases.make} fields={["type_key", "subject", "description"]}>
        <Pick name="type_key" label={words.cases.type} value={type || offered[0]?.key || ""} onChange={setType} options={offered.map((one) => ({ value: one.key, label: one.names[language] }))} />
        <Text name="subject" label={words.cases.subject} value={subject} required onInput={setSubject} />
        <Text name="description" label={words.cases.description} value={description} rows={3} onInput={describe} />
      </Form>
    </div>
  );
}
