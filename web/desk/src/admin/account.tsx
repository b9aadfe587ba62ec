// One's own account: the password, the second factor, the browsers that are signed in.

import { ArrowLeft, Monitor } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, IconButton } from "../ui/bits";
import { useDesk, useLanguage, useMay, useSelect, useText } from "../ui/hooks";
import { useLoaded, Waiting, type Loaded } from "../ui/page";
import { Mentions } from "./mentions";
import { browser, day, moment } from "./moments";
import { Macros } from "./macros";
import { Chip, Form, Secret, Section, Sure, Text } from "./parts";
import { NewPassword } from "./password";
import { Push } from "./push";
import { useRest } from "./rest";
import { SetUp } from "./second-factor";
import { useWords } from "./words";

export interface Mine {
  has_password: boolean;
  second_factor: { on: boolean; since: string | null; asked: boolean; codes_left: number };
  sessions: { id: string; device: string; address: string; way: "password" | "totp" | "recovery" | "sso"; since: string; seen: string; here: boolean }[];
}

export function OwnAccount() {
  const desk = useDesk();
  const t = useText();
  const rest = useRest();
  const title = useRef<HTMLHeadingElement>(null);
  const loaded = useLoaded(() => rest.get<Mine>("/desk/api/account"));
  const writes = useMay("conversations.write");
  useEffect(() => title.current?.focus(), []);
  return (
    <main class="page" aria-label={t.administration.account} data-testid="page-account">
      <header class="bar">
        <IconButton icon={ArrowLeft} label={t.pages.back} hint="Esc" testId="page-back" onClick={() => desk.go({})} />
        <h1 ref={title} tabIndex={-1} class="bar-title">{t.administration.account}</h1>
      </header>
      <div class="page-scroll">
        <div class="page-body">
          {loaded.value && !loaded.failed
            ? <><Factor loaded={loaded} mine={loaded.value} /><Password mine={loaded.value} loaded={loaded} /><Mentions /><Push />{writes && <Macros own />}<Sessions loaded={loaded} mine={loaded.value} /></>
            : <Waiting loaded={loaded} />}
        </div>
      </div>
    </main>
  );
}

interface PartProps {
  mine: Mine;
  loaded: Loaded<Mine>;
}

function Password({ mine, loaded }: PartProps) {
  const { account: words } = useWords();
  const rest = useRest();
  const email = useSelect((state) => state.agent?.email ?? "");
  const name = useSelect((state) => state.agent?.name ?? "");
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState(false);
  const button = <button type="button" class="button" data-testid="change-password" onClick={() => { setOpen(true); setDone(false); }}>{words.change}</button>;
  return (
    <Section title={words.password} lead={mine.has_password ? words.passwordText : words.noPassword} action={!open && mine.has_password && button}>
      {done && <p class="good" role="status">{words.changed}</p>}
      {open && (
        <NewPassword
          email={email} name={name} withOld label={words.change} onCancel={() => setOpen(false)} save={async (password, old) => {
            await rest.post("/desk/api/account/password", { password: old, new: password });
            setOpen(false);
            setDone(true);
            await loaded.reload();
          }}
        />
      )}
    </Section>
  );
}

type Doing = "set up" | "codes" | "drop" | null;

function Factor({ mine, loaded }: PartProps) {
  const { account: words } = useWords();
  const language = useLanguage();
  const factor = mine.second_factor;
  const [doing, setDoing] = useState<Doing>(null);
  const done = (): void => {
    setDoing(null);
    void loaded.reload();
  };
  return (
    <Section
      title={words.factor} lead={words.factorText}
      action={!doing && !factor.on && <button type="button" class="button primary" data-testid="factor-set-up" onClick={() => setDoing("set up")}>{words.setUp}</button>}
    >
      <p class="admin-state">
        <Chip kind={factor.on ? "done" : factor.asked ? "late" : ""}>{factor.on ? words.on(day(factor.since, language)) : words.off}</Chip>
        {factor.on && <span class="quiet">{words.codesLeft(factor.codes_left)}</span>}
      </p>
      {factor.on && !doing && (
        <div class="account-acts">
          <button type="button" class="button" onClick={() => setDoing("codes")}>{words.newCodes}</button>
          {!factor.asked && <button type="button" class="button danger" onClick={() => setDoing("drop")}>{words.drop}</button>}
        </div>
      )}
      {factor.on && factor.asked && <p class="notes quiet">{words.asked}</p>}
      {doing === "set up" && <SetUp hasPassword={mine.has_password} onDone={done} onCancel={() => setDoing(null)} />}
      {(doing === "codes" || doing === "drop") && <Proved doing={doing} mine={mine} onDone={done} onCancel={() => setDoing(null)} />}
    </Section>
  );
}

function Proved({ doing, mine, onDone, onCancel }: { doing: "codes" | "drop"; mine: Mine; onDone(): void; onCancel(): void }) {
  const { account: words, factor } = useWords();
  const rest = useRest();
  const [password, setPassword] = useState("");
  const [codes, setCodes] = useState<string[] | null>(null);
  if (codes) return <Secret label={factor.codes} text={codes.join("\n")} lines={codes} onDone={onDone} />;
  return (
    <Form
      fields={["password"]} label={doing === "codes" ? words.newCodes : words.drop} onCancel={onCancel} save={async () => {
        const answer = await rest.post<{ codes?: string[] } | undefined>(`/desk/api/account/second-factor/${doing}`, { password });
        if (answer?.codes) setCodes(answer.codes);
        else onDone();
      }}
    >
      <p class="notes">{doing === "codes" ? words.newCodesText : words.dropText}</p>
      {mine.has_password && <Text name="password" type="password" label={factor.yourPassword} autocomplete="current-password" value={password} onInput={setPassword} />}
    </Form>
  );
}

function Sessions({ mine, loaded }: PartProps) {
  const { account: words } = useWords();
  const language = useLanguage();
  const rest = useRest();
  const end = async (path: string): Promise<void> => {
    await rest.post(`/desk/api/account/sessions/${path}`).catch(() => {});
    await loaded.reload();
  };
  return (
    <Section
      title={words.sessions} lead={words.sessionsText}
      action={mine.sessions.length > 1 && <Sure label={words.endOthers} sure={words.endOthersSure} run={() => end("end-others")} testId="end-others" />}
    >
      <ul class="admin-list">
        {mine.sessions.map((each) => (
          <li key={each.id} class="session" data-testid="session">
            <Icon of={Monitor} />
            <span class="admin-row-words">
              <span class="admin-row-title">{browser(each.device) || words.unknown}</span>
              <span class="quiet">{words.sessionMore(each.address, moment(each.since, language), words.ways[each.way])}</span>
            </span>
            {each.here ? <Chip kind="going">{words.here}</Chip> : <button type="button" class="button" aria-label={words.endOf(browser(each.device))} onClick={() => void end(`${each.id}/end`)}>{words.end}</button>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
