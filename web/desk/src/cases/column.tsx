// A column of the board, and its cards.

import { MoveHorizontal } from "lucide-preact";
import { IconButton } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { caseHash } from "./asked";
import { barred } from "./carry";
import { nameOf } from "./choosing";
import { ClockMark, Done, PriorityMark, Status, useWords } from "./parts";
import type { Column, Row, Settings, Step } from "./types";

export interface Lifted {
  row: Row;
  steps: Step[] | null;
  /** The column that the keys have led to; null while a pointer carries it. */
  at: string | null;
}

interface ColumnProps {
  column: Column;
  settings: Settings;
  tabbed: string | null;
  lifted: Lifted | null;
  over: string | null;
  writes: boolean;
  onActive(id: string): void;
  onMore(): void;
  onChoose(row: Row): void;
}

export function ColumnView({ column, settings, tabbed, lifted, over, writes, onActive, onMore, onChoose }: ColumnProps) {
  const words = useWords();
  const language = useLanguage();
  const { stage = "active" } = settings.statuses.find(({ key }) => key === column.status) ?? {};
  const name = nameOf(settings.statuses, column.status, language);
  const step = lifted?.steps?.find(({ to }) => to === column.status);
  const why = lifted?.steps ? barred(step, lifted.row.status, column.status) : null;
  const closed = why === "no step" || why === "not yours";
  return (
    <section
      class="cases-column" aria-label={words.columnLabel(name, column.count)} data-testid="case-column" data-status={column.status} data-barred={closed || undefined}
      data-over={over === column.status && lifted ? (closed ? "no" : "yes") : undefined}
    >
      <header class="cases-column-top"><h2><Status stage={stage}>{name}</Status></h2><span class="count" aria-hidden="true">{column.count}</span></header>
      {/* A list that scrolls is reached by key through its cards. */}
      {column.items.length === 0 && <p class="cases-column-empty quiet">{words.columnEmpty}</p>}
      {column.items.length > 0 && (
        <ul class="cases-cards">
          {column.items.map((row) => (
            <Card
              key={row.id} row={row} settings={settings} tabbed={tabbed === row.id} lifted={lifted?.row.id === row.id} writes={writes}
              onActive={() => onActive(row.id)} onChoose={() => onChoose(row)}
            />
          ))}
        </ul>
      )}
      {column.next && <button type="button" class="link cases-column-more" data-testid="column-more" onClick={onMore}>{words.more}</button>}
    </section>
  );
}

interface CardProps {
  row: Row;
  settings: Settings;
  tabbed: boolean;
  lifted: boolean;
  writes: boolean;
  onActive(): void;
  onChoose(): void;
}

function Card({ row, settings, tabbed, lifted, writes, onActive, onChoose }: CardProps) {
  const words = useWords();
  const who = settings.agents.find(({ id }) => id === row.agent_id)?.name;
  return (
    <li class="cases-card" data-card={row.id} data-testid="case-card" data-lifted={lifted || undefined}>
      <p class="cases-card-top quiet">
        <PriorityMark priority={row.priority} /><span class="cases-number">{row.number}</span>
        {writes && <IconButton icon={MoveHorizontal} label={words.moveThis(row.number)} class="cases-card-move" onClick={onChoose} testId="card-move" />}
      </p>
      <a href={caseHash(row.id)} tabIndex={tabbed ? 0 : -1} draggable={false} dir="auto" aria-describedby={writes ? "cases-board-help" : undefined} onFocus={onActive}>{row.subject}</a>
      <p class="cases-card-about quiet">
        {row.customer && <span dir="auto">{row.customer.name}</span>}
        <span dir="auto">{who ?? words.nobody}</span>
        {row.items && <Done items={row.items} />}
      </p>
      {row.clock && <ClockMark clock={row.clock} />}
    </li>
  );
}
