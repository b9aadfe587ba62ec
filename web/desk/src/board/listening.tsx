// Listening in: the conversation as it happens, a word to its agent that nobody else reads, and taking it over.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { clock } from "../format";
import type { ConversationAnswer, DeskMessage, Summary } from "../types";
import { PlainText } from "../ui/bits";
import { Dialog } from "../ui/dialogs";
import { useDesk, useLanguage, useSelect, useText } from "../ui/hooks";
import { nameOf } from "../ui/who";
import type { Whisper } from "./types";
import { useHeard } from "./heard";
import { trouble } from "./watching";
import { useWords } from "./words";
import { uuid } from "../work/outbox";

type Heard = Pick<ConversationAnswer, "conversation" | "messages">;

export function Listening({ id, onClose }: { id: string; onClose(): void }) {
  const rest = useRest();
  const words = useWords();
  const t = useText();
  const [heard, set] = useState<Heard | null>(null);
  const [said, say] = useState("");
  useEffect(() => {
    // The silence is kept by not saying that this is looked at; the audit log hears of it with this request.
    rest.post<Heard>(`/desk/api/conversations/${id}/listen`).then(set).catch((error: unknown) => say(trouble(error, words)));
  }, [id]);
  useHeard((frame) => {
    if (frame.type === "conversation" && frame.conversation.id === id) set((known) => known && { ...known, conversation: frame.conversation });
    if (frame.type === "message" && frame.conversation === id) set((known) => known && { ...known, messages: merged(known.messages, frame.message) });
  });
  const title = words.listening.title(heard ? nameOf(heard.conversation, t) : "…");
  return (
    <Dialog title={title} onClose={onClose} wide>
      <div class="board-listening" data-testid="listening" data-id={id}>
        <p class="quiet">{words.listening.silent}</p>
        {said && <p role="alert">{said}</p>}
        {heard && <Talk messages={heard.messages} />}
        {heard && <StepIn id={id} summary={heard.conversation} onClose={onClose} />}
      </div>
    </Dialog>
  );
}

/** The message in its place; one that changed takes the place of what it was. */
export function merged(messages: readonly DeskMessage[], message: DeskMessage): DeskMessage[] {
  return [...messages.filter(({ seq }) => seq !== message.seq), message].sort((a, b) => a.place - b.place || a.seq - b.seq);
}

function Talk({ messages }: { messages: DeskMessage[] }) {
  const words = useWords().listening;
  const language = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const last = messages[messages.length - 1]?.seq;
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [last]);
  return (
    <div ref={box} class="board-talk" tabIndex={0} role="log" aria-label={words.messages}>
      <ol>
        {messages.map((message) => (
          <li key={message.seq} class={`board-said-by-${message.from}`} data-testid="heard" data-seq={message.seq}>
            <p class="board-speaker">{message.name ?? words.who[message.from]} <time dateTime={message.at}>{clock(message.at, language)}</time></p>
            <p dir="auto" class="board-words"><PlainText text={message.text} /></p>
            {message.files.map((file) => <p key={file.id} class="quiet">{file.name}</p>)}
          </li>
        ))}
      </ol>
    </div>
  );
}

function StepIn({ id, summary, onClose }: { id: string; summary: Summary; onClose(): void }) {
  const me = useSelect((state) => state.agent?.id);
  const words = useWords().listening;
  const { kind } = summary.owner;
  if (kind === "nobody") return <p class="quiet">{words.ended}</p>;
  const theirs = kind === "agent" && summary.owner.id !== me;
  return (
    <>
      {theirs ? <Whispering id={id} /> : <p class="quiet">{words.nobody}</p>}
      {summary.owner.id !== me && <TakeOver summary={summary} onClose={onClose} />}
    </>
  );
}

function Whispering({ id }: { id: string }) {
  const rest = useRest();
  const all = useWords();
  const words = all.listening;
  const [text, write] = useState("");
  const [problem, tell] = useState("");
  const [sent, set] = useState<Whisper[]>([]);
  const key = useRef(uuid());
  const load = (): void => {
    rest.get<{ whispers: Whisper[] }>(`/desk/api/conversations/${id}/whispers`).then(({ whispers }) => set(whispers.filter(({ mine }) => mine))).catch(() => {});
  };
  useEffect(load, [id]);
  useHeard((frame) => {
    if (frame.type === "whisper" && frame.conversation === id) load();
  });
  const send = async (): Promise<void> => {
    if (!text.trim()) return;
    try {
      const { whisper } = await rest.post<{ whisper: Whisper }>(`/desk/api/conversations/${id}/whispers`, { client_id: key.current, text });
      key.current = uuid();
      set((known) => [...known.filter((each) => each.id !== whisper.id), whisper]);
      write("");
      tell("");
    } catch (error) {
      tell(trouble(error, all));
    }
  };
  return (
    <form
      class="board-whispering" onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {sent.map((each) => <p key={each.id} class="board-whispered" data-testid="whispered"><span class="sr">{words.whispered} </span>{each.text} {each.read_at && <span class="quiet">{words.read}</span>}</p>)}
      <label class="field">
        <span>{words.whisper}</span>
        <textarea
          rows={2} maxLength={2_000} value={text} data-testid="whisper-text" aria-describedby="whisper-hint" onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
      </label>
      <p id="whisper-hint" class="quiet">{words.whisperHint}</p>
      {problem && <p role="alert" class="gate-problem">{problem}</p>}
      <div class="dialog-actions"><button type="submit" class="button primary" data-testid="whisper" aria-disabled={!text.trim()}>{words.send}</button></div>
    </form>
  );
}

function TakeOver({ summary, onClose }: { summary: Summary; onClose(): void }) {
  const desk = useDesk();
  const rest = useRest();
  const all = useWords();
  const words = all.listening;
  const me = useSelect((state) => state.agent?.id);
  const [asking, ask] = useState(false);
  const [reason, setReason] = useState("");
  const [problem, tell] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (asking) field.current?.focus();
  }, [asking]);
  if (!asking) return <div class="dialog-actions"><button type="button" class="button" data-testid="take-over" onClick={() => ask(true)}>{words.take}</button></div>;
  const take = async (): Promise<void> => {
    try {
      await rest.post(`/desk/api/conversations/${summary.id}/assign`, { version: summary.version, agent: me, reason });
      onClose();
      desk.go({ page: "conversations", view: "mine", id: summary.id, context: false });
    } catch (error) {
      tell(trouble(error, all));
    }
  };
  return (
    <form
      class="board-taking" onSubmit={(event) => {
        event.preventDefault();
        void take();
      }}
    >
      <label class="field">
        <span>{words.reason}</span>
        <input ref={field} value={reason} maxLength={2_000} data-testid="take-reason" aria-describedby="take-hint" onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      <p id="take-hint" class="quiet">{words.reasonHint}</p>
      {problem && <p role="alert" class="gate-problem">{problem}</p>}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => ask(false)}>{all.cancel}</button>
        <button type="submit" class="button primary" data-testid="take-now">{words.sure}</button>
      </div>
    </form>
  );
}
