// What somebody sees first whose role asks for a second factor that they have not set up yet.

import { useLoaded, Waiting } from "../ui/page";
import { Mark } from "../ui/bits";
import { useDesk, useText } from "../ui/hooks";
import { LanguageSwitch } from "../ui/signin";
import type { Mine } from "./account";
import { useRest } from "./rest";
import { SetUp } from "./second-factor";
import { useWords } from "./words";

export function Enrol() {
  const desk = useDesk();
  const t = useText();
  const words = useWords();
  const rest = useRest();
  const loaded = useLoaded(() => rest.get<Mine>("/desk/api/account"));
  return (
    <main class="gate" data-testid="enrol">
      <div class="gate-panel">
        <div class="gate-brand"><Mark /><span>{t.product}</span></div>
        <h1>{words.factor.enrol}</h1>
        <p>{words.factor.enrolText}</p>
        {loaded.value && !loaded.failed
          ? <SetUp hasPassword={loaded.value.has_password} onDone={() => void desk.start()} />
          : <Waiting loaded={loaded} />}
        <button type="button" class="link gate-aside" onClick={() => void desk.signOut().catch(() => {})}>{t.account.signout}</button>
        <LanguageSwitch />
      </div>
    </main>
  );
}
