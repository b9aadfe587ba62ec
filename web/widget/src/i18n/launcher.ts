/** The few sentences the launcher says before the widget is there. */
import type { Language } from "@shared/language";

interface LauncherWords {
  open: string;
  unread: (n: number) => string;
  close: string;
  dismiss: string;
  loading: string;
  failed: string;
  again: string;
}

export const LAUNCHER_WORDS: Record<Language, LauncherWords> = {
  fr: {
    open: "Ouvrir la discussion",
    unread: (n) => (n < 2 ? `${n} nouveau message` : `${n} nouveaux messages`),
    close: "Fermer la discussion",
    dismiss: "Fermer ce message",
    loading: "Discussion",
    failed: "La discussion n’a pas pu se charger. Rien n’est perdu\u00a0: réessayez dans un instant.",
    again: "Réessayer",
  },
  en: {
    open: "Open the chat",
    unread: (n) => (n === 1 ? `${n} new message` : `${n} new messages`),
    close: "Close the chat",
    dismiss: "Close this message",
    loading: "Chat",
    failed: "The chat couldn’t load. Nothing is lost: try again in a moment.",
    again: "Try again",
  },
};
