// What was written on a case and said to its customer, and writing more: drafts stay until they are through.

import { useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { sends } from "../keys";
import { AttachButton, pastedFiles, Tray, useDrop, useUploads } from "../ui/attach";
import { Segments, useChannelName } from "../ui/bits";
import { useCommand } from "../ui/commands";
import { useDesk, useLanguage, useMay, useText } from "../ui/hooks";
import { asks } from "./carry";
import type { Shown } from "./changing";
import { nameOf } from "./choosing";
import { Entry } from "./entry";
import { ofComment, UPLOADS } from "./files";
import { Panel, Pick, troubleOf, useWords } from "./parts";

type Mode = "comment" | "reply";

export function Talk(shown: Shown) {
  const { whole, writes } = shown;
  const words = useWords();
  return (
    <Panel title={words.talk} testId="case-talk">
      {whole.said.length === 0 && <p class="quiet">{words.talkEmpty}</p>}
      {whole.said.length > 0 && <ol class="cases-said">{whole.said.map((each) => <Entry key={each.id} each={each} {...shown} />)}</ol>}
      {writes && <Writing {...shown} />}
    </Panel>
  );
}

function Writing({ whole, settings, reload }: Shown) {
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const t = useText();
  const { keep, uploads } = useDesk();
  const channel = useChannelName();
  const answers = useMay("conversations.write");
  const field = useRef<HTMLTextAreaElement>(null);
  const one = whole.case;
  const [latest] = whole.links.conversations;
  const named = (mode: Mode): string => `case.${one.id}.${mode}`;
  const [mode, setMode] = useState<Mode>(() => (keep.draft(named("reply")) && latest ? "reply" : "comment"));
  const [text, setText] = useState(() => keep.draft(named(mode)));
  const [then, setThen] = useState("");
  const [told, tell] = useState("");
  const [busy, setBusy] = useState(false);
  // The same words sent again, because no answer came, are said once.
  const sent = useRef<{ text: string; key: string } | null>(null);
  const tray = ofComment(one.id);
  const attached = useUploads(tray);
  const attaches = useMay(UPLOADS) && mode === "comment";
  const dropping = useDrop(tray, attaches ? "[data-testid=talk-form][data-mode=comment]" : "");
  const files = attaches ? attached.flatMap(({ file }) => file?.id ?? []) : [];
  const under = attaches && attached.some(({ file, trouble }) => !file && trouble === null);
  const ready = (text.trim() !== "" || files.length > 0) && !under;
  const turn = (to: Mode): void => {
    setMode(to);
    setText(keep.draft(named(to)));
    tell("");
  };
  const write = (typed: string): void => {
    setText(typed);
    keep.setDraft(named(mode), typed);
  };
  const focus = (to: Mode): void => {
    if (to === "reply" && !(answers && latest)) return;
    turn(to);
    field.current?.focus();
  };
  useCommand("cases.comment", () => focus("comment"));
  useCommand("cases.reply", () => focus("reply"));
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const said = text.trim();
    if (!ready || busy) return;
    const body = mode === "comment" ? { body: said, ...(files.length > 0 && { files }) } : { text: said, ...(then && { then }) };
    const signed = JSON.stringify([mode, body]);
    if (sent.current?.text !== signed) sent.current = { text: signed, key: crypto.randomUUID() };
    setBusy(true);
    tell("");
    try {
      await rest.post(`/cases/${one.id}/${mode === "comment" ? "comments" : "replies"}`, body, undefined, sent.current.key);
      sent.current = null;
      if (attaches) uploads.take(tray);
      keep.setDraft(named(mode), "");
      setText("");
      setThen("");
    } catch (error) {
      tell(troubleOf(error, words));
    }
    await reload();
    setBusy(false);
    field.current?.focus();
  };
  // A step that asks for more is taken by itself.
  const steps = whole.steps.filter((step) => step.permitted && step.missing.length === 0 && !asks(step));
  return (
    <form class="cases-writing" data-mode={mode} data-testid="talk-form" onSubmit={(event) => void send(event)}>
      {answers && (
        <Segments
          label={words.modeLabel} name="cases-mode" testId="talk-mode" value={mode} onChange={turn}
          choices={[{ value: "comment", label: words.modes.comment }, { value: "reply", label: words.modes.reply }]}
        />
      )}
      {dropping && <p class="drop" aria-hidden="true">{t.files.drop}</p>}
      {attaches && <Tray id={tray} />}
      <textarea
        ref={field} value={text} rows={3} maxLength={mode === "comment" ? 20000 : 10000} dir="auto" aria-label={mode === "comment" ? words.comment : words.reply} data-testid="talk-text"
        readOnly={mode === "reply" && !latest} onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={(event) => sends(event, false) && void send(event)}
        onPaste={(event) => {
          const pasted = attaches ? pastedFiles(event) : [];
          if (pasted.length === 0) return;
          event.preventDefault();
          uploads.add(tray, pasted);
        }}
      />
      {told && <p class="trouble" role="alert" data-testid="talk-trouble">{told}</p>}
      <div class="cases-writing-end">
        {attaches && <AttachButton id={tray} command="cases.attach" />}
        <span class="quiet">{under ? t.files.waitForFiles : mode === "comment" ? words.commentHint : latest ? words.replyHint(channel(latest.channel)) : words.noWay}</span>
        {mode === "reply" && latest && steps.length > 0 && (
          <Pick label={words.then} value={then} none={words.thenStays} choices={steps.map(({ to }) => ({ value: to, label: nameOf(settings.statuses, to, language) }))} testId="talk-then" onChange={setThen} />
        )}
        <button type="submit" class="button primary" aria-disabled={busy || !ready} data-testid="talk-send">{busy ? words.sending : mode === "comment" ? words.post : words.send}</button>
      </div>
    </form>
  );
}
