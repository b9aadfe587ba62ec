// The figures side by side: what each is now, how it was, and where it goes.

import { ArrowDown, ArrowUp, Info, Minus } from "lucide-preact";
import { Dialog } from "../ui/dialogs";
import { Icon, IconButton } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { Spark } from "./chart";
import { useWords } from "./parts";
import type { Figure } from "./types";
import { change, told } from "./values";

const ARROWS = { up: ArrowUp, down: ArrowDown, same: Minus };

interface TilesProps {
  figures: Figure[];
  chosen: string;
  /** Without a pointer, whoever chose goes along to what is shown. */
  onChoose(key: string, byKey: boolean): void;
  onExplain(figure: Figure): void;
}

export function Tiles({ figures, chosen, onChoose, onExplain }: TilesProps) {
  const words = useWords();
  const language = useLanguage();
  return (
    <ul class="rep-tiles" aria-label={words.figures}>
      {figures.map((figure) => (
        <li key={figure.key} class="rep-tile" data-testid={`rep-tile-${figure.key}`} data-chosen={figure.key === chosen}>
          <button type="button" class="rep-tile-button" aria-pressed={figure.key === chosen} onClick={(event) => onChoose(figure.key, event.detail === 0)}>
            <span class="rep-tile-name">{figure.name}</span>
            <span class="rep-tile-value">{told(figure.value, figure.unit, language)}</span>
            <Beside figure={figure} />
            <Spark course={figure.course} bars={figure.fold === "count" || figure.fold === "sum"} />
          </button>
          <IconButton icon={Info} class="rep-tile-info" label={words.definition(figure.name)} testId={`rep-info-${figure.key}`} onClick={() => onExplain(figure)} />
        </li>
      ))}
    </ul>
  );
}

/** How it stands beside the period before: said by an arrow, a number and a word, not by colour alone. */
export function Beside({ figure }: { figure: Figure }) {
  const words = useWords();
  const language = useLanguage();
  const found = change(figure, language);
  if (!found) return <span class="rep-change">{words.noBefore}</span>;
  return (
    <span class="rep-change" data-good={found.good === null ? "" : String(found.good)} title={words.before(told(figure.before, figure.unit, language))}>
      <Icon of={ARROWS[found.way]} size={13} />{found.text}
      {found.good !== null && <span class="rep-change-word">{found.good ? words.better : words.worse}</span>}
    </span>
  );
}

/** What a figure means, exactly. */
export function Explained({ figure, onClose }: { figure: Figure; onClose(): void }) {
  const words = useWords();
  const parts = (["counts", "among", "without", "source"] as const).filter((part) => figure.definition[part]);
  return (
    <Dialog title={words.definition(figure.name)} onClose={onClose}>
      <dl class="rep-definition" data-testid="rep-definition">
        {parts.map((part) => <div key={part}><dt>{words.parts[part]}</dt><dd>{figure.definition[part]}</dd></div>)}
      </dl>
      <p class="quiet">{words.about(figure.rows)}</p>
    </Dialog>
  );
}
