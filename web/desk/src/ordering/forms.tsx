// What is asked before an order is changed: a reason, an address, pieces, an amount.

import { useState } from "preact/hooks";
import { Form, Pick, Text } from "../admin/parts";
import { Refused } from "../api";
import { COUNTRIES } from "../customers/addresses";
import { countryName } from "../customers/values";
import { money } from "../format";
import type { Act } from "../types";
import { useLanguage } from "../ui/hooks";
import type { Address, Allowed, Whole } from "./types";
import { useWords } from "./words";

export interface FormOf {
  order: Whole;
  /** What its pieces are called, in the order's order. */
  names: string[];
  allowed: Allowed;
  act: Act;
  /** Sends it to one of the order's addresses; raises what the server refuses. */
  send(path: string, body: unknown, versioned: boolean): Promise<void>;
  onCancel(): void;
}

const FAULTS = ["damaged", "defective", "wrong_item", "not_as_described"];
const TEXTS = ["name", "line1", "line2", "postcode", "city", "region"] as const;

const options = (named: Record<string, string>): { value: string; label: string }[] => Object.entries(named).map(([value, label]) => ({ value, label }));
/** What the page itself refuses is said as if the server had. */
const refused = (field: string, detail: string): Refused => new Refused(422, "invalid", detail, null, { [field]: detail });

export function CancelForm({ send, onCancel, act }: FormOf) {
  const words = useWords();
  const [reason, setReason] = useState("changed_mind");
  const [note, setNote] = useState("");
  return (
    <Form save={() => send("cancel", { reason, note }, true)} onCancel={onCancel} cancelLabel={words.leave} label={words.confirm[act]} fields={["reason", "note"]}>
      <Pick name="reason" label={words.reason} value={reason} onChange={setReason} options={options(words.cancelled)} />
      <Text name="note" label={words.note} value={note} onInput={setNote} />
    </Form>
  );
}

export function AddressForm({ order, send, onCancel, act }: FormOf) {
  const words = useWords();
  const language = useLanguage();
  const [typed, type] = useState<Address>(order.address);
  const countries = COUNTRIES.includes(typed.country) ? COUNTRIES : [typed.country, ...COUNTRIES];
  return (
    <Form save={() => send("address", typed, true)} onCancel={onCancel} cancelLabel={words.leave} label={words.confirm[act]} fields={[...TEXTS, "country"]}>
      {TEXTS.map((name) => <Text key={name} name={name} label={words.address[name]} value={typed[name]} onInput={(value) => type({ ...typed, [name]: value })} />)}
      <Pick
        name="country" label={words.address.country} value={typed.country} onChange={(country) => type({ ...typed, country })}
        options={countries.map((one) => ({ value: one, label: countryName(one, language) }))}
      />
    </Form>
  );
}

export function BackForm({ order, names, allowed, send, onCancel, act }: FormOf) {
  const words = useWords();
  const faulty = act === "warranty";
  const coming = order.lines.flatMap((line, at) => {
    const said = allowed.lines.find(({ id }) => id === line.id);
    return said && said.returnable > 0 && (faulty ? said.warranty : said.back).allowed ? [{ line, most: said.returnable, name: names[at] ?? "" }] : [];
  });
  const [pieces, setPieces] = useState<Record<string, number>>(coming.length === 1 && coming[0] ? { [coming[0].line.id]: 1 } : {});
  const [reason, setReason] = useState(faulty ? "defective" : "changed_mind");
  const [kind, setKind] = useState("return");
  const [note, setNote] = useState("");
  const reasons = options(words.back).filter(({ value }) => !faulty || FAULTS.includes(value));
  const save = async (): Promise<void> => {
    const lines = coming.flatMap(({ line }) => (pieces[line.id] ? [{ line_id: line.id, quantity: pieces[line.id], reason }] : []));
    if (lines.length === 0) throw refused("reason", words.nothing);
    await send("returns", { lines, kind, note }, false);
  };
  return (
    <Form save={save} onCancel={onCancel} cancelLabel={words.leave} label={words.confirm[act]} fields={["reason", "note"]}>
      {coming.map(({ line, most, name }) => (
        <Pick
          key={line.id} name={`pieces-${line.id}`} label={words.pieces(name)}
          value={String(pieces[line.id] ?? 0)} onChange={(count) => setPieces({ ...pieces, [line.id]: Number(count) })}
          options={Array.from({ length: most + 1 }, (_, count) => ({ value: String(count), label: String(count) }))}
        />
      ))}
      <Pick name="reason" label={words.reason} value={reason} onChange={setReason} options={reasons} />
      <Pick name="kind" label={words.kind} value={kind} onChange={setKind} options={options(words.kinds)} />
      <Text name="note" label={words.note} value={note} onInput={setNote} />
    </Form>
  );
}

export function RefundForm({ order, allowed, send, onCancel, act }: FormOf) {
  const words = useWords();
  const language = useLanguage();
  const digits = new Intl.NumberFormat("en", { style: "currency", currency: order.currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const most = money(allowed.refundable_minor, order.currency, language);
  const [amount, setAmount] = useState((allowed.refundable_minor / 10 ** digits).toFixed(digits).replace(".", language === "fr" ? "," : "."));
  const [reason, setReason] = useState("goodwill");
  const [note, setNote] = useState("");
  const save = async (): Promise<void> => {
    const typed = amount.trim().replace(",", ".");
    const amount_minor = /^\d+(\.\d*)?$/.test(typed) ? Math.round(Number(typed) * 10 ** digits) : 0;
    if (amount_minor < 1 || amount_minor > allowed.refundable_minor) throw refused("amount_minor", words.badAmount);
    await send("refunds", { amount_minor, reason, note }, true);
  };
  return (
    <Form save={save} onCancel={onCancel} cancelLabel={words.leave} label={words.confirm[act]} fields={["amount_minor", "reason", "note"]}>
      <Text name="amount_minor" label={words.amount(order.currency)} help={words.most(most)} value={amount} onInput={setAmount} />
      <Pick name="reason" label={words.reason} value={reason} onChange={setReason} options={options(words.refunded)} />
      <Text name="note" label={words.note} value={note} onInput={setNote} />
    </Form>
  );
}
