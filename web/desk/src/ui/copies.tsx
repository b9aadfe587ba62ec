// Copies of an answer that leaves by mail: whom it goes to besides the customer, seen by all or by nobody.

import { Users } from "lucide-preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { addressesIn, MOST_COPIES, sendable, type Typed } from "../copies";
import type { DeskMessage, Summary } from "../types";
import { Icon, IconButton } from "./bits";
import { useSelect, useText } from "./hooks";

/** Whether the next answer of this conversation leaves by a channel that sends copies. */
export function useCopying(summary: Summary): boolean {
  const copying = useSelect((state) => state.copying);
  return copying.includes(summary.answer_by?.channel ?? summary.channel);
}

export function CopiesButton({ open, onToggle }: { open: boolean; onToggle(): void }) {
  const t = useText();
  return <IconButton icon={Users} label={t.copies.add} pressed={open} onClick={onToggle} testId="copies" />;
}

interface CopiesFieldsProps {
  typed: Typed;
  onType(typed: Typed): void;
  /** Opened by hand: then one goes on writing here. */
  focused: boolean;
}

export function CopiesFields({ typed, onType, focused }: CopiesFieldsProps) {
  const t = useText();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focused) first.current?.focus();
  }, []);
  return (
    <div class="composer-more" role="group" aria-label={t.copies.add} data-testid="copies-fields">
      <Addresses field={first} label={t.copies.cc} help={t.copies.ccHelp} value={typed.cc} testId="cc" onType={(cc) => onType({ ...typed, cc })} />
      <Addresses label={t.copies.bcc} help={t.copies.bccHelp} value={typed.bcc} testId="bcc" onType={(bcc) => onType({ ...typed, bcc })} />
    </div>
  );
}

interface AddressesProps {
  field?: { current: HTMLInputElement | null };
  label: string;
  help: string;
  value: string;
  testId: string;
  onType(value: string): void;
}

function Addresses({ field, label, help, value, testId, onType }: AddressesProps) {
  const t = useText();
  const note = useId();
  const { bad } = addressesIn(value);
  const fits = sendable(value);
  return (
    <label class="field">
      <span>{label} <span class="quiet">{help}</span></span>
      <input
        ref={field} type="text" inputMode="email" autocomplete="off" spellcheck={false} dir="ltr" value={value} maxLength={2600} data-testid={testId}
        aria-invalid={!fits} aria-describedby={fits ? undefined : note} onInput={(event) => onType(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      />
      {!fits && <span id={note} class="trouble" data-testid={`${testId}-trouble`}>{bad[0] ? t.copies.wrong(bad[0]) : t.copies.many(MOST_COPIES)}</span>}
    </label>
  );
}

/** Under an answer of ours: who else got it. */
export function CopiesNote({ message }: { message: DeskMessage }) {
  const t = useText();
  if (!message.copies) return null;
  const { cc, bcc } = message.copies;
  return (
    <p class="note" data-testid="copied">
      <Icon of={Users} size={14} />
      <span dir="auto">{[cc.length > 0 && `${t.copies.cc} ${cc.join(", ")}`, bcc.length > 0 && `${t.copies.bcc} ${bcc.join(", ")}`].filter(Boolean).join(" · ")}</span>
    </p>
  );
}
