// Who may be one person twice, the likeliest first: to compare, or to say that they are two.

import { useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { useDesk, useMay } from "../ui/hooks";
import { More, Nothing, usePaged, useWords, Waiting } from "./parts";
import { Told } from "./search";
import type { Pair, Piece } from "./types";
import type { Words } from "./words.en";
import { hashOf } from "./where";

export function evidenceSaid(pieces: readonly Piece[], words: Words): { for: string[]; against: string[] } {
  const { evidence, against } = words.duplicates;
  return {
    for: pieces.filter((one) => !one.against).map((one) => evidence[one.kind] ?? one.kind),
    against: pieces.filter((one) => one.against).map((one) => against[one.kind] ?? one.kind),
  };
}

export function DuplicatesPage() {
  const words = useWords();
  const list = usePaged<Pair>("/desk/api/duplicates");
  return (
    <div class="cust-body">
      <p class="page-lead">{words.duplicates.lead}</p>
      {!list.value ? <Waiting asked={list} /> : <Pairs list={list.value} />}
      <More list={list} />
    </div>
  );
}

export function Pairs({ list, of }: { list: Pair[]; of?: string }) {
  const words = useWords();
  if (list.length === 0) return of ? null : <Nothing title={words.duplicates.none} text={words.duplicates.noneText} />;
  return <ul class="cust-pairs">{list.map((pair) => <li key={pair.id}><One pair={pair} {...(of && { of })} /></li>)}</ul>;
}

function One({ pair, of }: { pair: Pair; of?: string }) {
  const rest = useRest();
  const desk = useDesk();
  const words = useWords();
  const may = useMay("customers.merge");
  const [dismissed, set] = useState(false);
  const said = evidenceSaid(pair.evidence, words);
  const [one, two] = pair.customers[1].id === of ? [pair.customers[1], pair.customers[0]] : pair.customers;
  const change = (what: "dismiss" | "suggest") => (): void => {
    rest.post(`/duplicates/${pair.id}/${what}`).then(() => set(what === "dismiss")).catch((error: { detail?: string }) => desk.store.dispatch({ do: "notice", text: error.detail ?? "" }));
  };
  if (dismissed) return <p class="cust-told" role="status">{words.duplicates.dismissed} <button type="button" class="link" onClick={change("suggest")}>{words.duplicates.again}</button></p>;
  return (
    <article class="cust-pair" data-testid="cust-pair">
      <div class="cust-pair-two">
        {[one, two].filter((each) => each.id !== of).map((each) => <a key={each.id} class="cust-hit" href={hashOf({ at: "customer", id: each.id, part: "card" })}><Told one={each} /></a>)}
      </div>
      <p class="cust-pair-why">
        <span class="tag">{words.duplicates.score(pair.score)}</span>
        <span>{said.for.join(", ")}</span>
        {said.against.length > 0 && <span class="cust-bad">{said.against.join(", ")}</span>}
      </p>
      {may && (
        <p class="cust-acts">
          <a class="button primary" href={hashOf({ at: "merge", kept: one.id, gone: two.id })} data-testid="cust-compare">{words.duplicates.compare}</a>
          <button type="button" class="button" data-testid="cust-dismiss" onClick={change("dismiss")}>{words.duplicates.dismiss}</button>
        </p>
      )}
    </article>
  );
}
