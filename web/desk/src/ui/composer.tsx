// Where the agent answers; and, when the conversation is not theirs, who has it and how to take it.

import { Hand, SendHorizontal } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { sends } from "../keys";
import { asSent, lastCopies, sendable, type Typed } from "../copies";
import type { Summary } from "../types";
import { AlreadyKnown } from "../board/known";
import { MacrosButton } from "../macros/place";
import { useTools } from "../writing/tools";
import { useAlong } from "./along";
import { AttachButton, pastedFiles, Tray, useDrop, useUploads } from "./attach";
import { Icon, Key } from "./bits";
import { emit, useCommand } from "./commands";
import { CopiesButton, CopiesFields, useCopying } from "./copies";
import { Elsewhere } from "./elsewhere";
import { useDesk, useGrowing, useMay, usePreferences, useSelect, useText } from "./hooks";
import { placeholdersIn, useBlanks, useCanned } from "./canned";
import { useOtherPage } from "./other-page";
import { undoSend } from "./outgoing";
import { AnswerBy } from "./way";

export function Composer({ id, summary }: { id: string; summary: Summary }) {
  const desk = useDesk();
  const t = useText();
  const { enterSends } = usePreferences();
  const [text, setText] = useState(() => desk.keep.draft(id));
  const field = useRef<HTMLTextAreaElement>(null);
  const uploads = useUploads(id);
  const dropping = useDrop(id);
  const [wanted, setWanted] = useState(false);
  const under = uploads.some((one) => !one.file && one.trouble === null);
  const along = useAlong(() => field.current?.focus());
  const copies = useCopies(summary);
  const held = useSelect((state) => state.outgoing[id]?.filter((one) => one.state === "held").pop());
  const ready = along.some || uploads.some((one) => one.file);
  useGrowing(field, text);
  useOtherPage(id, field, setText);
  const unfilled = placeholdersIn(text);
  const canned = useCanned({ id, text, field, onInsert: (value) => write(value) });
  const blanks = useBlanks(field, unfilled);
  const tools = useTools({ field, onWrite: (value) => write(value) });
  useCommand("reply", () => {
    setText(desk.keep.draft(id));
    field.current?.focus();
  });

  const write = (value: string): void => {
    setText(value);
    desk.keep.setDraft(id, value);
    desk.drafts.changed(id, value);
    if (value.trim()) desk.typing(id);
  };
  const offered = (words: string): void => {
    const before = desk.keep.draft(id).trimEnd();
    write(before ? `${before}\n\n${words}` : words);
    field.current?.focus();
  };
  const send = (): void => {
    const said = text.trim();
    if (unfilled.length > 0) {
      blanks.first();
      return;
    }
    if ((!said && !ready && !under) || !copies.fit) return;
    setWanted(under);
    if (under) return;
    desk.outbox.send(id, said, desk.uploads.take(id), { ...copies.sent, ...along.sent });
    write("");
    along.clear();
    field.current?.focus();
  };
  useEffect(() => {
    if (!wanted || under) return;
    // The last file is there and the answer may go; if one was refused, the agent decides.
    if (uploads.some((one) => one.trouble !== null)) setWanted(false);
    else send();
  }, [wanted, under]);
  const firstName = summary.customer?.name.split(" ")[0] ?? t.composer.them;
  return (
    <form
      class={`composer ${dropping ? "composer-drop" : ""}`} onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {dropping && <p class="drop" aria-hidden="true">{t.files.drop}</p>}
      <AnswerBy summary={summary} />
      {copies.fields}
      <Tray id={id} />
      {along.chips}
      {along.form}
      {canned.list}
      {tools.picker}
      <textarea
        ref={field} rows={1} value={text} dir="auto" lang={summary.language} spellcheck data-testid="composer"
        aria-label={t.composer.label} placeholder={t.composer.placeholder(firstName, t.languageName[summary.language])}
        aria-describedby="composer-hint" {...canned.aria} enterkeyhint={enterSends ? "send" : "enter"}
        onInput={(event) => write(event.currentTarget.value)}
        onPaste={(event) => {
          const pasted = pastedFiles(event);
          if (pasted.length === 0) return;
          event.preventDefault();
          desk.uploads.add(id, pasted);
        }}
        onKeyDown={(event) => {
          if (canned.key(event) || tools.key(event)) return;
          if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !text && held) {
            event.preventDefault();
            void undoSend(desk, id, held.clientId);
            return;
          }
          if (!sends(event, enterSends)) return;
          event.preventDefault();
          send();
        }}
      />
      {blanks.shown}
      <AlreadyKnown id={id} text={text} onInsert={write} />
      <div class="composer-foot">
        <AttachButton id={id} />
        <MacrosButton summary={summary} />
        {tools.buttons}
        {along.buttons}
        {copies.button}
        <Elsewhere id={id} onOffer={offered} />
        <p id="composer-hint" class="quiet" aria-live="polite">{(wanted ? t.files.waitForFiles : enterSends ? t.composer.enter : t.composer.ctrlEnter).split(/(?=, )/).map((part) => <span key={part}>{part}</span>)}</p>
        <button type="submit" class="button primary" data-testid="send" aria-disabled={wanted || (!text.trim() && !ready && !under)}>
          <span>{t.composer.send}</span><Icon of={SendHorizontal} />
        </button>
      </div>
    </form>
  );
}

