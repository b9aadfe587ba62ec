// Roles: those that come with the product, to be read, and the company's own, as sets of permissions.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useLanguage, useSelect } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import type { Language } from "../types";
import { useShown, type Shown } from "./list";
import { Chip, Form, Row, Section, Text, Ticks } from "./parts";
import { useRest } from "./rest";
import { useWords } from "./words";

export interface Role {
  key: string;
  name: Record<Language, string>;
  permissions: string[];
  built_in: boolean;
  version: number;
}

export interface Permission {
  key: string;
  name: Record<Language, string>;
}

export function usePermissions(): ReturnType<typeof useLoaded<Permission[]>> {
  const rest = useRest();
  return useLoaded(async () => (await rest.get<{ items: Permission[] }>("/permissions")).items);
}

export function Roles() {
  const { roles: words, common } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const shown = useShown<Role>(async () => (await rest.get<{ items: Role[] }>("/roles")).items, (role) => role.key);
  const permissions = usePermissions();
  const roles = shown.loaded.value;
  if (!roles || !permissions.value || shown.loaded.failed) return <Waiting loaded={permissions.failed ? permissions : shown.loaded} />;
  const all = permissions.value;
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && <RoleForm role={null} permissions={all} shown={shown} />}
      <ul class="admin-list">
        {roles.map((role) => (
          <Row
            key={role.key} title={role.name[language]} more={words.count(role.permissions.length)} open={shown.open === role.key} onToggle={() => shown.toggle(role.key)}
            testId="role" marks={role.built_in && <Chip>{words.builtIn}</Chip>}
          >
            {role.built_in
              ? <><p class="notes quiet">{words.builtInText}</p><ul class="permissions">{all.filter((one) => role.permissions.includes(one.key)).map((one) => <li key={one.key}>{one.name[language]}</li>)}</ul></>
              : <RoleForm role={role} permissions={all} shown={shown} />}
          </Row>
        ))}
      </ul>
      {roles.every((role) => role.built_in) && shown.open !== "new" && <p class="notes quiet admin-hint">{words.noneOwn} {common.addHint}</p>}
    </Section>
  );
}

/** A key as the server takes it, from what people call the role. */
export function keyFrom(name: string): string {
  const plain = name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 62);
}

function RoleForm({ role, permissions, shown }: { role: Role | null; permissions: Permission[]; shown: Shown<Role> }) {
  const { roles: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const mine = useSelect((state) => state.agent?.permissions ?? []);
  const [name, setName] = useState(role?.name ?? { fr: "", en: "" });
  const [chosen, choose] = useState(role?.permissions ?? []);
  const save = async (): Promise<void> => {
    const body = { name, permissions: chosen };
    const key = keyFrom(name.en || name.fr);
    shown.saved(role ? await rest.patch<Role>(`/roles/${role.key}`, body, role.version) : await rest.post<Role>("/roles", { key, ...body }));
  };
  const remove = role && {
    label: words.remove, sure: words.removeSure, run: async () => {
      await rest.remove(`/roles/${role.key}`, role.version);
      shown.removed(role.key);
    },
  };
  return (
    <Form fields={["name.fr", "name.en", "permissions"]} save={save} onCancel={shown.close} remove={remove ?? undefined} testId="role-form">
      <div class="two">
        <Text name="name.fr" label={words.nameFr} value={name.fr} onInput={(fr) => setName({ ...name, fr })} required />
        <Text name="name.en" label={words.nameEn} value={name.en} onInput={(en) => setName({ ...name, en })} required />
      </div>
      <PermissionTicks name="permissions" label={words.permissions} permissions={permissions} chosen={chosen} onChange={choose} mine={mine} language={language} />
    </Form>
  );
}

interface PermissionTicksProps {
  name: string;
  label: string;
  permissions: Permission[];
  chosen: string[];
  onChange(chosen: string[]): void;
  /** What one has oneself: nobody gives more. */
  mine: string[];
  language: Language;
}

export function PermissionTicks({ name, label, permissions, chosen, onChange, mine, language }: PermissionTicksProps) {
  const options = permissions.map((one) => ({ value: one.key, label: one.name[language], disabled: !mine.includes(one.key) }));
  return <Ticks columns name={name} label={label} options={options} chosen={chosen} onChange={onChange} />;
}
