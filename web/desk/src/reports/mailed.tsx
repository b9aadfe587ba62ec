// Reports that are mailed: those one made or gets, and a form for another.

import { useEffect, useState } from "preact/hooks";
import { Refused } from "../api";
import { useRest } from "../admin/rest";
import { Dialog } from "../ui/dialogs";
import { useLanguage, useSelect } from "../ui/hooks";
import { DIMENSIONS, type Asked } from "./asked";
import { useWords } from "./parts";
import type { Mailing, Mailings } from "./types";
import { stepName } from "./values";

const AT = "/desk/api/reports/mailings";
type Draft = Pick<Mailing, "name" | "rhythm" | "hour" | "split_by" | "recipients" | "filters"> & { id: string | null; version: number | null };

export function Mailed({ asked, onClose }: { asked: Asked; onClose(): void }) {
  const words = useWords();
  const rest = useRest();
  const me = useSelect((state) => state.agent?.id ?? "");
  const [found, setFound] = useState<Mailings | null>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [problem, setProblem] = useState("");
  const load = (): Promise<void> => rest.get<Mailings>(AT).then(setFound).catch(() => setProblem(words.mail.failed));
  useEffect(() => void load(), []);
  const fresh = (): Draft => ({
    id: null, version: null, name: "", rhythm: "weekly", hour: 7, split_by: "day", recipients: [me],
    filters: { ...asked.filters, within: asked.within },
  });
  const save = async ({ id, ...given }: Draft): Promise<void> => {
    setProblem("");
    try {
      if (id) await rest.put(`${AT}/${id}`, given);
      else await rest.post(AT, given);
      setDraft(null);
      await load();
    } catch (error) {
      setProblem(sentence(error) || words.mail.failed);
    }
  };
  const remove = async (one: Mailing): Promise<void> => {
    if (one.own && one.recipients.length > 1 && !confirm(words.mail.sure)) return;
    await rest.remove(`${AT}/${one.id}`).catch(() => setProblem(words.mail.failed));
    await load();
  };
  return (
    <Dialog title={words.mail.title} onClose={onClose}>
      <p class="quiet rep-mail-lead">{words.mail.lead}</p>
      {problem && <p role="alert" class="rep-problem" data-testid="rep-mail-problem">{problem}</p>}
      {found && found.items.length === 0 && !draft && <p>{words.mail.none}</p>}
      {found && found.items.length > 0 && (
        <ul class="rep-mailings">
          {found.items.map((one) => (
            <li key={one.id} data-testid="rep-mailing">
              <Told one={one} />
              {one.own && <button type="button" class="link" onClick={() => setDraft({ ...one })}>{words.mail.edit}</button>}
              <button type="button" class="link" onClick={() => void remove(one)}>{one.own ? words.mail.remove : words.mail.leave}</button>
            </li>
          ))}
        </ul>
      )}
      {draft && found
        ? <Form draft={draft} mailings={found} onChange={setDraft} onSave={() => void save(draft)} onCancel={() => setDraft(null)} />
        : <button type="button" class="button primary" data-testid="rep-mail-add" disabled={!found} onClick={() => setDraft(fresh())}>{words.mail.add}</button>}
    </Dialog>
  );
}

function Told({ one }: { one: Mailing }) {
  const words = useWords();
  const language = useLanguage();
  return (
    <span class="rep-mailing">
      <strong>{one.name}</strong>
      <span class="quiet">{words.mail.short[one.rhythm]}, {words.mail.next(stepName(one.next_day, "day", language), one.hour)}, {words.mail.to(one.recipients.length)}</span>
    </span>
  );
}

interface FormProps {
  draft: Draft;
  mailings: Mailings;
  onChange(draft: Draft): void;
  onSave(): void;
  onCancel(): void;
}

function Form({ draft, mailings, onChange, onSave, onCancel }: FormProps) {
  const words = useWords();
  const set = (part: Partial<Draft>): void => onChange({ ...draft, ...part });
  const tick = (key: string, on: boolean): void => set({ recipients: on ? [...draft.recipients, key] : draft.recipients.filter((one) => one !== key) });
  return (
    <form
      class="rep-mail-form" onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <label class="field"><span>{words.mail.name}</span><input required maxLength={80} data-testid="rep-mail-name" value={draft.name} onInput={(event) => set({ name: event.currentTarget.value })} /></label>
      <label class="field">
        <span>{words.mail.rhythm}</span>
        <select data-testid="rep-mail-rhythm" value={draft.rhythm} onChange={(event) => set({ rhythm: event.currentTarget.value as Mailing["rhythm"] })}>
          {(["daily", "weekly", "monthly"] as const).map((one) => <option key={one} value={one}>{words.mail.rhythms[one]}</option>)}
        </select>
      </label>
      <div class="rep-mail-two">
        <label class="field">
          <span>{words.mail.hour(mailings.zone)}</span>
          <select value={String(draft.hour)} onChange={(event) => set({ hour: Number(event.currentTarget.value) })}>
            {Array.from({ length: 24 }, (_, hour) => <option key={hour} value={String(hour)}>{words.hour(hour)}</option>)}
          </select>
        </label>
        <label class="field">
          <span>{words.mail.split}</span>
          <select value={draft.split_by} onChange={(event) => set({ split_by: event.currentTarget.value })}>
            {(["day", "week", "month"] as const).map((one) => <option key={one} value={one}>{words.steps[one]}</option>)}
            {DIMENSIONS.map((one) => <option key={one} value={one}>{words.dims[one]}</option>)}
          </select>
        </label>
      </div>
      <fieldset class="rep-ticks">
        <legend>{words.mail.recipients}</legend>
        {mailings.recipients.map((one) => (
          <label key={one.key}>
            <input type="checkbox" checked={draft.recipients.includes(one.key)} onChange={(event) => tick(one.key, event.currentTarget.checked)} />
            {one.name}
          </label>
        ))}
      </fieldset>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onCancel}>{words.mail.cancel}</button>
        <button type="submit" class="button primary" data-testid="rep-mail-save">{words.mail.save}</button>
      </div>
    </form>
  );
}

function sentence(error: unknown): string {
  if (!(error instanceof Refused)) return "";
  return Object.values(error.fields)[0] ?? error.detail;
}
