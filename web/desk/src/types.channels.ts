// The shapes of the pages about channels and about what could not be delivered.

export interface Field {
  name: string;
  title: string;
  help: string;
  kind: "text" | "number" | "switch" | "choice" | "list";
  secret: boolean;
  required: boolean;
  choices: string[];
  /** What the choices are called, in the agent's language; one without a name is its own. */
  labels: Record<string, string>;
  default: unknown;
}

export interface Account {
  name: string;
  source: "desk" | "environment";
  enabled: boolean;
  settings: Record<string, unknown>;
  /** The names of those that are set; what they are never leaves the server. */
  secrets: string[];
  hook: string;
  shown_as: string | null;
  link: string | null;
  ok: boolean | null;
  detail: string | null;
  checked_at: string | null;
  last_in_at: string | null;
  last_out_at: string | null;
  last_error: string | null;
  last_error_at: string | null;
  paused_until: string | null;
  undelivered: number;
  set_aside: number;
}

/** What a channel could not take in, as it stays with its platform. */
export interface SetAside {
  id: string;
  name: string;
  why: string;
  at: string | null;
  /** Another try was asked for, and has not been made yet. */
  again: boolean;
}

export interface Channel {
  name: string;
  label?: string;
  /** It is there without any settings, and cannot be deleted. */
  always?: boolean;
  fields: Field[];
  accounts: Account[];
}

export interface Undelivered {
  id: string;
  conversation: string;
  seq: number;
  channel: string;
  account: string;
  to: string;
  text: string;
  error: string | null;
  attempts: number;
  failed_at: string;
  aside: { why: string; by: string } | null;
}

/** Where a conversation may go on; nowhere while others read along. */
export interface Ways {
  ways: { channel: string; label: string }[];
  overheard: boolean;
}
