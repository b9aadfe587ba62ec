// Where a conversation is passed on from: one button in its bar, and who else is in it.

import { Forward, LogOut, Users } from "lucide-preact";
import { useState } from "preact/hooks";
import type { OpenConversation } from "../state/conversation";
import { Icon } from "../ui/bits";
import { useCommand } from "../ui/commands";
import { useDesk, useMay, useSelect, useText } from "../ui/hooks";
import { later } from "../ui/later";
import type { Person } from "../types.working";
import "./commands";
import { hasJoined } from "./commands";

export type Mode = "transfer" | "invite" | "assign";

const PassingDialog = later(() => import("./dialog").then((module) => module.PassingDialog));

export function PassOn({ open, mine }: { open: OpenConversation; mine: boolean }) {
  const t = useText();
  const supervises = useMay("conversations.supervise");
  const [mode, setMode] = useState<Mode | null>(null);
  const going = open.summary !== null && open.summary.owner.kind !== "nobody";
  useCommand("pass", () => setMode("transfer"));
  useCommand("invite", () => setMode("invite"));
  useCommand("assign", () => setMode("assign"));
  const modes: Mode[] = [...(mine || supervises ? ["transfer" as const] : []), ...(mine ? ["invite" as const] : []), ...(supervises ? ["assign" as const] : [])];
  const first = mine ? modes[0] : modes[modes.length - 1];
  if (!going || !first) return null;
  return (
    <>
      <button
        type="button" class="button pass-on" data-testid="pass-on" aria-haspopup="dialog" aria-label={t.working.passing.title}
        title={`${t.working.passing.title} (${mine ? "p" : "g"})`} onClick={() => setMode(first)}
      >
        <Icon of={Forward} /><span class="label">{t.working.passing.button}</span>
      </button>
      {mode && open.summary && <PassingDialog mode={modes.includes(mode) ? mode : first} modes={modes} summary={open.summary} onClose={() => setMode(null)} />}
    </>
  );
}

/** Who looks at it, who joined, who was asked: nobody answers twice for want of knowing. */
export function CompanyLine({ open }: { open: OpenConversation }) {
  const desk = useDesk();
  const t = useText();
  const me = useSelect((state) => state.agent?.id ?? "");
  const joinedMyself = useSelect(hasJoined);
  const w = t.working.company;
  const others = (people: Person[]): string => people.filter(({ id }) => id !== me).map(({ name }) => name).join(w.and);
  const joined = others(open.company?.joined ?? []);
  const asked = others(open.company?.asked ?? []);
  const owner = open.summary?.owner.id;
  const known = new Set([owner, ...(open.company?.joined ?? []).map(({ id }) => id)]);
  const viewing = others(open.viewing.filter(({ id }) => !known.has(id)));
  if (!joined && !asked && !viewing && !joinedMyself) return <div class="company-none" role="status" />;
  return (
    <div class="company" role="status" data-testid="company">
      <Icon of={Users} size={14} />
      {joinedMyself && <span>{w.youJoined}</span>}
      {joined && <span data-testid="company-joined">{w.joined(joined)}</span>}
      {asked && <span>{w.asked(asked)}</span>}
      {viewing && <span data-testid="company-viewing">{w.viewing(viewing)}</span>}
      {joinedMyself && (
        <button type="button" class="link" data-testid="step-out" title={`${w.stepOut} (o)`} onClick={() => void desk.working.stepOut()}>
          <Icon of={LogOut} size={14} /> {w.stepOut}
        </button>
      )}
    </div>
  );
}
