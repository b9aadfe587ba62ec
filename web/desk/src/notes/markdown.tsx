// Markdown as far as a note needs it: bold, italics, code, lists. Nothing is ever taken for HTML.

import { Fragment, type ComponentChildren } from "preact";
import { PlainText } from "../ui/bits";

const INLINE = /(`[^`\n]+`)|(\*\*(?=\S)[^\n]*?\S\*\*)|((?<![\p{L}\p{N}_])_(?=\S)[^_\n]*?\S_(?![\p{L}\p{N}_]))|(\*(?=[^\s*])[^*\n]*?[^\s*]\*)|(https:\/\/\S+)|((?<![\p{L}\p{N}_.@/+-])@[\p{L}\p{N}_][\p{L}\p{N}_.-]*)/gu;

/** As handles are compared: lower case, no accents. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function inline(text: string, handles: ReadonlySet<string>): ComponentChildren[] {
  const found: ComponentChildren[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [all] = match;
    if (match.index > from) found.push(<PlainText text={text.slice(from, match.index)} />);
    from = match.index + all.length;
    if (match[1]) found.push(<code>{all.slice(1, -1)}</code>);
    else if (match[2]) found.push(<strong>{inline(all.slice(2, -2), handles)}</strong>);
    else if (match[3] ?? match[4]) found.push(<em>{inline(all.slice(1, -1), handles)}</em>);
    else if (match[5]) found.push(<PlainText text={all} />);
    else found.push(...mention(all, handles));
  }
  if (from < text.length) found.push(<PlainText text={text.slice(from)} />);
  return found;
}

/** A handle that is somebody's stands out; a full stop after it is not part of it. */
function mention(all: string, handles: ReadonlySet<string>): ComponentChildren[] {
  const name = all.replace(/[._-]+$/, "");
  if (!handles.has(folded(name.slice(1)))) return [all];
  return [<span class="pnote-mention">{name}</span>, all.slice(name.length)];
}

export function Markdown({ text, handles }: { text: string; handles: readonly string[] }) {
  const known = new Set(handles);
  return (
    <>
      {blocks(text).map(({ kind, lines }, index) => {
        if (kind === "text") return <p key={index} dir="auto">{lines.map((line, at) => <Fragment key={at}>{at > 0 && <br />}{inline(line, known)}</Fragment>)}</p>;
        const List = kind === "numbers" ? "ol" : "ul";
        return <List key={index} dir="auto">{lines.map((line, at) => <li key={at}>{inline(line, known)}</li>)}</List>;
      })}
    </>
  );
}

interface Block {
  kind: "text" | "points" | "numbers";
  lines: string[];
}

/** Paragraphs and lists, in order. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  let apart = true;
  for (const line of text.split("\n")) {
    const item = /^\s*(?:([-*•])|\d{1,3}[.)])\s+(\S.*)$/.exec(line);
    const kind = item ? (item[1] ? "points" : "numbers") : "text";
    const last = found[found.length - 1];
    if (!line.trim()) apart = true;
    else {
      const said = item?.[2] ?? line;
      if (last?.kind === kind && !apart) last.lines.push(said);
      else found.push({ kind, lines: [said] });
      apart = false;
    }
  }
  return found;
}
