// The people who work here: invited, given a role, closed and opened again; and whose role needs a second factor.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useLanguage, useSelect } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import type { Language } from "../types";
import { useShown } from "./list";
import { Chip, Form, Nothing, Row, Secret, Section, Sure, Text, Pick, Ticks } from "./parts";
import { useRest } from "./rest";
import type { Role } from "./roles";
import { useWords } from "./words";

export interface User {
  id: string;
  version: number;
  name: string;
  email: string;
  role: string;
  language: Language;
  active: boolean;
  second_factor: boolean;
  has_password: boolean;
}

export function Users() {
  const { users: words } = useWords();
  const rest = useRest();
  const shown = useShown<User>(() => rest.all<User>("/agents?sort=name"), (user) => user.id);
  const roles = useLoaded(async () => (await rest.get<{ items: Role[] }>("/roles")).items);
  const [link, setLink] = useState<{ text: string; email: string } | null>(null);
  const [mailed, setMailed] = useState("");
  const users = shown.loaded.value;
  if (!users || !roles.value || shown.loaded.failed) return <Waiting loaded={shown.loaded.failed ? shown.loaded : roles.failed ? roles : shown.loaded} />;
  const told = (email: string, answer: Mailed): void => {
    setMailed(answer.mailed ? words.mailed(email) : "");
    setLink(answer.link ? { text: answer.link, email } : null);
  };
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.invite}</button>;
  return (
    <>
      <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
        {mailed && <p class="good" role="status">{mailed}</p>}
        {link && <Secret label={words.bring(link.email)} text={link.text} onDone={() => setLink(null)} />}
        {shown.open === "new" && <Invite roles={roles.value} onCancel={shown.close} onDone={(email, answer) => {
          told(email, answer);
          shown.close();
          void shown.loaded.reload();
        }} />}
        {users.length === 0 && <Nothing title={words.none} text={words.lead} />}
        <ul class="admin-list">
          {users.map((user) => <UserRow key={user.id} user={user} roles={roles.value ?? []} shown={shown} told={told} />)}
        </ul>
      </Section>
      <Rules roles={roles.value} />
    </>
  );
}

interface Mailed {
  id: string;
  mailed: boolean;
  link: string | null;
}

function useRoleOptions(roles: Role[]): { value: string; label: string }[] {
  const language = useLanguage();
  return roles.map((role) => ({ value: role.key, label: role.name[language] }));
}

