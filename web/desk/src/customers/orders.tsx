// What the customer ordered, each with what policy allows now: as it stands beside a conversation.

import { useMay } from "../ui/hooks";
import { OrderItem } from "../ui/order";
import type { Order } from "../types";
import { Nothing, useAsked, useWords, Waiting } from "./parts";

export function OrdersPart({ customer }: { customer: string }) {
  const words = useWords();
  const may = useMay("orders.read");
  const asked = useAsked<{ items: Order[] }>(may ? `/desk/api/customers/${customer}/orders` : null);
  if (!may) return <Nothing title={words.orders.noRights} />;
  if (!asked.value) return <Waiting asked={asked} />;
  if (asked.value.items.length === 0) return <Nothing title={words.orders.none} />;
  return <div class="cust-orders">{asked.value.items.map((order, at) => <OrderItem key={order.number} order={order} expanded={at === 0} onChanged={asked.reload} />)}</div>;
}
