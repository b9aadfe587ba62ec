// Being told by this browser while the desk is not looked at, on the page of one's own account.

import { useState } from "preact/hooks";
import { useDesk } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import { Chip, Section } from "./parts";
import { standing, turnOff, turnOn, type Pushing } from "./pushing";
import { useRest } from "./rest";
import { useWords } from "./words";

export function Push() {
  const { push: words } = useWords();
  const rest = useRest();
  const loaded = useLoaded(() => standing(rest));
  return (
    <Section title={words.title} lead={words.lead}>
      {loaded.value && !loaded.failed ? <Standing given={loaded.value} /> : <Waiting loaded={loaded} />}
      <p class="notes quiet">{words.who}</p>
    </Section>
  );
}

function Standing({ given }: { given: Pushing }) {
  const { push: words } = useWords();
  const desk = useDesk();
  const rest = useRest();
  const [state, setState] = useState(given);
  const [doing, setDoing] = useState(false);
  const [failed, setFailed] = useState(false);
  const run = async (turn: typeof turnOn): Promise<void> => {
    setDoing(true);
    setFailed(false);
    try {
      setState(await turn(desk, rest));
    } catch {
      setFailed(true);
    }
    setDoing(false);
  };
  return (
    <div class="push-standing">
      <p class="admin-state" role="status" data-testid="push-state" data-state={state}>
        <Chip kind={state === "on" ? "done" : ""}>{words.states[state]}</Chip>
      </p>
      {(state === "blocked" || state === "unsupported") && <p class="notes quiet">{words[state]}</p>}
      {failed && <p class="gate-problem" role="alert">{words.failed}</p>}
      {(state === "off" || state === "on") && (
        <button type="button" class={state === "off" ? "button primary" : "button"} data-testid="push-turn" aria-disabled={doing} onClick={() => doing || void run(state === "off" ? turnOn : turnOff)}>
          {state === "off" ? words.turnOn : words.turnOff}
        </button>
      )}
    </div>
  );
}
