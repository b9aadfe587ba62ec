// What floats above the desk: the frame of a dialog.

import { X } from "lucide-preact";
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { IconButton } from "./bits";
import { useText } from "./hooks";

interface DialogProps {
  title: string;
  onClose(): void;
  children: ComponentChildren;
  wide?: boolean;
}

/** Shows a dialog above all else for as long as it is drawn; `onClose` when the browser closes it by itself, as
 * Chromium does without asking where Escape is pressed twice with nothing in between. */
export function useModal(dialog: RefObject<HTMLDialogElement>, onClose: () => void): void {
  const closed = useRef(onClose);
  closed.current = onClose;
  useEffect(() => {
    const box = dialog.current;
    const before = document.activeElement;
    const told = (): void => closed.current();
    box?.showModal();
    box?.addEventListener("close", told);
    return () => {
      box?.removeEventListener("close", told);
      box?.close();
      setTimeout(() => {
        // Chromium may give a field the focus back without its caret: what is typed then goes nowhere.
        if (!(before instanceof HTMLElement) || !before.isConnected || document.querySelector("dialog[open]")) return;
        if (document.activeElement !== before && document.activeElement !== document.body) return;
        before.blur();
        before.focus();
      });
    };
  }, []);
}

/** A modal dialog. The browser holds the focus inside, and gives it back at the end. */
export function Dialog({ title, onClose, children, wide = false }: DialogProps) {
  const t = useText();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useModal(dialog, onClose);
  return (
    <dialog
      ref={dialog} class={`dialog ${wide ? "dialog-wide" : ""}`} aria-labelledby={id} onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <div class="dialog-body">
        <header class="dialog-top">
          <h2 id={id}>{title}</h2>
          <IconButton icon={X} label={t.shortcuts.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
