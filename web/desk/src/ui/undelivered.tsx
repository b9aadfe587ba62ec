// The page of messages that no attempt could deliver, with their reasons, and the way to send them again.

import { RotateCw } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { full } from "../format";
import type { Undelivered } from "../types";
import { ChannelIcon, Icon, Segments, useChannelName } from "./bits";
import { useDesk, useLanguage, useSelect, useText } from "./hooks";
import { mayOpen, Page, useLoaded, Waiting } from "./page";
import { SetAside } from "./way";

export function UndeliveredPage() {
  const agent = useSelect((state) => state.agent);
  return <Page name="undelivered">{mayOpen("undelivered", agent) && <Both />}</Page>;
}

type Which = "open" | "aside";

function Both() {
  const t = useText();
  const [which, setWhich] = useState<Which>("open");
  const choices = [{ value: "open" as const, label: t.aside.open }, { value: "aside" as const, label: t.aside.shown }];
  return (
    <>
      <Segments label={t.aside.which} name="which" value={which} choices={choices} onChange={(one: Which) => setWhich(one)} testId="which" />
      <List key={which} aside={which === "aside"} />
    </>
  );
}

const wayOf = (item: Undelivered): string => `${item.channel}/${item.account}`;

function List({ aside }: { aside: boolean }) {
  const desk = useDesk();
  const t = useText();
  const named = useChannelName();
  const which = aside ? { aside: "1" } : {};
  const [way, setWay] = useState("");
  const [queued, setQueued] = useState<ReadonlySet<string>>(new Set());
  const loaded = useLoaded(() => desk.api.deliveries(which));
  const notice = (text: string): void => desk.store.dispatch({ do: "notice", text });
  if (!loaded.value || loaded.failed) return <Waiting loaded={loaded} />;
  const { items, next } = loaded.value;
  if (items.length === 0) {
    const [title, text] = aside ? [t.aside.empty, t.aside.emptyText] : [t.undelivered.empty, t.undelivered.emptyText];
    return <div class="empty" data-testid={aside ? "none-aside" : "all-delivered"}><p class="empty-title">{title}</p><p>{text}</p></div>;
  }
  const ways = [...new Set(items.map(wayOf))];
  const chosen = way || (ways.length === 1 ? ways[0] ?? "" : "");
  const more = async (): Promise<void> => {
    try {
      const page = await desk.api.deliveries({ ...which, before: next });
      loaded.set((known) => ({ items: [...known.items, ...page.items], next: page.next }));
    } catch {
      notice(t.pages.failed);
    }
  };
  const replay = async (item: Undelivered): Promise<void> => {
    try {
      await desk.api.replay(item.id);
      setQueued(new Set([...queued, item.id]));
    } catch {
      notice(t.undelivered.failed);
    }
  };
  const putAside = async (item: Undelivered, why: string): Promise<void> => {
    try {
      await desk.api.setAside(item.id, why);
      loaded.set((known) => ({ ...known, items: known.items.filter(({ id }) => id !== item.id) }));
      notice(t.aside.done);
    } catch {
      notice(t.aside.failed);
    }
  };
  const replayAll = async (): Promise<void> => {
    const [channel = "", account = ""] = chosen.split("/");
    try {
      const { count, left } = await desk.api.replayAll(channel, account);
      notice([t.undelivered.replayedAll(count), left > 0 ? t.aside.left(left) : ""].join(" ").trim());
      await loaded.reload();
    } catch {
      notice(t.undelivered.failed);
    }
  };
  return (
    <>
      {!aside && <p class="page-lead">{t.undelivered.lead}</p>}
      <div class="undelivered-top">
        <label class="field filter">
          <span class="sr">{t.undelivered.filter}</span>
          <select value={way} data-testid="filter" onChange={(event) => setWay(event.currentTarget.value)}>
            <option value="">{t.undelivered.all}</option>
            {ways.map((one) => {
              const [channel = "", account = ""] = one.split("/");
              return <option key={one} value={one}>{named(channel)}{account !== "main" && `, ${account}`}</option>;
            })}
          </select>
        </label>
        {chosen && !aside && <ReplayAll count={`${items.filter((item) => wayOf(item) === chosen).length}${next ? "+" : ""}`} run={replayAll} />}
      </div>
      <ul class="undelivered">
        {items.filter((item) => !way || wayOf(item) === way).map((item) => (
          <Item key={item.id} item={item} queued={queued.has(item.id)} replay={() => replay(item)} putAside={(why) => putAside(item, why)} />
        ))}
      </ul>
      {next && <button type="button" class="button" onClick={() => void more()}>{t.undelivered.more}</button>}
    </>
  );
}

function ReplayAll({ count, run }: { count: string; run(): Promise<void> }) {
  const t = useText();
  const [asking, setAsking] = useState(false);
  const focus = useRef((button: HTMLButtonElement | null) => button?.focus());
  const [busy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    await run();
    setBusy(false);
    setAsking(false);
  };
  if (!asking) return <button type="button" class="button" data-testid="replay-all" onClick={() => setAsking(true)}><Icon of={RotateCw} />{t.undelivered.replayAll(count)}</button>;
  return (
    <span class="sure" role="group" aria-label={t.undelivered.replayAllSure}>
      <button type="button" class="button primary" data-testid="replay-all-confirm" aria-disabled={busy} ref={focus.current} onClick={() => void go()}>{t.undelivered.replayAllYes}</button>
      <button type="button" class="button" onClick={() => setAsking(false)}>{t.channels.cancel}</button>
    </span>
  );
}

interface ItemProps {
  item: Undelivered;
  queued: boolean;
  replay(): Promise<void>;
  putAside(why: string): Promise<void>;
}

function Item({ item, queued, replay, putAside }: ItemProps) {
  const desk = useDesk();
  const t = useText();
  const language = useLanguage();
  const [busy, setBusy] = useState(false);
  const again = async (): Promise<void> => {
    if (busy || queued) return;
    setBusy(true);
    await replay();
    setBusy(false);
  };
  return (
    <li class="undelivered-item" data-testid="delivery" data-state={queued ? "queued" : "failed"}>
      <p class="undelivered-who">
        <ChannelIcon channel={item.channel} words />
        {item.account !== "main" && <span dir="auto">{item.account}</span>}
        <strong dir="auto">{t.undelivered.to(item.to)}</strong>
        <time class="quiet" dateTime={item.failed_at}>{full(item.failed_at, language)}</time>
      </p>
      <p class="undelivered-text" dir="auto">{item.text}</p>
      <p class="unsent"><span dir="auto">{item.error || t.undelivered.noReason}</span><span class="quiet">{t.undelivered.attempts(item.attempts)}</span></p>
      {item.aside && <p class="note" data-testid="aside-reason" dir="auto">{t.aside.told(item.aside.by, item.aside.why)}</p>}
      <div class="account-acts">
        <button type="button" class="button" data-testid="replay" aria-disabled={busy || queued} onClick={() => void again()}>
          <Icon of={RotateCw} />{queued ? t.undelivered.replayed : busy ? t.undelivered.replaying : t.undelivered.replay}
        </button>
        <button type="button" class="link" onClick={() => desk.go({ id: item.conversation })}>{t.undelivered.open}</button>
        {!item.aside && !queued && <SetAside run={putAside} />}
      </div>
    </li>
  );
}
