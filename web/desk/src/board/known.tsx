// Before an answer is sent: what it asks for although it is known already, ready to be put in.

import { useEffect, useState } from "preact/hooks";
import { useDesk, useText } from "../ui/hooks";
import type { KnownFact } from "./types";

const PAUSE = 500;
/** Words without any of these ask for nothing: the server need not be asked. */
const ASKS = /\?|merci|veuillez|besoin|confirm|donne|indique|pr[ée]cise|communique|rappele|svp|please|need|tell|give|send|share|provide/i;

export function useKnown(id: string, text: string): KnownFact[] {
  const { api } = useDesk();
  const [known, set] = useState<KnownFact[]>([]);
  useEffect(() => {
    if (text.trim().length < 8 || !ASKS.test(text)) {
      set([]);
      return undefined;
    }
    let alive = true;
    const timer = setTimeout(() => {
      api.known(id, text).then(({ known: found }) => alive && set(found)).catch(() => alive && set([]));
    }, PAUSE);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [id, text]);
  return known;
}

export function AlreadyKnown({ id, text, onInsert }: { id: string; text: string; onInsert(value: string): void }) {
  const t = useText();
  const known = useKnown(id, text);
  return (
    <div role="status" class="known" data-testid="known">
      {known.map((each) => (
        <p key={each.fact} data-fact={each.fact}>
          {t.board.known(each.label)} {each.fact !== "what_happened" && (
            <button type="button" class="link" data-testid="insert-known" onClick={() => onInsert(`${text.trimEnd()} ${each.value}`.trimStart())}>{t.board.insert(each.value)}</button>
          )}
          {each.fact === "what_happened" && <q dir="auto">{each.value}</q>}
        </p>
      ))}
    </div>
  );
}
