// The segments that the customer is in now.

import { useMay } from "../ui/hooks";
import { Panel, useAsked, useWords, Waiting } from "./parts";
import type { Segment, Whole } from "./types";
import { hashOf } from "./where";

export function TheirSegments({ customer }: { customer: Whole }) {
  const words = useWords();
  const reads = useMay("segments.read");
  const asked = useAsked<{ items: Segment[] }>(reads ? `/customers/${customer.id}/segments` : null);
  if (!reads) return null;
  return (
    <Panel title={words.segments.title} testId="cust-segments">
      {!asked.value ? <Waiting asked={asked} rows={1} /> : asked.value.items.length === 0 ? <p class="quiet">{words.segments.none}</p> : (
        <p class="cust-chips">{asked.value.items.map((one) => <a key={one.id} class="cust-chip" href={hashOf({ at: "segment", id: one.id })} dir="auto">{one.name}</a>)}</p>
      )}
    </Panel>
  );
}
