// The page of reports: what is asked for stands in the address, what is found below it.

import { ArrowLeft, Mail } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { Icon, IconButton } from "../ui/bits";
import { useDesk, useLanguage, useMay, useText } from "../ui/hooks";
import { parse, query, toHash, type Asked } from "./asked";
import { Behind } from "./behind";
import { Hours, Reasons, Said } from "./beside";
import { Chart, CourseTable } from "./chart";
import { SideBySide } from "./divided";
import { Filters } from "./filters";
import { Mailed } from "./mailed";
import { Panel, useWords } from "./parts";
import { Explained, Tiles } from "./tiles";
import type { Figure, Report } from "./types";
import { moment, spanName } from "./values";

type Above = { show: "behind" | "explained"; figure: Figure; asked: Asked } | { show: "mailed" } | null;

export function ReportsPage() {
  const desk = useDesk();
  const t = useText();
  const words = useWords();
  const may = useMay("reports.read");
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <main class="page" aria-label={words.title} data-testid="page-reports">
      <header class="bar">
        <IconButton icon={ArrowLeft} label={t.pages.back} hint="Esc" testId="page-back" onClick={() => desk.go({})} />
        <h1 ref={title} tabIndex={-1} class="bar-title">{words.title}</h1>
      </header>
      <div class="page-scroll">
        <div class="rep-body">
          {may ? <Told /> : <div class="empty" data-testid="no-rights"><p class="empty-title">{t.pages.noRights}</p><p>{words.noRights}</p></div>}
        </div>
      </div>
    </main>
  );
}

function Told() {
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const [asked, ask] = useState(() => parse(location.hash));
  const [report, setReport] = useState<Report | null>(null);
  const [failed, fail] = useState(false);
  const [busy, setBusy] = useState(true);
  const [above, setAbove] = useState<Above>(null);
  const at = query(asked, { step: asked.step });
  const load = (): (() => void) => {
    let alive = true;
    setBusy(true);
    rest.get<Report>(`/desk/api/reports?${at}`)
      .then((answer) => {
        if (!alive) return;
        setReport(answer);
        fail(false);
      })
      .catch(() => alive && fail(true))
      .finally(() => alive && setBusy(false));
    return () => {
      alive = false;
    };
  };
  useEffect(load, [at, language]);
  useEffect(() => {
    const moved = (): void => {
      if (location.hash.startsWith("#/reports")) ask(parse(location.hash));
    };
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const change = (part: Partial<Asked>): void => {
    const now = { ...asked, ...part };
    // The way back leads out of the reports, not through every filter that was tried.
    history.replaceState(history.state, "", toHash(now));
    ask(now);
  };
  return (
    <>
      <Filters asked={asked} report={report} onChange={change} />
      {report && (
        <div class="rep-said-of">
          <p class="quiet">{spanName(report.period.from, report.period.to, language)}, {words.compared(spanName(report.before.from, report.before.to, language))}</p>
          <p class="quiet" data-testid="rep-as-of">{report.as_of ? words.asOf(moment(report.as_of, language)) : words.notYet}</p>
          <button type="button" class="button" data-testid="rep-mailed" onClick={() => setAbove({ show: "mailed" })}><Icon of={Mail} />{words.mail.title}</button>
        </div>
      )}
      {failed && (
        <div class="empty" role="alert" data-testid="page-failed">
          <p class="empty-title">{words.failed}</p>
          <button type="button" class="button" onClick={load}>{words.retry}</button>
        </div>
      )}
      {!report && !failed && <Waiting />}
      {report && <Found report={report} asked={asked} busy={busy} onChange={change} onAbove={setAbove} />}
      {above?.show === "behind" && <Behind asked={above.asked} figure={above.figure} onClose={() => setAbove(null)} />}
      {above?.show === "explained" && <Explained figure={above.figure} onClose={() => setAbove(null)} />}
      {above?.show === "mailed" && <Mailed asked={asked} onClose={() => setAbove(null)} />}
    </>
  );
}

function Waiting() {
  const words = useWords();
  return (
    <div aria-busy="true">
      <span class="sr" role="status">{words.loading}</span>
      <div class="rep-tiles">{[1, 2, 3, 4, 5, 6, 7, 8].map((one) => <div key={one} class="skeleton rep-skeleton" aria-hidden="true" />)}</div>
    </div>
  );
}

interface FoundProps {
  report: Report;
  asked: Asked;
  busy: boolean;
  onChange(change: Partial<Asked>): void;
  onAbove(above: Above): void;
}

function Found({ report, asked, busy, onChange, onAbove }: FoundProps) {
  const words = useWords();
  const [table, showTable] = useState(false);
  const course = useRef<HTMLHeadingElement>(null);
  const { figures } = report;
  const figure = figures.find((one) => one.key === asked.figure) ?? figures[0];
  const nothing = figures.every((one) => !one.value && one.rows === 0);
  if (!figure || nothing) {
    return <div class="empty" data-testid="rep-empty"><p class="empty-title">{words.empty}</p><p>{words.emptyText}</p></div>;
  }
  const behind = (of: Figure, within: Asked = asked): void => onAbove({ show: "behind", figure: of, asked: within });
  const open = (at: number): void => {
    const first = report.steps[at] ?? asked.from;
    const next = report.steps[at + 1];
    const last = next ? dayBefore(next) : asked.to;
    behind(figure, { ...asked, from: first < asked.from ? asked.from : first, to: last });
  };
  const said = figures.find((one) => one.key === "satisfaction");
  const choose = (key: string, byKey: boolean): void => {
    onChange({ figure: key });
    requestAnimationFrame(() => {
      course.current?.closest("section")?.scrollIntoView?.({ block: "nearest" });
      if (byKey) course.current?.focus({ preventScroll: true });
    });
  };
  return (
    <div class="rep-found" aria-busy={busy} data-testid="rep-found">
      <Tiles figures={figures} chosen={figure.key} onChoose={choose} onExplain={(one) => onAbove({ show: "explained", figure: one, asked })} />
      {Object.values(asked.filters).some(Boolean) && <p class="rep-hint quiet">{words.notNarrowed}</p>}
      <Panel
        title={words.course(figure.name)} testId="rep-course" heading={course}
        action={(
          <span class="rep-actions">
            <button type="button" class="link" aria-pressed={table} data-testid="rep-as-table" onClick={() => showTable(!table)}>{table ? words.chart : words.table}</button>
            <button type="button" class="button" data-testid="rep-behind" onClick={() => behind(figure)}>{words.rows}</button>
          </span>
        )}
      >
        {table
          ? <CourseTable figure={figure} steps={report.steps} step={report.step} />
          : <Chart key={figure.key} figure={figure} steps={report.steps} step={report.step} onOpen={open} />}
      </Panel>
      <div class="rep-three">
        <Hours hours={report.hours} />
        <Reasons reasons={report.reasons} />
        <Said rows={report.words} onMore={() => said && behind(said)} />
      </div>
      <SideBySide
        asked={asked} figures={figures} onBy={(by) => onChange({ by })}
        onOnly={(by, key) => onChange({ filters: { ...asked.filters, [by]: key } })}
      />
    </div>
  );
}

function dayBefore(day: string): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}
