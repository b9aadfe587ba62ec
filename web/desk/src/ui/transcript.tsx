// Passport and messages in one scroll, which follows the talk only when the agent is already at its end.

import { ArrowDown, ArrowUp } from "lucide-preact";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { day } from "../format";
import { useNotes } from "../notes/hooks";
import { NoteItem } from "../notes/item";
import type { OpenConversation, Outgoing } from "../state/conversation";
import { EarlierConversations } from "../transcript/earlier";
import { FoundHere } from "../transcript/found";
import { keyOf, rowsOf, type Row } from "../transcript/rows";
import { Virtual, type VirtualHandle } from "../transcript/virtual";
import type { Anchor } from "../transcript/window";
import type { DeskMessage } from "../types";
import { Icon } from "./bits";
import { useDesk, useLanguage, useNow, useSelect, useText } from "./hooks";
import { MessageItem, speakerName } from "./message";
import { OutgoingItem } from "./outgoing";
import { PassportCard } from "./passport";
import { nameOf } from "./who";

const NEAR = 80;
/** How far from the oldest message that is there the ones before it are asked for. */
const EARLY = 900;
const none: Outgoing[] = [];
/** Where each conversation was left, for as long as this page lives. */
const left = new Map<string, Anchor | "end">();

export function Transcript({ open, mine }: { open: OpenConversation; mine: boolean }) {
  const desk = useDesk();
  const t = useText();
  const me = useSelect((state) => state.agent?.id ?? "");
  const outgoing = useSelect((state) => state.outgoing[open.id] ?? none);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualHandle | null>(null);
  // A first visit begins at the passport; a talk already under way goes on where it is, and one that was left where it was.
  const [begin] = useState<Anchor | "start" | "end">(() =>
    left.get(open.id) ?? (mine && open.messages.some((message) => message.agent_id === me) ? "end" : "start"));
  const { atEnd, pastPassport, news, toEnd, toTop, following } = useFollowing({ scroller, list, open, begin, sending: outgoing.length });
  const [shown, setShown] = useState<number | null>(null);

  const show = (seq: number): void => {
    following.current = false;
    void desk.working.back(open.id, seq).then(() => setTimeout(() => list.current?.show(keyOf(seq), (row) => {
      row.focus({ preventScroll: true });
      setShown(seq);
    })));
  };
  useEffect(() => {
    if (shown === null) return undefined;
    const timer = setTimeout(() => setShown(null), 2000);
    return () => clearTimeout(timer);
  }, [shown]);

  const goal = open.passport?.goal ?? open.summary?.goal ?? null;
  return (
    <div class="scroll-area">
      <FoundHere id={open.id} onShow={show} />
      {pastPassport && goal && (
        <button type="button" class="strip" title={t.passport.toTop} onClick={toTop}>
          <Icon of={ArrowUp} size={14} /><span dir="auto">{goal}</span>
        </button>
      )}
      <div class="scroller" ref={scroller} tabIndex={0} role="region" aria-label={t.transcript.label}>
        <div class="thread">
          <EarlierConversations open={open} />
          <PassportCard passport={open.passport} goal={open.summary?.goal ?? null} onShow={show} />
          <Messages id={open.id} messages={open.messages} shown={shown} {...{ scroller, list, following, begin }} />
          {outgoing.map((one) => <OutgoingItem key={one.clientId} one={one} id={open.id} />)}
          <TypingLine open={open} />
        </div>
      </div>
      {!atEnd && (
        <button type="button" class={`pill ${news > 0 ? "pill-news" : ""}`} data-testid="new-messages" onClick={toEnd}>
          <Icon of={ArrowDown} size={14} />{news > 0 ? t.transcript.news(news) : t.transcript.latest}
        </button>
      )}
      <Announcer messages={open.messages} />
    </div>
  );
}

interface Following {
  scroller: RefObject<HTMLDivElement>;
  list: { current: VirtualHandle | null };
  open: OpenConversation;
  begin: Anchor | "start" | "end";
  sending: number;
}

