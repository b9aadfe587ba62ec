// The shapes of what stands beside a conversation: the customer, what they ordered, their cases, what to suggest.

export interface Customer {
  id: string;
  name: string;
  email: string | null;
  phone: string | null;
  language: "fr" | "en" | null;
  since: string | null;
  /** Null for whom orders are not to be seen. */
  orders_count: number | null;
  spent: { amount: string }[];
  address: string | null;
}

export interface OrderLine {
  name: string;
  options: string | null;
  quantity: number;
  price: string;
}

export interface Shipment {
  carrier: string;
  tracking_number: string | null;
  tracking_url: string | null;
  status_label: string;
  expected: string | null;
  events: { at: string; label: string; place: string | null }[];
}

export type Act = "cancel" | "change_address" | "return" | "warranty" | "refund";

/** Whether policy allows it now; until when, or the sentence that says why not. */
export interface Decision {
  allowed: boolean;
  until: string | null;
  why: string | null;
}

/** Goods of an order that come back. */
export interface Returned {
  reference: string;
  kind: "return" | "exchange";
  kind_label: string;
  status: string;
  status_label: string;
  asked_at: string;
  what: string[];
  note: string;
  pictures: string[];
}

export interface Order {
  id: string;
  number: string;
  status: string;
  status_label: string;
  placed_at: string;
  total: string;
  lines: OrderLine[];
  shipments: Shipment[];
  returns: Returned[];
  allowed: Partial<Record<Act, Decision>>;
}

export interface Case {
  id: string;
  number: string;
  subject: string;
  type: string;
  status: string;
  stage: "active" | "waiting_customer" | "waiting_other" | "resolved" | "closed";
  priority: "urgent" | "high" | "normal" | "low";
  agent_id: string | null;
  due_at: string | null;
  created_at: string;
}

export interface Offers {
  offers: { product: string; name: string; price: string; because: string }[];
  withheld: { code: string; text: string } | null;
}
