// Doing to an order what policy allows: what will happen is said, and it happens once, when the agent confirms.

import "../admin/admin.css";
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useRest, type Many } from "../admin/rest";
import type { Act, Order } from "../types";
import { Dialog } from "../ui/dialogs";
import { useDesk } from "../ui/hooks";
import { uuid } from "../work/outbox";
import { AddressForm, BackForm, CancelForm, RefundForm, type FormOf } from "./forms";
import type { Allowed, Whole } from "./types";
import { useWords } from "./words";

export interface OrderDialogProps {
  order: Order;
  act: Act;
  /** What shows the order is to be read again. */
  onDone(): void;
  onClose(): void;
}

const FORMS: Record<Act, ComponentType<FormOf>> = {
  cancel: CancelForm, change_address: AddressForm, return: BackForm, warranty: BackForm, refund: RefundForm,
};

export function OrderDialog({ order: { id, number, lines }, act, onDone, onClose }: OrderDialogProps) {
  const desk = useDesk();
  const rest = useRest();
  const words = useWords();
  const [found, setFound] = useState<{ order: Whole; allowed: Allowed } | null>(null);
  const [failed, setFailed] = useState(false);
  const sent = useRef<{ body: string; key: string } | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const read = async (): Promise<{ order: Whole; allowed: Allowed }> => {
    const { items } = await rest.get<Many<Whole>>(`/orders?number=${encodeURIComponent(number)}`);
    const order = items[0];
    if (!order) throw new Error(number);
    return { order, allowed: await rest.get<Allowed>(`/orders/${order.id}/allowed`) };
  };
  const version = useRef(0);
  const told = useRef(0);
  const show = (now: { order: Whole; allowed: Allowed }): void => {
    version.current = now.order.version;
    setFound(now);
  };
  const load = (): void => {
    const before = told.current;
    setFailed(false);
    // What is told while it is being read may not be in it.
    read().then((now) => (told.current === before ? show(now) : load()), () => setFailed(true));
  };
  useEffect(load, []);
  const [meanwhile, setMeanwhile] = useState(false);
  // Somebody else changed the order: what was typed stays, what is allowed is read again, and the agent is told to look.
  useEffect(() => {
    const hear: Parameters<typeof desk.listeners.add>[0] = (frame) => {
      if (frame.type !== "order" || (frame.order !== null && frame.order !== id)) return;
      told.current += 1;
      if (!version.current) return;
      void read().then((now) => {
        if (now.order.version <= version.current) return;
        show(now);
        setMeanwhile(true);
      }, () => {});
    };
    desk.listeners.add(hear);
    return () => void desk.listeners.delete(hear);
  }, [desk, id]);
  useEffect(() => {
    if (found) place.current?.querySelector<HTMLElement>("select, input")?.focus();
  }, [found === null]);
  // Sent again after a lost answer, the same acts once.
  const send = async (path: string, body: unknown, versioned: boolean): Promise<void> => {
    if (!found) return;
    const text = JSON.stringify([path, body]);
    if (sent.current?.body !== text) sent.current = { body: text, key: uuid() };
    await rest.post(`/orders/${found.order.id}/${path}`, body, versioned ? found.order.version : undefined, sent.current.key);
    desk.store.dispatch({ do: "notice", text: words.done[act](number) });
    onClose();
    onDone();
  };
  const Fields = FORMS[act];
  return (
    <Dialog title={words.title[act](number)} onClose={onClose}>
      <div ref={place} class="ordering" data-testid="ordering">
        <p>{words.text[act]}</p>
        {failed && <p role="alert">{words.failed} <button type="button" class="link" onClick={load}>{words.again}</button></p>}
        {meanwhile && found && <p class="trouble" role="alert" data-testid="ordering-meanwhile">{found.allowed[act === "return" ? "back" : act].allowed ? words.meanwhile : words.impossible}</p>}
        {!found && !failed && <div class="skeleton" style={{ height: "96px" }} aria-hidden="true" />}
        {found && <Fields {...found} names={lines.map(({ name, options }) => (options ? `${name}, ${options}` : name))} act={act} send={send} onCancel={onClose} />}
      </div>
    </Dialog>
  );
}
