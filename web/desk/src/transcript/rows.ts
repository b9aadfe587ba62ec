// A conversation as rows: days, messages and private notes, with what each message need not say again.

import { sameDay } from "../format";
import { placed } from "../notes/notes";
import type { DeskMessage } from "../types";
import type { PrivateNote } from "../types.notes";
import { bareSubject, subjectOf } from "../ui/envelope";
import { pageOf } from "../ui/notes";

const TOGETHER = 5 * 60_000;

export type Row =
  | { key: string; kind: "day"; at: string }
  | { key: string; kind: "note"; note: PrivateNote }
  | { key: string; kind: "message"; message: DeskMessage; together: boolean; moved: boolean; newSubject: boolean; newPage: boolean };

/** By what a message's row is found again. */
export const keyOf = (seq: number): string => `m${seq}`;

export function rowsOf(messages: readonly DeskMessage[], notes: readonly PrivateNote[]): Row[] {
  const ordered = [...messages].sort((a, b) => a.place - b.place || a.seq - b.seq);
  const several = new Set(ordered.filter(spoken).map(wayOf)).size > 1;
  const among = placed(notes, notes.length > 0 ? ordered.map((message) => message.seq) : []);
  const rows: Row[] = [];
  const after = (seq: number): void => {
    for (const note of among.get(seq) ?? []) rows.push({ key: `n${note.id}`, kind: "note", note });
  };
  let before: DeskMessage | undefined;
  let way: string | null = null;
  let subject: string | null = null;
  let page: string | null = null;
  after(0);
  for (const message of ordered) {
    const newDay = !before || !sameDay(before.at, message.at);
    const moved = spoken(message) && wayOf(message) !== way && (several || message.account !== "main");
    const about = bareSubject(subjectOf(message));
    const newSubject = about !== null && about !== subject;
    if (spoken(message)) way = wayOf(message);
    subject = about ?? subject;
    const on = pageOf(message)?.url ?? null;
    const newPage = on !== null && on !== page;
    page = on ?? page;
    if (newDay) rows.push({ key: `d${message.seq}`, kind: "day", at: message.at });
    const together = !newDay && !moved && !newSubject && follows(before, message);
    rows.push({ key: keyOf(message.seq), kind: "message", message, together, moved, newSubject, newPage });
    after(message.seq);
    before = message;
  }
  return rows;
}

const spoken = (message: DeskMessage): boolean => message.from !== "system";
const wayOf = ({ channel, account }: DeskMessage): string => `${channel} ${account}`;

function follows(before: DeskMessage | undefined, message: DeskMessage): boolean {
  return before !== undefined && before.from === message.from && before.name === message.name
    && before.sender_name === message.sender_name && Date.parse(message.at) - Date.parse(before.at) < TOGETHER;
}
