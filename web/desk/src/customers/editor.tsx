// Rules as they are put together: groups of conditions, each with its field, its comparison and its values.

import { FolderPlus, Plus, X } from "lucide-preact";
import { useId } from "preact/hooks";
import type { Problems } from "../admin/parts";
import { Icon, IconButton } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { useWords } from "./parts";
import { changed, DEEPEST, firstValues, newCondition, newGroup, takesDays, takesList, takesNothing, type Condition, type Group, type Node } from "./rules";
import { valueSaid } from "./said";
import type { Field } from "./types";

interface EditorProps {
  tree: Group;
  fields: Field[];
  problems: Problems;
  onChange(tree: Group): void;
}

interface PieceProps<T extends Node> extends Omit<EditorProps, "tree" | "onChange"> {
  node: T;
  depth: number;
  change(key: string, change: (node: Node) => Node | null): void;
}

export function Editor({ tree, fields, problems, onChange }: EditorProps) {
  const words = useWords();
  const change = (key: string, how: (node: Node) => Node | null): void => onChange(changed(tree, key, how));
  return (
    <fieldset class="cust-rules" data-testid="cust-rules">
      <legend>{words.segments.rules}</legend>
      <GroupPiece node={tree} fields={fields} problems={problems} depth={1} change={change} />
    </fieldset>
  );
}

function GroupPiece({ node, depth, ...rest }: PieceProps<Group>) {
  const words = useWords();
  const { fields, problems, change } = rest;
  const first = fields[0];
  const add = (made: Node): void => change(node.key, (known) => ({ ...(known as Group), items: [...(known as Group).items, made] }));
  return (
    <div class="cust-group" role="group" aria-label={words.segments.group} data-depth={depth}>
      <div class="cust-group-top">
        {depth > 1 && <Except node={node} change={change} />}
        <select class="cust-select" aria-label={words.segments.mode} value={node.mode} onChange={(event) => {
          const mode = event.currentTarget.value as Group["mode"];
          change(node.key, (known) => ({ ...(known as Group), mode }));
        }}>
          <option value="all">{words.segments.all}</option>
          <option value="any">{words.segments.any}</option>
        </select>
        {depth > 1 && <IconButton icon={X} label={words.segments.removeGroup} onClick={() => change(node.key, () => null)} />}
      </div>
      <ul class="cust-group-items">
        {node.items.map((each) => (
          <li key={each.key}>
            {each.is === "group" ? <GroupPiece node={each} depth={depth + 1} {...rest} /> : <ConditionPiece node={each} depth={depth} {...rest} />}
          </li>
        ))}
      </ul>
      {problems[node.key] && <p class="cust-problem" role="alert">{problems[node.key]}</p>}
      <p class="cust-group-foot">
        {first && <button type="button" class="button" data-testid="cust-add-rule" onClick={() => add(newCondition(first))}><Icon of={Plus} />{words.segments.addRule}</button>}
        {first && depth < DEEPEST && <button type="button" class="button" onClick={() => add(newGroup([newCondition(first)]))}><Icon of={FolderPlus} />{words.segments.addGroup}</button>}
      </p>
    </div>
  );
}

function Except({ node, change }: Pick<PieceProps<Node>, "node" | "change">) {
  const words = useWords();
  return (
    <label class="cust-except">
      <input type="checkbox" checked={node.not} onChange={(event) => {
        const not = event.currentTarget.checked;
        change(node.key, (known) => ({ ...known, not }));
      }} />
      <span>{words.segments.not}</span>
    </label>
  );
}

