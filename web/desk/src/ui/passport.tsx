// The passport: what an agent should know before reading the first message.

import { Check } from "lucide-preact";
import { spoken } from "../format";
import type { Passport } from "../types";
import { Icon, ProofMark, UpsetMark } from "./bits";
import { useLanguage, useText } from "./hooks";

interface PassportProps {
  passport: Passport | null;
  goal: string | null;
  onShow(seq: number): void;
}

export function PassportCard({ passport, goal, onShow }: PassportProps) {
  const t = useText();
  const language = useLanguage();
  if (!passport) {
    return (
      <section class="passport passport-none" aria-label={t.passport.label} data-testid="passport">
        {goal && <h2 dir="auto">{goal}</h2>}
        <p>{t.passport.none}</p>
      </section>
    );
  }
  return (
    <section class="passport" aria-label={t.passport.label} data-testid="passport">
      <h2 dir="auto">
        <Source text={passport.goal ?? goal ?? t.passport.goalUnknown} seq={passport.goal_seq ?? null} onShow={onShow} />
        {passport.goal_corrected && <Corrected was={null} />}
      </h2>
      <p class="passport-marks">
        <ProofMark proof={passport.proof} />
        <span>{t.passport.speaks(t.languageName[passport.language])}</span>
        {passport.mood === "upset" && <UpsetMark words />}
        {passport.reason && <span>{t.passport.because(t.reason[passport.reason])}</span>}
      </p>
      <dl class="passport-facts">
        {passport.facts.map((fact) => (
          <div key={`${fact.name} ${fact.value}`}>
            <dt>{fact.label}</dt>
            <dd dir="auto">
              <Source text={spoken(fact.value, language)} seq={fact.seq} onShow={onShow} />
              {fact.corrected && <Corrected was={fact.was ?? null} />}
            </dd>
          </div>
        ))}
        {!!passport.cases?.length && <div><dt>{t.passport.cases}</dt><dd>{passport.cases.join(", ")}</dd></div>}
        {passport.tried.length > 0 && <Sentences label={t.passport.tried} lines={passport.tried} />}
        {passport.promised.length > 0 && <Sentences label={t.passport.promised} lines={passport.promised} promised />}
        {!!passport.before?.length && <Sentences label={t.passport.before} lines={passport.before} />}
      </dl>
    </section>
  );
}

/** What is known, and the way to the message that says it. */
function Source({ text, seq, onShow }: { text: string; seq: number | null; onShow(seq: number): void }) {
  const t = useText();
  if (seq === null) return <>{text}</>;
  return (
    <button type="button" class="link" aria-label={t.passport.from(text)} title={t.passport.from(text)} onClick={() => onShow(seq)}>
      {text}
    </button>
  );
}

/** The customer has put it right: it counts for more than what was understood. */
function Corrected({ was }: { was: string | null }) {
  const t = useText();
  return <small class="passport-corrected" title={was ? t.passport.was(was) : undefined} data-testid="fact-corrected"><Icon of={Check} size={14} />{t.passport.corrected}</small>;
}

function Sentences({ label, lines, promised = false }: { label: string; lines: string[]; promised?: boolean }) {
  return (
    <div class={promised ? "passport-lines promised" : "passport-lines"}>
      <dt>{label}</dt>
      <dd>
        <ul>
          {lines.map((line) => <li key={line} dir="auto">{promised && <Icon of={Check} size={14} />}<span>{line}</span></li>)}
        </ul>
      </dd>
    </div>
  );
}
