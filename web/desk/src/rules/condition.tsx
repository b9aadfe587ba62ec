// The conditions of a rule as they are put together: groups, and in them what is looked at, how it is compared, with what.

import { FolderPlus, Plus, X } from "lucide-preact";
import { Icon, IconButton } from "../ui/bits";
import { useSelect } from "../ui/hooks";
import { useSpeaking } from "./speaking";
import { valueNamed } from "./said";
import { changed, DEEPEST, fieldsFor, newCondition, newGroup, takesNothing, takesSeveral, valuesOf, type Condition, type Group, type Node } from "./tree";
import type { Choices, Field } from "./types";

interface Pieces {
  event: string;
  choices: Choices;
  /** What the server says of a node, by its key. */
  problems: Record<string, string>;
}

interface PieceProps<T extends Node> extends Pieces {
  node: T;
  depth: number;
  change(key: string, change: (node: Node) => Node | null): void;
}

export function Conditions({ tree, onChange, ...rest }: Pieces & { tree: Group; onChange(tree: Group): void }) {
  const { words } = useSpeaking(rest.choices);
  return (
    <fieldset class="ticks rules-part" data-testid="rule-conditions">
      <legend>{words.ifTitle}</legend>
      {tree.items.length === 0 && <p class="quiet">{words.ifAlways}</p>}
      <GroupPiece node={tree} depth={1} change={(key, how) => onChange(changed(tree, key, how))} {...rest} />
    </fieldset>
  );
}

function GroupPiece({ node, depth, ...rest }: PieceProps<Group>) {
  const { event, choices, problems, change } = rest;
  const { words } = useSpeaking(choices);
  const first = fieldsFor(event, choices.fields)[0];
  const add = (made: Node): void => change(node.key, (known) => ({ ...(known as Group), items: [...(known as Group).items, made] }));
  return (
    <div class="rules-group" role="group" aria-label={words.ifTitle} data-depth={depth}>
      {(node.items.length > 1 || depth > 1) && (
        <div class="rules-group-top">
          {depth > 1 && <Except node={node} change={change} label={words.except} />}
          <select class="rules-select" aria-label={words.mode} value={node.mode} onChange={(event_) => {
            const mode = event_.currentTarget.value as Group["mode"];
            change(node.key, (known) => ({ ...(known as Group), mode }));
          }}>
            <option value="all">{words.all}</option>
            <option value="any">{words.any}</option>
          </select>
          {depth > 1 && <IconButton icon={X} label={words.removeGroup} onClick={() => change(node.key, () => null)} />}
        </div>
      )}
      {node.items.length > 0 && (
        <ul class="rules-items">
          {node.items.map((each) => <li key={each.key}>{each.is === "group" ? <GroupPiece node={each} depth={depth + 1} {...rest} /> : <ConditionPiece node={each} depth={depth} {...rest} />}</li>)}
        </ul>
      )}
      {problems[node.key] && <p class="rules-problem" role="alert">{problems[node.key]}</p>}
      {first && (
        <p class="rules-foot">
          <button type="button" class="button" data-testid="add-condition" onClick={() => add(newCondition(first))}><Icon of={Plus} />{words.addCondition}</button>
          {depth < DEEPEST && node.items.length > 0 && <button type="button" class="button" onClick={() => add(newGroup([newCondition(first)]))}><Icon of={FolderPlus} />{words.addGroup}</button>}
        </p>
      )}
    </div>
  );
}

function Except({ node, change, label }: Pick<PieceProps<Node>, "node" | "change"> & { label: string }) {
  return (
    <label class="rules-except">
      <input type="checkbox" checked={node.not} onChange={(event) => {
        const not = event.currentTarget.checked;
        change(node.key, (known) => ({ ...known, not }));
      }} />
      <span>{label}</span>
    </label>
  );
}

