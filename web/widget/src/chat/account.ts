/** Who is signed in on the page, and what the browser must forget when that changes. */
import type { Store } from "../storage";

const THEIRS = ["visitor", "conversation", "fresh", "seen", "draft", "files", "asked", "greeting"];
const WRITTEN = "out.";

/** The codes by which the server refuses what the page says of who is signed in. */
export const SIGN_IN_CODES: readonly string[] = ["bad_token", "token_expired"];

export class Account {
  private mark: string;

  constructor(
    private readonly store: Store,
    public token: string | null,
  ) {
    this.mark = markOf(token);
    this.settle();
  }

  /** False once another tab of this browser has somebody else signed in, or nobody: what it keeps is not ours. */
  get current(): boolean {
    return (this.store.get("who") ?? "") === this.mark;
  }

  /** Takes another token; true when it is another person, or nobody, after somebody. */
  change(token: string | null): boolean {
    this.token = token;
    this.mark = markOf(token);
    return this.settle();
  }

  /** What was written before signing in goes along; what was a signed-in person's stays with nobody else. */
  private settle(): boolean {
    const before = this.store.get("who") ?? "";
    if (before === this.mark) return false;
    if (this.mark) this.store.set("who", this.mark);
    else this.store.remove("who");
    if (!before) return false;
    for (const key of [...THEIRS, ...this.store.keys(WRITTEN)]) this.store.remove(key);
    return true;
  }
}

/** Tells people apart without keeping who they are: a token is new on every page, its subject is not. Proves nothing. */
function markOf(token: string | null): string {
  if (!token) return "";
  let hash = 0x811c9dc5;
  for (const unit of subjectOf(token)) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(36);
}

function subjectOf(token: string): string {
  try {
    const claims = JSON.parse(atob((token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"))) as { sub?: unknown };
    if (typeof claims.sub === "string") return claims.sub;
  } catch {
    // No JWT: a number with its signature, which is always the same.
  }
  return token;
}
