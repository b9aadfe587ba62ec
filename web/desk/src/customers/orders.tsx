// What the customer ordered, each with what policy allows now: as it stands beside a conversation.

import { useEffect } from "preact/hooks";
import { useDesk, useMay } from "../ui/hooks";
import { OrderItem } from "../ui/order";
import type { Order } from "../types";
import { concerns } from "../work/hearing";
import { Nothing, useAsked, useWords, Waiting } from "./parts";

export function OrdersPart({ customer }: { customer: string }) {
  const words = useWords();
  const may = useMay("orders.read");
  const asked = useAsked<{ items: Order[] }>(may ? `/desk/api/customers/${customer}/orders` : null);
  const desk = useDesk();
  useEffect(() => {
    const hear: Parameters<typeof desk.listeners.add>[0] = (frame) => {
      if (frame.type === "order" && concerns(frame, asked.value?.items ?? [], customer)) asked.reload();
    };
    desk.listeners.add(hear);
    return () => void desk.listeners.delete(hear);
  }, [desk, asked.value, customer]);
  if (!may) return <Nothing title={words.orders.noRights} />;
  if (!asked.value) return <Waiting asked={asked} />;
  if (asked.value.items.length === 0) return <Nothing title={words.orders.none} />;
  return <div class="cust-orders">{asked.value.items.map((order, at) => <OrderItem key={order.number} order={order} expanded={at === 0} onChanged={asked.reload} />)}</div>;
}
