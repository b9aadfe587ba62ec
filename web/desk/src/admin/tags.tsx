// Tags of conversations: made, renamed, coloured, retired, and two made into one.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { COLOURS, type Colour, type Tag } from "../types.sorting";
import { Icon } from "../ui/bits";
import { Waiting } from "../ui/page";
import { useShown, type Shown } from "./list";
import { Chip, Form, Nothing, Pick, Row, Section, Sure, Switch, Text } from "./parts";
import { useRest } from "./rest";
import { useWords } from "./words";

interface Tag_ extends Tag {
  version: number;
  retired: boolean;
  conversations: number;
}

export function TagsPage() {
  const { tags: words } = useWords();
  const rest = useRest();
  const shown = useShown<Tag_>(async () => (await rest.get<{ items: Tag_[] }>("/conversation-tags")).items, (tag) => tag.id);
  const tags = shown.loaded.value;
  if (!tags || shown.loaded.failed) return <Waiting loaded={shown.loaded} />;
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && <TagForm tag={null} tags={tags} shown={shown} />}
      {tags.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      <ul class="admin-list">
        {tags.map((tag) => (
          <Row
            key={tag.id} title={<span class={`tags-chip tags-${tag.colour}`}>{tag.name}</span>} more={words.count(tag.conversations)} open={shown.open === tag.id} onToggle={() => shown.toggle(tag.id)}
            testId="tag-row" marks={tag.retired && <Chip>{words.retired}</Chip>}
          >
            <TagForm tag={tag} tags={tags} shown={shown} />
          </Row>
        ))}
      </ul>
    </Section>
  );
}

function TagForm({ tag, tags, shown }: { tag: Tag_ | null; tags: Tag_[]; shown: Shown<Tag_> }) {
  const { tags: words } = useWords();
  const rest = useRest();
  const [name, setName] = useState(tag?.name ?? "");
  const [colour, setColour] = useState<Colour>(tag?.colour ?? "plain");
  const [used, setUsed] = useState(!tag?.retired);
  const save = async (): Promise<void> => {
    const made = tag
      ? await rest.patch<Tag_>(`/conversation-tags/${tag.id}`, { name, colour, retired: !used }, tag.version)
      : await rest.post<Tag_>("/conversation-tags", { name, colour });
    shown.saved({ ...made, conversations: tag?.conversations ?? 0 });
  };
  return (
    <>
      <Form fields={["name", "colour", "retired"]} save={save} onCancel={shown.close} testId="tag-form">
        <div class="two">
          <Text name="name" label={words.name} value={name} onInput={setName} required />
          <Pick name="colour" label={words.colour} value={colour} onChange={(value) => setColour(value as Colour)} options={COLOURS.map((each) => ({ value: each, label: words.colours[each] }))} />
        </div>
        {tag && <Switch name="retired" label={words.retire} help={words.retireHelp} on={used} onChange={setUsed} />}
      </Form>
      {tag && tags.length > 1 && <Merge tag={tag} tags={tags} shown={shown} />}
    </>
  );
}

function Merge({ tag, tags, shown }: { tag: Tag_; tags: Tag_[]; shown: Shown<Tag_> }) {
  const { tags: words, common } = useWords();
  const rest = useRest();
  const [into, setInto] = useState("");
  const [trouble, setTrouble] = useState("");
  const merge = async (): Promise<void> => {
    try {
      await rest.post(`/conversation-tags/${tag.id}/merge`, { into });
      const { items } = await rest.get<{ items: Tag_[] }>("/conversation-tags");
      shown.loaded.set(() => items);
      shown.close();
    } catch {
      setTrouble(common.failed);
    }
  };
  const others = tags.filter(({ id }) => id !== tag.id).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <details class="places" data-testid="tag-merge">
      <summary>{words.merge}</summary>
      <Pick name="into" label={words.mergeInto} help={words.mergeHelp} value={into} onChange={setInto} options={[{ value: "", label: words.choose }, ...others]} />
      {into && <Sure label={words.mergeGo} sure={words.mergeSure} run={merge} testId="merge" />}
      {trouble && <p class="trouble" role="alert">{trouble}</p>}
    </details>
  );
}
