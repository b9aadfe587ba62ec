/** Files that wait beside the draft: on their way, there, or refused with the reason; kept from page to page like the draft. */
import type { Store } from "../storage";
import type { FileRef } from "./protocol";
import { uuid } from "./outbox";
import { Refusal, type Requests } from "./requests";

export type Trouble = "too_large" | "file_type" | "file_infected" | "file_broken" | "rate_limited" | "empty" | "lost" | "failed";

export interface Attached {
  key: string;
  name: string;
  size: number;
  /** What was chosen, for a preview and another try; gone after a reload. */
  source: File | null;
  progress: number;
  file: FileRef | null;
  trouble: Trouble | null;
}

export interface UploadLimits {
  max_bytes: number;
  types: string[];
}

export const AT_MOST = 10;
const KEY = "files";
const KNOWN: readonly string[] = ["too_large", "file_type", "file_infected", "file_broken", "rate_limited"];

export class Tray {
  items: Attached[] = [];
  limits: UploadLimits | null = null;
  private readonly stops = new Map<string, AbortController>();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly store: Store,
    private readonly requests: Requests,
    /** Whether the server knows this browser by now. */
    private readonly ready: () => boolean,
  ) {
    for (const kept of store.json<Attached[]>(KEY) ?? []) {
      this.items.push({ ...kept, source: null, progress: 0, trouble: kept.file ? null : kept.trouble ?? "lost" });
    }
  }

  /** Some are still on their way. */
  get busy(): boolean {
    return this.items.some((item) => !item.file && !item.trouble);
  }

  get kept(): FileRef[] {
    return this.items.flatMap((item) => item.file ?? []);
  }

  listen(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Takes files in; false when there are more than a message can carry. */
  add(files: Iterable<File>): boolean {
    const all = [...files];
    const room = Math.max(0, AT_MOST - this.items.length);
    for (const source of all.slice(0, room)) {
      this.items.push({
        key: uuid(), name: source.name || "image.png", size: source.size, source, progress: 0, file: null,
        trouble: this.refusalOf(source),
      });
    }
    this.changed();
    void this.next();
    return all.length <= room;
  }

  remove(key: string): void {
    this.stops.get(key)?.abort();
    this.items = this.items.filter((item) => item.key !== key);
    this.changed();
  }

  clear(): void {
    for (const { key } of [...this.items]) this.remove(key);
  }

  retry(key: string): void {
    const item = this.items.find((each) => each.key === key);
    if (!item?.source) return;
    this.change(item, { trouble: this.refusalOf(item.source), progress: 0 });
    void this.next();
  }

  /** What goes with the message that is being sent. The refused stay, so that nobody thinks they left. */
  take(): FileRef[] {
    const taken = this.kept;
    this.items = this.items.filter((item) => !item.file);
    this.changed();
    return taken;
  }

  /** One at a time: on a slow line, two halves are worth less than one whole. */
  async next(): Promise<void> {
    if (this.stops.size > 0 || !this.ready()) return;
    const item = this.items.find((each) => each.source && !each.file && !each.trouble);
    if (!item?.source) return;
    const stop = new AbortController();
    this.stops.set(item.key, stop);
    try {
      const file = await this.requests.upload(item.source, (progress) => this.change(item, { progress }), stop.signal);
      this.change(item, { file, progress: 1 });
    } catch (error) {
      if (!stop.signal.aborted) this.change(item, { trouble: troubleOf(error) });
    }
    this.stops.delete(item.key);
    void this.next();
  }

  private refusalOf({ size, type, name }: File): Trouble | null {
    if (size === 0) return "empty";
    if (this.limits && size > this.limits.max_bytes) return "too_large";
    return this.limits && !accepted(type, name, this.limits.types) ? "file_type" : null;
  }

  private change(item: Attached, change: Partial<Attached>): void {
    Object.assign(item, change);
    this.changed();
  }

  private changed(): void {
    if (this.items.length) this.store.set(KEY, JSON.stringify(this.items.map((item) => ({ ...item, source: null }))));
    else this.store.remove(KEY);
    for (const listener of this.listeners) listener();
  }
}

function accepted(type: string, name: string, types: string[]): boolean {
  // A browser that does not know the type leaves the judgement to the server.
  if (!type || types.length === 0) return true;
  return types.some((one) =>
    one.startsWith(".") ? name.toLowerCase().endsWith(one) : one.endsWith("/*") ? type.startsWith(one.slice(0, -1)) : one === type);
}

function troubleOf(error: unknown): Trouble {
  return error instanceof Refusal && KNOWN.includes(error.code) ? (error.code as Trouble) : "failed";
}
