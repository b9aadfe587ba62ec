// The three columns together: keyboard, connection, title, and what floats above them.

import { WifiOff, X } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { commandFor, takesText } from "../keys";
import { AccountMenu } from "./account";
import { IconButton, Icon, Mark } from "./bits";
import { perform, useCommand } from "./commands";
import "../commands/known";
import "../cases/command";
import "../customers/command";
import "../reports/command";
import "../knowledge/command";
import { ChannelsPage } from "./channels";
import { ContextColumn } from "./context";
import { ConversationColumn } from "./conversation";
import { useDesk, useLanguage, useMay, usePreferences, useSelect, useText } from "./hooks";
import { ListColumn } from "./list";
import { Lazy } from "./lazy";
import { OfferedPlace } from "./offered";
import { NotesPlace } from "../notes/place";
import { later, PageComing } from "./later";
import { Outdated } from "./outdated";
import { UndeliveredPage } from "./undelivered";

const ShortcutsSheet = later(() => import("../commands/sheet").then((module) => module.ShortcutsSheet));
const CasesPage = later(() => import("../cases").then((module) => module.CasesPage), PageComing);
const CustomersPage = later(() => import("../customers").then((module) => module.CustomersPage), PageComing);
const KnowledgePage = later(() => import("../knowledge").then((module) => module.KnowledgePage), PageComing);
const ReportsPage = later(() => import("../reports").then((module) => module.ReportsPage), PageComing);
const BoardPage = later<{ onClose(): void }>(() => import("../board").then((module) => module.Board), PageComing);
const Palette = later(() => import("../commands/palette").then((module) => module.Palette));

export function Shell() {
  const desk = useDesk();
  const { listFolded, contextFolded } = usePreferences();
  const pane = useSelect((state) => state.pane);
  const page = useSelect((state) => state.page);
  const hasOpen = useSelect((state) => state.open !== null);
  const reads = useMay("conversations.read");
  const [above, setAbove] = useState<"help" | "palette" | null>(null);
  const down = (): void => setAbove(null);
  useCommand("help", () => setAbove("help"));
  useCommand("palette", () => setAbove("palette"));
  useKeyboard();
  useTitle();
  useTouches();
  return (
    <div class="shell">
      <ConnectionBanner />
      <Outdated />
      {page === "channels" && <ChannelsPage />}
      {page === "undelivered" && <UndeliveredPage />}
      {page === "admin" && <Lazy name="Administration" />}
      {page === "account" && <Lazy name="OwnAccount" />}
      {page === "board" && <BoardPage onClose={() => desk.go({})} />}
      {page === "cases" && <CasesPage onClose={() => desk.go({})} />}
      {page === "customers" && <CustomersPage />}
      {page === "knowledge" && <KnowledgePage onClose={() => desk.go({})} />}
      {page === "reports" && <ReportsPage onClose={() => desk.go({})} />}
      {page === "conversations" && !reads && <NothingHere />}
      {page === "conversations" && reads && (
        <div class="columns" data-pane={pane} data-list={listFolded ? "folded" : "shown"} data-context={contextFolded || !hasOpen ? "folded" : "shown"}>
          <ListColumn />
          <ConversationColumn />
          <ContextColumn />
        </div>
      )}
      <OfferedPlace />
      <NotesPlace />
      <Notice />
      {above === "help" && <ShortcutsSheet onClose={down} />}
      {above === "palette" && <Palette onClose={down} />}
    </div>
  );
}

/** For roles that work elsewhere: with the way to their other pages, and out. */
function NothingHere() {
  const t = useText();
  const language = useLanguage();
  const agent = useSelect((state) => state.agent);
  return (
    <main class="column nothing-here" data-testid="nothing-here">
      <header class="list-top"><Mark /><span class="brand">{t.product}</span><AccountMenu /></header>
      <div class="empty center">
        <h1 class="empty-title">{t.rights.nothing}</h1>
        <p>{t.rights.nothingText(agent?.role_name[language] ?? agent?.role ?? "")}</p>
      </div>
    </main>
  );
}

function useKeyboard(): void {
  const desk = useDesk();
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      // A dialog keeps its keys to itself.
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const target = event.target instanceof HTMLElement ? event.target : null;
      const inList = Boolean(target?.closest("[data-testid=row]"));
      const { state } = desk.store;
      const command = commandFor(event, { typing: takesText(target), inList, state, letters: desk.keep.preferences.letterKeys });
      if (!command) return;
      if (command === "leave") {
        if (takesText(target)) target?.blur();
        else if (state.page !== "conversations") desk.go({});
        else if (state.pane === "context") desk.go({ context: false });
        return;
      }
      event.preventDefault();
      perform(command, desk);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [desk]);
  useCommand("search", () => desk.keep.prefer({ listFolded: false }));
}

/** Keys and pointers say that somebody is here; the feed tells the server now and then. */
function useTouches(): void {
  const desk = useDesk();
  useEffect(() => {
    const touched = (): void => desk.touched();
    for (const what of ["keydown", "pointerdown", "pointermove"]) document.addEventListener(what, touched, { passive: true });
    return () => {
      for (const what of ["keydown", "pointerdown", "pointermove"]) document.removeEventListener(what, touched);
    };
  }, [desk]);
}

function useTitle(): void {
  const t = useText();
  const waiting = useSelect((state) => state.counts.waiting);
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) ${t.product}` : t.product;
    return () => {
      document.title = t.product;
    };
  }, [waiting, t]);
}

const PATIENCE = 1_500;

/** Always in the page, so that tests and screen readers find it; seen only when the line has been down for a moment. */
function ConnectionBanner() {
  const desk = useDesk();
  const t = useText();
  const connection = useSelect((state) => state.connection);
  const [down, setDown] = useState(false);
  useEffect(() => {
    if (connection !== "offline") {
      setDown(false);
      return undefined;
    }
    const timer = setTimeout(() => setDown(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [connection]);
  return (
    <div class={`connection ${down ? "connection-down" : ""}`} role="status" data-testid="connection" data-state={connection}>
      {down && (
        <>
          <Icon of={WifiOff} size={14} />
          <span>{t.connection.offline}</span>
          <button type="button" class="link" onClick={() => desk.hurry()}>{t.connection.retry}</button>
        </>
      )}
    </div>
  );
}

function Notice() {
  const { store } = useDesk();
  const t = useText();
  const notice = useSelect((state) => state.notice);
  const dismiss = (): void => store.dispatch({ do: "notice", text: null });
  useEffect(() => {
    if (notice === null) return undefined;
    const timer = setTimeout(dismiss, 7_000);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class="notice-place" role="alert">
      {notice !== null && (
        <p class="notice">
          <span>{notice || t.conversation.failed}</span>
          <IconButton icon={X} label={t.conversation.dismiss} onClick={dismiss} />
        </p>
      )}
    </div>
  );
}
