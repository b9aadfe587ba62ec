// Everything that happened to a case: who, when, what, and of each field what it was and what it became.

import { useState } from "preact/hooks";
import { full, quoted } from "../format";
import { useLanguage } from "../ui/hooks";
import type { Shown } from "./changing";
import { Panel, useWords } from "./parts";
import type { Happened, Whole } from "./types";
import { useSaid } from "./values";

/** What says nothing that another field does not say better. */
const SILENT = ["stage", "priority_rank"];

export function History({ whole, settings }: Shown) {
  const words = useWords();
  const language = useLanguage();
  const said = useSaid(settings, whole.names);
  const [open, show] = useState(false);
  return (
    <Panel title={words.history} testId="case-history" action={<button type="button" class="link" aria-expanded={open} data-testid="history-show" onClick={() => show(!open)}>{open ? words.historyHide : words.historyShow}</button>}>
      {open && (
        <ol class="cases-history">
          {whole.history.map((event) => (
            <li key={event.id} data-testid="case-event">
              <p><strong dir="auto">{actorName(event, whole, words.said)}</strong> {words.actions[event.action] ?? event.action} <time class="quiet" dateTime={event.at}>{full(event.at, language)}</time></p>
              {event.action !== "opened" && Object.entries(event.changes).filter(([field]) => !SILENT.includes(field) && words.field[field]).map(([field, { old, new: now }]) => (
                <p key={field} class="quiet" dir="auto">{words.change(capital(words.field[field] ?? field), said(field, old), said(field, now))}</p>
              ))}
              {typeof event.details.reason === "string" && /\s/.test(event.details.reason) && <p class="quiet" dir="auto">{quoted(event.details.reason, language)}</p>}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function actorName({ actor }: Happened, { names, customer }: Whole, said: Record<"customer" | "system" | "assistant", string>): string {
  if (names[actor]) return names[actor];
  if (actor.startsWith("customer")) return customer?.name || said.customer;
  return actor === "bot" || actor === "assistant" ? said.assistant : said.system;
}
