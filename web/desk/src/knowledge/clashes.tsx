// Two people changed the same words: both are shown, and nothing is saved over the other's until one says which.

import type { Draft } from "./draft";
import { useWho, useWords } from "./parts";
import type { Field } from "./working";

export function Clashes({ draft }: { draft: Draft }) {
  const words = useWords();
  const who = useWho();
  const { clash } = draft;
  if (!clash) return null;
  const text = (field: Field): string => String(clash.theirs[field] === true ? words.yes : clash.theirs[field] === false ? words.no : clash.theirs[field]);
  return (
    <div class="kn-clashes" role="alert" data-testid="kn-clash">
      <p><strong>{words.clash(who(clash.by.writers.at(-1) ?? ""))}</strong></p>
      <p>{words.clashText}</p>
      {clash.fields.map((field) => (
        <div key={field} class="kn-clash">
          <h4>{words.theirs(words.fields[field])}</h4>
          <pre tabIndex={0} aria-label={words.theirs(words.fields[field])}>{text(field)}</pre>
          <p class="kn-clash-acts">
            <button type="button" class="button" data-testid="kn-mine-kept" onClick={() => draft.settle(field, "mine")}>{words.keepMine}</button>
            <button type="button" class="button" data-testid="kn-theirs-taken" onClick={() => draft.settle(field, "theirs")}>{words.takeTheirs}</button>
          </p>
        </div>
      ))}
    </div>
  );
}
