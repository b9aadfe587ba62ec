// One case: what it is, what was promised, what is to be done, what was said, and what it hangs together with.

import { ArrowLeft, UserCheck } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "../api";
import { useRest } from "../admin/rest";
import { Icon, Loading } from "../ui/bits";
import { useCommand } from "../ui/commands";
import { useDesk, useLanguage, useMay, useSelect } from "../ui/hooks";
import { takesText } from "../keys";
import { full } from "../format";
import { change, Meanwhile, type Shown } from "./changing";
import { nameOf } from "./choosing";
import { worth } from "./clocks";
import { WRITES } from "./command";
import { Description, Facts } from "./facts";
import { FilesPanel } from "./files";
import { History } from "./history";
import { Items } from "./items";
import { LinksPanel } from "./links";
import { Conflict } from "./conflict";
import { asks } from "./carry";
import { move, MoveDialog, notMoved } from "./move";
import { ClockMark, Failed, PriorityMark, Status, troubleOf, useWords } from "./parts";
import { Talk } from "./talk";
import type { Settings, Step, Whole } from "./types";
import { timed, useCaseNews, useSettings, useSoon } from "./use";

export function OnePage({ id, back }: { id: string; back: string }) {
  const words = useWords();
  const { settings, failed: noSettings, retry } = useSettings();
  const { whole, missing, failed, load } = useWhole(id);
  useEscape(back);
  const heading = useRef<HTMLHeadingElement>(null);
  const there = Boolean(whole && settings);
  useEffect(() => heading.current?.focus(), [there]);
  return (
    <main class="page cases-page" aria-label={words.title} data-testid="page-case">
      <header class="bar cases-bar">
        <a class="icon-button" href={back} aria-label={words.backToList} title={`${words.backToList} (Esc)`} data-testid="case-back"><Icon of={ArrowLeft} /></a>
        <h1 ref={heading} tabIndex={-1} class="bar-title cases-one-title">
          <span class="cases-number">{whole?.case.number ?? words.title}</span> {whole && <span class="cases-one-subject" dir="auto">{whole.case.subject}</span>}
        </h1>
      </header>
      <div class="page-scroll">
        {missing && <div class="empty" data-testid="case-missing"><p class="empty-title">{words.missingCase}</p><p>{words.missingCaseText}</p><a class="button" href={back}>{words.backToList}</a></div>}
        {!missing && (failed || noSettings) && !there && (
          <Failed retry={() => {
            retry();
            void load();
          }}
          />
        )}
        {!missing && !failed && !there && <div class="cases-waiting" aria-busy="true"><Loading says={words.loading} /></div>}
        {whole && settings && <OneCase whole={whole} settings={settings} reload={load} />}
      </div>
    </main>
  );
}

function OneCase({ whole, settings, reload }: { whole: Whole; settings: Settings; reload(): Promise<void> }) {
  const rest = useRest();
  const words = useWords();
  const writes = useMay(WRITES);
  const me = useSelect((state) => state.agent?.id ?? "");
  const [conflict, setConflict] = useState<Meanwhile | null>(null);
  const [told, tell] = useState("");
  const one = whole.case;
  const trouble = (error: unknown): void => {
    if (error instanceof Meanwhile) setConflict(error);
    else tell(troubleOf(error, words));
  };
  const shown: Shown = {
    whole, settings, writes, reload, trouble,
    change: async (wanted) => {
      tell("");
      setConflict(null);
      try {
        await change(rest, one, wanted);
        await reload();
        return true;
      } catch (error) {
        trouble(error);
        await reload();
        return false;
      }
    },
  };
  const take = (): void => void (one.agent_id !== me && shown.change({ agent_id: me }));
  useCommand("cases.take", () => writes && take());
  return (
    <div class="cases-one">
      <div class="cases-one-head">
        <p class="cases-one-marks">
          <Status stage={one.stage}>{nameOf(settings.statuses, one.status, useLanguage())}</Status>
          <PriorityMark priority={one.priority} words />
          <Opened whole={whole} />
        </p>
        <Clocks whole={whole} />
        {writes && <Steps {...shown} onTake={one.agent_id === me ? null : take} onTell={tell} />}
        {told && <p class="trouble" role="alert" data-testid="case-trouble">{told}</p>}
        {conflict && (
          <Conflict
            conflict={conflict} settings={settings} onTheirs={() => setConflict(null)} onMine={() => {
              setConflict(null);
              void change(rest, conflict.whole.case, conflict.wanted).then(reload, trouble);
            }}
          />
        )}
      </div>
      <div class="cases-one-main">
        <Description {...shown} />
        <Items {...shown} />
        <Talk {...shown} />
        <History {...shown} />
      </div>
      <div class="cases-one-side">
        <Facts {...shown} />
        <FilesPanel {...shown} />
        <LinksPanel {...shown} />
      </div>
    </div>
  );
}

