// Who a conversation is with: the customer, else what they call themselves, else a visitor.

import type { Dictionary } from "../i18n";
import type { Summary } from "../types";
import { BewareMark } from "./beware";
import { useText } from "./hooks";

export function nameOf(summary: Summary, t: Dictionary): string {
  return summary.customer?.name ?? summary.shown_name ?? t.list.visitor;
}

/** The name, which says of itself when nothing proves it. */
export function Name({ summary }: { summary: Summary }) {
  const t = useText();
  const claimed = summary.customer ? null : summary.shown_name;
  return (
    <>
      <bdi title={claimed ? t.shared.callsThemselves(claimed) : undefined}>{nameOf(summary, t)}</bdi>
      <BewareMark reasons={summary.beware} />
    </>
  );
}
