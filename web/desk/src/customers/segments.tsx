// The segments there are, with how many are in each now.

import { Plus } from "lucide-preact";
import { Icon } from "../ui/bits";
import { useLanguage, useMay } from "../ui/hooks";
import { More, Nothing, useAsked, usePaged, useWords, Waiting } from "./parts";
import { ruleSaid } from "./said";
import type { Field, Segment } from "./types";
import { hashOf } from "./where";

export function SegmentsPage() {
  const words = useWords();
  const language = useLanguage();
  const reads = useMay("segments.read");
  const writes = useMay("segments.write");
  const list = usePaged<Segment>(reads ? "/segments?with_count=true&limit=50" : null);
  const fields = useAsked<{ items: Field[] }>(reads ? "/segment-fields" : null);
  if (!reads) return <div class="cust-body"><Nothing title={words.noRights} /></div>;
  return (
    <div class="cust-body">
      <header class="cust-head">
        <h2 class="cust-title">{words.segments.title}</h2>
        {writes && <a class="button primary" href={hashOf({ at: "segment", id: "new" })} data-testid="cust-segment-add"><Icon of={Plus} />{words.segments.add}</a>}
      </header>
      {!list.value ? <Waiting asked={list} /> : list.value.length === 0 ? <Nothing title={words.segments.noneYet} text={words.segments.noneYetText} /> : (
        <ul class="cust-hits">
          {list.value.map((one) => (
            <li key={one.id}>
              <a class="cust-hit cust-segment" href={hashOf({ at: "segment", id: one.id })} data-testid="cust-segment">
                <span class="cust-hit-who"><strong dir="auto">{one.name}</strong>{one.count !== null && <span class="tag">{words.segments.count(one.count)}</span>}</span>
                {one.description && <span class="cust-hit-more" dir="auto">{one.description}</span>}
                <span class="cust-hit-more quiet" dir="auto">{ruleSaid(one.rule, fields.value?.items ?? [], words, language)}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      <More list={list} />
    </div>
  );
}
