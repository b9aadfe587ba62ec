// What colleagues tell each other of a conversation: private notes, mentions in them, reminders.

export interface PrivateNote {
  id: string;
  version: number;
  author: { id: string; name: string };
  text: string;
  /** The handles in it that are somebody's. */
  handles: string[];
  /** It stands after this message. */
  after_seq: number;
  at: string;
  edited_at: string | null;
}

/** Somebody who can be mentioned: a colleague, or a team. */
export interface Mentionable {
  handle: string;
  kind: "agent" | "team";
  name: string;
}

export interface Reminder {
  id: string;
  version: number;
  conversation: string;
  text: string;
  due_at: string;
  done: boolean;
  channel?: string;
  customer?: string | null;
}

export interface MentionSettings {
  mail: boolean;
  minutes: number;
}

export interface NoteFrame {
  type: "note";
  conversation: string;
  id: string;
  /** null: it was taken away. */
  note: PrivateNote | null;
}

export interface NoticeFrame {
  type: "notice";
  text: string;
  kind?: string;
  conversation?: string | null;
}
