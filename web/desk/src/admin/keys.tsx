// API keys: made with scopes, shown once, revoked.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useLanguage, useSelect } from "../ui/hooks";
import { Waiting } from "../ui/page";
import { useShown } from "./list";
import { day, moment } from "./moments";
import { Chip, Form, Nothing, Row, Secret, Section, Sure, Text } from "./parts";
import { useRest } from "./rest";
import { PermissionTicks, usePermissions, type Permission } from "./roles";
import { useWords } from "./words";

interface Key {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  per_minute: number;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
}

const over = (key: Key): boolean => Boolean(key.revoked_at) || (key.expires_at !== null && Date.parse(key.expires_at) <= Date.now());

export function Keys() {
  const { keys: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const shown = useShown<Key>(() => rest.all<Key>("/keys"), (key) => key.id);
  const permissions = usePermissions();
  const [made, setMade] = useState<{ name: string; token: string } | null>(null);
  const keys = shown.loaded.value;
  if (!keys || !permissions.value || shown.loaded.failed) return <Waiting loaded={permissions.failed ? permissions : shown.loaded} />;
  const named = (scope: string): string => permissions.value?.find((one) => one.key === scope)?.name[language] ?? scope;
  const revoke = async (key: Key): Promise<void> => {
    await rest.remove(`/keys/${key.id}`);
    shown.saved({ ...key, revoked_at: new Date().toISOString() });
  };
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={<>{words.lead} <a href="/api/v1/docs" target="_blank" rel="noreferrer">{words.docs}</a></>} action={shown.open !== "new" && add}>
      {made && <Secret label={words.made(made.name)} text={made.token} onDone={() => setMade(null)} />}
      {shown.open === "new" && <NewKey permissions={permissions.value} onCancel={shown.close} onMade={({ token, ...key }) => {
        setMade({ name: key.name, token });
        shown.saved(key);
      }} />}
      {keys.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      <ul class="admin-list">
        {keys.map((key) => (
          <Row
            key={key.id} title={key.name} more={<code>{key.prefix}…</code>} open={shown.open === key.id} onToggle={() => shown.toggle(key.id)} testId="key"
            marks={over(key) ? <Chip>{key.revoked_at ? words.revoked : words.expired}</Chip> : <Chip kind="done">{words.live}</Chip>}
          >
            <dl class="facts account-facts">
              <div><dt>{words.scopes}</dt><dd><span>{key.scopes.map(named).join(", ")}</span></dd></div>
              <div><dt>{words.perMinute}</dt><dd><span>{key.per_minute}</span></dd></div>
              <div><dt>{words.made_}</dt><dd><span>{moment(key.created_at, language)}</span></dd></div>
              <div><dt>{words.used}</dt><dd><span>{moment(key.last_used_at, language, words.never)}</span></dd></div>
              <div><dt>{words.expires}</dt><dd><span>{day(key.expires_at, language, words.never)}</span></dd></div>
            </dl>
            {!over(key) && <div class="account-acts"><Sure label={words.revoke} sure={words.revokeSure} run={() => revoke(key)} /></div>}
          </Row>
        ))}
      </ul>
    </Section>
  );
}

function NewKey({ permissions, onMade, onCancel }: { permissions: Permission[]; onMade(made: Key & { token: string }): void; onCancel(): void }) {
  const { keys: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const mine = useSelect((state) => state.agent?.permissions ?? []);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>([]);
  const [until, setUntil] = useState("");
  const [rate, setRate] = useState("600");
  return (
    <Form
      fields={["name", "scopes", "expires_at", "per_minute"]} label={words.make} testId="key-form" onCancel={onCancel}
      save={async () => onMade(await rest.post("/keys", {
        name, scopes, per_minute: Number(rate), ...(until && { expires_at: new Date(`${until}T23:59:59`).toISOString() }),
      }))}
    >
      <Text name="name" label={words.name} help={words.nameHelp} value={name} onInput={setName} required />
      <div class="two">
        <Text name="expires_at" type="date" label={words.expires} help={words.expiresHelp} value={until} onInput={setUntil} />
        <Text name="per_minute" type="number" min={1} label={words.perMinute} value={rate} onInput={setRate} />
      </div>
      <PermissionTicks name="scopes" label={words.scopes} permissions={permissions} chosen={scopes} onChange={setScopes} mine={mine} language={language} />
    </Form>
  );
}
