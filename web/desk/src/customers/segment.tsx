// One segment: its rules with who matches them now, the customers in it, and taking them away as a table.

import { Download } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { Text, type Problems } from "../admin/parts";
import { useRest } from "../admin/rest";
import { Refused } from "../api";
import { Icon } from "../ui/bits";
import { useLanguage, useMay } from "../ui/hooks";
import { Editor } from "./editor";
import { Careful, More, Nothing, Panel, useAsked, usePaged, useWords, Waiting } from "./parts";
import { complete, pathsOf, ruleOf, treeOf, type Group } from "./rules";
import { ruleSaid } from "./said";
import { useRested } from "./search";
import type { Field, Member, Segment } from "./types";
import { fullName } from "./values";
import { hashOf } from "./where";

const NEW: Segment = { id: "", version: 0, name: "", description: "", rule: { all: [] }, count: null };

export function SegmentPage({ id }: { id: string }) {
  const words = useWords();
  const reads = useMay("segments.read");
  const writes = useMay("segments.write");
  const made = id === "new";
  const asked = useAsked<Segment>(reads && !made ? `/segments/${encodeURIComponent(id)}` : null);
  const fields = useAsked<{ items: Field[] }>(reads ? "/segment-fields" : null);
  if (!reads || (made && !writes)) return <div class="cust-body"><Nothing title={words.segments.readOnly} /></div>;
  if (asked.failed instanceof Refused && [404, 422].includes(asked.failed.status)) return <div class="cust-body"><Nothing title={words.segments.unknown} /></div>;
  const segment = made ? NEW : asked.value;
  if (!segment || !fields.value) return <div class="cust-body"><Waiting asked={fields.failed ? fields : asked} /></div>;
  return <One key={segment.version} segment={segment} fields={fields.value.items} onSaved={asked.reload} />;
}

function One({ segment, fields, onSaved }: { segment: Segment; fields: Field[]; onSaved(): void }) {
  const words = useWords();
  const language = useLanguage();
  const writes = useMay("segments.write");
  const [editing, edit] = useState(!segment.id);
  return (
    <div class="cust-body" data-testid="cust-segment-page">
      <header class="cust-head">
        <h2 class="cust-title" dir="auto">{segment.name || words.segments.untitled}</h2>
        {writes && !editing && <button type="button" class="button" data-testid="cust-segment-edit" onClick={() => edit(true)}>{words.edit}</button>}
      </header>
      {editing ? <Edit segment={segment} fields={fields} onEnd={(now) => {
        if (!segment.id) location.hash = now ? hashOf({ at: "segment", id: now.id }) : hashOf({ at: "segments" });
        else {
          edit(false);
          onSaved();
        }
      }} /> : (
        <>
          {segment.description && <p class="page-lead" dir="auto">{segment.description}</p>}
          <p class="cust-rule" dir="auto">{ruleSaid(segment.rule, fields, words, language)}</p>
          {!writes && <p class="quiet">{words.segments.readOnly}</p>}
          <Members segment={segment} />
        </>
      )}
    </div>
  );
}

function Edit({ segment, fields, onEnd }: { segment: Segment; fields: Field[]; onEnd(now: Segment | null): void }) {
  const rest = useRest();
  const words = useWords();
  const language = useLanguage();
  const [name, call] = useState(segment.name);
  const [description, describe] = useState(segment.description);
  const [tree, grow] = useState<Group>(() => treeOf(segment.id ? segment.rule : null, fields));
  const [wrong, setWrong] = useState<Problems>({});
  const path = `/segments/${segment.id}`;
  const save = async (version: number): Promise<void> => {
    const body = { name: name.trim(), description: description.trim(), rule: ruleOf(tree, fields) };
    try {
      onEnd(segment.id ? await rest.patch<Segment>(path, body, version) : await rest.post<Segment>("/segments", body));
    } catch (error) {
      if (error instanceof Refused) setWrong(error.fields);
      throw error;
    }
  };
  return (
    <Careful<Segment>
      row={segment} read={() => rest.get<Segment>(path)} save={save} take={onEnd} onCancel={() => onEnd(null)} testId="cust-segment-form"
      describe={(theirs) => [theirs.name, ruleSaid(theirs.rule, fields, words, language)]} fields={["name", "description", "rule"]}
      {...(segment.id && { remove: { label: words.segments.delete, sure: words.segments.deleteSure, run: async () => {
        await rest.remove(path, segment.version);
        location.hash = hashOf({ at: "segments" });
      } } })}
    >
      <Text name="name" label={words.segments.name} value={name} required onInput={call} />
      <Text name="description" label={words.segments.description} value={description} rows={2} onInput={describe} />
      <Editor tree={tree} fields={fields} problems={placed(wrong, tree)} onChange={(now) => {
        grow(now);
        setWrong({});
      }} />
      <p class="quiet">{words.segments.manual}</p>
      <Matching tree={tree} fields={fields} onWrong={setWrong} />
    </Careful>
  );
}

