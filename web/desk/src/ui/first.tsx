// What a fresh agent needs to know, where nothing else is to be seen; done things are ticked, and it goes away for good.

import { Check, Circle } from "lucide-preact";
import { Icon, Key } from "./bits";
import { written } from "../commands/keycaps";
import { useDesk, usePreferences, useText } from "./hooks";
import { STEPS, type Step } from "../work/first";

const KEYS: Partial<Record<Step, string>> = { take: "t", answer: "r", palette: "Mod+K" };

export function FirstSteps() {
  const desk = useDesk();
  const t = useText();
  const { learnt, guided } = usePreferences();
  const w = t.working.first;
  if (!guided || STEPS.every((step) => learnt.includes(step))) return null;
  return (
    <section class="first" aria-label={w.title} data-testid="first-steps">
      <h2>{w.title}</h2>
      <ol>
        {STEPS.map((step) => {
          const done = learnt.includes(step);
          const key = KEYS[step];
          return (
            <li key={step} class={done ? "first-done" : ""} data-step={step} data-done={done}>
              <Icon of={done ? Check : Circle} size={14} />
              <span>{w.steps[step]} {done ? <span class="sr">({w.done})</span> : key && <Key>{written(key, t)}</Key>}</span>
            </li>
          );
        })}
      </ol>
      <p class="quiet">{w.tabs}</p>
      <button type="button" class="link" onClick={() => desk.keep.prefer({ guided: false })}>{w.dismiss}</button>
    </section>
  );
}
