// Webhooks: who is told of what happens, with which secret, and what could not be told.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import { useShown, type Shown } from "./list";
import { moment } from "./moments";
import { Chip, Form, Nothing, Row, Secret, Section, Sure, Switch, Text, Ticks } from "./parts";
import { useRest } from "./rest";
import { useWords, type Words } from "./words";

interface Hook {
  id: string;
  version: number;
  url: string;
  description: string;
  kinds: string[];
  enabled: boolean;
  failures: number;
  paused_until: string | null;
  stopped: "gone" | "failing" | null;
}

interface Delivery {
  id: string;
  kind: string;
  state: "waiting" | "sending" | "delivered" | "dead";
  attempts: number;
  status: number | null;
  error: string | null;
  created_at: string;
}

export function Webhooks() {
  const { hooks: words } = useWords();
  const rest = useRest();
  const shown = useShown<Hook>(() => rest.all<Hook>("/webhooks"), (hook) => hook.id);
  const [secret, setSecret] = useState<{ url: string; text: string } | null>(null);
  const hooks = shown.loaded.value;
  if (!hooks || shown.loaded.failed) return <Waiting loaded={shown.loaded} />;
  const told = ({ secret: text, ...hook }: Hook & { secret: string }): void => {
    setSecret({ url: hook.url, text });
    shown.saved(hook);
  };
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {secret && <Secret label={words.secretOf(secret.url)} text={secret.text} onDone={() => setSecret(null)} />}
      {shown.open === "new" && <HookForm hook={null} shown={shown} told={told} />}
      {hooks.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      <ul class="admin-list">
        {hooks.map((hook) => (
          <Row
            key={hook.id} title={hook.url} more={hook.description || hook.kinds.map((kind) => called(kind, words)).join(", ")} open={shown.open === hook.id} onToggle={() => shown.toggle(hook.id)} testId="webhook"
            marks={hook.stopped ? <Chip kind="late">{words.stopped[hook.stopped]}</Chip>
              : !hook.enabled ? <Chip>{words.off}</Chip>
              : hook.failures > 0 ? <Chip kind="late">{words.failing(hook.failures)}</Chip> : <Chip kind="done">{words.on}</Chip>}
          >
            <HookForm hook={hook} shown={shown} told={told} />
            <Deliveries hook={hook} told={told} />
          </Row>
        ))}
      </ul>
    </Section>
  );
}

function called(kind: string, words: Words["hooks"]): string {
  return kind === "*" ? words.everything : (words.nouns as Record<string, string>)[kind.replace(".*", "")] ?? kind;
}

const NOUNS = ["case", "conversation", "order", "customer", "article", "contract", "booking"] as const;

function HookForm({ hook, shown, told }: { hook: Hook | null; shown: Shown<Hook>; told(made: Hook & { secret: string }): void }) {
  const { hooks: words } = useWords();
  const rest = useRest();
  const [draft, set] = useState({ url: hook?.url ?? "", description: hook?.description ?? "", kinds: hook?.kinds ?? ["*"], enabled: hook?.enabled ?? true });
  // Single kinds that a program subscribed to are kept beside what can be ticked here.
  const known = ["*", ...NOUNS.map((noun) => `${noun}.*`)];
  const options = [
    { value: "*", label: words.everything }, ...NOUNS.map((noun) => ({ value: `${noun}.*`, label: words.nouns[noun] })),
    ...draft.kinds.filter((kind) => !known.includes(kind)).map((kind) => ({ value: kind, label: kind })),
  ];
  const { enabled, ...rest_ } = draft;
  const save = async (): Promise<void> => {
    if (hook) shown.saved(await rest.patch<Hook>(`/webhooks/${hook.id}`, draft, hook.version));
    else told(await rest.post<Hook & { secret: string }>("/webhooks", rest_));
  };
  const remove = hook && { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(`/webhooks/${hook.id}`, hook.version);
    shown.removed(hook.id);
  } };
  return (
    <Form fields={["url", "description", "kinds"]} save={save} onCancel={shown.close} remove={remove ?? undefined} testId="webhook-form">
      <Text name="url" type="url" label={words.url} value={draft.url} onInput={(url) => set({ ...draft, url })} required />
      <Text name="description" label={words.description} value={draft.description} onInput={(description) => set({ ...draft, description })} />
      <Ticks columns name="kinds" label={words.kinds} options={options} chosen={draft.kinds} onChange={(kinds) => set({ ...draft, kinds })} />
      {hook && <Switch name="enabled" label={words.enabled} on={enabled} onChange={(on) => set({ ...draft, enabled: on })} help={words.enabledHelp} />}
    </Form>
  );
}

function Deliveries({ hook, told }: { hook: Hook; told(made: Hook & { secret: string }): void }) {
  const { hooks: words } = useWords();
  const rest = useRest();
  const language = useLanguage();
  const path = `/webhooks/${hook.id}`;
  const loaded = useLoaded(async () => (await rest.get<{ items: Delivery[] }>(`${path}/deliveries?limit=20`)).items);
  const [said, say] = useState("");
  const act = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    say(await work().then(() => done, (error: unknown) => (error as { detail?: string }).detail || words.failed));
    await loaded.reload();
  };
  const items = loaded.value ?? [];
  return (
    <div class="deliveries">
      <div class="account-acts">
        <button type="button" class="button" onClick={() => void act(() => rest.post(`${path}/test`), words.tested)}>{words.test}</button>
        <Sure label={words.rotate} sure={words.rotateSure} run={async () => told(await rest.post(`${path}/secret`))} />
        {items.some((each) => each.state === "dead") && <button type="button" class="button" data-testid="replay" onClick={() => void act(() => rest.post(`${path}/replay`), words.replayed)}>{words.replayAll}</button>}
      </div>
      <p class="good" role="status">{said}</p>
      <h3>{words.deliveries}</h3>
      {!loaded.value || loaded.failed ? <Waiting loaded={loaded} /> : items.length === 0 ? <p class="quiet">{words.noDeliveries}</p> : (
        <ul class="delivery-list">
          {items.map((each) => (
            <li key={each.id} data-testid="delivery">
              <code>{each.kind}</code>
              <Chip kind={each.state === "dead" ? "late" : each.state === "delivered" ? "done" : "going"}>{words.states[each.state]}</Chip>
              <span class="quiet">{moment(each.created_at, language)}{each.status ? ` · HTTP ${each.status}` : ""}{each.error ? ` · ${each.error}` : ""}</span>
              {(each.state === "dead" || each.state === "delivered") && (
                <button type="button" class="link" onClick={() => void act(() => rest.post(`${path}/deliveries/${each.id}/replay`), words.replayed)}>{words.again}</button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
