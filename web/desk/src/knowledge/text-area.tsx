// The Markdown of an article, with buttons for those who do not know it by heart.

import { Bold, Heading2, Image, Info, Italic, Link, List, ListOrdered, Table } from "lucide-preact";
import { useId, useRef, useState } from "preact/hooks";
import type { Language } from "../types";
import { IconButton } from "../ui/bits";
import { ChooseArticle } from "./choose-article";
import * as markdown from "./markdown";
import { useWords } from "./parts";
import { PictureDialog } from "./picture";
import type { Article } from "./types";

interface Props {
  article: Article;
  language: Language;
  value: string;
  fault: string | undefined;
  onInput(value: string): void;
}

export function TextArea({ article, language, value, fault, onInput }: Props) {
  const words = useWords();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [above, setAbove] = useState<"link" | "picture" | null>(null);
  // A dialog takes the focus, and some browsers the selection with it.
  const held = useRef<[number, number]>([0, 0]);
  const chosen = (): markdown.Chosen => {
    const box = area.current;
    return { text: box?.value ?? value, from: box?.selectionStart ?? 0, to: box?.selectionEnd ?? 0 };
  };
  const open = (what: "link" | "picture"): void => {
    const { from, to } = chosen();
    held.current = [from, to];
    setAbove(what);
  };
  const apply = (edit: markdown.Edit): void => {
    const box = area.current;
    if (!box) return;
    box.focus();
    box.setSelectionRange(edit.from, edit.to);
    // The browser's own way keeps what can be undone.
    const done = typeof document.execCommand === "function" && (edit.put ? document.execCommand("insertText", false, edit.put) : document.execCommand("delete"));
    if (!done || box.value.slice(edit.from, edit.from + edit.put.length) !== edit.put) {
      box.setRangeText(edit.put, edit.from, edit.to, "end");
      onInput(box.value);
    }
    box.setSelectionRange(...edit.select);
  };
  const later = (make: (at: markdown.Chosen) => markdown.Edit): void => {
    const [from, to] = held.current;
    setAbove(null);
    setTimeout(() => apply(make({ text: area.current?.value ?? value, from, to })));
  };
  const keys = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const mark = { b: "**", i: "*" }[event.key.toLowerCase()];
    if (!mark) return;
    event.preventDefault();
    apply(markdown.around(chosen(), mark, words.tools.words));
  };
  const tools = [
    [Heading2, words.tools.heading, () => apply(markdown.heading(chosen()))], [Bold, words.tools.bold, () => apply(markdown.around(chosen(), "**", words.tools.words))],
    [Italic, words.tools.italic, () => apply(markdown.around(chosen(), "*", words.tools.words))], [List, words.tools.list, () => apply(markdown.bullets(chosen()))],
    [ListOrdered, words.tools.numbers, () => apply(markdown.numbers(chosen()))], [Table, words.tools.table, () => apply(markdown.table(chosen(), words.tools.column))],
    [Link, words.tools.link, () => open("link")], [Image, words.tools.picture, () => open("picture")],
  ] as const;
  return (
    <div class="field kn-markdown">
      <label for={id}>{words.fields.body}</label>
      <div class="kn-tools" role="group" aria-label={words.tools.label}>
        {tools.map(([icon, label, run]) => <IconButton key={label} icon={icon} label={label} onClick={run} />)}
        <CalloutChoice onChoose={(kind) => apply(markdown.callout(chosen(), kind, words.tools.words))} />
      </div>
      <textarea
        id={id} ref={area} class="kn-body-text" rows={16} lang={language} spellcheck value={value} aria-invalid={fault ? true : undefined}
        aria-describedby={fault ? `${id}-note` : undefined} data-testid="kn-text" onInput={(event) => onInput(event.currentTarget.value)} onKeyDown={keys}
      />
      {fault && <p id={`${id}-note`} class="notes"><span class="problem" role="alert">{fault}</span></p>}
      {above === "link" && <ChooseArticle language={language} not={article.key} onClose={() => setAbove(null)} onChoose={(key) => later((at) => markdown.articleLink(at, key))} />}
      {above === "picture" && <PictureDialog article={article} onClose={() => setAbove(null)} onDone={(file, alt) => later((at) => markdown.picture(at, file, alt))} />}
    </div>
  );
}

/** A choice that goes back to its name once something was chosen. */
function CalloutChoice({ onChoose }: { onChoose(kind: markdown.Callout): void }) {
  const words = useWords();
  return (
    <span class="kn-callout-choice">
      <Info size={16} strokeWidth={1.75} aria-hidden="true" class="icon" />
      <select
        aria-label={words.tools.callout} value="" data-testid="kn-callout" onChange={(event) => {
          const kind = event.currentTarget.value as markdown.Callout | "";
          event.currentTarget.value = "";
          if (kind) onChoose(kind);
        }}
      >
        <option value="">{words.tools.callout}</option>
        {(["note", "tip", "warning"] as const).map((kind) => <option key={kind} value={kind}>{words.tools.callouts[kind]}</option>)}
      </select>
    </span>
  );
}
