// Private notes of the open conversation, and what the agent was told that concerns one: mentions and due reminders.

import type { Api } from "../api";
import type { Store } from "../state/store";
import type { Mentionable, NoteFrame, NoticeFrame, PrivateNote } from "../types.notes";
import { onScreen, tellBrowser } from "./browser";

const PEOPLE_FOR = 120_000;
const MOST_TOLD = 3;
const MENTION = "note.mention";
const REMINDER = "reminder.due";

/** Something the agent was told, until they deal with it. */
export interface Told {
  key: number;
  kind: "mention" | "reminder";
  text: string;
  conversation: string;
}

export class Notes {
  private open: { id: string; list: PrivateNote[] } | null = null;
  private readonly unread = new Set<string>();
  private people: { at: number; found: Promise<Mentionable[]> } | null = null;
  private listeners = new Set<() => void>();
  private keys = 0;
  told: Told[] = [];

  constructor(
    private readonly api: Api,
    private readonly store: Store,
    /** Whether this browser may show notices of its own. */
    private readonly inBrowser: () => boolean = () => false,
  ) {}

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  of(id: string): PrivateNote[] {
    return this.open?.id === id ? this.open.list : NONE;
  }

  async load(id: string): Promise<void> {
    if (this.open?.id !== id) this.open = { id, list: NONE };
    try {
      const { notes, unread } = await this.api.notes(id);
      if (this.open?.id !== id) return;
      this.open = { id, list: notes };
      if (unread > 0) this.unread.add(id);
      this.changed();
      this.look();
    } catch {
      // The next connection asks again.
    }
  }

  /** After the line was down, what was missed is asked for. */
  reload(): void {
    if (this.open) void this.load(this.open.id);
  }

  heard({ conversation, id, note }: NoteFrame): void {
    if (this.open?.id === conversation) this.put(id, note);
  }

  /** A notice; true when it is one of ours, and worth a sound. */
  noticed({ kind, text, conversation }: NoticeFrame): boolean {
    if (!conversation || (kind !== MENTION && kind !== REMINDER)) return false;
    if (kind === MENTION) this.unread.add(conversation);
    const here = this.open?.id === conversation && onScreen();
    if (!(here && kind === MENTION)) {
      const told: Told = { key: ++this.keys, kind: kind === MENTION ? "mention" : "reminder", text, conversation };
      // The same again says nothing new.
      this.told = [...this.told.filter((one) => one.text !== text || one.conversation !== conversation), told].slice(-MOST_TOLD);
    }
    if (this.inBrowser()) tellBrowser(text, conversation);
    this.changed();
    this.look();
    return true;
  }

  dismiss(key: number): void {
    this.told = this.told.filter((one) => one.key !== key);
    this.changed();
  }

  /** What the agent has before their eyes they have read. */
  look(): void {
    const id = this.open?.id;
    if (!id || !this.unread.has(id) || !onScreen() || this.store.state.open?.id !== id) return;
    this.unread.delete(id);
    this.told = this.told.filter((one) => one.kind !== "mention" || one.conversation !== id);
    this.changed();
    this.api.readNotes(id).catch(() => this.unread.add(id));
  }

  async write(id: string, clientId: string, text: string): Promise<void> {
    const { note } = await this.api.writeNote(id, clientId, text);
    if (this.open?.id === id) this.put(note.id, note);
  }

  async edit(before: PrivateNote, text: string): Promise<void> {
    const { note } = await this.api.editNote(before.id, text, before.version);
    this.put(note.id, note);
  }

  async remove(note: PrivateNote): Promise<void> {
    await this.api.removeNote(note.id);
    this.put(note.id, null);
  }

  /** Who can be mentioned; asked for again now and then, for colleagues come and go. */
  mentionable(now: number = Date.now()): Promise<Mentionable[]> {
    if (!this.people || now - this.people.at > PEOPLE_FOR) {
      const found = this.api.mentionable().then(({ items }) => items);
      found.catch(() => {
        this.people = null;
      });
      this.people = { at: now, found };
    }
    return this.people.found;
  }

  stop(): void {
    this.open = null;
    this.people = null;
    this.told = [];
    this.unread.clear();
  }

  private put(id: string, note: PrivateNote | null): void {
    if (!this.open) return;
    const known = this.open.list.find((one) => one.id === id);
    if (note && known && known.version > note.version) return;
    const others = this.open.list.filter((one) => one.id !== id);
    const list = note ? [...others, note].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)) : others;
    this.open = { ...this.open, list };
    this.changed();
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

const NONE: PrivateNote[] = [];

/** The greatest of the ascending numbers that is no greater than `most`; 0 when there is none. */
function lastUpTo(seqs: readonly number[], most: number): number {
  let [low, high] = [0, seqs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seqs[middle] ?? 0) <= most) low = middle + 1;
    else high = middle;
  }
  return seqs[low - 1] ?? 0;
}

/** The notes by the message they stand after, among those that are shown; under 0, those before all of them. */
export function placed(notes: readonly PrivateNote[], shown: readonly number[]): Map<number, PrivateNote[]> {
  const found = new Map<number, PrivateNote[]>();
  if (notes.length === 0) return found;
  const seqs = [...shown].sort((a, b) => a - b);
  for (const note of notes) {
    const after = lastUpTo(seqs, note.after_seq);
    const there = found.get(after);
    if (there) there.push(note);
    else found.set(after, [note]);
  }
  return found;
}
