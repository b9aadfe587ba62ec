// What stands under a message: the page it was written on, and what of a mail is missing or did not go.

import { BookOpen, FileX, Globe, MailX, Scissors } from "lucide-preact";
import { useState } from "preact/hooks";
import { safeUrl } from "../linkify";
import type { DeskMessage } from "../types";
import { Icon } from "./bits";
import { useText } from "./hooks";
import { MailMarks } from "./marks";

const FEW = 5;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Where in the site a customer wrote; null when the channel did not tell. */
export function pageOf(message: DeskMessage): { url: string; title: string } | null {
  const page = message.details?.page;
  if (message.from !== "customer" || typeof page !== "object" || page === null) return null;
  const { url, title } = page as { url?: unknown; title?: unknown };
  return text(url) ? { url: text(url), title: text(title).trim() } : null;
}

export function WrittenOn({ message }: { message: DeskMessage }) {
  const t = useText();
  const page = pageOf(message);
  if (!page) return null;
  const url = safeUrl(page.url);
  const name = page.title || page.url.replace(/^https?:\/\//, "");
  return (
    <p class="note" data-testid="page">
      <Icon of={Globe} size={14} />
      <span class="sr">{t.shared.page} </span>
      {url
        ? <a class="note-page" href={url} title={page.url} target="_blank" rel="noopener noreferrer" dir="auto">{name}</a>
        : <span class="note-page" title={page.url} dir="auto">{name}</span>}
    </p>
  );
}

/** What somebody signed in read and looked for in the help centre before they wrote this. */
export function ReadBefore({ message }: { message: DeskMessage }) {
  const t = useText();
  const read = message.from === "customer" && Array.isArray(message.details?.read) ? (message.details.read as Record<string, unknown>[]) : [];
  if (read.length === 0) return null;
  return (
    <div class="note note-files" data-testid="read-before">
      <Icon of={BookOpen} size={14} />
      <span>{t.shared.readBefore}</span>
      <ul>
        {read.map((one, index) => (
          <li key={index} dir="auto">
            {text(one.search) ? t.shared.searched(text(one.search)) : <a class="note-page" href={text(one.url)} target="_blank" rel="noopener noreferrer">{text(one.title)}</a>}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface LeftOut {
  name: string;
  why: string;
}

function leftOut(refused: unknown): LeftOut[] {
  if (!Array.isArray(refused)) return [];
  return refused
    .filter((one): one is Record<string, unknown> => typeof one === "object" && one !== null)
    .map(({ name, why }) => ({ name: text(name), why: text(why) }));
}

/** What an agent would otherwise miss in a mail that came, or take to have gone with one of ours. */
export function MailNotes({ message }: { message: DeskMessage }) {
  const t = useText();
  const { refused, copies_refused: copies, cut, original, marks } = message.details ?? {};
  const files = leftOut(refused);
  return (
    <>
      {Boolean(cut) && <p class="note" data-testid="cut"><Icon of={Scissors} size={14} />{original ? t.mail.cut : t.mail.cutOnly}</p>}
      <MailMarks marks={marks} />
      {files.length > 0 && <FilesLeftOut files={files} />}
      {typeof copies === "number" && copies > 0 && (
        <p class="note note-trouble" data-testid="copies-refused"><Icon of={MailX} size={14} />{t.mail.copiesRefused(copies)}</p>
      )}
    </>
  );
}

function FilesLeftOut({ files }: { files: LeftOut[] }) {
  const t = useText();
  const [all, setAll] = useState(false);
  const reasons: Record<string, string> = t.mail.leftOutWhy;
  const few = all || files.length <= FEW + 1 ? files : files.slice(0, FEW);
  return (
    <div class="note note-files" data-testid="left-out">
      <Icon of={FileX} size={14} />
      <span>{t.mail.leftOut}</span>
      <ul>
        {few.map(({ name, why }, index) => <li key={index}><bdi>{name}</bdi> ({reasons[why] ?? t.mail.leftOutOther})</li>)}
        {few.length < files.length && (
          <li><button type="button" class="link" onClick={() => setAll(true)}>{t.mail.leftOutMore(files.length - few.length)}</button></li>
        )}
      </ul>
    </div>
  );
}
