// The sign-in page, and the page shown while the server cannot be asked who is signed in.

import { Eye, EyeOff, WifiOff } from "lucide-preact";
import type { Ref } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused, Unreachable } from "../api";
import type { Dictionary } from "../i18n";
import type { Language } from "../types";
import { Icon, IconButton, Mark, Segments } from "./bits";
import { useDesk, useLanguage, useSelect, useText } from "./hooks";

export function SignIn() {
  const desk = useDesk();
  const t = useText();
  const expired = useSelect((state) => state.expired);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const [code, setCode] = useState<string | null>(null);
  const [sso, setSso] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<((t: Dictionary) => string) | null>(fromElsewhere);
  const codeField = useRef<HTMLInputElement>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  useEffect(() => codeField.current?.focus(), [code === null]);
  useEffect(() => {
    desk.api.signInWays().then((ways) => setSso(ways.sso)).catch(() => {});
  }, []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setTried(true);
    if (!email.trim() || !password) {
      setProblem(() => (words: Dictionary) => words.signin.missing);
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await desk.signIn(email.trim(), password, code ?? undefined);
    } catch (error) {
      if (error instanceof Refused && error.code === "second_factor") setCode("");
      else setProblem(() => explain(error));
      setBusy(false);
    }
  };

  return (
    <main class="gate">
      <form class="gate-panel" onSubmit={(event) => void submit(event)} noValidate>
        <div class="gate-brand"><Mark /><span>{t.product}</span></div>
        <h1>{t.signin.title}</h1>
        {expired && !problem && <p class="gate-note" role="status">{t.signin.expired}</p>}
        {problem && <p class="gate-problem" role="alert" data-testid="signin-error" id="problem">{problem(t)}</p>}
        {code === null
          ? <Credentials {...{ first, email, setEmail, password, setPassword, shown, setShown }} invalid={tried && problem !== null} />
          : <Code field={codeField} value={code} onInput={setCode} invalid={tried && problem !== null} />}
        <button class="button primary wide" type="submit" data-testid="signin-submit" aria-disabled={busy}>
          {busy ? t.signin.submitting : t.signin.submit}
        </button>
        {code === null ? <Others sso={sso} /> : (
          <button type="button" class="link" onClick={() => { setCode(null); setPassword(""); setProblem(null); }}>{t.doors.other}</button>
        )}
        <LanguageSwitch />
      </form>
    </main>
  );
}

interface CredentialsProps {
  first: Ref<HTMLInputElement>;
  email: string;
  setEmail(value: string): void;
  password: string;
  setPassword(value: string): void;
  shown: boolean;
  setShown(value: boolean): void;
  invalid: boolean;
}

function Credentials({ first, email, setEmail, password, setPassword, shown, setShown, invalid }: CredentialsProps) {
  const t = useText();
  const told = { "aria-describedby": invalid ? "problem" : undefined, "aria-invalid": invalid };
  return (
    <>
      <label class="field">
        <span>{t.signin.email}</span>
        <input
          ref={first} type="email" name="email" autocomplete="username" data-testid="signin-email" value={email} {...told}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
      </label>
      <div class="field">
        <label for="password">{t.signin.password}</label>
        <div class="field-with-button">
          <input
            id="password" type={shown ? "text" : "password"} name="password" autocomplete="current-password" data-testid="signin-password"
            value={password} {...told} onInput={(event) => setPassword(event.currentTarget.value)}
          />
          <IconButton
            icon={shown ? EyeOff : Eye} label={shown ? t.signin.hide : t.signin.show} pressed={shown} onClick={() => setShown(!shown)}
          />
        </div>
      </div>
    </>
  );
}

function Code({ field, value, onInput, invalid }: { field: Ref<HTMLInputElement>; value: string; onInput(value: string): void; invalid: boolean }) {
  const t = useText();
  return (
    <div class="field">
      <label for="code">{t.doors.code}</label>
      <input
        ref={field} id="code" name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck={false} data-testid="signin-code" value={value}
        aria-describedby={invalid ? "problem code-help" : "code-help"} aria-invalid={invalid} onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p id="code-help" class="notes quiet">{t.doors.codeHelp}</p>
    </div>
  );
}

function Others({ sso }: { sso: string | null }) {
  const t = useText();
  return (
    <>
      <a class="link gate-aside" href="#/forgotten">{t.doors.forgotten}</a>
      {sso !== null && (
        <>
          <p class="gate-or"><span>{t.doors.or}</span></p>
          <a class="button wide" href="/desk/sso" data-testid="signin-sso">{t.doors.sso(sso)}</a>
        </>
      )}
    </>
  );
}

/** Why the company's own sign-in sent somebody back here. */
function fromElsewhere(): ((t: Dictionary) => string) | null {
  const why = /^#\/sso\/(\w+)$/.exec(location.hash)?.[1];
  if (!why) return null;
  history.replaceState(null, "", location.pathname);
  return (t) => (t.doors.ssoFailed as Record<string, string>)[why] ?? t.signin.failed;
}

export function LanguageSwitch() {
  const { store, keep } = useDesk();
  const t = useText();
  const language = useLanguage();
  const change = (to: Language): void => {
    keep.prefer({ language: to });
    store.dispatch({ do: "language", language: to });
  };
  return (
    <div class="gate-language">
      <Segments
        label={t.signin.language} name="language" testId="language" value={language} onChange={change}
        choices={[{ value: "fr", label: "Français" }, { value: "en", label: "English" }]}
      />
    </div>
  );
}

function explain(error: unknown): (t: Dictionary) => string {
  if (error instanceof Unreachable) return (t) => t.signin.unreachable;
  if (error instanceof Refused && error.code === "wrong_code") return (t) => t.doors.wrongCode;
  if (error instanceof Refused && error.status === 401) return (t) => t.signin.wrong;
  if (error instanceof Refused && error.status === 429) {
    const wait = error.retryAfter ?? 0;
    return (t) => (wait > 90 ? t.doors.inMinutes(Math.ceil(wait / 60)) : t.signin.limited(error.retryAfter));
  }
  if (error instanceof Refused && error.status >= 500) return (t) => t.signin.unreachable;
  return (t) => t.signin.failed;
}

const AGAIN_EVERY = 5_000;

export function Starting() {
  const desk = useDesk();
  const t = useText();
  const unreachable = useSelect((state) => state.session === "unreachable");
  useEffect(() => {
    if (!unreachable) return undefined;
    const timer = setInterval(() => void desk.start(), AGAIN_EVERY);
    return () => clearInterval(timer);
  }, [desk, unreachable]);
  if (!unreachable) {
    return <main class="gate" aria-busy="true"><span class="sr" role="status">{t.starting.loading}</span></main>;
  }
  return (
    <main class="gate">
      <div class="gate-panel gate-quiet">
        <Icon of={WifiOff} size={24} />
        <h1>{t.starting.unreachable}</h1>
        <p role="status">{t.starting.explain}</p>
        <button type="button" class="button" onClick={() => void desk.start()}>{t.starting.retry}</button>
      </div>
    </main>
  );
}
