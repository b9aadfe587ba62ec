// Macros: their names, whose they are, and their steps one under the other.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { found } from "../folding";
import type { MacroChoices, Step } from "../types.sorting";
import { Icon } from "../ui/bits";
import { useDesk } from "../ui/hooks";
import { useLoaded, Waiting } from "../ui/page";
import { useShown, type Shown } from "./list";
import { Chip, Form, Nothing, Row, Section, Switch, Text } from "./parts";
import { useRest } from "./rest";
import { Steps } from "./macro-steps";
import { useWords } from "./words";

interface Macro_ {
  id: string;
  version: number;
  name: string;
  shared: boolean;
  steps: Step[];
}

/** Everybody's for who looks after them; at one's account, one's own. */
export function Macros({ own = false }: { own?: boolean }) {
  const { macros: words } = useWords();
  const rest = useRest();
  const desk = useDesk();
  const shown = useShown<Macro_>(() => rest.all<Macro_>(`/macros${own ? "?shared=false" : ""}`), (macro) => macro.id);
  const choices = useLoaded(() => desk.api.macroChoices());
  const [query, setQuery] = useState("");
  const macros = shown.loaded.value;
  if (!macros || !choices.value || shown.loaded.failed) return <Waiting loaded={choices.failed ? choices : shown.loaded} />;
  const add = <button type="button" class="button primary" data-testid={own ? "add-macro" : "add"} onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={own ? words.ownLead : words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && <MacroForm macro={null} own={own} choices={choices.value} shown={shown} />}
      {macros.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      {macros.length > 5 && <Text name="search" label={words.search} value={query} onInput={setQuery} />}
      <ul class="admin-list">
        {macros.filter((macro) => found(macro.name, query.trim())).map((macro) => (
          <Row
            key={macro.id} title={macro.name} more={macro.steps.map((step) => words.kinds[step.do]).join(" · ")} open={shown.open === macro.id} onToggle={() => shown.toggle(macro.id)} testId="macro-row"
            marks={!own && <Chip>{macro.shared ? words.forAll : words.own}</Chip>}
          >
            {choices.value && <MacroForm macro={macro} own={own} choices={choices.value} shown={shown} />}
          </Row>
        ))}
      </ul>
    </Section>
  );
}

interface MacroFormProps {
  macro: Macro_ | null;
  own: boolean;
  choices: MacroChoices;
  shown: Shown<Macro_>;
}

function MacroForm({ macro, own, choices, shown }: MacroFormProps) {
  const { macros: words } = useWords();
  const rest = useRest();
  const [name, setName] = useState(macro?.name ?? "");
  const [shared, setShared] = useState(macro ? macro.shared : !own && choices.shares);
  const [steps, setSteps] = useState<Step[]>(macro?.steps ?? [{ do: "insert", texts: {} }]);
  const body = { name, shared, steps };
  const save = async (): Promise<void> =>
    shown.saved(macro ? await rest.patch<Macro_>(`/macros/${macro.id}`, body, macro.version) : await rest.post<Macro_>("/macros", body));
  const remove = macro && { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(`/macros/${macro.id}`, macro.version);
    shown.removed(macro.id);
  } };
  return (
    <Form fields={["name", "shared", "steps"]} save={save} onCancel={shown.close} remove={remove ?? undefined} testId="macro-form">
      <Text name="name" label={words.name} value={name} onInput={setName} required />
      {choices.shares && <Switch name="shared" label={words.shared} help={words.sharedHelp} on={shared} onChange={setShared} />}
      <Steps steps={steps} choices={choices} onChange={setSteps} />
    </Form>
  );
}
