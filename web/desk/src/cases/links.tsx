// What a case hangs together with: conversations, orders, other cases, those who watch it; and linking more.

import { ClipboardList, Link as LinkIcon, MessagesSquare, Package, X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { full } from "../format";
import type { Found } from "../types.working";
import { ChannelIcon, Icon, IconButton, useChannelName } from "../ui/bits";
import { Dialog } from "../ui/dialogs";
import { useDesk, useLanguage, useMay, useSelect } from "../ui/hooks";
import { toHash } from "../work/route";
import { caseHash } from "./asked";
import type { Shown } from "./changing";
import { nameOf } from "./choosing";
import { Panel, Pick, Status, troubleOf, useWords } from "./parts";
import type { Other } from "./types";

export function LinksPanel(shown: Shown) {
  const { whole, settings, writes, reload, trouble } = shown;
  const words = useWords();
  const language = useLanguage();
  const rest = useRest();
  const channel = useChannelName();
  const reads = useMay("conversations.read");
  const me = useSelect((state) => state.agent?.id ?? "");
  const view = useSelect((state) => state.view);
  const [linking, link] = useState(false);
  const { links, case: one } = whole;
  const at = `/cases/${one.id}`;
  const away = (path: string): void => void rest.remove(path).then(reload, trouble);
  const off = (path: string, what: string) => writes && <IconButton icon={X} label={words.unlink(what)} onClick={() => away(path)} />;
  const other = (each: Other, unlink: ComponentChildren = null) => (
    <li key={each.id} class="cases-link">
      <Icon of={ClipboardList} size={14} />
      <a href={caseHash(each.id)} dir="auto"><span class="cases-number">{each.number}</span> {each.subject}</a>
      <Status stage={each.stage}>{nameOf(settings.statuses, each.status, language)}</Status>{unlink}
    </li>
  );
  const above = (kind: "parent" | "original", each: Other | null) => each && (
    <Kind title={words.linkKinds[kind]}>
      {other(each, writes && (
        <IconButton
          icon={X} label={words.unlink(each.number)}
          onClick={() => void rest.put(kind === "parent" ? `${at}/parent` : `${at}/duplicate-of`, kind === "parent" ? { parent_id: null } : { duplicate_of_id: null }, one.version).then(reload, trouble)}
        />
      ))}
    </Kind>
  );
  const watching = links.watchers.some(({ id }) => id === me);
  const watch = (): void => void (watching ? rest.remove(`${at}/watchers/${me}`) : rest.put(`${at}/watchers/${me}`, undefined)).then(reload, trouble);
  const none = links.conversations.length + links.orders.length + links.related.length + links.children.length + links.duplicates.length === 0 && !links.parent && !links.original;
  return (
    <Panel title={words.links} testId="case-links" action={writes && <button type="button" class="link" data-testid="case-link" onClick={() => link(true)}><Icon of={LinkIcon} size={14} />{words.link}</button>}>
      {none && <p class="quiet">{words.noLinks}</p>}
      {above("parent", links.parent)}
      {above("original", links.original)}
      {links.conversations.length > 0 && (
        <Kind title={words.linkKinds.conversations}>
          {links.conversations.map((each) => (
            <li key={each.id} class="cases-link" data-testid="link-conversation">
              <ChannelIcon channel={each.channel} silent />
              {reads
                ? <a href={toHash({ view, id: each.id, context: false })} dir="auto">{each.subject || words.conversation(channel(each.channel))}</a>
                : <span dir="auto">{each.subject || words.conversation(channel(each.channel))}</span>}
              <span class="quiet">{full(each.last_message_at, language)}</span>
              {off(`${at}/conversations/${each.id}`, each.subject || words.conversation(channel(each.channel)))}
            </li>
          ))}
        </Kind>
      )}
      {links.orders.length > 0 && (
        <Kind title={words.linkKinds.orders}>
          {links.orders.map((each) => (
            <li key={each.id} class="cases-link" data-testid="link-order"><Icon of={Package} size={14} /><span class="cases-number">{each.number}</span>{off(`${at}/orders/${each.id}`, each.number)}</li>
          ))}
        </Kind>
      )}
      {links.children.length > 0 && <Kind title={words.linkKinds.children}>{links.children.map((each) => other(each))}</Kind>}
      {links.duplicates.length > 0 && <Kind title={words.linkKinds.duplicates}>{links.duplicates.map((each) => other(each))}</Kind>}
      {links.related.length > 0 && <Kind title={words.linkKinds.related}>{links.related.map((each) => other(each, off(`${at}/related/${each.id}`, each.number)))}</Kind>}
      <p class="cases-watchers">
        {links.watchers.length > 0 && <span class="quiet">{words.linkKinds.watchers} {links.watchers.map(({ name }) => name).join(", ")}</span>}
        {writes && <button type="button" class="link" aria-pressed={watching} data-testid="case-watch" onClick={watch}>{watching ? words.unwatch : words.watch}</button>}
      </p>
      {linking && <Linking {...shown} onClose={() => link(false)} />}
    </Panel>
  );
}

function Kind({ title, children }: { title: string; children: ComponentChildren }) {
  return <div class="cases-kind"><h3>{title}</h3><ul>{children}</ul></div>;
}

const FEWEST = 2;
const WAIT = 250;
type Way = "related" | "parent" | "original";

/** Finds conversations, orders and cases by a few words, and links the one that is chosen. */
function Linking({ whole, reload, onClose }: Shown & { onClose(): void }) {
  const words = useWords();
  const language = useLanguage();
  const desk = useDesk();
  const rest = useRest();
  const field = useRef<HTMLInputElement>(null);
  const channel = useChannelName();
  const [typed, type] = useState("");
  const [way, choose] = useState<Way>("related");
  const [found, set] = useState<Found | null>(null);
  const [told, tell] = useState("");
  const wanted = typed.trim();
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    set(null);
    if (wanted.length < FEWEST) return undefined;
    let alive = true;
    const timer = setTimeout(() => desk.api.find(wanted).then((answer) => alive && set(answer)).catch((error: unknown) => alive && tell(troubleOf(error, words))), WAIT);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [wanted]);
  const { case: one } = whole;
  const at = `/cases/${one.id}`;
  const link = async (work: Promise<unknown>): Promise<void> => {
    tell("");
    try {
      await work;
      await reload();
      onClose();
    } catch (error) {
      tell(troubleOf(error, words));
    }
  };
  const toCase = (id: string): Promise<unknown> =>
    way === "related" ? rest.put(`${at}/related/${id}`, undefined)
      : way === "parent" ? rest.put(`${at}/parent`, { parent_id: id }, one.version) : rest.put(`${at}/duplicate-of`, { duplicate_of_id: id }, one.version);
  const cases = (found?.cases ?? []).filter(({ id }) => id !== one.id);
  const nothing = found && cases.length + found.orders.length + found.conversations.length === 0;
  return (
    <Dialog title={words.linkTitle} onClose={onClose}>
      <div class="cases-form" data-testid="link-form">
        <label class="cases-field"><span>{words.linkFind}</span><input ref={field} type="search" value={typed} maxLength={200} dir="auto" data-testid="link-find" onInput={(event) => type(event.currentTarget.value)} /></label>
        {cases.length > 0 && (
          <Pick
            label={words.linkAs} value={way} testId="link-way" onChange={(to) => choose(to as Way)}
            choices={(["related", "parent", "original"] as const).map((value) => ({ value, label: words.linkWays[value] }))}
          />
        )}
        <ul class="cases-hits cases-found" aria-label={words.linkTitle}>
          {cases.map((each) => <li key={each.id}><button type="button" class="menu-item" data-testid="link-hit" onClick={() => void link(toCase(each.id))}><Icon of={ClipboardList} /><span class="cases-number">{each.number}</span><span dir="auto">{each.about}</span></button></li>)}
          {found?.orders.map((each) => <li key={each.id}><button type="button" class="menu-item" data-testid="link-hit" onClick={() => void link(rest.put(`${at}/orders/${each.id}`, undefined))}><Icon of={Package} /><span class="cases-number">{each.number}</span><span dir="auto">{each.about}</span></button></li>)}
          {found?.conversations.map((each) => (
            <li key={each.id}>
              <button type="button" class="menu-item" data-testid="link-hit" onClick={() => void link(rest.put(`${at}/conversations/${each.id}`, undefined))}>
                <Icon of={MessagesSquare} /><span dir="auto">{each.customer?.name || each.goal || channel(each.channel)}</span><span class="quiet">{channel(each.channel)}, {full(each.created_at, language)}</span>
              </button>
            </li>
          ))}
        </ul>
        <p class="quiet" role="status">{nothing ? words.linkNone : wanted.length >= FEWEST && !found && !told ? words.linkWait : ""}</p>
        {told && <p class="trouble" role="alert" data-testid="link-trouble">{told}</p>}
      </div>
    </Dialog>
  );
}
