// What is particular to mail: its subject, who it went to, its original, and why it is in this conversation.

import { ChevronDown, MailOpen, Split } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Dictionary } from "../i18n";
import type { DeskMessage, Thread } from "../types";
import { Icon } from "./bits";
import { addresses, subjectOf } from "./envelope";
import { useDesk, useMay, useSelect, useText } from "./hooks";
import { OriginalDialog } from "./original";

export function MailHead({ message, showSubject }: { message: DeskMessage; showSubject: boolean }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const [original, setOriginal] = useState(false);
  const id = useSelect((state) => state.open?.id ?? "");
  const subject = subjectOf(message);
  if (subject === null) return null;
  const { from, to, cc } = message.details ?? {};
  const rows: [string, string][] = [[t.mail.from, addresses(from)], [t.mail.to, addresses(to)], [t.mail.cc, addresses(cc)]];
  return (
    <div class="mail-head">
      <p class={showSubject ? "mail-subject" : "sr"} dir="auto" data-testid="subject"><span class="sr">{t.mail.subject} </span>{subject || t.mail.noSubject}</p>
      <p class="mail-acts">
        {rows.some(([, value]) => value) && (
          <button type="button" class="link with-icon" aria-expanded={open} data-testid="addresses" onClick={() => setOpen(!open)}>
            {t.mail.who}<Icon of={ChevronDown} size={14} />
          </button>
        )}
        {Boolean(message.details?.original) && (
          <button type="button" class="link with-icon" data-testid="original" onClick={() => setOriginal(true)}>
            <Icon of={MailOpen} size={14} />{t.mail.original}
          </button>
        )}
      </p>
      {open && (
        <dl class="mail-addresses" data-testid="mail-addresses">
          {rows.map(([label, value]) => value && <div key={label}><dt>{label}</dt><dd dir="auto">{value}</dd></div>)}
        </dl>
      )}
      {original && <OriginalDialog conversation={id} seq={message.seq} onClose={() => setOriginal(false)} />}
    </div>
  );
}

function said(thread: Partial<Thread>, t: Dictionary): string | null {
  const reasons: Record<string, string> = t.mail.reasons;
  const why: Record<string, string> = t.mail.why;
  const because = (thread.reasons ?? []).map((one) => reasons[one] ?? t.mail.otherReason);
  if (thread.conversation && because.length > 0) return t.mail.linked([...new Set(because)].join(", "));
  // That nothing links a first mail to anything goes without saying.
  if (thread.why && thread.why !== "nothing_fits") return t.mail.apart(why[thread.why] ?? t.mail.otherReason);
  return null;
}

/** Why this mail is here, and the way to put that right. */
export function ThreadNote({ message }: { message: DeskMessage }) {
  const desk = useDesk();
  const t = useText();
  const id = useSelect((state) => state.open?.id ?? "");
  const answers = useMay("conversations.write");
  const [busy, setBusy] = useState(false);
  const thread = message.details?.thread;
  const wasSplit = Boolean(message.details?.split);
  const text = wasSplit ? t.mail.apart(t.mail.why.split) : thread ? said(thread, t) : null;
  if (text === null) return null;
  const notice = (sentence: string): void => desk.store.dispatch({ do: "notice", text: sentence });
  const act = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await work();
      notice(done);
    } catch {
      notice(t.mail.splitFailed);
    }
    setBusy(false);
  };
  const split = async (): Promise<void> => {
    const made = await desk.messages.split(id, message.seq);
    if (made) desk.go({ id: made.id });
  };
  const undo = async (): Promise<void> => {
    const back = await desk.messages.unsplit(id);
    if (back) desk.go({ id: back.id });
  };
  return (
    <p class="thread-note" data-testid="thread-note">
      <span>{text}</span>
      {wasSplit && answers && (
        <button type="button" class="link" data-testid="unsplit" aria-disabled={busy} onClick={() => void act(undo, t.mail.undone)}>{t.mail.undo}</button>
      )}
      {!wasSplit && answers && thread?.conversation && message.seq > 1 && (
        <button type="button" class="link with-icon" data-testid="split" aria-disabled={busy} onClick={() => void act(split, t.mail.splitDone)}>
          <Icon of={Split} size={14} />{t.mail.split}
        </button>
      )}
      {!wasSplit && thread?.related && (
        <button type="button" class="link" onClick={() => desk.go({ id: thread.related ?? null })}>{t.mail.related}</button>
      )}
    </p>
  );
}
