/** What a message may carry beside its words, as the server tells it to the chat and to the desk. */
export type FileKind = "image" | "document" | "audio" | "video" | "other";
export type Refused = "too_large" | "type" | "infected" | "broken" | "gone";

export interface FileRef {
  id: string;
  kind: FileKind;
  name: string;
  media_type: string;
  size: number;
  state: "pending" | "kept" | "refused" | "lost";
  refused: Refused | null;
  width: number | null;
  height: number | null;
  inline?: boolean;
  url: string | null;
}

export interface Place {
  latitude: number;
  longitude: number;
  name: string | null;
  address: string | null;
}

export interface Contact {
  name: string;
  phones: string[];
  emails: string[];
}

/** In the currency's smallest unit; `lowest` of several. */
export interface Price {
  minor: number;
  currency: string;
  lowest?: boolean;
}

/** A mark of the agent's, in code points of the text: its kind, where it begins, how long it is. */
export type Mark = ["bold" | "italic", number, number];
