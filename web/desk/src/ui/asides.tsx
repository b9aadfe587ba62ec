// What an account could not take in: each with its reason, to be tried again or left where it is.

import { RotateCw } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { full } from "../format";
import type { SetAside } from "../types";
import { Icon } from "./bits";
import { useDesk, useLanguage, useText } from "./hooks";
import { useLoaded, Waiting } from "./page";

interface AsidesProps {
  channel: string;
  account: string;
  /** How many still wait for somebody’s word. */
  counted(count: number): void;
}

const LOOK_AGAIN = 1_500;
const LOOKS = 20;

export function Asides({ channel, account, counted }: AsidesProps) {
  const desk = useDesk();
  const t = useText();
  const loaded = useLoaded(() => desk.api.asides(channel, account));
  const [looks, setLooks] = useState(0);
  const value = loaded.value;
  const trying = value?.items.some(({ again }) => again) ?? false;
  useEffect(() => {
    if (value) counted(value.count);
  }, [value?.count]);
  // How the new try ended is known soon, and told by nobody.
  useEffect(() => {
    if (!trying || looks >= LOOKS) return undefined;
    const timer = setTimeout(() => void loaded.reload().then(() => setLooks(looks + 1)), LOOK_AGAIN);
    return () => clearTimeout(timer);
  }, [trying, looks]);
  const wish = async (item: SetAside, what: "again" | "leave"): Promise<void> => {
    try {
      const now = await desk.api.wishAside(channel, account, item.id, what);
      setLooks(0);
      loaded.set(() => now);
    } catch {
      desk.store.dispatch({ do: "notice", text: t.asides.failed });
      await loaded.reload();
    }
  };
  if (!value) return <Waiting loaded={loaded} />;
  const older = value.count - value.items.filter(({ again }) => !again).length;
  return (
    <div class="asides" data-testid="asides">
      <p class="quiet" role="status">{value.items.length > 0 ? t.asides.lead : t.asides.done}</p>
      <ul>{value.items.map((item) => <Item key={item.id} item={item} wish={(what) => wish(item, what)} />)}</ul>
      {older > 0 && <p class="quiet">{t.asides.older(older)}</p>}
    </div>
  );
}

function Item({ item, wish }: { item: SetAside; wish(what: "again" | "leave"): Promise<void> }) {
  const t = useText();
  const language = useLanguage();
  const [busy, setBusy] = useState(false);
  const go = async (what: "again" | "leave"): Promise<void> => {
    if (busy || item.again) return;
    setBusy(true);
    await wish(what);
    setBusy(false);
  };
  return (
    <li class="undelivered-item" data-testid="aside" data-state={item.again ? "asked" : "aside"}>
      <p class="undelivered-who">
        <strong dir="auto">{item.name}</strong>
        {item.at && <time class="quiet" dateTime={item.at}>{full(item.at, language)}</time>}
      </p>
      <p class="aside-why" dir="auto">{item.why}</p>
      <p class="account-acts">
        <button type="button" class="button" data-testid="aside-again" aria-disabled={busy || item.again} onClick={() => void go("again")}>
          <Icon of={RotateCw} />{item.again ? t.asides.asked : t.asides.again}
        </button>
        {!item.again && (
          <button type="button" class="link" data-testid="aside-leave" title={t.asides.leaveHelp} aria-disabled={busy} onClick={() => void go("leave")}>{t.asides.leave}</button>
        )}
      </p>
    </li>
  );
}
