// The settings of an account, as its channel describes them. Secrets go in and never come back.

import { useRef, useState } from "preact/hooks";
import { Refused } from "../api";
import type { Account, Channel, Field } from "../types";
import { useDesk, useText } from "./hooks";
import { SettingField } from "./setting-field";

const NAME = /^[a-z0-9][a-z0-9_-]{0,39}$/;

export type Value = string | boolean;

interface SettingsFormProps {
  channel: Channel;
  /** Null to make one. */
  account: Account | null;
  onSaved(account: Account): void;
  onCancel(): void;
}

/** What stands in a field at first: what is set, as people write it. */
export function shown(field: Field, value: unknown): Value {
  if (field.kind === "switch") return Boolean(value ?? field.default ?? false);
  if (field.secret || value === undefined || value === null) return "";
  return Array.isArray(value) ? value.join("\n") : String(value);
}

/** What is sent for a field: undefined leaves it as it is (a secret) or as usual (all others); null removes a secret. */
export function meant(field: Field, value: Value, removed: boolean): unknown {
  if (typeof value === "boolean") return value;
  const text = value.trim();
  if (field.secret) return removed ? null : text || undefined;
  if (!text) return undefined;
  if (field.kind === "number") return Number.isFinite(Number(text.replace(",", "."))) ? Number(text.replace(",", ".")) : text;
  if (field.kind === "list") return text.split("\n").map((line) => line.trim()).filter(Boolean);
  return text;
}

export function SettingsForm({ channel, account, onSaved, onCancel }: SettingsFormProps) {
  const desk = useDesk();
  const t = useText();
  const form = useRef<HTMLFormElement>(null);
  const [name, setName] = useState(account?.name ?? (channel.accounts.length === 0 ? "main" : ""));
  const [enabled, setEnabled] = useState(account?.enabled ?? true);
  const [values, setValues] = useState(() =>
    Object.fromEntries(channel.fields.map((field): [string, Value] => [field.name, shown(field, account?.settings[field.name])])));
  const [removed, setRemoved] = useState<Record<string, boolean>>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);

  const refused = (found: Record<string, string>): void => {
    setProblems(found);
    setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  };
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (!NAME.test(name)) return refused({ " name": t.channels.nameBad });
    if (!account && channel.accounts.some((one) => one.name === name)) return refused({ " name": t.channels.nameTaken });
    const given = channel.fields.map((field) => [field.name, meant(field, values[field.name] ?? "", removed[field.name] ?? false)] as const);
    setBusy(true);
    setProblems({});
    try {
      const settings = Object.fromEntries(given.filter(([, value]) => value !== undefined));
      onSaved((await desk.api.saveAccount(channel.name, name, { enabled, settings })).account);
    } catch (error) {
      const known = error instanceof Refused ? error : null;
      refused(Object.keys(known?.fields ?? {}).length > 0 ? known?.fields ?? {} : { settings: known?.detail || t.channels.saveFailed });
    }
    setBusy(false);
  };
  const loose = Object.entries(problems).filter(([key]) => key !== " name" && !channel.fields.some((field) => field.name === key));
  return (
    <form ref={form} class="settings-form" noValidate onSubmit={(event) => void save(event)} data-testid="settings-form">
      {!account && (
        <SettingField
          field={{ name: " name", title: t.channels.name, help: t.channels.nameHelp, kind: "text", secret: false, required: true, choices: [], labels: {}, default: null }}
          value={name} onChange={(value) => setName(String(value))} problem={problems[" name"]}
        />
      )}
      {channel.fields.map((field) => (
        <SettingField
          key={field.name} field={field} value={values[field.name] ?? ""} problem={problems[field.name]}
          isSet={account?.secrets.includes(field.name) ?? false} removed={removed[field.name] ?? false}
          onRemove={(gone) => setRemoved({ ...removed, [field.name]: gone })}
          onChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      <label class="toggle setting-switch">
        <span>{t.channels.enabled}</span>
        <input type="checkbox" role="switch" checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />
      </label>
      {loose.map(([key, text]) => <p key={key} class="gate-problem" role="alert">{text}</p>)}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onCancel}>{t.channels.cancel}</button>
        <button type="submit" class="button primary" data-testid="save" aria-disabled={busy}>{busy ? t.channels.saving : t.channels.save}</button>
      </div>
    </form>
  );
}
