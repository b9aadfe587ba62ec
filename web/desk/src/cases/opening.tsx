// Opening a case: from a template, from a conversation, or from nothing. What was filled in stays until it is opened.

import { useEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { Dialog } from "../ui/dialogs";
import { useLanguage, useMay } from "../ui/hooks";
import { caseHash } from "./asked";
import { categoryOptions, LEVELS, named, options, teamOptions } from "./choosing";
import { CustomerPick } from "./customer-pick";
import { fieldsOf, Line, Pick, troubleOf, useWords } from "./parts";
import { TemplateFields } from "./template-fields";
import type { Case, Settings, Value } from "./types";

interface Draft {
  template: string;
  type: string;
  customer: string | null;
  conversation: string | null;
  subject: string;
  description: string;
  category: string;
  impact: string;
  urgency: string;
  team: string;
  agent: string;
  acknowledge: "auto" | "yes" | "no";
  fields: Record<string, Value>;
}

const EMPTY: Draft = {
  template: "", type: "", customer: null, conversation: null, subject: "", description: "", category: "", impact: "", urgency: "", team: "", agent: "", acknowledge: "auto", fields: {},
};

/** What was being filled in when the form was last left: closed by mistake, nothing is lost. */
let begun: Draft | null = null;

interface OpeningProps {
  settings: Settings;
  customer: string | null;
  conversation: string | null;
  onClose(): void;
}

/** What the API is asked: what is empty is left to the template, the type, or the conversation. */
export function asked(draft: Draft): Record<string, unknown> {
  const given: Record<string, unknown> = {
    template_key: draft.template, type_key: draft.type, customer_id: draft.customer, conversation_id: draft.conversation, subject: draft.subject.trim(), description: draft.description.trim(),
    category_id: draft.category, impact: draft.impact, urgency: draft.urgency, team: draft.team, agent_id: draft.agent,
  };
  const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value));
  return {
    ...filled,
    ...(Object.keys(draft.fields).length > 0 && { fields: draft.fields }),
    ...(draft.acknowledge !== "auto" && { acknowledge: draft.acknowledge === "yes" }),
  };
}

