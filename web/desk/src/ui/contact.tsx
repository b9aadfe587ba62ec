// How the customer is told unasked: what they agreed to, where, how often, and when not.

import { useEffect, useState } from "preact/hooks";
import type { ContactWish } from "../types";
import { useChannelName } from "./bits";
import { useDesk, useMay, useText } from "./hooks";

export function ContactPart({ conversation }: { conversation: string }) {
  const desk = useDesk();
  const t = useText();
  const changes = useMay("customers.write");
  const named = useChannelName();
  const [contact, setContact] = useState<ContactWish | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let here = true;
    desk.api.contact(conversation).then(({ contact: found }) => here && setContact(found)).catch(() => {});
    return () => {
      here = false;
    };
  }, [conversation]);
  if (!contact) return null;
  const notice = (text: string): void => desk.store.dispatch({ do: "notice", text });
  const choose = async (channel: string): Promise<void> => {
    setBusy(true);
    try {
      setContact((await desk.api.chooseContact(conversation, channel || null)).contact);
      notice(t.contact.saved);
    } catch {
      // Drawn again, so that the choice shows what holds.
      setContact({ ...contact });
      notice(t.contact.failed);
    }
    setBusy(false);
  };
  const { channel, channels, quiet } = contact;
  const offered = channel && !channels.includes(channel) ? [channel, ...channels] : channels;
  return (
    <section class="part" data-testid="contact">
      <h2>{t.contact.title}</h2>
      <dl class="facts">
        <div><dt>{t.contact.consent}</dt><dd><span>{contact.unasked ? t.contact.unasked.yes : t.contact.unasked.no}</span></dd></div>
        <div>
          <dt>{changes ? <label for="preferred-channel">{t.contact.prefers}</label> : t.contact.prefers}</dt>
          <dd>
            {!changes && <span data-testid="prefers">{channel ? named(channel) : t.contact.noWish}</span>}
            {changes && <select
              id="preferred-channel" class="contact-channel" data-testid="preferred-channel" value={channel ?? ""} disabled={busy || offered.length === 0}
              onChange={(event) => void choose(event.currentTarget.value)}
            >
              <option value="">{t.contact.noWish}</option>
              {offered.map((one) => <option key={one} value={one}>{named(one)}</option>)}
            </select>}
          </dd>
        </div>
        <div><dt>{t.contact.week}</dt><dd><span>{t.contact.sent(contact.sent, contact.per_week)}</span></dd></div>
        <div>
          <dt>{t.contact.quiet}</dt>
          <dd><span>{(quiet.now ? t.contact.quietNow : t.contact.quietAt)(quiet.from, quiet.until)}</span></dd>
        </div>
      </dl>
      {channels.length === 0 && <p class="quiet">{t.contact.noWay}</p>}
    </section>
  );
}
