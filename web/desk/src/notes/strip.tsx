// What the agent wanted to be reminded of in the open conversation, above where they write.

import { Bell, Check } from "lucide-preact";
import { ahead } from "../format";
import { Icon } from "../ui/bits";
import { useDesk, useLanguage, useNow, useText } from "../ui/hooks";
import { useReminders } from "./hooks";

export function ReminderStrip({ id }: { id: string }) {
  const desk = useDesk();
  const t = useText();
  const language = useLanguage();
  const now = useNow(60_000);
  const here = useReminders().filter((one) => one.conversation === id);
  if (here.length === 0) return null;
  const done = (one: (typeof here)[number]): void => {
    desk.reminders.done(one).catch(() => desk.store.dispatch({ do: "notice", text: "" }));
  };
  return (
    <ul class="remind-strip" aria-label={t.notes.mine} data-testid="reminder-strip">
      {here.map((one) => (
        <li key={one.id} class={Date.parse(one.due_at) <= now ? "remind-late" : ""}>
          <Icon of={Bell} size={14} />
          <span class="remind-words"><span class="quiet">{ahead(one.due_at, language)}</span> <bdi>{one.text || t.notes.remind}</bdi></span>
          <button type="button" class="button" data-testid="reminder-done" onClick={() => done(one)}><Icon of={Check} size={14} />{t.notes.done}</button>
        </li>
      ))}
    </ul>
  );
}
