// The steps that a card of the board may take, as a menu.

import { useEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { useModal } from "../ui/dialogs";
import { useLanguage } from "../ui/hooks";
import { nameOf } from "./choosing";
import { useWords } from "./parts";
import type { Row, Settings, Step } from "./types";

/** The steps of a card as buttons: for who would not carry it. */
export function StepMenu({ row, settings, onChoose, onClose }: { row: Row; settings: Settings; onChoose(to: string): void; onClose(): void }) {
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const box = useRef<HTMLDialogElement>(null);
  const [steps, set] = useState<Step[] | null>(null);
  useModal(box, onClose);
  useEffect(() => box.current?.querySelector<HTMLElement>(".menu-item")?.focus(), [steps]);
  useEffect(() => {
    rest.get<{ items: Step[] }>(`/cases/${row.id}/steps`).then(({ items }) => set(items.filter(({ permitted }) => permitted))).catch(() => set([]));
  }, []);
  return (
    <dialog ref={box} class="dialog cases-steps-menu" aria-label={words.moveThis(row.number)} data-testid="step-menu" onClick={(event) => event.target === event.currentTarget && onClose()}>
      <div class="dialog-body">
        <p class="cases-steps-title"><strong>{row.number}</strong> <span dir="auto">{row.subject}</span></p>
        {steps === null && <div class="skeleton cases-skeleton" aria-hidden="true" />}
        {steps?.length === 0 && <p class="quiet">{words.stepNone}</p>}
        {steps?.map((step) => (
          <button key={step.to} type="button" class="menu-item" data-testid={`step-${step.to}`} onClick={() => onChoose(step.to)}>{words.step(nameOf(settings.statuses, step.to, language))}</button>
        ))}
        <div class="dialog-actions"><button type="button" class="button" onClick={onClose}>{words.cancel}</button></div>
      </div>
    </dialog>
  );
}
