// The sign-in page, and the page shown while the server cannot be asked who is signed in.

import { Eye, EyeOff, WifiOff } from "lucide-preact";
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
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<((t: Dictionary) => string) | null>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (!email.trim() || !password) {
      setProblem(() => (words: Dictionary) => words.signin.missing);
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await desk.signIn(email.trim(), password);
    } catch (error) {
      setProblem(() => explain(error));
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
        <label class="field">
          <span>{t.signin.email}</span>
          <input
            ref={first} type="email" name="email" autocomplete="username" data-testid="signin-email" value={email}
            aria-describedby={problem ? "problem" : undefined} aria-invalid={Boolean(problem)}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        </label>
        <div class="field">
          <label for="password">{t.signin.password}</label>
          <div class="field-with-button">
            <input
              id="password" type={shown ? "text" : "password"} name="password" autocomplete="current-password"
              data-testid="signin-password" value={password} aria-describedby={problem ? "problem" : undefined}
              aria-invalid={Boolean(problem)} onInput={(event) => setPassword(event.currentTarget.value)}
            />
            <IconButton
              icon={shown ? EyeOff : Eye} label={shown ? t.signin.hide : t.signin.show} pressed={shown}
              onClick={() => setShown(!shown)}
            />
          </div>
        </div>
        <button class="button primary wide" type="submit" data-testid="signin-submit" aria-disabled={busy}>
          {busy ? t.signin.submitting : t.signin.submit}
        </button>
        <LanguageSwitch />
      </form>
    </main>
  );
}

function LanguageSwitch() {
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
  if (error instanceof Refused && error.status === 401) return (t) => t.signin.wrong;
  if (error instanceof Refused && error.status === 429) return (t) => t.signin.limited(error.retryAfter);
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
