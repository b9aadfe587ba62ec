// What an agent can do with the open conversation besides answering: hand it back, close it.

import { CircleCheck, Undo2 } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import type { Summary } from "../types";
import type { ActionResult } from "../work/desk";
import { Icon } from "./bits";
import { useCommand } from "./commands";
import { Dialog } from "./dialogs";
import { useDesk, useText } from "./hooks";
import { SnoozeAction } from "./snooze";

/** After the agent's own action its button is gone: the focus goes to the conversation, not to nowhere. */
export function focusConversation(): void {
  document.querySelector<HTMLElement>("[data-testid=conversation]")?.focus({ preventScroll: true });
}

export function Actions({ summary, mine }: { summary: Summary; mine: boolean }) {
  const t = useText();
  const [asking, setAsking] = useState<"release" | "close" | null>(null);
  useCommand("release", () => mine && setAsking("release"));
  useCommand("close", () => mine && setAsking("close"));
  if (!mine) return null;
  if (asking === "close") return <CloseConfirm onEnd={() => setAsking(null)} />;
  return (
    <div class="actions">
      <SnoozeAction summary={summary} />
      <button type="button" class="button" data-testid="release" aria-label={t.release.title} title={`${t.release.title} (e)`} onClick={() => setAsking("release")}>
        <Icon of={Undo2} /><span class="label">{t.conversation.release}</span>
      </button>
      <button type="button" class="button" data-testid="close" aria-label={t.shortcuts.close_} title={`${t.shortcuts.close_} (x)`} onClick={() => setAsking("close")}>
        <Icon of={CircleCheck} /><span class="label">{t.conversation.close}</span>
      </button>
      {asking === "release" && <ReleaseDialog onEnd={() => setAsking(null)} />}
    </div>
  );
}

function CloseConfirm({ onEnd }: { onEnd(): void }) {
  const desk = useDesk();
  const t = useText();
  const [busy, setBusy] = useState(false);
  const close = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const result = await desk.close();
    onEnd();
    if (result === "done") focusConversation();
  };
  const focus = useRef((button: HTMLButtonElement | null) => button?.focus());
  return (
    <div
      class="actions confirm" role="group" aria-label={t.conversation.closeSure}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onEnd();
        focusConversation();
      }}
    >
      <span class="label">{t.conversation.closeSure}</span>
      <button
        ref={focus.current} type="button" class="button primary" data-testid="close-confirm" aria-disabled={busy}
        onClick={() => void close()}
      >
        {t.conversation.closeYes}
      </button>
      <button type="button" class="button" onClick={onEnd}>{t.conversation.closeNo}</button>
    </div>
  );
}

function ReleaseDialog({ onEnd }: { onEnd(): void }) {
  const desk = useDesk();
  const t = useText();
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const release = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const result: ActionResult = await desk.release(note.trim());
    setBusy(false);
    if (result === "failed") return;
    onEnd();
    if (result === "done") focusConversation();
  };
  return (
    <Dialog title={t.release.title} onClose={onEnd}>
      <form onSubmit={(event) => void release(event)}>
        <p>{t.release.explain}</p>
        <label class="field">
          <span>{t.release.note}</span>
          <textarea
            rows={3} value={note} placeholder={t.release.placeholder} maxLength={2000} autofocus
            onInput={(event) => setNote(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void release(event);
            }}
          />
        </label>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onEnd}>{t.release.cancel}</button>
          <button type="submit" class="button primary" data-testid="release-confirm" aria-disabled={busy}>{t.release.confirm}</button>
        </div>
      </form>
    </Dialog>
  );
}
