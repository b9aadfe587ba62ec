// What floats above the desk: the frame of a dialog, and the help on shortcuts.

import { X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { IconButton, Key } from "./bits";
import { useMay, useSelect, useText } from "./hooks";
import { mayOpen } from "./page";

interface DialogProps {
  title: string;
  onClose(): void;
  children: ComponentChildren;
  wide?: boolean;
}

/** A modal dialog. The browser holds the focus inside, and gives it back at the end. */
export function Dialog({ title, onClose, children, wide = false }: DialogProps) {
  const t = useText();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const box = dialog.current;
    box?.showModal();
    return () => box?.close();
  }, []);
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

export function ShortcutsHelp({ onClose }: { onClose(): void }) {
  const { shortcuts: s, administration, inbox } = useText();
  const agent = useSelect((state) => state.agent);
  const reads = useMay("conversations.read");
  const answers = useMay("conversations.write");
  const known: [string, string[], boolean][] = [
    [s.next, ["j", "↓"], reads], [s.previous, ["k", "↑"], reads], [s.open, [s.enter], reads], [s.views, ["1", "8"], reads], [inbox.more, ["f"], reads], [inbox.snooze, ["z"], answers], [inbox.undo, ["Ctrl + Z"], answers], [inbox.canned, ["/"], answers],
    [s.search, ["/"], reads], [s.take, ["t"], answers], [s.reply, ["r"], answers], [s.send, ["Ctrl + ↵", "⌘ + ↵"], answers],
    [s.release, ["e"], answers], [s.close_, ["x"], answers], [s.attach, ["a"], answers], [s.context, ["i"], reads],
    [s.channels, ["c"], mayOpen("channels", agent)], [s.undelivered, ["u"], mayOpen("undelivered", agent)],
    [administration.shortcut, ["s"], mayOpen("admin", agent)], [s.leave, ["Esc"], true], [s.help, ["?"], true],
  ];
  const rows = known.filter(([, , permitted]) => permitted);
  return (
    <Dialog title={s.title} onClose={onClose}>
      <dl class="shortcuts">
        {rows.map(([what, keys]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key, index) => (
                <span key={key}>{index > 0 && ` ${key === "8" ? s.to : s.or} `}<Key>{key}</Key></span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
