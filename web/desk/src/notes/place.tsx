// What notes and reminders put above the desk: what the agent was told, and the two dialogs of reminders.

import { AtSign, Bell, BellPlus, X } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { Icon, IconButton, Key } from "../ui/bits";
import { emit, useCommand } from "../ui/commands";
import { useDesk, useSelect, useText } from "../ui/hooks";
import { later } from "../ui/later";
import "./commands";
import { useTold } from "./hooks";
import type { Told } from "./notes";

const SOON = 4_000;
const RemindDialog = later(() => import("./dialogs").then((module) => module.RemindDialog));
const RemindersDialog = later(() => import("./dialogs").then((module) => module.RemindersDialog));

export function NotesPlace() {
  const desk = useDesk();
  const open = useSelect((state) => (state.page === "conversations" ? state.open?.id ?? null : null));
  const [asking, setAsking] = useState<string | null>(null);
  const [listing, setListing] = useState(false);
  useCommand("remind", () => setAsking(open));
  useCommand("reminders", () => setListing(true));
  useEffect(() => desk.notes.look(), [open]);
  useEffect(() => {
    // Who presses a key and goes on typing must not find themselves in front of other keys.
    const soon = setTimeout(() => void import("./dialogs").catch(() => {}), SOON);
    return () => clearTimeout(soon);
  }, []);
  return (
    <>
      <ToldPlace />
      {asking && <RemindDialog id={asking} onClose={() => setAsking(null)} />}
      {listing && <RemindersDialog onClose={() => setListing(false)} />}
    </>
  );
}

function ToldPlace() {
  const t = useText();
  const told = useTold();
  return (
    <section class="told-place" aria-label={t.notes.told} role="status" data-testid="told-place">
      {told.map((one) => <ToldOne key={one.key} one={one} />)}
    </section>
  );
}

function ToldOne({ one }: { one: Told }) {
  const desk = useDesk();
  const t = useText();
  const open = (): void => {
    desk.notes.dismiss(one.key);
    desk.go({ page: "conversations", view: one.kind === "mention" ? "mentioned" : "mine", id: one.conversation });
  };
  return (
    <div class="told" data-testid="told">
      <Icon of={one.kind === "mention" ? AtSign : Bell} />
      <p dir="auto">{one.text}</p>
      <button type="button" class="button" data-testid="told-open" onClick={open}>{t.notes.open}</button>
      <IconButton icon={X} label={t.notes.dismiss} onClick={() => desk.notes.dismiss(one.key)} />
    </div>
  );
}

/** In the bar of a conversation. */
export function RemindButton() {
  const t = useText();
  return <IconButton icon={BellPlus} label={t.notes.remind} hint="d" testId="remind" onClick={() => emit("remind")} />;
}

/** Among the views: the way to one's reminders, with how many are due. */
export function RemindersItem({ onChoose }: { onChoose(): void }) {
  const t = useText();
  const due = useSelect((state) => state.counts.reminders ?? 0);
  return (
    <button
      type="button" class="menu-item" data-testid="view-reminders" onClick={() => {
        onChoose();
        emit("reminders");
      }}
    >
      <Icon of={Bell} size={14} /><span>{t.notes.mine}</span><Key>{"\u21e7D"}</Key>
      <span class={`count ${due > 0 ? "inbox-late" : ""}`}>{due}</span>
    </button>
  );
}

/** On the button that opens the views: how much is meant for the agent alone. */
export function ForMe() {
  const t = useText();
  const count = useSelect((state) => (state.counts.mentioned ?? 0) + (state.counts.reminders ?? 0));
  if (count === 0) return null;
  return <span class="for-me" title={t.notes.unread(count)} data-testid="for-me"><span aria-hidden="true">{count > 99 ? "99+" : count}</span><span class="sr">{t.notes.unread(count)}</span></span>;
}
