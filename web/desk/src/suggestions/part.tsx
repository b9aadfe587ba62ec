// What may help with the next answer: articles, canned replies, what answered others, an offer. One key inserts.

import { BookOpen, Check, CornerDownLeft, ExternalLink, Gift, History, MessageSquareText, X, type LucideIcon } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import "../style/closing.css";
import type { Suggestion, SuggestionKind, Suggestions } from "../types.closing";
import { Icon, IconButton, Key } from "../ui/bits";
import { emit, useCommand } from "../ui/commands";
import { useDesk, useLanguage, useSelect } from "../ui/hooks";
import { useClosingWords } from "../wrap-up/words";

const ICONS: Record<SuggestionKind, LucideIcon> = { article: BookOpen, canned: MessageSquareText, solved: History, offer: Gift };
const KEYS = 3;
/** After the customer's last word: several at once are looked up once, and nothing of it is in the way of opening. */
const PAUSE = 250;
const MOST_KEPT = 30;
const kept = new Map<string, Suggestions>();

const keyOf = ({ kind, subject }: Suggestion): string => `${kind} ${subject}`;
const insertable = ({ kind, insert }: Suggestion): boolean => kind === "canned" || Boolean(insert);

interface PartProps {
  id: string;
  /** The customer's last message. */
  seq: number;
  /** What else they depend on. */
  about: string;
}

export function SuggestionsPart({ id, seq, about }: PartProps) {
  const desk = useDesk();
  const words = useClosingWords();
  const language = useLanguage();
  const rest = useRest();
  // Another agent on the same page sees what they may.
  const whose = useSelect((state) => state.agent?.id);
  const cached = `${whose} ${language} ${id} ${seq} ${about}`;
  const [shown, setShown] = useState<Suggestions | null>(() => kept.get(cached) ?? null);
  const [used, setUsed] = useState<ReadonlySet<string>>(new Set());
  const path = `/desk/api/conversations/${id}/suggestions`;
  useEffect(() => {
    const known = kept.get(cached);
    if (known) {
      setShown(known);
      return undefined;
    }
    let alive = true;
    const timer = setTimeout(() => {
      rest.get<Suggestions>(path).then((found) => {
        keep(cached, found);
        if (alive) setShown(found);
      }).catch(() => {});
    }, PAUSE);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [cached]);

  const tell = (item: Suggestion, outcome: "used" | "dismissed"): void => {
    const { kind, subject, place } = item;
    void rest.post(path, { kind, subject, place, outcome, seq: shown?.seq ?? seq }).catch(() => {});
  };
  const insert = async (item: Suggestion): Promise<void> => {
    try {
      const said = item.kind === "canned" ? (await desk.api.filledReply(id, item.subject)).text : item.insert ?? "";
      desk.drafts.add(id, said);
      emit("reply");
      setUsed((all) => new Set([...all, keyOf(item)]));
      tell(item, "used");
    } catch {
      desk.store.dispatch({ do: "notice", text: words.failed });
    }
  };
  const dismiss = (item: Suggestion): void => {
    tell(item, "dismissed");
    const left = { seq: shown?.seq ?? null, items: shown?.items.filter((one) => keyOf(one) !== keyOf(item)) ?? [] };
    keep(cached, left);
    setShown(left);
    const near = document.querySelector<HTMLElement>("[data-testid=suggestions] button");
    if (near) near.focus();
    else emit("reply");
  };
  const items = shown?.items ?? [];
  const keyed = items.filter(insertable).slice(0, KEYS);
  const nth = (n: number): void => {
    const item = keyed[n];
    if (item) void insert(item);
  };
  useCommand("suggestion.1", () => nth(0));
  useCommand("suggestion.2", () => nth(1));
  useCommand("suggestion.3", () => nth(2));
  if (items.length === 0) return null;
  return (
    <section class="part suggest" data-testid="suggestions" aria-label={words.suggestions}>
      <h2>{words.suggestions}</h2>
      <ul>
        {items.map((item) => (
          <Item
            key={keyOf(item)} item={item} used={used.has(keyOf(item))} nth={keyed.indexOf(item) + 1}
            onInsert={() => void insert(item)} onDismiss={() => dismiss(item)}
          />
        ))}
      </ul>
    </section>
  );
}

interface ItemProps {
  item: Suggestion;
  used: boolean;
  /** Which key inserts it; 0 for none. */
  nth: number;
  onInsert(): void;
  onDismiss(): void;
}

function Item({ item, used, nth, onInsert, onDismiss }: ItemProps) {
  const words = useClosingWords();
  const readOnly = !insertable(item);
  return (
    <li class="suggest-item" data-testid={`suggestion-${item.kind}`}>
      <p class="suggest-top">
        <Icon of={ICONS[item.kind]} size={14} /><span class="suggest-kind">{words.kinds[item.kind]}</span>
        <IconButton icon={X} label={words.dismiss(item.title)} class="suggest-dismiss" testId="suggestion-dismiss" onClick={onDismiss} />
      </p>
      <p class="suggest-title"><strong dir="auto">{item.title}</strong>{item.price && <span class="suggest-price">{item.price}</span>}</p>
      {item.question && <p class="quiet" dir="auto">{words.asked(item.question)}</p>}
      <p class="suggest-text" dir="auto">{item.text}</p>
      {readOnly && <p class="quiet">{item.kind === "article" ? words.internal : words.hidden}</p>}
      <p class="suggest-actions">
        {!readOnly && (
          <button type="button" class="button" data-testid="suggestion-insert" onClick={onInsert}>
            <Icon of={used ? Check : CornerDownLeft} size={14} /><span>{used ? words.inserted : words.insert}<span class="sr">{words.of(item.title)}</span></span>{nth > 0 && <Key>{`Alt ${nth}`}</Key>}
          </button>
        )}
        {item.url && <a class="suggest-link" href={item.url} target="_blank" rel="noopener noreferrer"><Icon of={ExternalLink} size={14} />{words.open}</a>}
      </p>
    </li>
  );
}

function keep(name: string, found: Suggestions): void {
  kept.delete(name);
  kept.set(name, found);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
}