/** What is wrong, by the node it is in: the server names places of the rule. */
export function placed(problems: Problems, tree: Group): Problems {
  const paths = [...pathsOf(tree)].sort((a, b) => b[1].length - a[1].length);
  return Object.fromEntries(Object.entries(problems).flatMap(([place, said]) => {
    const at = paths.find(([, path]) => place === path || place.startsWith(`${path}.`));
    return place.startsWith("rule") ? [[at?.[0] ?? tree.key, said]] : [];
  }));
}

interface Tried {
  count: number;
  sample: Member[];
}

/** How many the rules describe as they stand, and some of them: asked while one edits. */
function Matching({ tree, fields, onWrong }: { tree: Group; fields: Field[]; onWrong(problems: Problems): void }) {
  const rest = useRest();
  const words = useWords();
  const whole = complete(tree);
  const rule = useRested(whole ? JSON.stringify(ruleOf(tree, fields)) : "", 400);
  const [tried, set] = useState<{ rule: string; found: Tried | null; said: string }>({ rule: "", found: null, said: "" });
  useEffect(() => {
    if (!rule) return undefined;
    let alive = true;
    rest.post<Tried>("/segments/preview", { rule: JSON.parse(rule) as unknown })
      .then((found) => alive && set({ rule, found, said: "" }))
      .catch((error: unknown) => {
        if (!alive) return;
        const fields_ = error instanceof Refused ? error.fields : {};
        onWrong(fields_);
        set({ rule, found: null, said: Object.keys(fields_).length > 0 || !(error instanceof Refused) ? "" : error.detail });
      });
    return () => {
      alive = false;
    };
  }, [rule]);
  const known = whole && tried.rule === rule && rule ? tried : null;
  return (
    <section class="cust-matching" aria-live="polite" data-testid="cust-matching">
      <p><strong>{words.segments.matches}</strong> {!whole ? <span class="quiet">{words.segments.incomplete}</span> : known?.found ? words.segments.count(known.found.count) : known ? known.said : words.segments.counting}</p>
      {known?.found && known.found.sample.length > 0 && (
        <p class="cust-chips">
          <span class="quiet">{words.segments.sample}</span>
          {known.found.sample.map((one) => <span key={one.id} class="cust-chip" dir="auto">{fullName(one) || words.search.nobody}</span>)}
        </p>
      )}
    </section>
  );
}

function Members({ segment }: { segment: Segment }) {
  const words = useWords();
  const exports_ = useMay("tables.export");
  const counted = useAsked<Segment>(`/segments/${segment.id}?with_count=true`);
  const list = usePaged<Member>(`/segments/${segment.id}/members?limit=50`);
  const count = counted.value?.count;
  return (
    <Panel
      title={words.segments.members} testId="cust-members"
      action={exports_ && <a class="button" href={`/api/v1/segments/${segment.id}/members.csv?bom=true`} download data-testid="cust-csv"><Icon of={Download} />{words.segments.csv}</a>}
    >
      {count !== null && count !== undefined && <p class="quiet" data-testid="cust-count">{words.segments.count(count)}</p>}
      {!list.value ? <Waiting asked={list} /> : list.value.length === 0 ? <p class="quiet">{words.segments.noMembers}</p> : (
        <ul class="cust-members">
          {list.value.map((one) => (
            <li key={one.id}>
              <a class="cust-member" href={hashOf({ at: "customer", id: one.id, part: "card" })} data-testid="cust-member">
                <span dir="auto">{fullName(one) || words.search.nobody}</span>
                <span class="quiet">{[one.external_id, words.languages[one.language]].filter(Boolean).join(" · ")}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      <More list={list} />
    </Panel>
  );
}
