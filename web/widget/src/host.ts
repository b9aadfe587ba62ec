/** What the launcher lends to the widget, and the widget gives back. */
import type { Language } from "@shared/language";
import type { Store } from "./storage";

export interface Host {
  /** Address of the server, without a slash at the end. */
  base: string;
  store: Store;
  language: Language;
  /** What the page says of who is signed in there; never kept. */
  user: string | null;
  panel: HTMLElement;
  addStyles(css: string): void;
  /** Loads another script from where the launcher came, with the page's nonce; may be asked for again after a failure. */
  script(name: string): Promise<void>;
  /** The company's colour, unless the page has set its own. */
  companyAccent(hex: string | null): void;
  unread(count: number): void;
  languageChanged(language: Language): void;
  close(): void;
}

export interface Widget {
  opened(): void;
  closed(): void;
  language(language: Language): void;
  user(token: string | null): void;
  ask(text: string): void;
}

export type Mount = (host: Host) => Widget;

declare global {
  interface Window {
    Relais?: {
      open(): void;
      close(): void;
      language(language: string): void;
      user(token: string | null): void;
      ask(text: string): void;
      page(): void;
    };
    /** Where the browser has it: the Navigation API tells of every change of address. */
    navigation?: EventTarget;
    /** Lent by the launcher to widget.js, which is built without it. */
    __relaisDom?: typeof import("./dom");
    /** Left by widget.js for the launcher that loaded it. */
    __relaisMount?: Mount;
    /** Left by more.js for the widget that loaded it. */
    __relaisMore?: typeof import("./more");
  }
}
