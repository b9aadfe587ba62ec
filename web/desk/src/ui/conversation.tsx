// The second column: the open conversation, from its passport to the composer.

import { ArrowLeft, Mail, PanelLeftOpen, PanelRightClose, PanelRightOpen, X } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import type { Dictionary } from "../i18n";
import type { OpenConversation } from "../state/conversation";
import type { Agent, Summary } from "../types";
import { Actions } from "./actions";
import { BarMenu } from "./bar-menu";
import { ChannelIcon, Icon, IconButton, Key, ProofMark, UpsetMark } from "./bits";
import { useCommand } from "./commands";
import { FirstSteps } from "./first";
import { useDesk, useMay, usePreferences, useSelect, useText } from "./hooks";
import { RemindButton } from "../notes/place";
import { hasJoined } from "../passing/commands";
import { CompanyLine, PassOn } from "../passing/place";
import { TabStrip } from "../tabs/strip";
import { ConversationTags } from "../tags/place";
import { Writing } from "../notes/writing";
import { later } from "./later";
import { Wait } from "./row";
import { Transcript } from "./transcript";
import { WrapUpPlace } from "../wrap-up/place";
import { Name } from "./who";

const Whispers = later<{ id: string }>(() => import("../board/whispers").then((module) => module.Whispers));

export function isMine(summary: Summary | null, agent: Agent | null): boolean {
  return summary?.owner.kind === "agent" && agent !== null && summary.owner.id === agent.id;
}

export function ownerName(summary: Summary, agent: Agent | null, t: Dictionary): string {
  if (isMine(summary, agent)) return t.conversation.owner.mine;
  const { kind, name } = summary.owner;
  return kind === "agent" ? t.conversation.owner.agent(name) : t.conversation.owner[kind];
}

export function ConversationColumn() {
  const t = useText();
  const open = useSelect((state) => state.open);
  return (
    <main class="column conversation" aria-label={t.conversation.label} data-testid="conversation" data-id={open?.id} tabIndex={-1}>
      <TabStrip />
      {open ? <Opened key={open.id} open={open} /> : <Nothing />}
    </main>
  );
}

function Nothing() {
  const t = useText();
  return (
    <>
      <header class="bar bar-empty"><Unfold /></header>
      <div class="empty center">
        <h1 class="empty-title">{t.conversation.none}</h1>
        <p>{t.conversation.noneText}</p>
        <p class="keys-hint">
          <span><Key>j</Key> <Key>k</Key> {t.conversation.hintMove}</span>
          <span><Key>{t.shortcuts.enter}</Key> {t.conversation.hintOpen}</span>
          <span><Key>?</Key> {t.conversation.hintHelp}</span>
        </p>
        <FirstSteps />
      </div>
    </>
  );
}

function Opened({ open }: { open: OpenConversation }) {
  const desk = useDesk();
  const agent = useSelect((state) => state.agent);
  const mine = isMine(open.summary, agent);
  const joined = useSelect(hasJoined);
  const answers = useMay("conversations.write");
  return (
    <>
      <Bar open={open} />
      <CompanyLine open={open} />
      {open.conflict !== null && <Conflict open={open} />}
      {open.status === "ready" && <Transcript open={open} mine={mine} />}
      {open.status === "loading" && <Loading />}
      {(open.status === "error" || open.status === "missing") && (
        <Trouble missing={open.status === "missing"} retry={() => desk.reading.retryOpen()} />
      )}
      {open.status === "ready" && mine && <Whispers id={open.id} />}
      {open.status === "ready" && open.summary && <WrapUpPlace summary={open.summary} />}
      {open.status === "ready" && open.summary && (
        <Writing id={open.id} summary={open.summary} mine={(mine || joined) && answers} />
      )}
    </>
  );
}

