// The frame of what is filled in beside an answer: by keyboard, Enter adds it and Escape closes it.

import type { ComponentChildren } from "preact";
import { useText } from "./hooks";

interface MoreFormProps {
  label: string;
  testId: string;
  /** Said under the fields while something in them will not do. */
  trouble: string | null;
  troubleId: string;
  onAdd(): void;
  onClose(): void;
  children: ComponentChildren;
}

/** Not a form of its own: it stands in that of the answer. */
export function MoreForm({ label, testId, trouble, troubleId, onAdd, onClose, children }: MoreFormProps) {
  const t = useText();
  return (
    <div
      class="composer-more" role="group" aria-label={label} data-testid={`${testId}-form`} onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
        else if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
        else onAdd();
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {children}
      {trouble && <p id={troubleId} class="field-wide trouble" role="alert">{trouble}</p>}
      <p class="field-wide composer-more-acts">
        <button type="button" class="button" data-testid={`${testId}-add`} onClick={onAdd}>{t.place.join}</button>
        <button type="button" class="link" onClick={onClose}>{t.place.cancel}</button>
      </p>
    </div>
  );
}
