// Who forgot their password asks for a link; who follows one, or an invitation, chooses a password.

import { useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "../api";
import { Mark } from "../ui/bits";
import { useDesk, useText } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import { LanguageSwitch } from "../ui/signin";
import type { Language } from "../types";
import { Form, Text } from "./parts";
import { NewPassword } from "./password";
import { useRest } from "./rest";
import { useWords } from "./words";

export function Forgotten() {
  const t = useText();
  const { doors: words } = useWords();
  const rest = useRest();
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [sent]);
  return (
    <main class="gate">
      <div class="gate-panel" data-testid="forgotten">
        <div class="gate-brand"><Mark /><span>{t.product}</span></div>
        <h1 ref={title} tabIndex={-1}>{sent ? words.sent : words.forgotten}</h1>
        <p>{sent ? words.sentText : words.forgottenText}</p>
        {!sent && (
          <Form
            fields={["email"]} label={words.send}
            save={async () => {
              if (!email.includes("@")) throw new Refused(422, "invalid", "", null, { email: words.noAddress });
              await rest.post("/desk/api/password/forgotten", { email });
              setSent(true);
            }}
          >
            <Text name="email" type="email" label={t.signin.email} autocomplete="username" value={email} onInput={setEmail} />
          </Form>
        )}
        <a class="link gate-aside" href="#/">{words.back}</a>
        <LanguageSwitch />
      </div>
    </main>
  );
}

interface Link {
  purpose: "invitation" | "reset";
  name: string;
  email: string;
  language: Language;
}

export function ChoosePassword() {
  const desk = useDesk();
  const t = useText();
  const { doors: words } = useWords();
  const rest = useRest();
  const token = decodeURIComponent(location.hash.replace("#/password/", ""));
  const [gone, setGone] = useState(false);
  const loaded = useLoaded(() => rest.post<Link>("/desk/api/password/link", { token }).catch((error: unknown) => {
    if (error instanceof Refused && error.status < 429) setGone(true);
    throw error;
  }));
  const link = loaded.value;
  useEffect(() => {
    if (!link) return;
    desk.keep.prefer({ language: link.language });
    desk.store.dispatch({ do: "language", language: link.language });
  }, [link?.email]);
  const done = (): void => {
    // Whoever was signed in here is somebody else now, or has no session any more.
    location.hash = "#/";
    void desk.start();
  };
  return (
    <main class="gate">
      <div class="gate-panel" data-testid="choose-password">
        <div class="gate-brand"><Mark /><span>{t.product}</span></div>
        {gone && <><h1>{words.gone}</h1><p role="alert">{words.goneText}</p><a class="button wide" href="#/forgotten">{words.another}</a></>}
        {!gone && !link && <Waiting loaded={loaded} />}
        {link && (
          <>
            <h1>{link.purpose === "invitation" ? words.welcome(link.name) : words.choose}</h1>
            <p>{link.purpose === "invitation" ? words.welcomeText : words.chooseText}</p>
            <NewPassword
              email={link.email} name={link.name} label={words.save}
              save={async (password) => {
                await rest.post("/desk/api/password/new", { token, password });
                done();
              }}
            />
          </>
        )}
        <LanguageSwitch />
      </div>
    </main>
  );
}
