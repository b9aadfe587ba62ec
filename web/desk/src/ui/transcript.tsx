// Passport and messages in one scroll, which follows the talk only when the agent is already at its end.

import { ArrowDown, ArrowUp } from "lucide-preact";
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { day, sameDay } from "../format";
import type { OpenConversation, Outgoing } from "../state/conversation";
import type { DeskMessage } from "../types";
import { Icon } from "./bits";
import { useDesk, useLanguage, useNow, useSelect, useText } from "./hooks";
import { bareSubject, subjectOf } from "./mail";
import { MessageItem, speakerName } from "./message";
import { pageOf } from "./notes";
import { OutgoingItem } from "./outgoing";
import { PassportCard } from "./passport";
import { nameOf } from "./who";

const NEAR = 80;
const TOGETHER = 5 * 60_000;
const none: Outgoing[] = [];

export function Transcript({ open, mine }: { open: OpenConversation; mine: boolean }) {
  const t = useText();
  const outgoing = useSelect((state) => state.outgoing[open.id] ?? none);
  const scroller = useRef<HTMLDivElement>(null);
  const { atEnd, pastPassport, news, toEnd, toTop } = useFollowing(scroller, open, mine, outgoing.length);
  const [shown, setShown] = useState<number | null>(null);

  const show = (seq: number): void => {
    const message = scroller.current?.querySelector<HTMLElement>(`[data-seq="${seq}"]`);
    if (!message) return;
    message.scrollIntoView({ block: "center" });
    message.focus({ preventScroll: true });
    setShown(seq);
  };
  useEffect(() => {
    if (shown === null) return undefined;
    const timer = setTimeout(() => setShown(null), 2000);
    return () => clearTimeout(timer);
  }, [shown]);

  const goal = open.passport?.goal ?? open.summary?.goal ?? null;
  return (
    <div class="scroll-area">
      {pastPassport && goal && (
        <button type="button" class="strip" title={t.passport.toTop} onClick={toTop}>
          <Icon of={ArrowUp} size={14} /><span dir="auto">{goal}</span>
        </button>
      )}
      <div class="scroller" ref={scroller} tabIndex={0} role="region" aria-label={t.transcript.label}>
        <div class="thread">
          <PassportCard passport={open.passport} goal={open.summary?.goal ?? null} onShow={show} />
          <Messages messages={open.messages} shown={shown} />
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

function useFollowing(scroller: { current: HTMLDivElement | null }, open: OpenConversation, mine: boolean, sending: number) {
  const me = useSelect((state) => state.agent?.id ?? "");
  const [atEnd, setAtEnd] = useState(true);
  const [pastPassport, setPast] = useState(false);
  const [news, setNews] = useState(0);
  const end = useRef(true);
  const last = open.messages[open.messages.length - 1]?.seq ?? 0;
  const seen = useRef(last);

  const look = (): void => {
    const box = scroller.current;
    if (!box) return;
    end.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    setAtEnd(end.current);
    setPast(box.scrollTop > (box.querySelector<HTMLElement>(".passport")?.offsetHeight ?? 0));
    if (end.current) setNews(0);
  };
  const toEnd = (): void => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
    look();
  };
  const toTop = (): void => {
    if (scroller.current) scroller.current.scrollTop = 0;
  };

  useLayoutEffect(() => {
    // A first visit begins at the passport; a talk already under way goes on where it is.
    const underWay = mine && open.messages.some((message) => message.agent_id === me);
    if (underWay) toEnd();
    else look();
    const box = scroller.current;
    if (!box) return undefined;
    const follow = (): void => (end.current ? toEnd() : look());
    const observer = new ResizeObserver(follow);
    observer.observe(box);
    if (box.firstElementChild) observer.observe(box.firstElementChild);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", look);
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

  return { atEnd, pastPassport, news, toEnd, toTop };
}

function Messages({ messages, shown }: { messages: DeskMessage[]; shown: number | null }) {
  const t = useText();
  const language = useLanguage();
  const now = useNow(60_000);
  if (messages.length === 0) return <p class="quiet center">{t.transcript.empty}</p>;
  const ordered = [...messages].sort((a, b) => a.place - b.place || a.seq - b.seq);
  const several = new Set(messages.filter(spoken).map(wayOf)).size > 1;
  let way: string | null = null;
  let subject: string | null = null;
  let page: string | null = null;
  return (
    <ol class="messages">
      {ordered.map((message, index) => {
        const before = ordered[index - 1];
        const newDay = !before || !sameDay(before.at, message.at);
        const moved = spoken(message) && wayOf(message) !== way && (several || message.account !== "main");
        const about = bareSubject(subjectOf(message));
        const newSubject = about !== null && about !== subject;
        if (spoken(message)) way = wayOf(message);
        subject = about ?? subject;
        const on = pageOf(message)?.url ?? null;
        const newPage = on !== null && on !== page;
        page = on ?? page;
        const together = !newDay && !moved && !newSubject && follows(before, message);
        return (
          <Fragment key={message.seq}>
            {newDay && (
              <li class="day"><span>{day(message.at, now, language, t)}</span></li>
            )}
            <MessageItem
              message={message} together={together} shown={shown === message.seq} moved={moved} newSubject={newSubject} newPage={newPage}
            />
          </Fragment>
        );
      })}
    </ol>
  );
}

const spoken = (message: DeskMessage): boolean => message.from !== "system";
const wayOf = ({ channel, account }: DeskMessage): string => `${channel} ${account}`;

function follows(before: DeskMessage | undefined, message: DeskMessage): boolean {
  return before !== undefined && before.from === message.from && before.name === message.name
    && before.sender_name === message.sender_name && Date.parse(message.at) - Date.parse(before.at) < TOGETHER;
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
