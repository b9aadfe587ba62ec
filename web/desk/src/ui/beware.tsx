// What about a name or an address might make somebody pass for somebody else.

import { ShieldAlert } from "lucide-preact";
import { Icon } from "./bits";
import { useText } from "./hooks";

/** Under a message: each reason in a sentence. */
export function BewareNotes({ reasons }: { reasons: string[] }) {
  const t = useText();
  if (reasons.length === 0) return null;
  return (
    <p class="note note-trouble" data-testid="beware">
      <Icon of={ShieldAlert} size={14} />
      <span><strong>{t.beware.label}</strong> {reasons.map((one) => <bdi key={one}>{one} </bdi>)}</span>
    </p>
  );
}

/** Beside a name. */
export function BewareMark({ reasons }: { reasons: string[] }) {
  const t = useText();
  if (reasons.length === 0) return null;
  const says = `${t.beware.label}. ${reasons.join(" ")}`;
  return <span class="beware" title={says} data-testid="beware-mark"><Icon of={ShieldAlert} size={14} /><span class="sr">{says}</span></span>;
}
