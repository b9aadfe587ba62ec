// Choosing to whom a conversation goes: who is there, who is free, with a note.

import { useEffect, useState } from "preact/hooks";
import { Refused } from "../api";
import { plain } from "../commands/fuzzy";
import type { Dictionary } from "../i18n";
import type { Summary } from "../types";
import type { Colleague, Colleagues } from "../types.working";
import { focusConversation } from "../ui/actions";
import { Segments } from "../ui/bits";
import { Dialog } from "../ui/dialogs";
import { useDesk, useSelect, useText } from "../ui/hooks";
import type { To } from "../work/working";
import type { Mode } from "./place";

interface Choice {
  key: string;
  group: string;
  name: string;
  detail: string;
  says?: string;
  presence?: Colleague["presence"];
  full?: boolean;
  to: To;
}

interface PassingDialogProps {
  mode: Mode;
  modes: Mode[];
  summary: Summary;
  onClose(): void;
}

export function PassingDialog({ mode: first, modes, summary, onClose }: PassingDialogProps) {
  const desk = useDesk();
  const t = useText();
  const w = t.working.passing;
  const agent = useSelect((state) => state.agent);
  const [mode, setMode] = useState(first);
  const { known, failed, again } = useColleagues();
  const [words, setWords] = useState("");
  const [chosen, choose] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  const all = known ? choices(known, mode, t, summary, agent) : [];
  const fitting = all.filter(({ name, detail }) => plain(`${name} ${detail}`).includes(plain(words.trim())));
  const choice = fitting.find(({ key }) => key === chosen) ?? (words.trim() && fitting.length === 1 ? fitting[0] : undefined);

  const confirm = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const missing = !choice ? w.needsWhom : mode === "assign" && !note.trim() ? w.needsReason : "";
    setProblem(missing);
    if (missing || !choice) return;
    setBusy(true);
    try {
      const done = await carryOut(mode, choice, note.trim());
      if (!done) return;
      onClose();
      focusConversation();
    } catch (error) {
      setProblem(error instanceof Refused ? error.detail : t.conversation.failed);
    } finally {
      setBusy(false);
    }
  };
  const carryOut = async (how: Mode, { to, name }: Choice, said: string): Promise<boolean> => {
    if (how === "invite") {
      await desk.working.invite(summary.id, to.agent ?? "", said);
      desk.store.dispatch({ do: "notice", text: w.asked(name) });
      return true;
    }
    const result = how === "assign" ? await desk.working.assign(to.agent ?? "", said) : await desk.working.pass(to, said);
    if (result === "done" && how === "transfer") desk.store.dispatch({ do: "notice", text: w.passed });
    // Somebody was faster, or it did not work: what the server said stands in the conversation.
    if (result === "conflict") onClose();
    return result === "done";
  };

  return (
    <Dialog title={w.title} onClose={onClose}>
      <form class="passing" data-testid="passing" onSubmit={(event) => void confirm(event)}>
        {modes.length > 1 && (
          <Segments
            label={w.title} name="passing-mode" testId="passing-mode" value={mode}
            choices={modes.map((value) => ({ value, label: w.modes[value] }))} onChange={(to) => {
              setMode(to);
              choose(null);
              setProblem("");
            }}
          />
        )}
        <p class="quiet">{w.explain[mode]}</p>
        <input
          type="search" class="passing-search" aria-label={w.search} placeholder={w.search} value={words} autofocus maxLength={100} data-testid="passing-search"
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        {failed && <p role="alert">{w.failed} <button type="button" class="link" onClick={again}>{w.again}</button></p>}
        {known && known.agents.length === 0 && <p class="quiet">{mode === "transfer" ? w.nobody : w.nobodyToAsk}</p>}
        {known && all.length > 0 && fitting.length === 0 && <p class="quiet" role="status">{w.nothing}</p>}
        <div class="passing-list" aria-busy={!known && !failed}>
          <Groups choices={fitting} chosen={choice?.key ?? null} onChoose={choose} />
        </div>
        <label class="field">
          <span>{mode === "assign" ? w.reason : w.note}</span>
          <textarea
            rows={2} maxLength={2000} value={note} data-testid="passing-note" placeholder={mode === "assign" ? w.reasonPlaceholder : w.notePlaceholder}
            onInput={(event) => setNote(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void confirm(event);
            }}
          />
        </label>
        {problem && <p class="gate-problem" role="alert">{problem}</p>}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>{w.cancel}</button>
          <button type="submit" class="button primary" data-testid="passing-confirm" aria-disabled={busy}>{w.confirm[mode]}</button>
        </div>
      </form>
    </Dialog>
  );
}

