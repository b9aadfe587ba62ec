/** What the browser keeps for us: localStorage under the server's origin, memory when that is blocked or full. */
export class Store {
  private readonly prefix: string;
  private readonly memory = new Map<string, string>();

  constructor(origin: string) {
    this.prefix = `relais:${origin}:`;
  }

  get(key: string): string | null {
    const kept = this.memory.get(key);
    if (kept !== undefined) return kept;
    try {
      return localStorage.getItem(this.prefix + key);
    } catch {
      return null;
    }
  }

  set(key: string, value: string): void {
    try {
      localStorage.setItem(this.prefix + key, value);
      this.memory.delete(key);
    } catch {
      this.memory.set(key, value);
    }
  }

  remove(key: string): void {
    this.memory.delete(key);
    try {
      localStorage.removeItem(this.prefix + key);
    } catch {
      // Blocked storage holds nothing to remove.
    }
  }

  keys(start: string): string[] {
    const found = new Set([...this.memory.keys()].filter((key) => key.startsWith(start)));
    try {
      for (let i = 0; i < localStorage.length; i++) {
        const key = localStorage.key(i) ?? "";
        if (key.startsWith(this.prefix + start)) found.add(key.slice(this.prefix.length));
      }
    } catch {
      // Same: memory is all there is.
    }
    return [...found];
  }

  json<T>(key: string): T | null {
    const text = this.get(key);
    if (text === null) return null;
    try {
      return JSON.parse(text) as T;
    } catch {
      return null;
    }
  }

  /** Calls back when another tab changed something; returns how to stop. */
  watch(changed: (key: string, value: string | null) => void): () => void {
    const listen = (event: StorageEvent) => {
      if (event.key?.startsWith(this.prefix)) changed(event.key.slice(this.prefix.length), event.newValue);
    };
    addEventListener("storage", listen);
    return () => removeEventListener("storage", listen);
  }
}