function useFollowing({ scroller, list, open, begin, sending }: Following) {
  const desk = useDesk();
  const me = useSelect((state) => state.agent?.id ?? "");
  const [atEnd, setAtEnd] = useState(true);
  const [pastPassport, setPast] = useState(false);
  const [news, setNews] = useState(0);
  const end = useRef(begin === "end");
  const last = open.messages[open.messages.length - 1]?.seq ?? 0;
  const seen = useRef(last);

  const look = (): void => {
    const box = scroller.current;
    if (!box) return;
    end.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    setAtEnd(end.current);
    const passport = box.querySelector<HTMLElement>(".passport");
    const past = box.scrollTop - (passport ? passport.offsetTop + passport.offsetHeight : 0);
    setPast(past > 0);
    // Whoever looks at the passport is not on the way back.
    if (past > 0 && past < EARLY) void desk.working.back(open.id, undefined);
    if (end.current) setNews(0);
  };
  const toEnd = (): void => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
    look();
  };
  const toTop = (): void => {
    const box = scroller.current;
    end.current = false;
    if (box) box.scrollTop = box.querySelector<HTMLElement>(".passport")?.offsetTop ?? 0;
  };

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    if (begin === "end") toEnd();
    else if (begin === "start") box.scrollTop = 0;
    look();
    const follow = (): void => {
      list.current?.settle();
      if (end.current) toEnd();
      else look();
    };
    const observer = new ResizeObserver(follow);
    observer.observe(box);
    if (box.firstElementChild) observer.observe(box.firstElementChild);
    // In one go: between two listeners the page is drawn, and would be brought back to where it was.
    const scrolled = (): void => {
      list.current?.capture();
      look();
      list.current?.grow();
    };
    box.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      const place = end.current ? "end" : list.current?.place();
      if (place) left.set(open.id, place);
      observer.disconnect();
      box.removeEventListener("scroll", scrolled);
    };
  }, []);

  useLayoutEffect(() => {
    const fresh = open.messages.filter((message) => message.seq > seen.current);
    seen.current = Math.max(seen.current, last);
    if (fresh.length === 0) return;
    if (end.current || fresh.some((message) => message.agent_id === me)) toEnd();
    else setNews((before) => before + fresh.filter((message) => message.from !== "system").length);
  }, [last]);

  useLayoutEffect(() => {
    if (sending > 0) toEnd();
  }, [sending]);

  return { atEnd, pastPassport, news, toEnd, toTop, following: end };
}

interface MessagesProps {
  id: string;
  messages: DeskMessage[];
  shown: number | null;
  scroller: RefObject<HTMLDivElement>;
  list: { current: VirtualHandle | null };
  following: { current: boolean };
  begin: Anchor | "start" | "end";
}

function Messages({ id, messages, shown, scroller, list, following, begin }: MessagesProps) {
  const t = useText();
  const language = useLanguage();
  const now = useNow(60_000);
  const notes = useNotes(id);
  const rows = useMemo(() => rowsOf(messages, notes), [messages, notes]);
  if (rows.length === 0) return <p class="quiet center">{t.transcript.empty}</p>;
  const draw = (row: Row) => {
    if (row.kind === "day") return <li key={row.key} class="day"><span>{day(row.at, now, language, t)}</span></li>;
    if (row.kind === "note") return <NoteItem key={row.key} note={row.note} />;
    const { message, together, moved, newSubject, newPage } = row;
    return (
      <MessageItem
        key={row.key} message={message} together={together} shown={shown === message.seq} moved={moved} newSubject={newSubject} newPage={newPage}
      />
    );
  };
  return (
    <>
      {(messages[0]?.seq ?? 0) > 1 && <Older id={id} />}
      <Virtual rows={rows} scroller={scroller} handle={list} draw={draw} following={following} begin={begin} />
    </>
  );
}

/** The way further back for who does not scroll there: it goes by itself otherwise. */
function Older({ id }: { id: string }) {
  const desk = useDesk();
  const w = useText().working.long;
  const [state, setState] = useState<"idle" | "loading" | "failed">("idle");
  const load = (): void => {
    setState("loading");
    void desk.working.back(id).then((done) => setState(done ? "idle" : "failed"));
  };
  return (
    <p class="older">
      <button type="button" class="link" data-testid="older" aria-disabled={state === "loading"} onClick={() => state !== "loading" && load()}>
        {state === "loading" ? w.loading : w.older}
      </button>
      {state === "failed" && <span role="alert"> {w.failed}</span>}
    </p>
  );
}

function TypingLine({ open }: { open: OpenConversation }) {
  const { store } = useDesk();
  const t = useText();
  const { typing } = open;
  useEffect(() => {
    if (!typing) return undefined;
    const timer = setTimeout(() => store.dispatch({ do: "typing over", now: Date.now() }), Math.max(0, typing.until - Date.now()) + 20);
    return () => clearTimeout(timer);
  }, [typing]);
  if (!typing) return <p class="typing" aria-hidden="true">{"\u00a0"}</p>;
  const fallback = typing.from === "bot" ? t.transcript.assistant : open.summary ? nameOf(open.summary, t) : t.list.visitor;
  return (
    <p class="typing" data-testid="typing">
      <span class="dots" aria-hidden="true"><i /><i /><i /></span>{t.transcript.typing(typing.name ?? fallback)}
    </p>
  );
}

/** Says new messages to screen readers, and only those that came while the conversation was open. */
function Announcer({ messages }: { messages: DeskMessage[] }) {
  const t = useText();
  const me = useSelect((state) => state.agent?.id ?? "");
  const customer = useSelect((state) => state.open?.summary?.customer?.name ?? null);
  const last = messages[messages.length - 1];
  const first = useRef(last?.seq ?? 0);
  const fresh = last && last.seq > first.current && last.agent_id !== me ? last : null;
  const speaker = fresh ? speakerName(fresh, customer, t) : "";
  return (
    <div class="sr" aria-live="polite">
      {fresh && (fresh.from === "system" ? fresh.text : t.transcript.says(speaker, fresh.text))}
    </div>
  );
}
