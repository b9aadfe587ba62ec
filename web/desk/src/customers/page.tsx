// The pages of customers: which of them the address names, and the bar they share.

import { ArrowLeft } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { takesText } from "../keys";
import { IconButton } from "../ui/bits";
import { useDesk, useMay, useText } from "../ui/hooks";
import { CustomerCard } from "./customer";
import { DuplicatesPage } from "./duplicates";
import { MergePage } from "./merge";
import { useWords } from "./parts";
import { lastSought, SearchPage } from "./search";
import { SegmentPage } from "./segment";
import { SegmentsPage } from "./segments";
import { above, hashOf, parse, type Where } from "./where";

/** Where one is; and it follows the address. */
function useWhere(): Where {
  const [where, set] = useState(() => parse(location.hash));
  useEffect(() => {
    const moved = (): void => {
      if (location.hash.startsWith("#/customers")) set(parse(location.hash));
    };
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return where;
}

export function CustomersPage() {
  const desk = useDesk();
  const t = useText();
  const words = useWords();
  const where = useWhere();
  const may = useMay("customers.read");
  const title = useRef<HTMLHeadingElement>(null);
  const up = above(where);
  useEffect(() => {
    if (where.at !== "search") title.current?.focus();
  }, [where.at]);
  const back = (): void => {
    if (up) location.hash = hashOf(up.at === "search" ? { at: "search", words: lastSought() } : up);
    else desk.go({});
  };
  return (
    <main
      class="page" aria-label={words.title} data-testid="page-customers"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || !up || takesText(event.target)) return;
        event.preventDefault();
        back();
      }}
    >
      <header class="bar cust-bar">
        <IconButton icon={ArrowLeft} label={up ? words.back : t.pages.back} hint="Esc" testId="page-back" onClick={back} />
        <h1 ref={title} tabIndex={-1} class="bar-title">{words.title}</h1>
        {may && <Nav where={where} />}
      </header>
      <div class="page-scroll">
        {may ? <Shown where={where} /> : <div class="empty cust-body" data-testid="no-rights"><p class="empty-title">{t.pages.noRights}</p><p>{words.noRights}</p></div>}
      </div>
    </main>
  );
}

function Nav({ where }: { where: Where }) {
  const words = useWords();
  const segments = useMay("segments.read");
  const merges = useMay("customers.merge");
  const links: [keyof typeof words.nav, Where, boolean][] = [
    ["search", { at: "search", words: "" }, where.at === "search" || where.at === "customer"],
    ...(merges ? [["duplicates", { at: "duplicates" }, where.at === "duplicates" || where.at === "merge"] as [keyof typeof words.nav, Where, boolean]] : []),
    ...(segments ? [["segments", { at: "segments" }, where.at === "segments" || where.at === "segment"] as [keyof typeof words.nav, Where, boolean]] : []),
  ];
  return (
    <nav class="page-tabs" aria-label={words.title}>
      {links.map(([name, to, here]) => <a key={name} class="page-tab" href={hashOf(to)} aria-current={here ? "page" : undefined}>{words.nav[name]}</a>)}
    </nav>
  );
}

function Shown({ where }: { where: Where }) {
  switch (where.at) {
    case "search": return <SearchPage words={where.words} />;
    case "customer": return <CustomerCard key={where.id} id={where.id} part={where.part} />;
    case "duplicates": return <DuplicatesPage />;
    case "merge": return <MergePage key={`${where.kept} ${where.gone}`} keptId={where.kept} goneId={where.gone} />;
    case "segments": return <SegmentsPage />;
    case "segment": return <SegmentPage key={where.id} id={where.id} />;
  }
}
