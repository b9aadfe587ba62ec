// By what the customer is reached and recognised, each with its proof.

import { Pencil, Plus, ShieldCheck, Shield, Star } from "lucide-preact";
import { useState } from "preact/hooks";
import { phone, quoted } from "../format";
import { Form, Pick, Sure, Switch, Text } from "../admin/parts";
import { useRest } from "../admin/rest";
import { CopyButton, Icon, IconButton } from "../ui/bits";
import { useDesk, useLanguage } from "../ui/hooks";
import { Panel, useWords } from "./parts";
import type { Identity, Known } from "./types";
import { dayName } from "./values";

const ADDED = ["email", "phone", "telegram", "whatsapp", "external"] as const;

export function Identities({ customer, reload, changes }: Known & { changes: boolean }) {
  const words = useWords();
  const [adding, add] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const browsers = customer.identities.filter((one) => one.kind === "browser");
  const shown = customer.identities.filter((one) => one.kind !== "browser");
  return (
    <Panel
      title={words.identities.title} testId="cust-identities"
      action={changes && <IconButton icon={Plus} label={words.identities.add} pressed={adding} testId="cust-identity-add" onClick={() => add(!adding)} />}
    >
      {adding && <AddForm customer={customer.id} onEnd={(changed) => {
        add(false);
        if (changed) reload();
      }} />}
      {shown.length === 0 && <p class="quiet">{words.identities.none}</p>}
      <ul class="cust-rows">
        {shown.map((one) => (
          <li key={one.id} data-testid="cust-identity">
            <Told one={one} />
            {changes && one.kind !== "account" && <IconButton icon={Pencil} label={words.identities.actions(one.value)} pressed={open === one.id} onClick={() => setOpen(open === one.id ? null : one.id)} />}
            {open === one.id && <Acts one={one} onDone={() => {
              setOpen(null);
              reload();
            }} />}
          </li>
        ))}
      </ul>
      {browsers.length > 0 && <p class="quiet">{words.identities.also(browsers.length)}</p>}
    </Panel>
  );
}

function Told({ one }: { one: Identity }) {
  const words = useWords();
  const language = useLanguage();
  const sure = one.proof !== "none";
  const kind = words.identities.kinds[one.kind] ?? one.kind;
  // An account that no site has given a number says nothing to people.
  const numbered = one.kind !== "account" || !one.value.startsWith("customer:");
  const name = one.shown_name && quoted(one.shown_name, language);
  return (
    <div class="cust-row-words">
      <span class="cust-row-main">{numbered ? <><bdi>{phone(one.value)}</bdi><CopyButton text={one.value} what={kind} /></> : kind}</span>
      <span class="quiet cust-row-more">
        {(numbered || name) && <span>{[numbered && kind, name].filter(Boolean).join(", ")}</span>}
        {one.is_primary && <span>{words.identities.primary}</span>}
        <span class={`proof ${sure ? "proof-sure" : ""}`} title={words.identities.proofHelp[one.proof]}>
          <Icon of={sure ? ShieldCheck : Shield} size={14} />{words.identities.proofs[one.proof]}{one.proved_at ? ` ${words.identities.proved(dayName(one.proved_at, language))}` : ""}
        </span>
        {one.unreachable_since && <span class="cust-bad">{words.identities.unreachable(dayName(one.unreachable_since, language))}</span>}
      </span>
    </div>
  );
}

function Acts({ one, onDone }: { one: Identity; onDone(): void }) {
  const rest = useRest();
  const desk = useDesk();
  const words = useWords();
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      onDone();
    } catch (error) {
      desk.store.dispatch({ do: "notice", text: (error as { detail?: string }).detail ?? "" });
    }
  };
  const settle = (change: object) => (): void => void run(() => rest.post(`/identities/${one.id}/state`, change));
  return (
    <div class="cust-row-acts">
      {!one.is_primary && <button type="button" class="button" onClick={settle({ primary: true })}><Icon of={Star} />{words.identities.makePrimary}</button>}
      {one.proof !== "verified" && <button type="button" class="button" data-testid="cust-verify" onClick={settle({ verified: true })}><Icon of={ShieldCheck} />{words.identities.verify}</button>}
      <Sure label={words.remove} sure={words.removeSure} run={() => run(() => rest.remove(`/identities/${one.id}`))} />
    </div>
  );
}

function AddForm({ customer, onEnd }: { customer: string; onEnd(changed: boolean): void }) {
  const rest = useRest();
  const words = useWords();
  const language = useLanguage();
  const [kind, setKind] = useState<string>("email");
  const [value, setValue] = useState("");
  const [verified, verify] = useState(false);
  const save = async (): Promise<void> => {
    const country = kind === "phone" ? { country: language === "fr" ? "FR" : "GB" } : {};
    await rest.post(`/customers/${customer}/identities`, { kind, value: value.trim(), verified, ...country });
    onEnd(true);
  };
  return (
    <Form save={save} onCancel={() => onEnd(false)} fields={["kind", "value"]} label={words.add}>
      <Pick name="kind" label={words.identities.kind} value={kind} onChange={setKind} options={ADDED.map((one) => ({ value: one, label: words.identities.kinds[one] ?? one }))} />
      <Text name="value" label={words.identities.value} value={value} onInput={setValue} />
      <Switch name="verified" label={words.identities.checked} on={verified} onChange={verify} />
    </Form>
  );
}