function ConditionPiece({ node, event, choices, problems, change }: PieceProps<Condition>) {
  const { words } = useSpeaking(choices);
  const fields = fieldsFor(event, choices.fields, node.field);
  const field = fields.find((one) => one.field === node.field);
  const set = (part: Partial<Condition>): void => change(node.key, (known) => ({ ...(known as Condition), ...part }));
  const compare = (op: string): void => set({ op, values: takesNothing(op) ? [] : takesSeveral(op) ? node.values : node.values.slice(0, 1) });
  return (
    <div class="rules-condition" data-testid="rule-condition">
      {node.not && <Except node={node} change={change} label={words.except} />}
      <select class="rules-select" aria-label={words.field} value={node.field} data-testid="rule-field" onChange={(changing) => {
        const chosen = fields.find((one) => one.field === changing.currentTarget.value);
        if (chosen) set({ ...newCondition(chosen), key: node.key, not: node.not });
      }}>
        {Object.entries(grouped(fields)).map(([group, inside]) => (
          <optgroup key={group} label={words.groups[group] ?? group}>
            {inside.map((one) => <option key={one.field} value={one.field}>{one.label}</option>)}
          </optgroup>
        ))}
      </select>
      <select class="rules-select" aria-label={words.op} value={node.op} data-testid="rule-op" onChange={(changing) => compare(changing.currentTarget.value)}>
        {(field?.comparisons ?? [node.op]).map((one) => <option key={one} value={one}>{words.opNames[one] ?? one}</option>)}
      </select>
      {!takesNothing(node.op) && <Values node={node} field={field} event={event} choices={choices} set={(values) => set({ values })} />}
      <IconButton icon={X} label={words.removeCondition} onClick={() => change(node.key, () => null)} />
      {problems[node.key] && <p class="rules-problem" role="alert">{problems[node.key]}</p>}
    </div>
  );
}

function grouped(fields: readonly Field[]): Record<string, Field[]> {
  const found: Record<string, Field[]> = {};
  for (const field of fields) (found[field.field.split(".")[0] ?? ""] ??= []).push(field);
  return found;
}

interface ValuesProps {
  node: Condition;
  field: Field | undefined;
  event: string;
  choices: Choices;
  set(values: string[]): void;
}

function Values({ node, field, event, choices, set }: ValuesProps) {
  const how = useSpeaking(choices);
  const { words } = how;
  const channels = useSelect((state) => state.channelNames);
  const [value = ""] = node.values;
  const known = field?.field.endsWith(".channel") ? Object.keys(channels).map((key) => ({ key, name: how.channel(key) })) : valuesOf(field, event, choices, (of, key) => valueNamed(how, of, key));
  if (field?.type === "yes_no") {
    return (
      <select class="rules-select" aria-label={words.value} value={value} onChange={(changing) => set([changing.currentTarget.value])}>
        <option value="true">{words.yes}</option>
        <option value="false">{words.no}</option>
      </select>
    );
  }
  const several = takesSeveral(node.op);
  if (!known || known.length === 0) {
    const typed = several ? node.values.join(", ") : value;
    return (
      <input
        class="rules-input" aria-label={words.value} value={typed} maxLength={several ? 2000 : 200} inputMode={field?.type === "number" ? "decimal" : "text"} placeholder={several ? words.commas : undefined} data-testid="rule-value"
        onChange={(changing) => {
          const text = changing.currentTarget.value;
          set(several ? text.split(",").map((one) => one.trim()).filter(Boolean) : [text]);
        }}
      />
    );
  }
  const name = (key: string): string => known.find((one) => one.key === key)?.name ?? key;
  if (!several) {
    return (
      <select class="rules-select" aria-label={words.value} value={value} data-testid="rule-value" onChange={(changing) => set([changing.currentTarget.value])}>
        {!known.some(({ key }) => key === value) && <option value={value}>{value ? name(value) : words.choose}</option>}
        {known.map((one) => <option key={one.key} value={one.key}>{one.name}</option>)}
      </select>
    );
  }
  return (
    <span class="rules-values">
      {node.values.map((key) => (
        <span key={key} class="rules-value">{name(key)}<IconButton icon={X} label={words.removeValue(name(key))} onClick={() => set(node.values.filter((one) => one !== key))} /></span>
      ))}
      <select class="rules-select" aria-label={words.addValue} value="" data-testid="rule-value" onChange={(changing) => set([...node.values, changing.currentTarget.value])}>
        <option value="">{words.addValue}</option>
        {known.filter(({ key }) => !node.values.includes(key)).map((one) => <option key={one.key} value={one.key}>{one.name}</option>)}
      </select>
    </span>
  );
}
