// The conversations that are open, above the one in sight.

import { X } from "lucide-preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { unread, type Tab } from "../state/tabs";
import { ChannelIcon, Icon } from "../ui/bits";
import { useDesk, useSelect, useText } from "../ui/hooks";
import { nameOf } from "../ui/who";
import "./commands";

export function TabStrip() {
  const t = useText();
  const tabs = useSelect((state) => state.tabs);
  const openId = useSelect((state) => state.open?.id ?? null);
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-current]")?.parentElement?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [openId, tabs.length]);
  // One tab says nothing that the bar below it does not.
  if (tabs.length < 2 && (tabs.length === 0 || tabs[0]?.id === openId)) return null;
  return (
    <nav class="tabs" aria-label={t.working.tabs.label} data-testid="tabs">
      <ul ref={list}>{tabs.map((tab) => <OneTab key={tab.id} tab={tab} current={tab.id === openId} />)}</ul>
    </nav>
  );
}

function OneTab({ tab, current }: { tab: Tab; current: boolean }) {
  const desk = useDesk();
  const t = useText();
  const { summary, kept } = tab;
  const name = summary ? nameOf(summary, t) : tab.label || t.working.tabs.somebody;
  const fresh = unread(tab) && !current;
  return (
    <li
      class={`tab ${current ? "tab-current" : ""} ${kept ? "" : "tab-passing"}`} data-testid="tab" data-id={tab.id}
      onAuxClick={(event) => event.button === 1 && desk.working.close(tab.id)}
    >
      <button
        type="button" class="tab-name" aria-current={current ? "page" : undefined} title={kept ? summary?.goal ?? undefined : t.working.tabs.passing}
        onClick={() => desk.go({ page: "conversations", id: tab.id })} onDblClick={() => desk.working.keepTab(tab.id)}
      >
        {fresh && <span class="tab-fresh" data-testid="tab-fresh"><span class="sr">{t.working.tabs.unread}</span></span>}
        {summary && <ChannelIcon channel={summary.channel} />}
        <bdi>{name}</bdi>
      </button>
      <button type="button" class="tab-close" aria-label={t.working.tabs.close(name)} title={t.working.tabs.close(name)} onClick={() => desk.working.close(tab.id)}>
        <Icon of={X} size={14} />
      </button>
    </li>
  );
}