function Opened({ whole: { case: one, names } }: { whole: Whole }) {
  const words = useWords();
  const language = useLanguage();
  const when = full(one.created_at, language);
  const who = names[one.opened_by];
  return (
    <span class="quiet">
      {who ? words.openedBy(who, when) : words.opened(when)}
      {one.reopened > 0 && ` · ${words.reopened(one.reopened)}`}
      {one.acknowledge && ` · ${words.told[one.acknowledge]}`}
    </span>
  );
}

function Clocks({ whole }: { whole: Whole }) {
  const words = useWords();
  const shown = worth(whole.clocks);
  if (shown.length === 0) return null;
  return (
    <ul class="cases-clocks" aria-label={words.clocks} data-testid="case-clocks">
      {shown.map((clock) => <li key={clock.kind}><ClockMark clock={clock} kind /></li>)}
    </ul>
  );
}

/** The steps there are, as buttons; what one needs is asked for when it is pressed. */
function Steps({ whole, settings, reload, onTake, onTell }: Shown & { onTake: (() => void) | null; onTell(text: string): void }) {
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const first = useRef<HTMLDivElement>(null);
  const [asking, ask] = useState<Step | null>(null);
  const [busy, setBusy] = useState(false);
  useCommand("cases.move", () => first.current?.querySelector<HTMLElement>("[data-step]")?.focus());
  const go = async (step: Step): Promise<void> => {
    onTell("");
    if (step.missing.length > 0 || asks(step)) return ask(step);
    if (busy) return;
    setBusy(true);
    try {
      await move(rest, whole.case, step.to);
    } catch (error) {
      onTell(notMoved(error, settings, words, language));
    }
    await reload();
    setBusy(false);
  };
  const steps = whole.steps.filter(({ permitted }) => permitted);
  return (
    <div ref={first} class="cases-steps" role="group" aria-label={words.steps} data-testid="case-steps">
      {onTake && <button type="button" class="button" title={`${words.takeIt} (t)`} data-testid="case-take" onClick={onTake}><Icon of={UserCheck} />{words.takeIt}</button>}
      {steps.map((step) => (
        <button key={step.to} type="button" class="button" data-step={step.to} data-testid={`step-${step.to}`} aria-disabled={busy} onClick={() => void go(step)}>
          {nameOf(settings.statuses, step.to, language)}
        </button>
      ))}
      {asking && (
        <MoveDialog
          row={whole.case} step={asking} settings={settings} onClose={() => {
            ask(null);
            void reload();
          }}
          onDone={() => {
            ask(null);
            void reload();
          }}
        />
      )}
    </div>
  );
}

function useWhole(id: string) {
  const rest = useRest();
  const language = useLanguage();
  const [whole, set] = useState<Whole | null>(null);
  const [missing, miss] = useState(false);
  const [failed, fail] = useState(false);
  const alive = useRef(true);
  useEffect(() => () => {
    alive.current = false;
  }, []);
  const load = async (): Promise<void> => {
    try {
      const found = await timed(rest.get<Whole>(`/desk/api/cases/${encodeURIComponent(id)}`));
      if (!alive.current) return;
      set(found);
      fail(false);
    } catch (error) {
      if (!alive.current) return;
      if (error instanceof Refused && (error.status === 404 || error.status === 400)) miss(true);
      else fail(true);
    }
  };
  useEffect(() => void load(), [id, language]);
  const soon = useSoon(() => void load(), 300);
  useCaseNews((which) => (which === null || which === id) && soon());
  return { whole, missing, failed, load };
}

/** Escape leads back to the cases, not out of them. */
function useEscape(back: string): void {
  const desk = useDesk();
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.defaultPrevented || takesText(event.target) || document.querySelector("dialog[open]")) return;
      // An open menu closes first.
      if ((event.target as HTMLElement).closest?.(".account, .cases-pick")) return;
      event.preventDefault();
      location.hash = back;
    };
    // Before the page as a whole hears of it.
    addEventListener("keydown", press, { capture: true });
    return () => removeEventListener("keydown", press, { capture: true });
  }, [desk, back]);
}
