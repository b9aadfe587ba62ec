// Files that wait beside an answer, by conversation: on their way, there, or refused with the reason.

import { Refused, type Api } from "../api";
import type { FileRef } from "../types";
import { uuid } from "./outbox";

export interface Upload {
  key: string;
  source: File;
  progress: number;
  file: FileRef | null;
  /** Why it was refused, in the agent's language; empty when the connection is to blame. */
  trouble: string | null;
}

const NONE: Upload[] = [];

export class Uploads {
  private readonly byConversation = new Map<string, Upload[]>();
  private readonly stops = new Map<string, AbortController>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly api: Api) {}

  of(id: string): Upload[] {
    return this.byConversation.get(id) ?? NONE;
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  add(id: string, files: Iterable<File>): void {
    const added = [...files].map((source): Upload => ({ key: uuid(), source, progress: 0, file: null, trouble: null }));
    this.set(id, [...this.of(id), ...added]);
    for (const one of added) void this.send(id, one.key);
  }

  remove(id: string, key: string): void {
    this.stops.get(key)?.abort();
    this.set(id, this.of(id).filter((one) => one.key !== key));
  }

  retry(id: string, key: string): void {
    this.edit(id, key, { trouble: null, progress: 0 });
    void this.send(id, key);
  }

  /** What goes with the answer that is being sent; the refused stay, so that nobody thinks they left. */
  take(id: string): FileRef[] {
    const taken = this.of(id).flatMap((one) => one.file ?? []);
    this.set(id, this.of(id).filter((one) => !one.file));
    return taken;
  }

  /** Files of an answer that was taken back. */
  giveBack(id: string, files: FileRef[]): void {
    const back = files.map((file): Upload => ({ key: uuid(), source: new File([], file.name), progress: 1, file, trouble: null }));
    this.set(id, [...this.of(id), ...back]);
  }

  clear(): void {
    for (const stop of this.stops.values()) stop.abort();
    this.byConversation.clear();
    this.changed();
  }

  private async send(id: string, key: string): Promise<void> {
    const one = this.of(id).find((other) => other.key === key);
    if (!one) return;
    const stop = new AbortController();
    this.stops.set(key, stop);
    try {
      const { file } = await this.api.upload(one.source, (progress) => this.edit(id, key, { progress }), stop.signal);
      this.edit(id, key, { file, progress: 1 });
    } catch (error) {
      if (!stop.signal.aborted) this.edit(id, key, { trouble: error instanceof Refused ? error.detail : "" });
    }
    this.stops.delete(key);
  }

  private edit(id: string, key: string, change: Partial<Upload>): void {
    this.set(id, this.of(id).map((one) => (one.key === key ? { ...one, ...change } : one)));
  }

  private set(id: string, list: Upload[]): void {
    if (list.length > 0) this.byConversation.set(id, list);
    else this.byConversation.delete(id);
    this.changed();
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