function Invite({ roles, onDone, onCancel }: { roles: Role[]; onDone(email: string, answer: Mailed): void; onCancel(): void }) {
  const { users: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const options = useRoleOptions(roles);
  const [draft, set] = useState({ name: "", email: "", role: "agent", language: language as string });
  return (
    <Form
      fields={["name", "email", "role"]} label={words.send} testId="invite" onCancel={onCancel}
      save={async () => onDone(draft.email, await rest.post<Mailed>("/desk/api/agents", draft))}
    >
      <Text name="name" label={words.name} value={draft.name} onInput={(name) => set({ ...draft, name })} required />
      <Text name="email" type="email" label={words.email} value={draft.email} onInput={(email) => set({ ...draft, email })} required />
      <Pick name="role" label={words.role} value={draft.role} onChange={(role) => set({ ...draft, role })} options={options} />
      <Pick name="language" label={words.language} value={draft.language} onChange={(to) => set({ ...draft, language: to })} options={LANGUAGES} />
    </Form>
  );
}

const LANGUAGES = [{ value: "fr", label: "Français" }, { value: "en", label: "English" }];

interface UserRowProps {
  user: User;
  roles: Role[];
  shown: ReturnType<typeof useShown<User>>;
  told(email: string, answer: Mailed): void;
}

function UserRow({ user, roles, shown, told }: UserRowProps) {
  const { users: words } = useWords();
  const language = useLanguage();
  const role = roles.find((each) => each.key === user.role)?.name[language] ?? user.role;
  return (
    <Row
      title={user.name} more={user.email} open={shown.open === user.id} onToggle={() => shown.toggle(user.id)} testId="user"
      marks={<>
        <Chip>{role}</Chip>
        {!user.active && <Chip kind="late">{words.closed}</Chip>}
        {user.active && !user.has_password && <Chip kind="going">{words.invited}</Chip>}
        {user.second_factor && <Chip kind="done">{words.factor}</Chip>}
      </>}
    >
      <UserForm user={user} roles={roles} shown={shown} told={told} />
    </Row>
  );
}

function UserForm({ user, roles, shown, told }: UserRowProps) {
  const { users: words } = useWords();
  const rest = useRest();
  const options = useRoleOptions(roles);
  const mine = useSelect((state) => state.agent?.id === user.id);
  const [draft, set] = useState({ name: user.name, email: user.email, role: user.role, language: user.language as string });
  const [failed, fail] = useState("");
  const act = async (work: () => Promise<void>): Promise<void> => {
    fail("");
    await work().catch((error: unknown) => fail((error as { detail?: string }).detail || words.failed));
  };
  const read = async (): Promise<void> => shown.saved(await rest.get<User>(`/agents/${user.id}`));
  const changes = Object.fromEntries(Object.entries(draft).filter(([name, value]) => value !== user[name as keyof User]));
  return (
    <>
      <Form
        fields={["name", "email", "role", "language"]} onCancel={shown.close}
        save={async () => shown.saved(await rest.patch<User>(`/agents/${user.id}`, changes, user.version))}
      >
        <Text name="name" label={words.name} value={draft.name} onInput={(name) => set({ ...draft, name })} required />
        <Text name="email" type="email" label={words.email} value={draft.email} onInput={(email) => set({ ...draft, email })} required />
        <Pick name="role" label={words.role} value={draft.role} onChange={(role) => set({ ...draft, role })} options={options} />
        <Pick name="language" label={words.language} value={draft.language} onChange={(to) => set({ ...draft, language: to })} options={LANGUAGES} />
      </Form>
      {failed && <p class="gate-problem" role="alert">{failed}</p>}
      <div class="account-acts">
        {user.active && (
          <button type="button" class="button" onClick={() => void act(async () => told(user.email, await rest.post<Mailed>(`/desk/api/agents/${user.id}/link`)))}>
            {user.has_password ? words.resetLink : words.inviteAgain}
          </button>
        )}
        {user.second_factor && <Sure label={words.dropFactor} sure={words.dropFactorSure} run={() => act(async () => { await rest.post(`/desk/api/agents/${user.id}/second-factor/drop`); await read(); })} />}
        {user.active && !mine && <Sure label={words.endSessions} sure={words.endSessionsSure} run={() => act(async () => { await rest.post(`/desk/api/agents/${user.id}/sessions/end`); })} />}
        {user.active && !mine && <Sure label={words.close} sure={words.closeSure} testId="close-account" run={() => act(async () => { await rest.post(`/agents/${user.id}/deactivate`); await read(); })} />}
        {!user.active && <button type="button" class="button" onClick={() => void act(async () => { await rest.post(`/agents/${user.id}/reactivate`); await read(); })}>{words.reopen}</button>}
      </div>
    </>
  );
}

interface SignInRules {
  second_factor_roles: string[];
  version: number;
}

function Rules({ roles }: { roles: Role[] }) {
  const { users: words } = useWords();
  const rest = useRest();
  const options = useRoleOptions(roles);
  const loaded = useLoaded(() => rest.get<SignInRules>("/desk/api/sign-in-rules"));
  const [chosen, choose] = useState<string[] | null>(null);
  const [saved, setSaved] = useState(false);
  const rules = loaded.value;
  return (
    <Section title={words.rules} lead={words.rulesText}>
      {!rules || loaded.failed ? <Waiting loaded={loaded} /> : (
        <Form
          fields={["second_factor_roles"]} testId="sign-in-rules" save={async () => {
            const now = await rest.put<SignInRules>("/desk/api/sign-in-rules", { second_factor_roles: chosen ?? rules.second_factor_roles, version: rules.version });
            loaded.set(() => now);
            choose(null);
            setSaved(true);
          }}
        >
          <Ticks
            name="second_factor_roles" label={words.rulesRoles} options={options} chosen={chosen ?? rules.second_factor_roles}
            onChange={(to) => { choose(to); setSaved(false); }}
          />
          {saved && <p class="good" role="status">{words.saved}</p>}
        </Form>
      )}
    </Section>
  );
}
