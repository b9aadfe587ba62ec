// What the customer agreed to and refused, when and how; and putting down what they say now.

import { History, Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Form, Pick, Text } from "../admin/parts";
import { useRest } from "../admin/rest";
import { IconButton, useChannelName } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { More, Panel, usePaged, useWords, Waiting } from "./parts";
import type { ConsentEvent, Known } from "./types";
import { dayName } from "./values";

const PURPOSES = ["notices", "marketing", "offers", "surveys", "profiling"] as const;
const HOWS = ["phone", "message", "mail", "in_person", "form", "link", "contract"] as const;

export function Consents({ customer, reload, changes }: Known & { changes: boolean }) {
  const words = useWords();
  const language = useLanguage();
  const named = useChannelName();
  const [open, setOpen] = useState<"record" | "history" | null>(null);
  const flip = (which: "record" | "history"): void => setOpen(open === which ? null : which);
  return (
    <Panel
      title={words.consents.title} testId="cust-consents"
      action={<span class="cust-panel-acts">
        <IconButton icon={History} label={words.consents.history} pressed={open === "history"} testId="cust-consent-history" onClick={() => flip("history")} />
        {changes && <IconButton icon={Plus} label={words.consents.record} pressed={open === "record"} testId="cust-consent-add" onClick={() => flip("record")} />}
      </span>}
    >
      {open === "record" && <Record customer={customer.id} onEnd={(changed) => {
        setOpen(null);
        if (changed) reload();
      }} />}
      {open === "history" ? <Past customer={customer.id} /> : (
        <ul class="cust-rows">
          {customer.consents.map((one) => (
            <li key={`${one.purpose}:${one.channel}`} data-testid="cust-consent">
              <div class="cust-row-words">
                <span class="cust-row-main">{words.consents.purposes[one.purpose] ?? one.purpose}{one.channel && words.consents.on(named(one.channel))}</span>
                <span class="quiet cust-row-more">
                  <span>{one.at && one.how ? words.consents.said(words.consents.hows[one.how] ?? one.how, dayName(one.at, language)) : words.consents.unspoken}</span>
                  {one.basis && <span>{words.consents.bases[one.basis]}</span>}
                </span>
              </div>
              <span class={`status ${one.given ? "status-done" : ""}`}>{one.given ? words.consents.yes : words.consents.no}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Past({ customer }: { customer: string }) {
  const words = useWords();
  const language = useLanguage();
  const named = useChannelName();
  const list = usePaged<ConsentEvent>(`/customers/${customer}/consents?limit=20`);
  if (!list.value) return <Waiting asked={list} rows={2} />;
  if (list.value.length === 0) return <p class="quiet">{words.consents.noHistory}</p>;
  return (
    <>
      <ol class="cust-rows" data-testid="cust-consents-past">
        {list.value.map((one) => (
          <li key={one.id}>
            <div class="cust-row-words">
              <span class="cust-row-main">{words.consents.purposes[one.purpose] ?? one.purpose}{one.channel && words.consents.on(named(one.channel))}</span>
              <span class="quiet">{words.consents.said(words.consents.hows[one.how ?? ""] ?? one.how ?? "", dayName(one.at, language))}</span>
              {one.wording && <span class="quiet cust-wording" dir="auto">{one.wording}</span>}
            </div>
            <span class={`status ${one.given ? "status-done" : ""}`}>{one.given ? words.consents.agrees : words.consents.refuses}</span>
          </li>
        ))}
      </ol>
      <More list={list} />
    </>
  );
}

function Record({ customer, onEnd }: { customer: string; onEnd(changed: boolean): void }) {
  const rest = useRest();
  const words = useWords();
  const [purpose, setPurpose] = useState<string>("marketing");
  const [given, give] = useState("yes");
  const [how, setHow] = useState<string>("phone");
  const [wording, word] = useState("");
  const save = async (): Promise<void> => {
    await rest.post(`/customers/${customer}/consents`, { purpose, given: given === "yes", how, wording: wording.trim() });
    onEnd(true);
  };
  return (
    <Form save={save} onCancel={() => onEnd(false)} fields={["purpose", "given", "how", "wording"]}>
      <Pick name="purpose" label={words.consents.purpose} value={purpose} onChange={setPurpose} options={PURPOSES.map((one) => ({ value: one, label: words.consents.purposes[one] ?? one }))} />
      <Pick name="given" label={words.consents.given} value={given} onChange={give} options={[{ value: "yes", label: words.consents.agrees }, { value: "no", label: words.consents.refuses }]} />
      <Pick name="how" label={words.consents.how} value={how} onChange={setHow} options={HOWS.map((one) => ({ value: one, label: words.consents.hows[one] ?? one }))} />
      <Text name="wording" label={words.consents.wording} value={wording} rows={2} onInput={word} />
    </Form>
  );
}
