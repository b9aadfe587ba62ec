// How the customer may be written to unasked, and where they like it best.

import { useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import type { ContactWish } from "../types";
import { useChannelName } from "../ui/bits";
import { useDesk, useText } from "../ui/hooks";
import { Panel, useAsked, useWords } from "./parts";

export function ContactPanel({ customer, changes }: { customer: string; changes: boolean }) {
  const desk = useDesk();
  const rest = useRest();
  const words = useWords();
  const t = useText();
  const named = useChannelName();
  const path = `/desk/api/customers/${customer}/contact`;
  const asked = useAsked<{ contact: ContactWish }>(path);
  const [busy, setBusy] = useState(false);
  if (!asked.value) return null;
  const { contact } = asked.value;
  const offered = contact.channel && !contact.channels.includes(contact.channel) ? [contact.channel, ...contact.channels] : contact.channels;
  const choose = async (channel: string): Promise<void> => {
    setBusy(true);
    try {
      const now = await rest.put<{ contact: ContactWish }>(path, { channel: channel || null });
      asked.set(() => now);
      desk.store.dispatch({ do: "notice", text: t.contact.saved });
    } catch {
      asked.set((known) => ({ ...known }));
      desk.store.dispatch({ do: "notice", text: t.contact.failed });
    }
    setBusy(false);
  };
  return (
    <Panel title={words.contact.title} testId="cust-contact">
      <p>{contact.unasked ? words.contact.unasked.yes : words.contact.unasked.no}</p>
      {contact.channels.length === 0 && <p class="quiet">{words.contact.noWay}</p>}
      {contact.channels.length > 0 && (
        <label class="cust-inline">
          <span class="quiet">{words.contact.prefers}</span>
          {changes ? (
            <select class="cust-select" value={contact.channel ?? ""} disabled={busy} data-testid="cust-channel" onChange={(event) => void choose(event.currentTarget.value)}>
              <option value="">{words.contact.noWish}</option>
              {offered.map((one) => <option key={one} value={one}>{named(one)}</option>)}
            </select>
          ) : <span>{contact.channel ? named(contact.channel) : words.contact.noWish}</span>}
        </label>
      )}
    </Panel>
  );
}