export function Opening({ settings, customer, conversation, onClose }: OpeningProps) {
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const sees = useMay("customers.read");
  const form = useRef<HTMLFormElement>(null);
  const [draft, set] = useState<Draft>(() => (begun && (!conversation || begun.conversation === conversation) ? { ...begun, customer: customer ?? begun.customer } : { ...EMPTY, customer, conversation }));
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const sent = useRef<{ text: string; key: string } | null>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input, select")?.focus(), []);
  const fill = (part: Partial<Draft>): void => set((now) => (begun = { ...now, ...part }));
  const template = settings.templates.find(({ key }) => key === draft.template);
  const levels = LEVELS.map((value) => ({ value, label: words.levels[value] }));
  const create = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const lacks: Record<string, string> = {};
    if (!draft.type && !draft.template && !draft.conversation) lacks.type_key = words.needed;
    if (!draft.subject.trim() && !template && !draft.conversation) lacks.subject = words.needed;
    for (const field of template?.fields ?? []) if (field.required && (draft.fields[field.key] ?? "") === "") lacks[`fields.${field.key}`] = words.needed;
    setFaults(lacks);
    setTrouble("");
    if (Object.keys(lacks).length > 0) return focusFault();
    const body = asked(draft);
    const text = JSON.stringify(body);
    if (sent.current?.text !== text) sent.current = { text, key: crypto.randomUUID() };
    setBusy(true);
    try {
      const made = await rest.post<Case>("/cases", body, undefined, sent.current.key);
      begun = null;
      location.hash = caseHash(made.id);
    } catch (error) {
      const told = fieldsOf(error);
      setFaults(told);
      if (!Object.keys(told).some((field) => SHOWN.includes(field) || field.startsWith("fields."))) setTrouble(troubleOf(error, words));
      setBusy(false);
      focusFault();
    }
  };
  const focusFault = (): void => void setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  const cancel = (): void => {
    begun = null;
    onClose();
  };
  return (
    <Dialog title={words.open} onClose={onClose} wide>
      <form ref={form} class="cases-form cases-opening" noValidate data-testid="case-form" onSubmit={(event) => void create(event)}>
        {draft.conversation && <p class="quiet cases-wide">{words.fromConversation}</p>}
        {sees && !draft.conversation && <CustomerPick label={words.customer} chosen={draft.customer} onChoose={(found) => fill({ customer: found?.id ?? null })} />}
        {settings.templates.length > 0 && (
          <Pick
            label={words.template} value={draft.template} none={words.noTemplate} choices={options(settings.templates, language)} testId="new-template" problem={faults.template_key}
            onChange={(key) => fill({ template: key, fields: {}, type: settings.templates.find((each) => each.key === key)?.type_key ?? draft.type })}
          />
        )}
        <Pick label={words.type} value={draft.type} none={words.choose} choices={options(settings.types, language)} testId="new-type" problem={faults.type_key} onChange={(type) => fill({ type })} />
        <div class="cases-wide">
          <Line
            label={words.newSubject} value={draft.subject} testId="new-subject" problem={faults.subject} placeholder={template ? named(template.subjects, language) : undefined}
            help={template ? words.newSubjectHelp : undefined} onInput={(subject) => fill({ subject })}
          />
        </div>
        <div class="cases-wide">
          <Line
            label={words.description} value={draft.description} rows={4} most={20000} testId="new-description" problem={faults.description}
            placeholder={template ? named(template.descriptions, language) || words.newDescription : words.newDescription} onInput={(description) => fill({ description })}
          />
        </div>
        {template && <TemplateFields fields={template.fields} values={draft.fields} problems={faults} onChange={(fields) => fill({ fields })} />}
        <Pick label={words.field.category_id ?? ""} value={draft.category} none="–" choices={categoryOptions(settings, language)} testId="new-category" problem={faults.category_id} onChange={(category) => fill({ category })} />
        <Pick label={words.field.impact ?? ""} value={draft.impact} none="–" choices={levels} testId="new-impact" problem={faults.impact} onChange={(impact) => fill({ impact })} />
        <Pick label={words.field.urgency ?? ""} value={draft.urgency} none="–" choices={levels} testId="new-urgency" problem={faults.urgency} onChange={(urgency) => fill({ urgency })} />
        <Pick label={words.field.team ?? ""} value={draft.team} none="–" choices={teamOptions(settings, language)} testId="new-team" problem={faults.team} onChange={(team) => fill({ team })} />
        <Pick
          label={words.field.agent_id ?? ""} value={draft.agent} none={words.nobody} choices={settings.agents.map(({ id, name }) => ({ value: id, label: name }))} testId="new-agent" problem={faults.agent_id}
          onChange={(agent) => fill({ agent })}
        />
        <Pick
          label={words.acknowledge} value={draft.acknowledge} choices={(["auto", "yes", "no"] as const).map((value) => ({ value, label: words.acknowledgeWays[value] }))} testId="new-acknowledge"
          problem={faults.acknowledge} onChange={(acknowledge) => fill({ acknowledge: acknowledge as Draft["acknowledge"] })}
        />
        {trouble && <p class="trouble cases-wide" role="alert" data-testid="new-trouble">{trouble}</p>}
        <div class="dialog-actions cases-wide">
          <button type="button" class="button" onClick={cancel}>{words.cancel}</button>
          <button type="submit" class="button primary" aria-disabled={busy} data-testid="new-create">{busy ? words.creating : words.create}</button>
        </div>
      </form>
    </Dialog>
  );
}

const SHOWN = ["template_key", "type_key", "subject", "description", "category_id", "impact", "urgency", "team", "agent_id", "acknowledge"];
