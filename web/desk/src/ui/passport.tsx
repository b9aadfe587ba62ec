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
      <h2 dir="auto">{passport.goal ?? goal ?? t.passport.goalUnknown}</h2>
      <p class="passport-marks">
        <ProofMark proof={passport.proof} />
        {passport.mood === "upset" && <UpsetMark words />}
        {passport.reason && <span>{t.passport.because(t.reason[passport.reason])}</span>}
      </p>
      <dl class="passport-facts">
        {passport.facts.map((fact) => (
          <div key={`${fact.name} ${fact.value}`}>
            <dt>{fact.label}</dt>
            <dd dir="auto">
              {fact.seq === null ? spoken(fact.value, language) : (
                <button
                  type="button" class="link" aria-label={t.passport.from(fact.value)} title={t.passport.from(fact.value)}
                  onClick={() => onShow(fact.seq ?? 0)}
                >
                  {spoken(fact.value, language)}
                </button>
              )}
            </dd>
          </div>
        ))}
        {passport.tried.length > 0 && <Sentences label={t.passport.tried} lines={passport.tried} />}
        {passport.promised.length > 0 && <Sentences label={t.passport.promised} lines={passport.promised} promised />}
      </dl>
    </section>
  );
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
