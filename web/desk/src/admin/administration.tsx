// Administration: its parts at the side, the one that is open beside them. The address says which.

import { ArrowLeft } from "lucide-preact";
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Rules } from "../rules/page";
import { IconButton } from "../ui/bits";
import { useDesk, useSelect, useText } from "../ui/hooks";
import { Audit } from "./audit";
import { Canned } from "./canned";
import { CaseTypes } from "./case-types";
import { Closing } from "./closing";
import { Holding } from "./holding";
import { Hours } from "./hours";
import { Keys } from "./keys";
import { Levels } from "./levels";
import { Macros } from "./macros";
import { Retention } from "./retention";
import { Roles } from "./roles";
import { Satisfaction } from "./satisfaction";
import { TagsPage } from "./tags";
import { Teams } from "./teams";
import { Users } from "./users";
import { Webhooks } from "./webhooks";
import { useWords, type Words } from "./words";

type Name = keyof Words["parts"];

const PARTS: { name: Name; needs: string; page: ComponentType }[] = [
  { name: "users", needs: "agents.configure", page: Users },
  { name: "roles", needs: "agents.configure", page: Roles },
  { name: "keys", needs: "keys.configure", page: Keys },
  { name: "webhooks", needs: "webhooks.configure", page: Webhooks },
  { name: "retention", needs: "privacy.configure", page: Retention },
  { name: "hours", needs: "service_levels.configure", page: Hours },
  { name: "levels", needs: "service_levels.configure", page: Levels },
  { name: "teams", needs: "routing.configure", page: Teams },
  { name: "holding", needs: "routing.configure", page: Holding },
  { name: "canned", needs: "knowledge.write", page: Canned },
  { name: "tags", needs: "conversations.configure", page: TagsPage },
  { name: "macros", needs: "conversations.configure", page: () => <Macros /> },
  { name: "case-types", needs: "cases.configure", page: CaseTypes },
  { name: "rules", needs: "cases.configure", page: Rules },
  { name: "closing", needs: "routing.configure", page: Closing },
  { name: "satisfaction", needs: "channels.configure", page: Satisfaction },
  { name: "audit", needs: "audit.read", page: Audit },
];

const asked = (): string => location.hash.split("/")[2] ?? "";

export function Administration() {
  const desk = useDesk();
  const t = useText();
  const words = useWords();
  const permissions = useSelect((state) => state.agent?.permissions);
  const open = PARTS.filter((part) => permissions?.includes(part.needs));
  const [name, setName] = useState(asked);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  useEffect(() => {
    const moved = (): void => setName(asked());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const show = (): void => nav.current?.querySelector("[aria-current]")?.scrollIntoView?.({ block: "nearest", inline: "center" });
    show();
    // Turned from upright to lying, the row of parts is another one.
    addEventListener("resize", show);
    return () => removeEventListener("resize", show);
  }, [name]);
  const shown = open.find((part) => part.name === name) ?? (name === "" ? open[0] : undefined);
  const Part = shown?.page;
  return (
    <main class="page" aria-label={t.administration.title} data-testid="page-admin">
      <header class="bar">
        <IconButton icon={ArrowLeft} label={t.pages.back} hint="Esc" testId="page-back" onClick={() => desk.go({})} />
        <h1 ref={title} tabIndex={-1} class="bar-title">{t.administration.title}</h1>
      </header>
      <div class="admin">
        {open.length > 0 && (
          <nav ref={nav} class="admin-nav" aria-label={t.administration.title}>
            {open.map((part) => (
              <a key={part.name} class="admin-link" href={`#/admin/${part.name}`} aria-current={part === shown ? "page" : undefined}>{words.parts[part.name]}</a>
            ))}
          </nav>
        )}
        <div class="page-scroll">
          <div class="page-body admin-body">
            {Part ? <Part key={shown?.name} /> : (
              <div class="empty" data-testid="no-rights"><p class="empty-title">{t.pages.noRights}</p><p>{words.common.noRights}</p></div>
            )}
          </div>
        </div>
      </div>
    </main>
  );
}
