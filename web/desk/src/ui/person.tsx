// Sending somebody's details: a colleague, a workshop, a carrier, with a number or an address to reach them by.

import { Contact as ContactIcon, X } from "lucide-preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { contactOf, type ContactTrouble, type TypedContact } from "../contacts";
import type { Dictionary } from "../i18n";
import type { Contact } from "../types";
import { Icon, IconButton } from "./bits";
import { useText } from "./hooks";
import { MoreForm } from "./more-form";

interface PersonButtonProps {
  open: boolean;
  onToggle(): void;
}

export function PersonButton({ open, onToggle }: PersonButtonProps) {
  const t = useText();
  return <IconButton icon={ContactIcon} label={t.person.add} pressed={open} onClick={onToggle} testId="person" />;
}

interface PersonFormProps {
  onAdd(contact: Contact): void;
  onClose(): void;
}

const FIELDS = [
  { of: "name", type: "text", most: 200, wide: true },
  { of: "phones", type: "tel", most: 200, wide: false },
  { of: "emails", type: "text", most: 1000, wide: false },
] as const;

function said(trouble: ContactTrouble, t: Dictionary): string {
  if (trouble.why === "many") return t.person.many;
  if (trouble.why === "wrong") return (trouble.field === "phones" ? t.person.notPhone : t.person.notEmail)(trouble.part);
  return trouble.field === "name" ? t.person.noName : t.person.noWay;
}

export function PersonForm({ onAdd, onClose }: PersonFormProps) {
  const t = useText();
  const troubleId = useId();
  const group = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState<TypedContact>({ name: "", phones: "", emails: "" });
  const [trouble, setTrouble] = useState<ContactTrouble | null>(null);
  const focus = (of: keyof TypedContact): void => group.current?.querySelector<HTMLInputElement>(`[name=${of}]`)?.focus();
  useEffect(() => focus("name"), []);
  const add = (): void => {
    const found = contactOf(typed);
    if (!("field" in found)) return onAdd(found);
    setTrouble(found);
    focus(found.field);
  };
  return (
    <MoreForm label={t.person.add} testId="person" trouble={trouble && said(trouble, t)} troubleId={troubleId} onAdd={add} onClose={onClose}>
      <div ref={group} class="composer-more-fields">
        {FIELDS.map(({ of, type, most, wide }) => (
          <label key={of} class={`field ${wide ? "field-wide" : ""}`}>
            <span>{t.person[of]}</span>
            <input
              name={of} type={type} inputMode={of === "emails" ? "email" : undefined} autocomplete="off" maxLength={most} value={typed[of]}
              dir={of === "name" ? "auto" : "ltr"} data-testid={`person-${of}`} aria-invalid={trouble?.field === of}
              aria-describedby={trouble?.field === of ? troubleId : undefined}
              onInput={(event) => setTyped({ ...typed, [of]: event.currentTarget.value })}
            />
          </label>
        ))}
      </div>
    </MoreForm>
  );
}

/** People whose details go with the answer. */
export function PersonChips({ contacts, onRemove }: { contacts: readonly Contact[]; onRemove(contact: Contact): void }) {
  const t = useText();
  if (contacts.length === 0) return null;
  return (
    <ul class="tray">
      {contacts.map((contact) => (
        <li key={contact.name} class="chip" data-testid="person-chip">
          <Icon of={ContactIcon} />
          <span class="file-words">
            <span class="file-name" dir="auto">{contact.name}</span>
            <span class="file-note">{[...contact.phones, ...contact.emails].join(" · ")}</span>
          </span>
          <IconButton icon={X} label={t.files.remove(contact.name)} onClick={() => onRemove(contact)} />
        </li>
      ))}
    </ul>
  );
}
