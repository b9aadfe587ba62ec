// The pages of cases: list, board, one case. Where one is stands in the address.

import { ArrowLeft, Columns3, List, Plus } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, IconButton, Segments } from "../ui/bits";
import { useCommand } from "../ui/commands";
import { useDesk, useMay, useText } from "../ui/hooks";
import { NEEDS, WRITES } from "./command";
import { placeOf, toHash, type Asked, type Place } from "./asked";
import { BoardView } from "./board";
import { Filters } from "./filters";
import { ListView } from "./list";
import { OnePage } from "./one";
import { Opening } from "./opening";
import { Failed, useWords } from "./parts";
import { useSettings } from "./use";

/** Where the agent was among the cases: coming back without saying where leads there. */
let left = "#/cases";

export function CasesPage() {
  const words = useWords();
  const may = useMay(NEEDS);
  const [place, go] = usePlace();
  if (!may) {
    return (
      <Frame title={words.title}>
        <div class="empty" data-testid="no-rights"><p class="empty-title">{words.title}</p><p>{words.noRights}</p></div>
      </Frame>
    );
  }
  return place.show === "one" ? <OnePage key={place.id} id={place.id} back={left} /> : <Many place={place} go={go} />;
}

function usePlace(): [Place, (hash: string, replace?: boolean) => void] {
  const read = (): Place => {
    // The menu and the palette know the page, not where one was on it.
    if (location.hash === "#/cases" && left !== "#/cases") history.replaceState(history.state, "", left);
    return placeOf(location.hash);
  };
  const [place, set] = useState(read);
  useEffect(() => {
    const moved = (): void => {
      if (location.hash.startsWith("#/cases")) set(read());
    };
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return [place, (hash, replace = false) => {
    // The way back leads out of the list, not through every filter that was tried.
    if (replace) {
      history.replaceState(history.state, "", hash);
      set(placeOf(hash));
    } else location.hash = hash;
  }];
}

function Frame({ title, children, actions }: { title: string; children: preact.ComponentChildren; actions?: preact.ComponentChildren }) {
  const desk = useDesk();
  const t = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main class="page cases-page" aria-label={title} data-testid="page-cases">
      <header class="bar cases-bar">
        <IconButton icon={ArrowLeft} label={t.pages.back} hint="Esc" testId="page-back" onClick={() => desk.go({})} />
        <h1 ref={heading} tabIndex={-1} class="bar-title">{title}</h1>
        {actions}
      </header>
      {children}
    </main>
  );
}

type ManyPlace = Exclude<Place, { show: "one" }>;

function Many({ place, go }: { place: ManyPlace; go(hash: string, replace?: boolean): void }) {
  const words = useWords();
  const writes = useMay(WRITES);
  const { settings, failed, retry } = useSettings();
  const below = place.show === "new" ? placeOf(left) : place;
  const show = below.show === "board" ? "board" : "list";
  const asked: Asked = below.show === "list" || below.show === "board" ? below.asked : { scope: "open", sort: "", filters: {} };
  const here = toHash(show, asked);
  useEffect(() => {
    if (place.show !== "new") left = here;
  }, [here, place.show]);
  const ask = (change: Partial<Asked>): void => go(toHash(show, { ...asked, ...change }), true);
  const turn = (to: "list" | "board"): void => go(toHash(to, asked), true);
  useCommand("cases.board", () => turn(show === "list" ? "board" : "list"));
  useCommand("cases.new", () => writes && go("#/cases/new"));
  const actions = (
    <div class="cases-actions">
      <Segments
        label={words.show} name="cases-show" testId="cases-show" value={show} onChange={turn}
        choices={[{ value: "list", label: words.list }, { value: "board", label: words.board }]}
      />
      <span class="cases-show-icon" aria-hidden="true"><Icon of={show === "list" ? List : Columns3} /></span>
      {writes && (
        <a class="button primary" href="#/cases/new" data-testid="case-new"><Icon of={Plus} /><span>{words.open}</span></a>
      )}
    </div>
  );
  return (
    <Frame title={words.title} actions={actions}>
      {failed && !settings && <Failed retry={retry} />}
      {!failed && !settings && <p class="sr" role="status">{words.loading}</p>}
      {settings && (
        <>
          <Filters asked={asked} settings={settings} onChange={ask} board={show === "board"} />
          {show === "list"
            ? <ListView key="list" asked={asked} settings={settings} onClear={() => ask({ filters: {} })} />
            : <BoardView key="board" asked={asked} settings={settings} />}
          {place.show === "new" && <Opening settings={settings} customer={place.customer} conversation={place.conversation} onClose={() => go(left, true)} />}
        </>
      )}
    </Frame>
  );
}
