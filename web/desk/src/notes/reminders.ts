// The agent's reminders: what is still to be done, the soonest first.

import type { Api } from "../api";
import type { Reminder } from "../types.notes";

export class Reminders {
  private items: Reminder[] = [];
  private turn = 0;
  private listeners = new Set<() => void>();

  constructor(private readonly api: Api) {}

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get all(): Reminder[] {
    return this.items;
  }

  /** What is changed while the answer is on its way is newer than the answer. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    const { items } = await this.api.reminders();
    if (turn === this.turn) this.set(items);
  }

  async remind(id: string, clientId: string, text: string, dueAt: Date): Promise<void> {
    await this.api.remind(id, clientId, text, dueAt.toISOString());
    await this.load();
  }

  async putOff(one: Reminder, dueAt: Date): Promise<void> {
    await this.change(one, { due_at: dueAt.toISOString() });
  }

  async done(one: Reminder): Promise<void> {
    await this.change(one, { done: true });
  }

  stop(): void {
    this.turn += 1;
    this.set([]);
  }

  private async change(one: Reminder, change: { due_at?: string; done?: boolean }): Promise<void> {
    const { reminder } = await this.api.changeReminder(one.id, change);
    this.turn += 1;
    const others = this.items.filter(({ id }) => id !== one.id);
    const changed = reminder.done ? others : [...others, { ...one, ...reminder }];
    this.set(changed.sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at)));
  }

  private set(items: Reminder[]): void {
    this.items = items;
    for (const listener of [...this.listeners]) listener();
  }
}