function ConditionPiece({ node, fields, problems, change }: PieceProps<Condition>) {
  const words = useWords();
  const language = useLanguage();
  const field = fields.find((one) => one.name === node.field);
  const set = (part: Partial<Condition>): void => change(node.key, (known) => ({ ...(known as Condition), ...part }));
  const chooseField = (name: string): void => {
    const chosen = fields.find((one) => one.name === name);
    if (chosen) change(node.key, () => ({ ...newCondition(chosen), key: node.key, not: node.not }));
  };
  const chooseOp = (op: string): void => {
    if (!field) return;
    const fits = takesList(op) === takesList(node.op) && takesDays(op) === takesDays(node.op) && (op === "between") === (node.op === "between");
    set({ op, values: fits && !takesNothing(op) && node.values.length > 0 ? node.values : firstValues(field, op) });
  };
  return (
    <div class="cust-condition" data-testid="cust-condition">
      <Except node={node} change={change} />
      <select class="cust-select" aria-label={words.segments.field} value={node.field} data-testid="cust-field" onChange={(event) => chooseField(event.currentTarget.value)}>
        {!field && <option value={node.field}>{node.field}</option>}
        {fields.map((one) => <option key={one.name} value={one.name}>{one.labels[language] ?? one.name}</option>)}
      </select>
      <select class="cust-select" aria-label={words.segments.op} value={node.op} data-testid="cust-op" onChange={(event) => chooseOp(event.currentTarget.value)}>
        {(field?.operators ?? [node.op]).map((one) => <option key={one} value={one}>{words.segments.ops[one] ?? one}</option>)}
      </select>
      {field && !takesNothing(node.op) && <Values node={node} field={field} set={set} />}
      {field?.currency && <input class="cust-input cust-short" aria-label={words.segments.currency} value={node.currency} maxLength={3} onInput={(event) => set({ currency: event.currentTarget.value.toUpperCase() })} />}
      {field?.within_days && (
        <label class="cust-within"><span class="quiet">{words.segments.within}</span>
          <input class="cust-input cust-short" type="number" min={1} max={3650} value={node.within} onInput={(event) => set({ within: event.currentTarget.value })} />
        </label>
      )}
      <IconButton icon={X} label={words.segments.removeRule} onClick={() => change(node.key, () => null)} />
      {problems[node.key] && <p class="cust-problem" role="alert">{problems[node.key]}</p>}
    </div>
  );
}

function Values({ node, field, set }: { node: Condition; field: Field; set(part: Partial<Condition>): void }) {
  const words = useWords();
  const language = useLanguage();
  const id = useId();
  const put = (at: number, value: string): void => set({ values: node.values.map((one, place) => (place === at ? value : one)) });
  const said = (value: string): string => valueSaid(value, field, undefined, words, language);
  if (takesList(node.op) && field.choices.length > 0) {
    return (
      <span class="cust-ticks" role="group" aria-label={words.segments.value}>
        {field.choices.map((one) => (
          <label key={one} class="cust-except">
            <input type="checkbox" checked={node.values.includes(one)} onChange={(event) => set({ values: event.currentTarget.checked ? [...node.values, one] : node.values.filter((each) => each !== one) })} />
            <span>{said(one)}</span>
          </label>
        ))}
      </span>
    );
  }
  if (takesList(node.op)) {
    return (
      <span class="cust-listed">
        <input
          class="cust-input" aria-label={words.segments.value} aria-describedby={id} value={node.values.join(", ")} data-testid="cust-value-field"
          onChange={(event) => set({ values: event.currentTarget.value.split(",").map((one) => one.trim()).filter(Boolean) })}
        />
        <span id={id} class="quiet">{words.segments.listHelp}</span>
      </span>
    );
  }
  if (field.kind === "boolean" || (field.kind === "choice" && field.choices.length > 0)) {
    const choices = field.kind === "boolean" ? ["true", "false"] : field.choices;
    return (
      <select class="cust-select" aria-label={words.segments.value} value={node.values[0] ?? ""} data-testid="cust-value-field" onChange={(event) => put(0, event.currentTarget.value)}>
        {choices.map((one) => <option key={one} value={one}>{field.kind === "boolean" ? (one === "true" ? words.segments.yes : words.segments.no) : said(one)}</option>)}
      </select>
    );
  }
  const date = field.kind === "date" && !takesDays(node.op);
  const numeric = field.kind === "number" || field.kind === "money" || takesDays(node.op);
  return (
    <>
      {node.values.map((typed, at) => (
        <input
          key={at} class={`cust-input ${numeric ? "cust-short" : ""}`} type={date ? "date" : "text"} inputMode={numeric ? "decimal" : undefined} value={typed} data-testid="cust-value-field"
          aria-label={takesDays(node.op) ? words.segments.days : at === 1 ? words.segments.second : words.segments.value} onInput={(event) => put(at, event.currentTarget.value)}
        />
      ))}
    </>
  );
}
