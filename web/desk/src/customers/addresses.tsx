// Where the customer has things sent.

import { Pencil, Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Pick, Switch, Text } from "../admin/parts";
import { useRest } from "../admin/rest";
import { IconButton } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { Careful, Panel, useWords } from "./parts";
import type { Address, Known, Whole } from "./types";
import { countryName, lines } from "./values";

const TEXTS = ["label", "line1", "line2", "postcode", "city", "region"] as const;
/** Those that addresses of the product's two languages are in most; another stays as it is. */
export const COUNTRIES = ["FR", "GB", "BE", "CH", "LU", "IE", "DE", "ES", "IT", "NL", "PT", "AT", "DK", "SE", "US", "CA"];
const EMPTY: Address = { id: "", version: 0, label: "", line1: "", line2: "", city: "", region: "", postcode: "", country: "FR", is_default: false };

export function Addresses({ customer, reload, changes }: Known & { changes: boolean }) {
  const words = useWords();
  const language = useLanguage();
  const [open, setOpen] = useState<string | null>(null);
  const end = (): void => {
    setOpen(null);
    reload();
  };
  return (
    <Panel
      title={words.addresses.title} testId="cust-addresses"
      action={changes && <IconButton icon={Plus} label={words.addresses.add} pressed={open === "new"} testId="cust-address-add" onClick={() => setOpen(open === "new" ? null : "new")} />}
    >
      {open === "new" && <Edit customer={customer.id} address={EMPTY} onEnd={end} />}
      {customer.addresses.length === 0 && open !== "new" && <p class="quiet">{words.addresses.none}</p>}
      <ul class="cust-rows">
        {customer.addresses.map((one) => (
          <li key={one.id}>
            <div class="cust-row-words">
              {(one.label || one.is_default) && <span class="cust-row-more quiet">{[one.label, one.is_default && customer.addresses.length > 1 ? words.addresses.isDefault : ""].filter(Boolean).join(" · ")}</span>}
              <address dir="auto">{lines(one, language).map((line) => <span key={line}>{line}</span>)}</address>
            </div>
            {changes && open !== one.id && <IconButton icon={Pencil} label={words.addresses.edit(one.line1)} onClick={() => setOpen(one.id)} />}
            {open === one.id && <Edit customer={customer.id} address={one} onEnd={end} />}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Edit({ customer, address, onEnd }: { customer: string; address: Address; onEnd(): void }) {
  const rest = useRest();
  const words = useWords();
  const language = useLanguage();
  const [typed, type] = useState(address);
  const [before] = useState(address);
  const made = !address.id;
  const save = async (version: number): Promise<void> => {
    const { id, version: _, is_default, ...values } = typed;
    if (made) await rest.post(`/customers/${customer}/addresses`, { ...values, is_default });
    else await rest.patch(`/addresses/${id}`, { ...values, ...(is_default && !before.is_default && { is_default }) }, version);
    onEnd();
  };
  const read = async (): Promise<Address> => {
    const { addresses } = await rest.get<Whole>(`/customers/${customer}`);
    return addresses.find((one) => one.id === address.id) ?? address;
  };
  const countries = COUNTRIES.includes(typed.country) || !typed.country ? COUNTRIES : [typed.country, ...COUNTRIES];
  return (
    <Careful
      row={address} read={read} save={save} describe={(theirs) => [lines(theirs, language).join(", ")]} take={onEnd} onCancel={onEnd} fields={[...TEXTS, "country"]}
      {...(!made && { remove: { label: words.remove, sure: words.removeSure, run: async () => {
        await rest.remove(`/addresses/${address.id}`, address.version);
        onEnd();
      } } })}
    >
      {TEXTS.map((name) => <Text key={name} name={name} label={words.addresses[name]} value={typed[name]} onInput={(value) => type({ ...typed, [name]: value })} />)}
      <Pick
        name="country" label={words.addresses.country} value={typed.country} onChange={(country) => type({ ...typed, country })}
        options={countries.map((one) => ({ value: one, label: countryName(one, language) }))}
      />
      {!before.is_default && <Switch name="is_default" label={words.addresses.isDefault} on={typed.is_default} onChange={(is_default) => type({ ...typed, is_default })} />}
    </Careful>
  );
}
