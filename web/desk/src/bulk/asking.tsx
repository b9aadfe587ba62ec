// What has to be known before something is done with many conversations.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Colleagues } from "../types.working";
import type { BulkWork } from "../types.sorting";
import { Dialog } from "../ui/dialogs";
import { useDesk, useLanguage, useMay, useSelect } from "../ui/hooks";
import { tomorrowMorning } from "../ui/snooze";
import { words } from "./words";

interface AskingProps {
  onGo(work: BulkWork): Promise<void>;
  onClose(): void;
}

const HOUR = 3_600_000;

export function AssignDialog({ onGo, onClose }: AskingProps) {
  const desk = useDesk();
  const w = words[useLanguage()];
  const me = useSelect((state) => state.agent?.id ?? "");
  const supervises = useMay("conversations.supervise");
  const [known, setKnown] = useState<Colleagues | null>(null);
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  useEffect(() => {
    desk.api.colleagues().then(setKnown).catch(() => setKnown({ agents: [], teams: [], skills: [] }));
  }, []);
  const go = (event: Event): void => {
    event.preventDefault();
    const [kind, key] = [to.slice(0, 5), to.slice(5)];
    if (key) void onGo({ do: "assign", ...(kind === "team:" ? { team: key } : { agent: key }), ...(supervises && { reason }) });
  };
  return (
    <Dialog title={w.assign} onClose={onClose}>
      <form class="bulk-form" onSubmit={go}>
        <label class="field">
          <span>{w.to}</span>
          <select value={to} autofocus data-testid="bulk-to" onChange={(event) => setTo(event.currentTarget.value)}>
            <option value="">{known ? "" : w.loading}</option>
            <optgroup label={w.teams}>{known?.teams.map((team) => <option key={team.key} value={`team:${team.key}`}>{team.name}</option>)}</optgroup>
            <optgroup label={w.agents}>
              <option value={`agen:${me}`}>{w.me}</option>
              {known?.agents.map((agent) => <option key={agent.id} value={`agen:${agent.id}`}>{agent.name}</option>)}
            </optgroup>
          </select>
        </label>
        {supervises && (
          <label class="field">
            <span>{w.reason}</span>
            <input value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} />
            <span class="quiet">{w.reasonHelp}</span>
          </label>
        )}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>{w.cancel}</button>
          <button type="submit" class="button primary" aria-disabled={!to} data-testid="bulk-go">{w.assign}</button>
        </div>
      </form>
    </Dialog>
  );
}

export function SnoozeDialog({ onGo, onClose }: AskingProps) {
  const w = words[useLanguage()];
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const now = useRef(new Date()).current;
  const choices: [string, Date | null][] = [[w.inAnHour, new Date(now.getTime() + HOUR)], [w.tomorrow, tomorrowMorning(now)], [w.written, null]];
  return (
    <Dialog title={w.snooze} onClose={onClose}>
      <ul class="snoozes">
        {choices.map(([name, until], index) => (
          <li key={name}>
            <button ref={index === 0 ? first : undefined} type="button" class="menu-item" data-testid="bulk-until" onClick={() => void onGo({ do: "snooze", until: until?.toISOString() ?? null })}>{name}</button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

export function CloseDialog({ count, onGo, onClose }: AskingProps & { count: number }) {
  const w = words[useLanguage()];
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => yes.current?.focus(), []);
  return (
    <Dialog title={w.closeSure(count)} onClose={onClose}>
      <p>{w.closeText}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>{w.cancel}</button>
        <button ref={yes} type="button" class="button primary" data-testid="bulk-go" onClick={() => void onGo({ do: "close" })}>{w.close}</button>
      </div>
    </Dialog>
  );
}