/** The copies of the next answer: as they were with the last one, until the agent changes them. */
function useCopies(summary: Summary) {
  const copying = useCopying(summary);
  const [typed, setTyped] = useState<Typed | null>(null);
  const last = useSelect((state) => JSON.stringify(lastCopies(state.open?.messages ?? [])));
  const [asked, setAsked] = useState(false);
  const now = typed ?? (JSON.parse(last) as Typed);
  const some = Boolean(now.cc || now.bcc);
  // Whoever gets a copy is in sight: to fold the fields is to empty them.
  const open = copying && (some || asked);
  const toggle = (): void => {
    setAsked(!open);
    if (open) setTyped({ cc: "", bcc: "" });
  };
  return {
    sent: copying ? asSent(now) : {},
    fit: !copying || (sendable(now.cc) && sendable(now.bcc)),
    fields: open && <CopiesFields typed={now} onType={setTyped} focused={asked} />,
    button: copying && <CopiesButton open={open} onToggle={toggle} />,
  };
}

export function NotMine({ summary }: { summary: Summary }) {
  const desk = useDesk();
  const t = useText();
  const agent = useSelect((state) => state.agent);
  const answers = useMay("conversations.write");
  const [busy, setBusy] = useState(false);
  const alive = useRef(true);
  useEffect(() => () => {
    alive.current = false;
  }, []);
  const { kind, name } = summary.owner;
  const says = !answers ? t.rights.reads : kind === "agent" ? t.composer.agent(name) : t.composer[kind];
  const takeable = answers && kind !== "nobody";
  const take = async (): Promise<void> => {
    if (busy || !takeable || !agent) return;
    setBusy(true);
    const result = await desk.take();
    if (alive.current) setBusy(false);
    // The composer is drawn in the place of this; writing is what comes next.
    if (result === "done") setTimeout(() => emit("reply"));
  };
  useCommand("take", () => void take());
  return (
    <div class="not-mine" data-testid="not-mine">
      <AnswerBy summary={summary} />
      <p>
        {says} {desk.keep.draft(summary.id) && <span class="quiet">{t.composer.draft}</span>}
      </p>
      {takeable && (
        <button
          type="button" class={`button large ${kind === "queue" ? "primary" : ""}`} data-testid="take" aria-disabled={busy}
          onClick={() => void take()}
        >
          <Icon of={Hand} />{busy ? t.conversation.taking : t.conversation.take}<Key>t</Key>
        </button>
      )}
    </div>
  );
}