function Groups({ choices: list, chosen, onChoose }: { choices: Choice[]; chosen: string | null; onChoose(key: string): void }) {
  const groups = [...new Set(list.map(({ group }) => group))];
  return (
    <>
      {groups.map((group) => (
        <fieldset key={group} class="passing-group">
          <legend>{group}</legend>
          {list.filter((one) => one.group === group).map((one) => (
            <label key={one.key} class="passing-choice" data-testid="passing-choice" data-key={one.key}>
              <input type="radio" name="passing-to" value={one.key} checked={one.key === chosen} onChange={() => onChoose(one.key)} />
              {one.presence && <span class={`passing-dot passing-${one.presence}`} aria-hidden="true" />}
              <bdi class="passing-name">{one.name}</bdi>
              <span class={`passing-detail ${one.full ? "passing-full" : ""}`} title={one.says}>{one.detail}</span>
            </label>
          ))}
        </fieldset>
      ))}
    </>
  );
}

function useColleagues(): { known: Colleagues | null; failed: boolean; again(): void } {
  const desk = useDesk();
  const [known, set] = useState<Colleagues | null>(null);
  const [failed, setFailed] = useState(false);
  const load = (): void => {
    setFailed(false);
    desk.api.colleagues().then(set).catch(() => setFailed(true));
  };
  useEffect(load, []);
  return { known, failed, again: load };
}

function choices(known: Colleagues, mode: Mode, t: Dictionary, summary: Summary, me: { id: string; name: string; presence: Colleague["presence"] } | null): Choice[] {
  const w = t.working.passing;
  const people = known.agents.filter(({ id }) => mode !== "assign" || id !== summary.owner.id).map((one): Choice => ({
    key: `agent:${one.id}`, group: w.colleagues, name: one.name, presence: one.presence, full: mode === "transfer" && one.load >= one.capacity,
    detail: describe(one, t), says: w.loadSays(chats(one.load), chats(one.capacity)), to: { agent: one.id },
  }));
  const self: Choice[] = mode === "assign" && me && summary.owner.id !== me.id
    ? [{ key: `agent:${me.id}`, group: w.colleagues, name: `${me.name} (${w.me})`, presence: me.presence, detail: "", to: { agent: me.id } }] : [];
  if (mode !== "transfer") return [...self, ...people];
  return [
    ...people,
    ...known.teams.map((team): Choice => ({
      key: `team:${team.key}`, group: w.teams, name: team.name, detail: [w.waiting(team.waiting), w.present(team.present)].join(" · "), to: { team: team.key },
    })),
    ...(known.skills ?? []).map((skill): Choice => ({
      key: `skill:${skill.id}`, group: w.skills, name: skill.name, detail: [w.skillKinds[skill.kind], w.present(skill.present)].join(" · "), to: { skill: skill.id },
    })),
  ];
}

function describe(one: Colleague, t: Dictionary): string {
  const w = t.working.passing;
  const where = one.presence === "available" && one.takes.length > 0 ? "" : [t.routing.presences[one.presence], one.reason].filter(Boolean).join(", ");
  return [where, w.load(chats(one.load), chats(one.capacity)), one.load >= one.capacity ? w.full : ""].filter(Boolean).join(" · ");
}

/** Hundredths of a chat as chats: 150 is "1.5". */
export function chats(hundredths: number): string {
  return String(Math.round(hundredths / 10) / 10);
}
