// On a phone, what is done less often with a conversation: behind one button, so that its bar has room for the name.

import { AlarmClock, AlarmClockOff, BellPlus, Ellipsis, Forward, Undo2, type LucideIcon } from "lucide-preact";
import { useEffect } from "preact/hooks";
import type { Summary } from "../types";
import { Icon } from "./bits";
import { emit } from "./commands";
import { useMay, useText } from "./hooks";
import { useMenu } from "./menu";

interface BarMenuProps {
  summary: Summary;
  /** It is the agent's own, and they may answer. */
  mine: boolean;
}

export function BarMenu({ summary, mine }: BarMenuProps) {
  const t = useText();
  const supervises = useMay("conversations.supervise");
  const answers = useMay("conversations.write");
  const { open, setOpen, box, button, key } = useMenu();
  useEffect(() => {
    if (open) box.current?.querySelector<HTMLElement>(".menu-item")?.focus();
  }, [open]);
  const passes = answers && summary.owner.kind !== "nobody" && (mine || supervises);
  const items: [string, string, LucideIcon, boolean][] = [
    ["pass", t.working.passing.title, Forward, passes && mine],
    ["assign", t.working.passing.title, Forward, passes && !mine],
    ["snooze", summary.snoozed ? t.inbox.wake : t.inbox.snooze, summary.snoozed ? AlarmClockOff : AlarmClock, mine],
    ["release", t.release.title, Undo2, mine],
    ["remind", t.notes.remind, BellPlus, true],
  ];
  return (
    <div class="bar-menu" ref={box} onKeyDown={key}>
      <button ref={button} type="button" class="icon-button" aria-label={t.conversation.moreActions} title={t.conversation.moreActions} aria-expanded={open} data-testid="bar-menu" onClick={() => setOpen(!open)}>
        <Icon of={Ellipsis} />
      </button>
      {open && (
        <div class="menu bar-menu-items" role="group" aria-label={t.conversation.moreActions}>
          {items.filter(([, , , shown]) => shown).map(([command, label, icon]) => (
            <button
              key={command} type="button" class="menu-item" data-testid={`menu-${command}`} onClick={() => {
                setOpen(false);
                // The dialog gives the focus back to where it was.
                button.current?.focus();
                emit(command);
              }}
            >
              <Icon of={icon} />{label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