function Bar({ open }: { open: OpenConversation }) {
  const desk = useDesk();
  const t = useText();
  const agent = useSelect((state) => state.agent);
  const view = useSelect((state) => state.view);
  const { summary } = open;
  const answers = useMay("conversations.write");
  return (
    <header class="bar">
      <IconButton
        icon={ArrowLeft} label={t.conversation.back} class="only-narrow" onClick={() => desk.go({ view, id: null, context: false })}
      />
      <Unfold />
      <div class="bar-who">
        <h1 dir="auto">{summary ? <Name summary={summary} /> : "\u00a0"}</h1>
        {summary && (
          <p class="bar-facts">
            <span class={`owner owner-${isMine(summary, agent) ? "mine" : summary.owner.kind}`}>{ownerName(summary, agent, t)}</span>
            {summary.owner.kind === "queue" && summary.waiting_since && <Wait since={summary.waiting_since} />}
            <ChannelIcon channel={summary.channel} />
            <abbr class="tag" title={t.passport.speaks(t.languageName[summary.language])}>{t.languageTag[summary.language]}</abbr>
            {!open.passport && <ProofMark proof={summary.proof} />}
            {!open.passport && summary.mood === "upset" && <UpsetMark words />}
            {summary.answer_by && <PromisedTo to={summary.answer_by.to} />}
            <ConversationTags summary={summary} />
          </p>
        )}
      </div>
      {summary && answers && <PassOn open={open} mine={isMine(summary, agent)} />}
      {summary && <Actions key={summary.id} summary={summary} mine={answers && isMine(summary, agent)} />}
      {summary && <RemindButton />}
      {summary && <BarMenu key={`menu-${summary.id}`} summary={summary} mine={answers && isMine(summary, agent)} />}
      <ContextToggle />
    </header>
  );
}

function PromisedTo({ to }: { to: string }) {
  const says = useText().way.promised(to);
  return <span class="promised-mark" title={says} data-testid="promised-to"><Icon of={Mail} size={14} /><bdi class="promised-to">{to}</bdi><span class="sr">{says}</span></span>;
}

function Unfold() {
  const { keep } = useDesk();
  const t = useText();
  const { listFolded } = usePreferences();
  if (!listFolded) return null;
  return (
    <IconButton
      icon={PanelLeftOpen} label={t.list.unfold} class="only-wide" onClick={() => keep.prefer({ listFolded: false })}
    />
  );
}

/** Wide screens fold the third column; narrow ones show it over the conversation, as a place of its own in the address. */
function ContextToggle() {
  const desk = useDesk();
  const t = useText();
  const { contextFolded } = usePreferences();
  const pane = useSelect((state) => state.pane);
  const toggle = (): void => {
    if (matchMedia("(min-width: 1180px)").matches) desk.keep.prefer({ contextFolded: !contextFolded });
    else desk.go({ context: pane !== "context" });
  };
  useCommand("context", toggle);
  return (
    <>
      <IconButton
        icon={contextFolded ? PanelRightOpen : PanelRightClose} class="only-three" hint="i"
        label={contextFolded ? t.conversation.showDetails : t.conversation.hideDetails} onClick={toggle}
      />
      <IconButton icon={PanelRightOpen} class="not-three" label={t.conversation.showDetails} hint="i" onClick={toggle} />
    </>
  );
}

function Conflict({ open }: { open: OpenConversation }) {
  const { store } = useDesk();
  const t = useText();
  const agent = useSelect((state) => state.agent);
  const says = open.conflict || `${t.conversation.conflict} ${open.summary ? t.conversation.conflictNow(ownerName(open.summary, agent, t)) : ""}`;
  return (
    <div class="conflict" role="alert" data-testid="conflict">
      <p>{says}</p>
      <IconButton
        icon={X} label={t.conversation.dismiss} onClick={() => store.dispatch({ do: "conflict", id: open.id, detail: null })}
      />
    </div>
  );
}

function Loading() {
  const t = useText();
  return (
    <div class="scroller" aria-busy="true">
      <span class="sr" role="status">{t.conversation.loading}</span>
      <div class="thread" aria-hidden="true">
        <div class="skeleton passport-skeleton" />
        <div class="skeleton bubble-skeleton" style={{ width: "46%" }} />
        <div class="skeleton bubble-skeleton right" style={{ width: "58%" }} />
        <div class="skeleton bubble-skeleton" style={{ width: "34%" }} />
      </div>
    </div>
  );
}

function Trouble({ missing, retry }: { missing: boolean; retry(): void }) {
  const t = useText();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) button.current?.focus();
  }, []);
  return (
    <div class="empty center" role="alert">
      <h1 class="empty-title">{missing ? t.conversation.missing : t.conversation.error}</h1>
      {!missing && <p>{t.conversation.errorText}</p>}
      {!missing && <button ref={button} type="button" class="button" onClick={retry}>{t.conversation.retry}</button>}
    </div>
  );
}
